#include "cli/jobs.h"

#include "base/clock.h"
#include "cli/print.h"
#include "cli/reports.h"
#include "results/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_MAX_BYTES (1U << 20) /* what a profile may be */

const char *job_output_pattern(const struct arguments *arguments, int output)
{
    if (output == JOB_EXPECT)
        return arguments->texts[OPTION_SAVE_EXPECT];
    if (output == JOB_JOURNAL)
        return arguments->texts[OPTION_JOURNAL];
    return output == JOB_PROFILE ? arguments->texts[OPTION_SAVE_PROFILE]
                                 : arguments->reports[output];
}

const char *job_pattern(const struct job *job, const struct arguments *arguments, int output)
{
    const char *given = job_output_pattern(arguments, output);
    if (output == JOB_JOURNAL && given == NULL)
        return job->profile->journal;
    return output >= PTL_FORMAT_COUNT || arguments->any_report ? given
                                                               : job->profile->report_paths[output];
}

bool job_expand_paths(struct job *job, const struct arguments *arguments, int64_t now_ms)
{
    struct ptl_expansion values = {.profile = job->profile->name,
                                   .started_ms = now_ms,
                                   .shard = job->profile->shard.index,
                                   .shards = job->profile->shard.count};
    for (int f = 0; f < JOB_OUTPUTS; f++) {
        const char *pattern = job_pattern(job, arguments, f);
        struct ptl_error error;
        if (pattern != NULL &&
            ptl_report_expand(pattern, &values, &job->paths[f], &error) != PTL_OK) {
            print_error(&error);
            return false;
        }
    }
    return true;
}

const char *job_output_name(int output)
{
    if (output == JOB_EXPECT)
        return "save-expect";
    if (output == JOB_JOURNAL)
        return "journal";
    return output == JOB_PROFILE ? "save-profile" : ptl_format_names[output];
}

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

struct place {
    char *where;
    const struct job *job;
    int format;
};

static bool clash(const struct place *a, const struct place *b)
{
    const char *path = b->job->paths[b->format];
    if (a->job == b->job)
        print_line("portolan run: %s and %s of profile %s both go to %s",
                   job_output_name(a->format), job_output_name(b->format), a->job->profile->name,
                   ptl_report_is_stdout(path) ? "standard output" : path);
    else
        print_line("portolan run: %s of profile %s (%s) and %s of profile %s (%s) both go to %s",
                   job_output_name(a->format), a->job->profile->name, a->job->profile->file,
                   job_output_name(b->format), b->job->profile->name, b->job->profile->file, path);
    return false;
}

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = strcmp(a->where, b->where);
    if (order == 0)
        order = (a->job > b->job) - (a->job < b->job);
    return order != 0 ? order : (a->format > b->format) - (a->format < b->format);
}

/* False, said: one profile wants two reports on standard output. */
static bool has_one_stdout(const struct job *job)
{
    int first = -1;
    for (int f = 0; f < JOB_OUTPUTS; f++) {
        if (job->paths[f] == NULL || !ptl_report_is_stdout(job->paths[f]))
            continue;
        if (first >= 0)
            return clash(&(struct place){.job = job, .format = first},
                         &(struct place){.job = job, .format = f});
        first = f;
    }
    return true;
}

static int compare_where(const void *where, const void *place)
{
    return strcmp(where, ((const struct place *)place)->where);
}

/* False, said: a report would take the place of the profile itself. */
static bool spares_profile(const struct job *job, const struct place *places, size_t count)
{
    char *where = is_stdout(job->profile->file) ? NULL : ptl_report_place(job->profile->file);
    const struct place *over = where != NULL && count > 0
                                   ? bsearch(where, places, count, sizeof(*places), compare_where)
                                   : NULL;
    free(where);
    if (over != NULL)
        print_line("portolan run: %s of profile %s would replace the profile %s",
                   job_output_name(over->format), over->job->profile->name, job->profile->file);
    return over == NULL;
}

bool jobs_are_apart(const struct job *jobs, size_t count)
{
    struct place *places = calloc(count * JOB_OUTPUTS, sizeof(*places));
    size_t used = 0;
    bool apart = places != NULL;
    if (places == NULL)
        print_no_memory();
    for (size_t i = 0; i < count && apart; i++) {
        apart = has_one_stdout(&jobs[i]);
        for (int f = 0; f < JOB_OUTPUTS; f++) {
            const char *path = jobs[i].paths[f];
            char *where = path != NULL ? ptl_report_place(path) : NULL;
            if (where != NULL && is_stdout(where))
                free(where); /* each profile may use it once */
            else if (where != NULL)
                places[used++] = (struct place){.where = where, .job = &jobs[i], .format = f};
        }
    }
    if (used > 1)
        qsort(places, used, sizeof(*places), compare_places);
    for (size_t i = 1; i < used && apart; i++)
        if (strcmp(places[i - 1].where, places[i].where) == 0)
            apart = clash(&places[i - 1], &places[i]);
    for (size_t i = 0; i < count && apart; i++)
        apart = spares_profile(&jobs[i], places, used);
    for (size_t i = 0; i < used; i++)
        free(places[i].where);
    free(places);
    return apart;
}

