#include "cli/commands.h"

#include "base/clock.h"
#include "cli/freeze.h"
#include "report/report.h"
#include "scan/run.h"

#include <inttypes.h>
#include <stdio.h>

#define TARGETS_SHOWN 10

static void print_targets(const struct ptl_targets *targets)
{
    uint64_t count = ptl_targets_count(targets);
    for (uint64_t i = 0; i < count && i < TARGETS_SHOWN; i++) {
        struct ptl_target target;
        char text[PTL_ADDRESS_SIZE];
        ptl_targets_get(targets, i, &target);
        printf("  %s%s%s%s\n", ptl_address_format(&target.address, text),
               target.is_name ? " (" : "", target.is_name ? target.input : "",
               target.is_name ? ")" : "");
    }
    if (count > TARGETS_SHOWN)
        printf("  ... and %" PRIu64 " more\n", count - TARGETS_SHOWN);
}

/* Where a slice has some of the plan's ports alone. */
static void print_ports(const struct ptl_profile *profile, const struct ptl_prepared *prepared)
{
    unsigned count = ptl_portset_count(prepared->ports);
    struct ptl_buf list;
    ptl_buf_init(&list, 1U << 20);
    if (count < ptl_portset_count(profile->ports)) {
        ptl_buf_add(&list, ": ");
        ptl_portset_format(prepared->ports, &list);
    }
    printf("ports        %u each%s\n", count, ptl_buf_text(&list));
    ptl_buf_free(&list);
}

static int print_plan(const struct ptl_profile *profile, const struct ptl_prepared *prepared)
{
    char duration[PTL_DURATION_SIZE];
    uint64_t targets = ptl_targets_count(prepared->targets);
    printf("profile      %s\n", profile->name);
    if (prepared->shard.count > 0)
        printf("shard        %" PRIu32 " of %" PRIu32 " of plan %.16s\n", prepared->shard.index,
               prepared->shard.count, prepared->shard.plan_sha256);
    printf("targets      %" PRIu64 "\n", targets);
    print_targets(prepared->targets);
    print_ports(profile, prepared);
    printf("probes       %" PRIu64 "\n", prepared->probes);
    printf("engine       %s, %u worker%s\nconcurrency  %u\n", ptl_engine_names[profile->engine],
           prepared->workers, prepared->workers == 1 ? "" : "s", prepared->effective_concurrency);
    if (profile->rate > 0)
        printf("rate         %" PRIu64 " attempts a second\n", prepared->rate);
    if (prepared->worst_case_ms == UINT64_MAX)
        printf("worst case   longer than can be said: every probe silent, every retry made\n");
    else
        printf("worst case   %s: every probe silent, every retry made\n",
               ptl_duration_tell(prepared->worst_case_ms, duration));
    for (size_t i = 0; i < prepared->warning_count; i++)
        print_line("warning: %s", prepared->warnings[i]);
    for (size_t i = 0; i < prepared->unresolved_count; i++)
        print_line("unresolved: %s: %s", prepared->unresolved[i].input,
                   prepared->unresolved[i].message);
    return end_output(prepared->unresolved_count > 0 ? EXIT_INCOMPLETE : EXIT_DONE);
}

/* --freeze wants the whole plan, and no number for its key `shard`. */
static bool takes_options(const struct arguments *arguments, struct ptl_profile *profile)
{
    const char *path = arguments->texts[OPTION_FREEZE];
    if (path == NULL)
        return take_shard("plan", &profile->shard.index, &profile->shard.count, arguments);
    if (arguments->texts[OPTION_SHARD] != NULL)
        return print_line(
            "portolan plan: --freeze writes the whole plan, and --shard wants a slice of it");
    return freeze_may_go_to(path, profile);
}

/* The plan is shown beside its frozen profile, but where that is shown itself. */
static int tell(const struct arguments *arguments, const struct ptl_profile *profile,
                const struct ptl_prepared *prepared)
{
    const char *path = arguments->texts[OPTION_FREEZE];
    int frozen = path != NULL ? freeze_write(path, profile, prepared) : EXIT_DONE;
    if (path != NULL && ptl_report_is_stdout(path))
        return frozen;
    int shown = print_plan(profile, prepared);
    return frozen > shown ? frozen : shown;
}

static int run(const struct arguments *arguments)
{
    struct ptl_profile *profile = load_ptl_profile(arguments->words[0], arguments);
    if (profile == NULL)
        return EXIT_REJECTED;
    if (!takes_options(arguments, profile)) {
        ptl_profile_free(profile);
        return EXIT_USAGE;
    }
    struct ptl_prepared *prepared = NULL;
    struct ptl_problems problems = {.items = NULL};
    struct ptl_shard shard = profile->shard;
    if (arguments->texts[OPTION_FREEZE] != NULL)
        profile->shard = (struct ptl_shard){.count = 0};
    enum ptl_status status = ptl_prepare(profile, NULL, &prepared, &problems);
    profile->shard = shard;
    int result = exit_of(status);
    if (status == PTL_OK)
        result = tell(arguments, profile, prepared);
    print_problems(&problems);
    ptl_prepared_free(prepared);
    ptl_profile_free(profile);
    return result;
}

static const struct option options[] = {
    OPTION_ROWS_PROFILE,
    OPTION_ROW_SHARD,
    {OPTION_FREEZE, "freeze", "PATH",
     .help = "write the profile with its targets resolved, the same for every slice"},
};

const struct command command_plan = {
    .name = "plan",
    .synopsis = "PROFILE [OPTIONS]",
    .summary = "Resolve and expand: targets, probes, worst-case duration; send no probe",
    .details = "Names are looked up: a scope that rejects their addresses says so here too.\n\n"
               "Exit status: 0 done, 2 usage, 3 rejected, 4 a host does not resolve, 5 the frozen\n"
               "profile could not be written.",
    COMMAND_OPTIONS(options),
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
