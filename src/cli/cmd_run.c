#include "cli/commands.h"

#include "base/clock.h"
#include "cli/job_history.h"
#include "cli/job_journal.h"
#include "cli/jobs.h"
#include "cli/notes.h"
#include "cli/progress.h"
#include "cli/signals.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 200

/* What is told of a profile while it is scanned. */
struct watch {
    struct job *job;
    struct progress_line *line;
};

static void tell_progress(void *context, const struct ptl_progress *progress)
{
    const struct watch *watch = context;
    progress_tick(watch->line, progress);
}

static void tell_found(void *context, const struct ptl_results *results,
                       const struct ptl_result *items, size_t count)
{
    const struct watch *watch = context;
    if (count > 0)
        progress_clear(watch->line); /* it may share a terminal with the report */
    job_write_found(watch->job, results, items, count);
}

static bool is_wanted(void *context)
{
    const struct watch *watch = context;
    return job_is_wanted(watch->job);
}

static void tell_journal_failed(void *context, const struct ptl_error *error)
{
    const struct watch *watch = context;
    progress_clear(watch->line);
    print_error(error);
    print_line("the scan goes on, without its journal: it could not be resumed from here on");
}

static int scan(const struct arguments *arguments, struct job *job, struct progress_line *line,
                const struct ptl_cancel *cancel)
{
    bool progress = progress_is_wanted(arguments);
    bool live = job_is_live(job);
    struct watch watch = {.job = job, .line = line};
    struct ptl_run_hooks hooks = {.context = &watch,
                                  .tick_ms = TICK_MS,
                                  .tick = progress ? tell_progress : NULL,
                                  .found = live ? tell_found : NULL,
                                  .wanted = is_wanted,
                                  .journal_failed = tell_journal_failed};
    struct ptl_results *results = NULL;
    struct ptl_error error;
    struct ptl_prepared *prepared = job->prepared;
    job->prepared = NULL; /* ptl_run takes it over */
    job_limit_wait(job, cancel);
    enum ptl_status status = ptl_run(job->profile, prepared, cancel, &hooks, &results, &error);
    progress_clear(line);
    if (status != PTL_OK) {
        print_error(&error);
        return status == PTL_E_OUTPUT ? EXIT_OUTPUT : EXIT_INCOMPLETE;
    }
    bool kept = job_compare_history(job, arguments, results);
    if (!arguments->given[OPTION_QUIET])
        notes_print(results, job->paths[PTL_FORMAT_TEXT]);
    bool unsaved = false;
    bool written = job_write_reports(job, results, arguments->given[OPTION_QUIET], &unsaved);
    int result = notes_status(results, arguments);
    if (unsaved)
        result = EXIT_INCOMPLETE;
    kept = job_keep_history(job, results) && kept;
    bool done = results->run.complete && written && kept && !unsaved;
    if (!job_finish_journal(job, arguments, done) || !written || !kept)
        result = EXIT_OUTPUT;
    if (results->run.stopped_by == PTL_STOP_SIGNAL)
        result = 128 + ptl_cancel_cause(cancel);
    ptl_results_free(results);
    return result;
}

/* Where several hold, the first of: a signal, 5, 4, 3, 1. */
static int worse(int a, int b)
{
    return a > b ? a : b;
}

/* Names, scopes and limits of every profile: EXIT_DONE, or nothing may be sent. */
static int prepare_all(struct job *jobs, size_t count, const struct ptl_cancel *cancel)
{
    struct ptl_problems problems = {.items = NULL};
    int result = EXIT_DONE;
    for (size_t i = 0; i < count; i++) {
        const struct ptl_past *past =
            jobs[i].journal != NULL ? ptl_journal_past(jobs[i].journal) : NULL;
        enum ptl_status status =
            ptl_prepare_again(jobs[i].profile, past, cancel, &jobs[i].prepared, &problems);
        if (status != PTL_OK)
            result = worse(result, exit_of(status));
    }
    print_problems(&problems);
    ptl_problems_free(&problems);
    return result;
}

/*
 * A signal ends the profile that is being scanned; those after it are not begun, and their reports
 * say so: an older report in their place would pass for an answer of today.
 */
static int run_all(const struct arguments *arguments, struct job *jobs, size_t count)
{
    const struct ptl_cancel *cancel = signals_watch();
    if (cancel == NULL)
        return EXIT_INCOMPLETE;
    int status = EXIT_DONE;
    for (size_t i = 0; i < count; i++)
        status = worse(status,
                       worse(job_check_history(&jobs[i]), job_open_journal(&jobs[i], arguments)));
    if (status == EXIT_DONE)
        status = prepare_all(jobs, count, cancel);
    for (size_t i = 0; i < count && (status == EXIT_DONE || status == EXIT_OUTPUT); i++)
        if (!job_open_reports(&jobs[i], cancel))
            status = EXIT_OUTPUT;
    for (size_t i = 0; i < count && status == EXIT_DONE; i++)
        status = job_create_journal(&jobs[i]);
    if (status != EXIT_DONE)
        return status;
    for (size_t i = 0; i < count; i++) {
        struct progress_line line = {.number = i + 1, .count = count};
        status = worse(status, scan(arguments, &jobs[i], &line, cancel));
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
    const char *what = job->profile->history_dir != NULL ? "a history"
                       : job->paths[JOB_EXPECT] != NULL  ? "--save-expect"
                                                         : NULL;
    if (what == NULL || job->profile->shard.count == 0)
        return true;
    print_line("portolan run: %s wants the whole plan, and a shard is a slice of it%s", what,
               job->profile->history_dir != NULL ? "; --set history.dir=none leaves it out" : "");
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
        if (jobs[i].profile == NULL)
            status = EXIT_REJECTED;
        else if (!take_shard("run", jobs[i].profile, arguments))
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
    OPTION_ROW_SHARD,
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
    OPTION_ROW_PROGRESS,
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
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .takes_reports = true,
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
