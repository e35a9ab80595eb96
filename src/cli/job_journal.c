#include "cli/job_journal.h"

#include "base/clock.h"
#include "cli/exit.h"
#include "cli/print.h"
#include "scan/draft.h"

#include <string.h>

static bool take_age(const struct arguments *arguments, uint64_t *ms)
{
    struct ptl_error error;
    const char *text = arguments->texts[OPTION_MAX_AGE];
    *ms = 0;
    if (text == NULL || (ptl_duration_parse(text, ms, &error) == PTL_OK && *ms > 0))
        return true;
    print_line("portolan run: --max-age wants a duration as 24h, not \"%s\"", text);
    return false;
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
    if (asked != NULL && !any) {
        print_line("portolan run: %s wants a journal: --journal PATH, or the profile's key journal",
                   asked);
        return false;
    }
    const char *how = arguments->given[OPTION_SALVAGE]           ? "--salvage"
                      : arguments->given[OPTION_SET_ASIDE]       ? "--set-aside"
                      : arguments->texts[OPTION_MAX_AGE] != NULL ? "--max-age"
                                                                 : NULL;
    if (how != NULL && !arguments->given[OPTION_RESUME]) {
        print_line("portolan run: %s says how to go on with a journal: it wants --resume", how);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *pattern = job_pattern(&jobs[i], arguments, JOB_JOURNAL);
        if (pattern == NULL)
            continue;
        if (strcmp(pattern, "-") == 0 || strstr(pattern, "{started}") != NULL) {
            print_line("portolan run: the journal of %s wants the path of a file that is the same "
                       "each time, not \"%s\"",
                       jobs[i].profile->name, pattern);
            return false;
        }
    }
    return take_age(arguments, &age_ms);
}

int job_open_journal(struct job *job, const struct arguments *arguments)
{
    struct ptl_error error;
    struct ptl_journal_request request = {.path = job->paths[JOB_JOURNAL],
                                          .resume = arguments->given[OPTION_RESUME],
                                          .set_aside = arguments->given[OPTION_SET_ASIDE],
                                          .past = {.salvage = arguments->given[OPTION_SALVAGE]}};
    if (request.path == NULL)
        return EXIT_DONE;
    take_age(arguments, &request.past.max_age_ms);
    enum ptl_status status = ptl_journal_open(&request, job->profile, &job->journal, &error);
    return status == PTL_OK ? EXIT_DONE : print_failure(&error);
}

int job_create_journal(struct job *job)
{
    struct ptl_error error;
    struct ptl_prepared *prepared = job->prepared;
    if (job->journal == NULL)
        return EXIT_DONE;
    prepared->journal = job->journal;
    struct ptl_journal_plan plan = {.profile = job->profile,
                                    .targets = prepared->targets,
                                    .ports = prepared->ports,
                                    .unresolved = prepared->unresolved,
                                    .unresolved_count = prepared->unresolved_hosts,
                                    .seed = prepared->seed};
    const char *aside = ptl_journal_set_aside(job->journal);
    enum ptl_status status = PTL_OK;
    if (aside != NULL &&
        !ptl_draft_warn(prepared, "%s; it is now %s" PTL_JOURNAL_ASIDE ", and a new run began",
                        aside, job->paths[JOB_JOURNAL]))
        status = ptl_error_no_memory(&error);
    if (status == PTL_OK)
        status = ptl_journal_create(job->journal, &plan, &error);
    return status == PTL_OK ? EXIT_DONE : print_failure(&error);
}

bool job_finish_journal(struct job *job, const struct arguments *arguments, bool done)
{
    struct ptl_error error;
    if (job->journal == NULL)
        return true;
    bool failed = ptl_journal_failure(job->journal, NULL) != PTL_OK;
    if (!done && !failed && !arguments->given[OPTION_QUIET])
        print_line("the journal %s holds what is settled: --resume goes on with it",
                   job->paths[JOB_JOURNAL]);
    if (ptl_journal_finish(job->journal, done, arguments->given[OPTION_KEEP_JOURNAL], &error) !=
        PTL_OK) {
        print_error(&error);
        failed = true;
    }
    return !failed;
}
