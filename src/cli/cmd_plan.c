#include "cli/commands.h"

#include "base/clock.h"
#include "profile/document.h"
#include "profile/freeze.h"
#include "report/report.h"
#include "scan/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGETS_SHOWN 10
#define LINES_MAX_BYTES (512U << 20)

/* ---- the plan, for people ---- */

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

/* ---- --freeze ---- */

/* May the frozen profile go there? False, said: it would replace the profile itself. */
static bool may_freeze_to(const char *path, const struct ptl_profile *profile)
{
    char *there = ptl_report_place(path), *here = ptl_report_place(profile->file);
    bool same = there != NULL && here != NULL && strcmp(there, here) == 0 &&
                strcmp(profile->file, "-") != 0 && !ptl_report_is_stdout(path);
    free(there);
    free(here);
    if (same)
        print_line("portolan plan: --freeze %s would replace the profile itself", path);
    return !same;
}

static int write_text(const char *path, const struct ptl_buf *text)
{
    struct ptl_report_options options = {.color = false};
    struct ptl_report *report = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_report_open_text(path, &options, &report, &error);
    if (status == PTL_OK) {
        ptl_report_write_text(report, ptl_buf_text(text), text->length);
        status = ptl_report_close(report, &error);
    }
    if (status != PTL_OK)
        print_error(&error);
    else if (!ptl_report_is_stdout(path))
        print_line("wrote %s", path);
    return status == PTL_OK ? EXIT_DONE : EXIT_OUTPUT;
}

/* The list first: a profile that names a list which is not there would be of no use. */
static int write_both(const char *path, const char *hosts_path, const struct ptl_buf *text,
                      const struct ptl_buf *lines)
{
    int status = EXIT_DONE;
    if (text->failed) {
        print_line("portolan plan: %s is not written: it would be larger than 1 MiB", path);
        return EXIT_INCOMPLETE;
    }
    if (lines->length > 0)
        status = write_text(hosts_path, lines);
    return status == EXIT_DONE ? write_text(path, text) : status;
}

/*
 * Writes the profile with the targets that it was prepared with, all of them, to `path`, and a list
 * of hosts beside it where they are many. Prints what it wrote, and what is wrong; the status.
 */
static int freeze(const char *path, const struct ptl_profile *profile,
                  const struct ptl_prepared *prepared)
{
    struct ptl_buf text, lines;
    struct ptl_error error;
    char *hosts_path = NULL;
    if (prepared->unresolved_count > 0) {
        print_line("portolan plan: %s is not written: not every name resolves", path);
        return EXIT_INCOMPLETE;
    }
    if (asprintf(&hosts_path, "%s.hosts", path) < 0)
        return print_no_memory();
    const char *slash = strrchr(hosts_path, '/');
    struct ptl_freezing freezing = {.profile = profile, .targets = prepared->targets};
    if (!ptl_report_is_stdout(path))
        freezing.hosts_file = slash != NULL ? slash + 1 : hosts_path;
    ptl_buf_init(&text, PTL_DOCUMENT_MAX);
    ptl_buf_init(&lines, LINES_MAX_BYTES);
    int result = EXIT_INCOMPLETE;
    if (ptl_profile_freeze(&freezing, &text, &lines, &error) == PTL_OK)
        result = write_both(path, hosts_path, &text, &lines);
    else
        print_error(&error);
    ptl_buf_free(&text);
    ptl_buf_free(&lines);
    free(hosts_path);
    return result;
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
    return may_freeze_to(path, profile);
}

/* The plan is shown beside its frozen profile, but where that is shown itself. */
static int tell(const struct arguments *arguments, const struct ptl_profile *profile,
                const struct ptl_prepared *prepared)
{
    const char *path = arguments->texts[OPTION_FREEZE];
    int frozen = path != NULL ? freeze(path, profile, prepared) : EXIT_DONE;
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
    {OPTION_ROW_SHARD},
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
