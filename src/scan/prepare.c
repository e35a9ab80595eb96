#include "portolan/run.h"

#include "portolan/array.h"
#include "portolan/clock.h"
#include "scan/limits.h"
#include "scan/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define RESOLVE_DEADLINE_MS 10000
#define DESCRIPTORS_RESERVED 24 /* reports, /etc/services, what libraries open */

/* What is being put together: the blocks of hosts and of exclude_hosts, names resolved. */
struct draft {
    const struct ptl_profile *profile;
    struct ptl_prepared *prepared;
    struct ptl_problems *problems;
    struct ptl_named_block *blocks;
    size_t block_count, block_capacity;
    struct ptl_block *excludes;
    size_t exclude_count, exclude_capacity;
    const char *left_out[2]; /* of the family that is not asked for: first and last */
    size_t left_out_count;
    bool interrupted; /* while names were resolved: nothing will be sent */
};

static bool out_of_memory(struct draft *draft)
{
    struct ptl_error error;
    ptl_error_set(&error, PTL_E_NO_MEMORY, "out of memory");
    ptl_problems_add(draft->problems, &error);
    return false;
}

static bool warn(struct ptl_prepared *prepared, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool warn(struct ptl_prepared *prepared, const char *format, ...)
{
    char **grown = reallocarray(prepared->warnings, prepared->warning_count + 1, sizeof(*grown));
    if (grown == NULL)
        return false;
    prepared->warnings = grown;
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return false;
    prepared->warnings[prepared->warning_count++] = text;
    return true;
}

static struct ptl_origin origin_of(const struct ptl_host *host)
{
    return (struct ptl_origin){.file = host->file, .line = host->line, .column = host->column};
}

/* ---- names ---- */

/* A name may have several addresses of that family; those of one stand together. */
static void leave_out(struct draft *draft, const struct ptl_host *host)
{
    if (draft->left_out_count == 0)
        draft->left_out[0] = host->text;
    draft->left_out_count += draft->left_out[1] != host->text;
    draft->left_out[1] = host->text;
}

/* 10.0.0.5/24 scans 256 addresses where one may have been meant. Told once, as what follows. */
static bool warn_of_host_bits(struct draft *draft)
{
    const struct ptl_hosts *hosts = &draft->profile->hosts;
    struct ptl_host first = {.text = NULL};
    size_t count = 0;
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        const char *slash = host.is_name ? NULL : strchr(host.text, '/');
        char left[PTL_ADDRESS_SIZE + 2];
        struct ptl_address address;
        if (slash == NULL || (size_t)(slash - host.text) >= sizeof(left))
            continue;
        snprintf(left, sizeof(left), "%.*s", (int)(slash - host.text), host.text);
        if (ptl_address_parse(left, &address, NULL) == PTL_OK &&
            ptl_address_compare(&address, &host.block.first) != 0 && count++ == 0)
            first = host;
    }
    if (count == 0)
        return true;
    char network[PTL_ADDRESS_SIZE], more[64] = "";
    if (count > 1)
        snprintf(more, sizeof(more), ", as in %zu more of hosts", count - 1);
    return warn(draft->prepared, "%s is every address of %s%s: its host bits are set%s", first.text,
                ptl_address_format(&first.block.first, network), strchr(first.text, '/'), more) ||
           out_of_memory(draft);
}

/* One warning, however many there are: a list may hold a million. */
static bool warn_of_left_out(struct draft *draft)
{
    const char *family = draft->profile->address_family == PTL_FAMILY_IPV4 ? "ipv4" : "ipv6";
    size_t more = draft->left_out_count - 1;
    if (draft->left_out_count == 0)
        return true;
    if (more == 0)
        return warn(draft->prepared, "%s is left out: address_family is %s", draft->left_out[0],
                    family) ||
               out_of_memory(draft);
    return warn(draft->prepared,
                "%s and %zu more entries of hosts are left out: address_family is %s",
                draft->left_out[0], more, family) ||
           out_of_memory(draft);
}

