#include "cli/jobs.h"

#include "cli/print.h"

#include <stdio.h>
#include <string.h>

bool job_histories_are_asked_well(const struct arguments *arguments, struct job *jobs, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct portolan_profile_info *asks = &jobs[i].asks;
        if (asks->history == NULL)
            continue;
        any = true;
        if (asprintf(&jobs[i].history, "%s/%s", asks->history, asks->name) < 0) {
            jobs[i].history = NULL;
            print_no_memory();
            return false;
        }
        for (size_t other = 0; other < i; other++)
            if (jobs[other].history != NULL && strcmp(jobs[other].history, jobs[i].history) == 0)
                return print_line(
                    "portolan run: two profiles are called %s, and would share the history "
                    "%s",
                    asks->name, jobs[i].history);
    }
    if (arguments->given[OPTION_FAIL_ON_CHANGE] && !any)
        print_line("portolan run: --fail-on-change wants a history: --history DIR, or the "
                   "profile's key history");
    return any || !arguments->given[OPTION_FAIL_ON_CHANGE];
}

int job_check_history(const struct job *job)
{
    if (job->history == NULL)
        return EXIT_DONE;
    struct portolan_problems *problems = portolan_problems_new();
    enum portolan_status status = portolan_history_check(job->history, problems);
    int result = print_found(status, problems);
    if (status == PORTOLAN_INVALID)
        print_line(
            "where it is damaged, move %s/index.jsonl away: the next run makes one of the results "
            "files that are kept there",
            job->history);
    return result;
}

bool job_compare_history(const struct job *job, const struct arguments *arguments,
                         struct portolan_results *results)
{
    if (job->history == NULL)
        return true;
    struct portolan_problems *problems = portolan_problems_new();
    return print_found(portolan_results_compare(results, job->history,
                                                arguments->given[OPTION_FAIL_ON_CHANGE], problems),
                       problems) == EXIT_DONE;
}

bool job_keep_history(const struct job *job, const struct portolan_results *results)
{
    if (job->history == NULL)
        return true;
    struct portolan_problems *problems = portolan_problems_new();
    return print_found(portolan_results_keep(results, job->history, problems), problems) ==
           EXIT_DONE;
}
