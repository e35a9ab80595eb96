#include "cli/jobs.h"

#include "cli/print.h"

#include <string.h>

static bool take_age(const struct arguments *arguments, uint64_t *ms)
{
    return options_take_age("run", arguments->texts[OPTION_MAX_AGE], "max-age", "24h", ms);
}

bool job_journals_are_asked_well(const struct arguments *arguments, const struct job *jobs,
                                 size_t count)
{
    uint64_t age_ms;
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || jobs[i].paths[JOB_JOURNAL] != NULL;
    const char *asked = arguments->given[OPTION_RESUME]         ? "--resume"
                        : arguments->given[OPTION_KEEP_JOURNAL] ? "--keep-journal"
                                                                : NULL;
    if (asked != NULL && !any)
        return print_line(
            "portolan run: %s wants a journal: --journal PATH, or the profile's key journal",
            asked);
    const char *how = arguments->given[OPTION_SALVAGE]           ? "--salvage"
                      : arguments->given[OPTION_SET_ASIDE]       ? "--set-aside"
                      : arguments->texts[OPTION_MAX_AGE] != NULL ? "--max-age"
                                                                 : NULL;
    if (how != NULL && !arguments->given[OPTION_RESUME])
        return print_line("portolan run: %s says how to go on with a journal: it wants --resume",
                          how);
    for (size_t i = 0; i < count; i++) {
        const char *pattern = job_pattern(&jobs[i], arguments, JOB_JOURNAL);
        if (pattern == NULL)
            continue;
        if (strcmp(pattern, "-") == 0 || strstr(pattern, "{started}") != NULL)
            return print_line(
                "portolan run: the journal of %s wants the path of a file that is the same "
                "each time, not \"%s\"",
                jobs[i].asks.name, pattern);
    }
    return take_age(arguments, &age_ms);
}

void job_ask_for_journal(const struct job *job, const struct arguments *arguments,
                         struct portolan_prepare_options *options)
{
    options->journal = job->paths[JOB_JOURNAL];
    options->resume = arguments->given[OPTION_RESUME];
    options->salvage = arguments->given[OPTION_SALVAGE];
    options->set_aside = arguments->given[OPTION_SET_ASIDE];
    take_age(arguments, &options->max_age_ms);
}

bool job_finish_journal(const struct job *job, const struct arguments *arguments,
                        struct portolan_results *results, bool complete, bool done)
{
    if (job->paths[JOB_JOURNAL] == NULL)
        return true;
    if (!done && !job->journal_failed && !job->is_stopped && !arguments->given[OPTION_QUIET])
        print_line("the journal %s holds what is settled: --resume goes on with it",
                   job->paths[JOB_JOURNAL]);
    if (complete && !done)
        return !job->journal_failed; /* its reports are to be written yet */
    struct portolan_problems *problems = portolan_problems_new();
    enum portolan_status status =
        portolan_results_end_journal(results, arguments->given[OPTION_KEEP_JOURNAL], problems);
    if (status != PORTOLAN_OK && job->journal_failed)
        portolan_problems_free(problems);
    else
        print_found(status, problems);
    return status == PORTOLAN_OK;
}