static bool add_block(struct draft *draft, const struct ptl_host *host,
                      const struct ptl_block *block, bool is_exclude)
{
    if (is_exclude) {
        if (!ptl_array_room((void **)&draft->excludes, &draft->exclude_capacity,
                            draft->exclude_count, sizeof(*draft->excludes)))
            return out_of_memory(draft);
        draft->excludes[draft->exclude_count++] = *block;
        return true;
    }
    enum ptl_family family = draft->profile->address_family;
    if (family != PTL_FAMILY_ANY && (family == PTL_FAMILY_IPV4) != (block->first.family == 4)) {
        leave_out(draft, host);
        return true;
    }
    if (!ptl_array_room((void **)&draft->blocks, &draft->block_capacity, draft->block_count,
                        sizeof(*draft->blocks)))
        return out_of_memory(draft);
    draft->blocks[draft->block_count++] =
        (struct ptl_named_block){.block = *block, .input = host->text, .is_name = host->is_name};
    return true;
}

static bool add_unresolved(struct draft *draft, const char *input, const char *message)
{
    struct ptl_prepared *prepared = draft->prepared;
    struct ptl_unresolved *grown =
        reallocarray(prepared->unresolved, prepared->unresolved_count + 1, sizeof(*grown));
    if (grown == NULL)
        return out_of_memory(draft);
    prepared->unresolved = grown;
    struct ptl_unresolved *new = &grown[prepared->unresolved_count];
    new->input = strdup(input);
    new->message = strdup(message);
    prepared->unresolved_count++;
    return (new->input != NULL &&new->message != NULL) || out_of_memory(draft);
}

static bool add_name(struct draft *draft, const struct ptl_host *host,
                     const struct ptl_resolved *resolved, bool is_exclude)
{
    struct ptl_origin origin = origin_of(host);
    if (resolved->count == 0 && is_exclude) {
        if (draft->interrupted)
            return true;
        ptl_problems_at(draft->problems, &origin, "exclude_hosts: %s does not resolve: %s",
                        host->text, resolved->message);
        return true;
    }
    if (resolved->count == 0)
        return add_unresolved(draft, host->text, resolved->message);
    /* Every address of an excluded name is left alone, whatever `resolve` says. */
    bool all = is_exclude || draft->profile->resolve == PTL_RESOLVE_ALL;
    for (size_t i = 0; i < (all ? resolved->count : 1); i++) {
        const struct ptl_address *address = &resolved->addresses[i];
        if (address->high == 0 && address->low == 0) {
            char text[PTL_ADDRESS_SIZE];
            ptl_problems_at(draft->problems, &origin, "%s resolves to %s, which is no target",
                            host->text, ptl_address_format(address, text));
            continue;
        }
        struct ptl_block block = {.first = *address, .last = *address};
        if (!add_block(draft, host, &block, is_exclude))
            return false;
    }
    return true;
}

static bool add_all(struct draft *draft, const struct ptl_hosts *hosts,
                    const struct ptl_resolved *resolved, size_t *next_name, bool is_exclude)
{
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        bool added = host.is_name ? add_name(draft, &host, &resolved[(*next_name)++], is_exclude)
                                  : add_block(draft, &host, &host.block, is_exclude);
        if (!added)
            return false;
    }
    return true;
}

static size_t collect_names(const struct ptl_hosts *hosts, const char **names)
{
    size_t count = 0;
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        if (host.is_name)
            names[count++] = host.text;
    }
    return count;
}

static enum ptl_status resolve_all(struct draft *draft, const struct ptl_cancel *cancel,
                                   struct ptl_error *error)
{
    const struct ptl_profile *profile = draft->profile;
    size_t most = profile->hosts.count + profile->exclude_hosts.count;
    const char **names = calloc(most + 1, sizeof(*names));
    if (names == NULL)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    size_t count = collect_names(&profile->hosts, names);
    count += collect_names(&profile->exclude_hosts, names + count);

    struct ptl_resolved *resolved = NULL;
    struct ptl_resolve_options options = {
        .family = profile->address_family, .deadline_ms = RESOLVE_DEADLINE_MS, .cancel = cancel};
    enum ptl_status status = PTL_OK;
    if (count > 0)
        status = ptl_resolve(names, count, &options, &resolved, error);
    draft->interrupted = ptl_cancel_cause(cancel) != 0;
    size_t next = 0;
    if (status == PTL_OK && (!add_all(draft, &profile->hosts, resolved, &next, false) ||
                             !warn_of_left_out(draft) || !warn_of_host_bits(draft) ||
                             !add_all(draft, &profile->exclude_hosts, resolved, &next, true)))
        status = PTL_E_NO_MEMORY;
    ptl_resolved_free(resolved, count);
    free(names);
    return status;
}

/* ---- checks ---- */

