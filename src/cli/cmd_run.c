#include "cli/commands.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "cli/jobs.h"
#include "cli/notes.h"
#include "cli/progress.h"
#include "cli/signals.h"

#include <portolan.h>

#include <stdlib.h>
#include <string.h>

/* What is told of a profile while it is scanned. */
struct watch {
    struct job *job;
    struct progress_line *line;
};

static void tell_progress(void *context, const struct portolan_progress *progress)
{
    const struct watch *watch = context;
    progress_tick(watch->line, progress);
}

static void clear_line(void *context)
{
    const struct watch *watch = context;
    progress_clear(watch->line); /* it may share a terminal with the report */
}

static void tell_journal_failed(void *context, const struct portolan_problem *problem)
{
    const struct watch *watch = context;
    watch->job->journal_failed = true;
    progress_clear(watch->line);
    print_problem(problem);
    print_line("the scan goes on, without its journal: it could not be resumed from here on");
}

/* NULL, said: *status tells. */
static struct portolan_results *carry_out(const struct arguments *arguments, struct watch *watch,
                                          struct portolan_stop *stop, int *status)
{
    struct job *job = watch->job;
    struct portolan_report *reports[JOB_OUTPUTS];
    struct portolan_run_options options = {.size = sizeof(options),
                                           .stop = stop,
                                           .context = watch,
                                           .journal_failed = tell_journal_failed,
                                           .reports = reports,
                                           .goes_on = job->history != NULL,
                                           .writing = clear_line};
    if (progress_is_wanted(arguments))
        options.progress = tell_progress;
    for (int f = 0; f < JOB_OUTPUTS; f++)
        if (job->reports[f] != NULL)
            reports[options.report_count++] = job->reports[f];
    struct portolan_prepared *prepared = job->prepared;
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_results *results = NULL;
    job->prepared = NULL; /* portolan_run takes it over */
    enum portolan_status failure = portolan_run(prepared, &options, &results, problems);
    progress_clear(watch->line);
    print_found(failure, problems);
    *status = failure == PORTOLAN_OUTPUT ? EXIT_OUTPUT : EXIT_INCOMPLETE;
    return results;
}

static int scan(const struct arguments *arguments, struct job *job, struct progress_line *line,
                struct portolan_stop *stop)
{
    struct watch watch = {.job = job, .line = line};
    struct portolan_summary summary = {.size = sizeof(summary)};
    bool quiet = arguments->given[OPTION_QUIET];
    int result = EXIT_DONE;
    struct portolan_results *results = carry_out(arguments, &watch, stop, &result);
    if (results == NULL)
        return result;
    bool kept = job_compare_history(job, arguments, results);
    portolan_results_summary(results, &summary);
    if (!quiet)
        notes_print(results, &summary, job_text(job));
    bool unsaved = false;
    bool written = job_write_reports(job, results, quiet, &unsaved);
    result = unsaved ? EXIT_INCOMPLETE : notes_status(&summary, job->asks.shards > 0, arguments);
    kept = job_keep_history(job, results) && kept;
    bool done = summary.complete && written && kept && !unsaved;
    if (!job_finish_journal(job, arguments, results, summary.complete, done) || !written || !kept)
        result = EXIT_OUTPUT;
    if (summary.stopped_by != NULL && strcmp(summary.stopped_by, "signal") == 0)
        result = 128 + signals_caught();
    portolan_results_free(results);
    return result;
}

/* Where several hold, the first of: a signal, 5, 4, 3, 1. */
static int worse(int a, int b)
{
    return a > b ? a : b;
}

/* Names, scopes, limits and journals of every profile: EXIT_DONE, or nothing may be sent. */
static int prepare_all(const struct arguments *arguments, struct job *jobs, size_t count,
                       struct portolan_stop *stop)
{
    struct portolan_problems *problems = portolan_problems_new();
    int result = EXIT_DONE;
    enum portolan_status failure = PORTOLAN_OK;
    for (size_t i = 0; i < count; i++) {
        struct portolan_prepare_options options = {.size = sizeof(options),
                                                   .stop = stop,
                                                   .shard = jobs[i].asks.shard,
                                                   .shards = jobs[i].asks.shards};
        job_ask_for_journal(&jobs[i], arguments, &options);
        enum portolan_status status =
            portolan_prepare(jobs[i].profile, &options, &jobs[i].prepared, problems);
        if (status == PORTOLAN_OK) {
            struct portolan_prepared_info info = {.size = sizeof(info)};
            portolan_prepared_get(jobs[i].prepared, &info);
            jobs[i].is_stopped = info.stopped;
            continue;
        }
        failure = status;
        result = worse(result, exit_of((enum ptl_status)status));
    }
    print_found(failure, problems);
    return result;
}

/* Made before the first is scanned. */
static int begin_journals(const struct job *jobs, size_t count)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        struct portolan_problems *problems = portolan_problems_new();
        status = print_found(portolan_prepared_begin_journal(jobs[i].prepared, problems), problems);
    }
    return status;
}

/*
 * A signal ends the profile that is being scanned; those after it are not begun, and their reports
 * say so: an older report in their place would pass for an answer of today.
 */
