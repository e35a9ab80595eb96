#include "cli/commands.h"

#include "cli/progress.h"
#include "cli/signals.h"
#include "portolan/clock.h"
#include "portolan/report.h"
#include "portolan/run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 200

/* One profile's way through the command. */
struct job {
    struct ptl_profile *profile;
    struct ptl_report *reports[PTL_FORMAT_COUNT]; /* open; NULL: not asked for */
    char *paths[PTL_FORMAT_COUNT];
};

static const char *wanted_path(const struct arguments *arguments, const struct ptl_profile *profile,
                               int format)
{
    return arguments->any_report ? arguments->reports[format] : profile->report_paths[format];
}

static void abandon(struct job *job)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        ptl_report_abandon(job->reports[f]);
        free(job->paths[f]);
        job->reports[f] = NULL;
        job->paths[f] = NULL;
    }
}

static bool expand_paths(const struct arguments *arguments, struct job *job, int64_t now_ms)
{
    struct ptl_error error;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        const char *pattern = wanted_path(arguments, job->profile, f);
        if (pattern == NULL)
            continue;
        if (ptl_report_expand(pattern, job->profile->name, now_ms, &job->paths[f], &error) !=
            PTL_OK) {
            print_error(&error);
            return false;
        }
        for (int other = 0; other < f; other++) {
            if (job->paths[other] != NULL && strcmp(job->paths[other], job->paths[f]) == 0) {
                fprintf(stderr, "portolan run: %s and %s both go to %s\n", ptl_format_names[other],
                        ptl_format_names[f], job->paths[f]);
                return false;
            }
        }
    }
    return true;
}

static bool open_reports(struct job *job)
{
    struct ptl_report_options options = {.color = getenv("NO_COLOR") == NULL};
    struct ptl_error error;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        if (job->paths[f] == NULL)
            continue;
        if (ptl_report_open((enum ptl_format)f, job->paths[f], &options, &job->reports[f],
                            &error) != PTL_OK) {
            print_error(&error);
            return false;
        }
    }
    return true;
}

/* Writes every report, also after one has failed. False: one failed. */
static bool write_reports(struct job *job, const struct ptl_results *results, bool quiet)
{
    bool good = true;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        struct ptl_report *report = job->reports[f];
        struct ptl_error error;
        if (report == NULL)
            continue;
        job->reports[f] = NULL;
        enum ptl_status status = ptl_report_write(report, results, &error);
        if (status != PTL_OK)
            ptl_report_abandon(report);
        else
            status = ptl_report_close(report, &error);
        if (status != PTL_OK) {
            print_error(&error);
            good = false;
        } else if (!quiet && strcmp(job->paths[f], "-") != 0) {
            fprintf(stderr, "wrote %s\n", job->paths[f]);
        }
    }
    return good;
}

static int judge(const struct ptl_results *results, bool written, int signal_number)
{
    if (signal_number != 0)
        return 128 + signal_number;
    if (!written)
        return EXIT_OUTPUT;
    bool whole = results->run.complete && results->summary.states[PTL_ERROR] == 0 &&
                 results->unresolved_count == 0;
    return whole ? EXIT_DONE : EXIT_INCOMPLETE;
}

static int scan(const struct arguments *arguments, struct job *job, struct ptl_prepared *prepared,
                const struct ptl_cancel *cancel)
{
    bool progress =
        !arguments->quiet && (arguments->progress == PROGRESS_ALWAYS ||
                              (arguments->progress == PROGRESS_AUTO && isatty(STDERR_FILENO) == 1));
    struct ptl_run_hooks hooks = {.tick_ms = progress ? TICK_MS : 0, .tick = progress_tick};
    struct ptl_results *results = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_run(job->profile, prepared, cancel, &hooks, &results, &error);
    if (progress)
        progress_clear();
    if (status != PTL_OK) {
        print_error(&error);
        return EXIT_INCOMPLETE;
    }
    for (size_t i = 0; i < results->unresolved_count && !arguments->quiet; i++)
        fprintf(stderr, "unresolved: %s: %s\n", results->unresolved[i].input,
                results->unresolved[i].message);
    for (size_t i = 0; i < results->warning_count && !arguments->quiet; i++)
        fprintf(stderr, "warning: %s\n", results->warnings[i]);
    bool written = write_reports(job, results, arguments->quiet);
    int result = judge(results, written, ptl_cancel_cause(cancel));
    ptl_results_free(results);
    return result;
}