bool job_open_reports(struct job *job, const struct ptl_cancel *cancel)
{
    struct ptl_report_options options = {
        .color = reports_want_color(), .live = true, .cancel = cancel};
    bool good = true;
    for (int f = 0; f < JOB_OUTPUTS; f++) {
        struct ptl_error error;
        enum ptl_status status = PTL_OK;
        if (f == JOB_JOURNAL)
            continue;
        if (job->paths[f] != NULL && f >= PTL_FORMAT_COUNT)
            status = ptl_report_open_text(job->paths[f], &options, &job->reports[f], &error);
        else if (job->paths[f] != NULL)
            status = ptl_report_open((enum ptl_format)f, job->paths[f], &options, &job->reports[f],
                                     &error);
        if (status != PTL_OK)
            print_error(&error);
        /* After a signal the run is over, and the other reports say so. */
        good = good && (status == PTL_OK || status == PTL_E_CANCELLED);
    }
    return good;
}

void job_limit_wait(const struct job *job, const struct ptl_cancel *cancel)
{
    uint64_t deadline_ms = job->profile->deadline_ms;
    uint64_t deadline_ns =
        deadline_ms > 0 ? ptl_clock_now_ns() + deadline_ms * PTL_NS_PER_MS : UINT64_MAX;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        if (job->reports[f] != NULL)
            ptl_report_limit_wait(job->reports[f], cancel, deadline_ns);
}

bool job_is_wanted(const struct job *job)
{
    for (int f = 0; f < JOB_OUTPUTS; f++)
        if (job->reports[f] != NULL && !ptl_report_is_gone(job->reports[f]))
            return true;
    /* A history is kept at the end; a journal can be made a report of later. */
    return job->history != NULL ||
           (job->journal != NULL && ptl_journal_failure(job->journal, NULL) == PTL_OK);
}

bool job_is_live(const struct job *job)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        if (job->reports[f] != NULL && ptl_report_is_live(job->reports[f]))
            return true;
    return false;
}

void job_write_found(const struct job *job, const struct ptl_results *results,
                     const struct ptl_result *items, size_t count)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        if (job->reports[f] != NULL && ptl_report_is_live(job->reports[f]))
            ptl_report_found(job->reports[f], results, items, count);
}

/* Writes the profile, or what was open as a fragment of one. */
static enum ptl_status write_profile(struct ptl_report *report, const struct job *job, int output,
                                     const struct ptl_results *results, struct ptl_error *error)
{
    struct ptl_buf text;
    ptl_buf_init(&text, PROFILE_MAX_BYTES);
    enum ptl_status status = PTL_OK;
    if (output == JOB_EXPECT)
        status = ptl_results_save_expect(results, &text, error);
    else
        ptl_profile_show(job->profile, &text);
    if (text.failed && status == PTL_OK)
        status = ptl_error_set(error, PTL_E_INVALID, "it would be larger than 1 MiB");
    if (status == PTL_OK)
        ptl_report_write_text(report, ptl_buf_text(&text), text.length);
    ptl_buf_free(&text);
    return status;
}

bool job_write_reports(struct job *job, const struct ptl_results *results, bool quiet,
                       bool *unsaved)
{
    bool good = true;
    for (int f = 0; f < JOB_OUTPUTS; f++) {
        struct ptl_report *report = job->reports[f];
        struct ptl_error error;
        if (report == NULL)
            continue;
        job->reports[f] = NULL;
        enum ptl_status status = f >= PTL_FORMAT_COUNT
                                     ? write_profile(report, job, f, results, &error)
                                     : ptl_report_write(report, results, &error);
        status = ptl_report_end(report, status, &error);
        if (status == PTL_E_INVALID) {
            print_line("portolan run: %s is not written: %s", job->paths[f], error.message);
            *unsaved = true;
        } else if (status != PTL_OK) {
            print_error(&error);
            good = false;
        } else if (!quiet && !is_stdout(job->paths[f])) {
            print_line("wrote %s", job->paths[f]);
        }
    }
    return good;
}

void job_free(struct job *job)
{
    for (int f = JOB_OUTPUTS; f-- > 0;) { /* the first may have made the others' folder */
        ptl_report_abandon(job->reports[f]);
        free(job->paths[f]);
    }
    ptl_prepared_free(job->prepared);
    ptl_journal_free(job->journal);
    free(job->history);
    ptl_profile_free(job->profile);
    *job = (struct job){.profile = NULL};
}