static int run_all(const struct arguments *arguments, struct job *jobs, size_t count)
{
    struct portolan_stop *stop = signals_stop();
    if (stop == NULL)
        return EXIT_INCOMPLETE;
    int status = EXIT_DONE;
    for (size_t i = 0; i < count; i++)
        status = worse(status, job_check_history(&jobs[i]));
    if (status == EXIT_DONE)
        status = prepare_all(arguments, jobs, count, stop);
    for (size_t i = 0; i < count && (status == EXIT_DONE || status == EXIT_OUTPUT); i++)
        if (!job_open_reports(&jobs[i], stop))
            status = EXIT_OUTPUT;
    if (status == EXIT_DONE)
        status = begin_journals(jobs, count);
    if (status != EXIT_DONE)
        return status;
    for (size_t i = 0; i < count; i++) {
        struct progress_line line = {.number = i + 1, .count = count};
        status = worse(status, scan(arguments, &jobs[i], &line, stop));
    }
    return status;
}

static bool check_patterns(const struct arguments *arguments)
{
    for (int f = 0; f < JOB_OUTPUTS; f++) {
        const char *path = job_output_pattern(arguments, f);
        if (arguments->word_count > 1 && path != NULL && strstr(path, "{profile}") == NULL) {
            print_line("portolan run: with several profiles --%s wants a PATH with {profile} in "
                       "it, not \"%s\"",
                       job_output_name(f), path);
            return false;
        }
    }
    return true;
}

/* A slice knows of a part of what is open alone. */
static bool suits_shard(const struct job *job)
{
    const char *what = job->asks.history != NULL        ? "a history"
                       : job->paths[JOB_EXPECT] != NULL ? "--save-expect"
                                                        : NULL;
    if (what == NULL || job->asks.shards == 0)
        return true;
    print_line("portolan run: %s wants the whole plan, and a shard is a slice of it%s", what,
               job->asks.history != NULL ? "; --set history.dir=none leaves it out" : "");
    return false;
}

static int run(const struct arguments *arguments)
{
    if (!check_patterns(arguments))
        return EXIT_USAGE;
    size_t count = arguments->word_count;
    struct job *jobs = calloc(count, sizeof(*jobs));
    if (jobs == NULL)
        return print_no_memory();
    int64_t now_ms = ptl_clock_wall_ms();
    int status = EXIT_DONE;
    /* All are read before the first is scanned: a wrong one is known before anything is sent. */
    for (size_t i = 0; i < count; i++) {
        jobs[i].profile = load_profile(arguments->words[i], arguments);
        jobs[i].asks.size = sizeof(jobs[i].asks);
        if (jobs[i].profile == NULL || !portolan_profile_get(jobs[i].profile, &jobs[i].asks))
            status = EXIT_REJECTED;
        else if (!take_shard("run", &jobs[i].asks.shard, &jobs[i].asks.shards, arguments))
            status = status == EXIT_DONE ? EXIT_USAGE : status;
        else if ((!job_expand_paths(&jobs[i], arguments, now_ms) || !suits_shard(&jobs[i])) &&
                 status == EXIT_DONE)
            status = EXIT_USAGE;
    }
    if (status == EXIT_DONE &&
        (!job_journals_are_asked_well(arguments, jobs, count) ||
         !job_histories_are_asked_well(arguments, jobs, count) || !jobs_are_apart(jobs, count)))
        status = EXIT_USAGE;
    if (status == EXIT_DONE)
        status = run_all(arguments, jobs, count);
    for (size_t i = count; i-- > 0;)
        job_free(&jobs[i]);
    free(jobs);
    return status;
}

static const struct option options[] = {
    OPTION_ROWS_PROFILE,
    {OPTION_ROW_SHARD},
    {OPTION_ALLOW_INCONCLUSIVE, "allow-inconclusive", NULL,
     .help = "expectations that cannot be judged do not fail the run"},
    {OPTION_SAVE_EXPECT, "save-expect", "PATH",
     .help = "write what is open as expectations, a profile to extend"},
    {OPTION_SAVE_PROFILE, "save-profile", "PATH",
     .help = "write what was run as a profile, with every key"},
    {OPTION_JOURNAL, "journal", "PATH", .help = "keep what is settled there while the run lasts"},
    {OPTION_RESUME, "resume", NULL,
     .help = "go on with the unfinished run in the journal; where there is none, begin one"},
    {OPTION_KEEP_JOURNAL, "keep-journal", NULL,
     .help = "do not remove the journal when the run is done"},
    {OPTION_SALVAGE, "salvage", NULL,
     .help = "with --resume: take what is whole in a damaged journal"},
    {OPTION_SET_ASIDE, "set-aside", NULL,
     .help = "with --resume: a journal that is damaged, or of another plan, becomes PATH.old"},
    {OPTION_MAX_AGE, "max-age", "DURATION",
     .help = "with --resume: ask again what is older, as 24h"},
    {OPTION_HISTORY, "history", "DIR",
     .help = "keep the run in DIR/NAME, and tell what changed since the last complete one"},
    {OPTION_FAIL_ON_CHANGE, "fail-on-change", NULL,
     .help = "status 1 where something changed since the last complete run of the history"},
    {OPTION_QUIET, "quiet", NULL, .help = "no progress, warnings or notes on standard error"},
    {OPTION_ROW_PROGRESS},
};

const struct command command_run = {
    .name = "run",
    .synopsis = "PROFILE... [OPTIONS]",
    .summary = "Scan; write the reports that the profile names",
    .details = "The report options replace the profile's reports. PATH - is standard output;\n"
               "{profile}, {shard} and {started} are expanded in it. With several profiles a PATH\n"
               "needs {profile}.\n\n"
               "Exit status: 0 done, 1 an expectation failed or is inconclusive, or\n"
               "something changed (--fail-on-change), 2 usage, 3 rejected, 4 incomplete, 5 an\n"
               "output could not be written, 130, 143 or 129 ended by a signal.",
    COMMAND_OPTIONS(options),
    .takes_reports = true,
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