static int run_one(const struct arguments *arguments, struct job *job,
                   const struct ptl_cancel *cancel)
{
    struct ptl_prepared *prepared = NULL;
    struct ptl_problems problems = {.items = NULL};
    enum ptl_status status = ptl_prepare(job->profile, cancel, &prepared, &problems);
    int result;
    if (status == PTL_E_CANCELLED) {
        result = 128 + ptl_cancel_cause(cancel);
    } else if (status != PTL_OK) {
        print_problems(&problems);
        result = status == PTL_E_INVALID ? EXIT_REJECTED : EXIT_INCOMPLETE;
    } else if (!open_reports(job)) {
        ptl_prepared_free(prepared);
        result = EXIT_OUTPUT;
    } else {
        result = scan(arguments, job, prepared, cancel);
    }
    ptl_problems_free(&problems);
    abandon(job);
    return result;
}

/* Where several hold, the first of: a signal, 5, 4, 3, 1. */
static int worse(int a, int b)
{
    return a > b ? a : b;
}

static int run_all(const struct arguments *arguments, struct job *jobs, size_t count)
{
    static struct ptl_cancel cancel; /* outlives the handler's last use */
    struct ptl_error error;
    if (ptl_cancel_init(&cancel, &error) != PTL_OK) {
        print_error(&error);
        return EXIT_INCOMPLETE;
    }
    signals_watch(&cancel);
    int status = EXIT_DONE;
    for (size_t i = 0; i < count && ptl_cancel_cause(&cancel) == 0; i++)
        status = worse(status, run_one(arguments, &jobs[i], &cancel));
    return status;
}

static bool check_patterns(const struct arguments *arguments)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        const char *path = arguments->reports[f];
        if (arguments->word_count > 1 && path != NULL && strstr(path, "{profile}") == NULL) {
            fprintf(stderr,
                    "portolan run: with several profiles --%s wants a PATH with {profile} in it, "
                    "not \"%s\"\n",
                    ptl_format_names[f], path);
            return false;
        }
    }
    return true;
}

static int run(const struct arguments *arguments)
{
    if (!check_patterns(arguments))
        return EXIT_USAGE;
    size_t count = arguments->word_count;
    struct job *jobs = calloc(count, sizeof(*jobs));
    if (jobs == NULL)
        return EXIT_INCOMPLETE;
    int64_t now_ms = ptl_clock_wall_ms();
    int status = EXIT_DONE;
    /* All are read before the first is scanned: a wrong one is known before anything is sent. */
    for (size_t i = 0; i < count; i++) {
        jobs[i].profile = load_profile(arguments->words[i], arguments);
        if (jobs[i].profile == NULL)
            status = EXIT_REJECTED;
        else if (!expand_paths(arguments, &jobs[i], now_ms) && status == EXIT_DONE)
            status = EXIT_USAGE;
    }
    if (status == EXIT_DONE)
        status = run_all(arguments, jobs, count);
    for (size_t i = 0; i < count; i++) {
        abandon(&jobs[i]);
        ptl_profile_free(jobs[i].profile);
    }
    free(jobs);
    return status;
}

static const struct option options[] = {
    {.id = OPTION_SET,
     .name = "set",
     .argument = "KEY=VALUE",
     .help = "override a key of the profile (repeatable)"},
    {.id = OPTION_QUIET,
     .name = "quiet",
     .help = "no progress, warnings or notes on standard error"},
    {.id = OPTION_PROGRESS,
     .name = "progress",
     .argument = "auto|always|never",
     .help = "the progress line; auto: on a terminal"},
};

const struct command command_run = {
    .name = "run",
    .synopsis = "PROFILE... [OPTIONS]",
    .summary = "Scan; write the reports that the profile names",
    .details =
        "PROFILE is a path, the name of a saved profile, or - for standard input. The report\n"
        "options replace the profile's reports; PATH - is standard output; {profile} and\n"
        "{started} are expanded. Exit status: 0 done, 2 usage, 3 rejected, 4 incomplete, 5 an\n"
        "output could not be written, 130/143/129 ended by a signal.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .takes_reports = true,
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