static struct ptl_origin origin_of_input(const struct ptl_profile *profile, const char *input)
{
    for (size_t i = 0; i < profile->hosts.count; i++) {
        struct ptl_host host = ptl_hosts_get(&profile->hosts, i);
        if (host.text == input)
            return origin_of(&host);
    }
    return (struct ptl_origin){.file = profile->file};
}

static void check_segments(struct draft *draft)
{
    const struct ptl_profile *profile = draft->profile;
    struct ptl_block block;
    const char *input;
    for (size_t i = 0; ptl_targets_segment(draft->prepared->targets, i, &block, &input); i++) {
        struct ptl_address outside;
        bool in_scope = ptl_scope_contains(&profile->scope, &block, &outside);
        bool in_family =
            !profile->has_source_address || profile->source_address.family == block.first.family;
        if ((in_scope && in_family) || draft->problems->count >= PTL_PROBLEMS_MAX) {
            draft->problems->dropped += !in_scope + !in_family;
            continue; /* where an entry stands is sought at some cost */
        }
        struct ptl_origin origin = origin_of_input(profile, input);
        if (!in_scope) {
            char text[PTL_ADDRESS_SIZE];
            ptl_address_format(&outside, text);
            ptl_problems_at(
                draft->problems, &origin,
                "%s: %s is outside the profile's scope; if you may scan it, add \"%s\" to scope",
                input, text, strchr(input, '/') != NULL ? input : text);
        }
        if (!in_family)
            ptl_problems_at(draft->problems, &origin, "%s is IPv%d, but source_address is IPv%d",
                            input, block.first.family, profile->source_address.family);
    }
}

/* ---- limits ---- */

#define LOOP_DESCRIPTORS 4 /* an eventfd, an epoll and two sockets for loopback */
#define LOOP_SOCKETS 2     /* with fewer a loop is of no use */
#define AUTO_MOST 32768    /* sockets that `auto` goes up to: 100 MB of the kernel's memory */
#define AUTO_WITHOUT 512   /* what it stands for where nothing is found out */

/* How many loops or threads the engine may use, before it is known what there is to do. */
static bool clamp_workers(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    prepared->workers = 1;
    if (profile->engine != PTL_ENGINE_POOL)
        return true;
    uint32_t asked = profile->workers > 0 ? profile->workers : ptl_limits_cpus();
    uint32_t granted =
        ptl_limits_descriptors(DESCRIPTORS_RESERVED) / (LOOP_DESCRIPTORS + LOOP_SOCKETS);
    if (granted == 0)
        granted = 1;
    prepared->workers = asked < granted ? asked : granted;
    return asked <= granted ||
           warn(prepared,
                "workers %u are more than the descriptors that this system grants: %u are used",
                asked, granted);
}

static uint32_t asked_concurrency(const struct ptl_profile *profile)
{
    if (profile->engine == PTL_ENGINE_SEQUENTIAL)
        return 1;
    if (profile->concurrency != PTL_CONCURRENCY_AUTO)
        return profile->concurrency;
    return profile->adaptive && profile->engine != PTL_ENGINE_THREADS ? AUTO_MOST : AUTO_WITHOUT;
}

static bool clamp_concurrency(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    uint32_t asked = asked_concurrency(profile);
    /* A thread needs an eventfd beside its socket. */
    uint32_t granted =
        profile->engine == PTL_ENGINE_THREADS
            ? ptl_limits_descriptors(DESCRIPTORS_RESERVED) / 2
            : ptl_limits_descriptors(DESCRIPTORS_RESERVED + LOOP_DESCRIPTORS * prepared->workers);
    const char *what = "descriptors";
    if (profile->engine == PTL_ENGINE_THREADS && ptl_limits_threads() < granted) {
        granted = ptl_limits_threads();
        what = "threads";
    }
    if (granted == 0)
        granted = 1;
    prepared->effective_concurrency = asked < granted ? asked : granted;
    return asked <= granted || ptl_concurrency_word(profile->concurrency) != NULL ||
           warn(prepared, "concurrency %u is more than the %s that this system grants: %u are used",
                asked, what, granted);
}

static bool clamp(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    if (!clamp_workers(prepared, profile) || !clamp_concurrency(prepared, profile))
        return false;
    if (profile->engine == PTL_ENGINE_THREADS)
        prepared->workers = prepared->effective_concurrency;
    if (prepared->workers > prepared->probes)
        prepared->workers = prepared->probes > 0 ? (uint32_t)prepared->probes : 1;
    return true;
}

static uint64_t worst_case_ms(const struct ptl_prepared *prepared,
                              const struct ptl_profile *profile)
{
    double attempts = (double)prepared->probes * (1.0 + profile->retries);
    double waves = attempts / (double)prepared->effective_concurrency;
    double ms = (waves < 1.0 + profile->retries ? 1.0 + profile->retries : waves) *
                    (double)profile->timeout_ms +
                profile->retries * (double)PTL_RETRY_DELAY_MS;
    if (profile->rate > 0 && ms < attempts * 1000.0 / (double)profile->rate)
        ms = attempts * 1000.0 / (double)profile->rate;
    if (prepared->probes == 0)
        ms = 0;
    if (profile->deadline_ms > 0 && ms > (double)profile->deadline_ms)
        ms = (double)profile->deadline_ms;
    return ms < 1e18 ? (uint64_t)ms : UINT64_MAX;
}

static uint64_t draw_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        seed = ptl_clock_now_ns();
    return seed % ((1ULL << 52) - 1) + 1; /* 1 to 2^52: a number that JSON keeps, and not 0 */
}

static enum ptl_status expect(struct draft *draft, const struct ptl_cancel *cancel,
                              struct ptl_error *error)
{
    struct ptl_prepared *prepared = draft->prepared;
    enum ptl_status status =
        ptl_judge_new(draft->profile, prepared->targets, prepared->unresolved,
                      prepared->unresolved_count, cancel, &prepared->judge, draft->problems, error);
    const char *name, *message;
    for (size_t i = 0; ptl_judge_unresolved(prepared->judge, i, &name, &message); i++)
        if (!add_unresolved(draft, name, message))
            return PTL_E_NO_MEMORY;
    return status;
}

static enum ptl_status fill(struct draft *draft, const struct ptl_cancel *cancel,
                            struct ptl_error *error)
{
    struct ptl_prepared *prepared = draft->prepared;
    const struct ptl_profile *profile = draft->profile;
    enum ptl_status status = resolve_all(draft, cancel, error);
    if (status != PTL_OK)
        return status;
    status = ptl_targets_build(draft->blocks, draft->block_count, draft->excludes,
                               draft->exclude_count, &prepared->targets, error);
    if (status != PTL_OK)
        return status;
    check_segments(draft);
    status = expect(draft, cancel, error);
    if (status != PTL_OK)
        return status;
    uint64_t targets = ptl_targets_count(prepared->targets);
    if (targets == 0 && prepared->unresolved_count == 0)
        ptl_problems_at(draft->problems, &(struct ptl_origin){.file = profile->file},
                        "no target is left: exclude_hosts and address_family take all of hosts");
    prepared->probes = targets * ptl_portset_count(profile->ports);
    prepared->seed = profile->seed != 0 ? profile->seed : draw_seed();
    if (!clamp(prepared, profile))
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    prepared->worst_case_ms = worst_case_ms(prepared, profile);
    return PTL_OK;
}

enum ptl_status ptl_prepare(const struct ptl_profile *profile, const struct ptl_cancel *cancel,
                            struct ptl_prepared **prepared, struct ptl_problems *problems)
{
    struct ptl_error error = {.code = PTL_OK};
    size_t before = problems->count + problems->dropped;
    struct draft draft = {.profile = profile, .problems = problems};
    draft.prepared = calloc(1, sizeof(*draft.prepared));
    enum ptl_status status = PTL_E_NO_MEMORY;
    ptl_limits_raise_descriptors();
    if (draft.prepared == NULL)
        out_of_memory(&draft);
    else
        status = fill(&draft, cancel, &error);
    free(draft.blocks);
    free(draft.excludes);
    if (status != PTL_OK && error.code != PTL_OK)
        ptl_problems_add(problems, &error);
    if (status == PTL_OK && problems->count + problems->dropped > before)
        status = PTL_E_INVALID;
    if (status != PTL_OK) {
        ptl_prepared_free(draft.prepared);
        return status;
    }
    *prepared = draft.prepared;
    return PTL_OK;
}

void ptl_prepared_free(struct ptl_prepared *prepared)
{
    if (prepared == NULL)
        return;
    ptl_targets_free(prepared->targets);
    ptl_judge_free(prepared->judge);
    for (size_t i = 0; i < prepared->unresolved_count; i++) {
        free(prepared->unresolved[i].input);
        free(prepared->unresolved[i].message);
    }
    free(prepared->unresolved);
    for (size_t i = 0; i < prepared->warning_count; i++)
        free(prepared->warnings[i]);
    free(prepared->warnings);
    free(prepared);
}
