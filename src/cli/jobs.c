#include "cli/jobs.h"

#include "cli/print.h"

#include <stdlib.h>
#include <string.h>

/* The outputs that are no reports: their options, and what the library calls them. */
static const struct {
    enum option_id id;
    const char *name, *format;
} others[] = {{OPTION_SAVE_EXPECT, "save-expect", "expect"},
              {OPTION_SAVE_PROFILE, "save-profile", "profile"},
              {OPTION_JOURNAL, "journal", NULL}};

const char *job_output_pattern(const struct arguments *arguments, int output)
{
    return output < REPORTS_MAX ? arguments->reports[output]
                                : arguments->texts[others[output - REPORTS_MAX].id];
}

const char *job_pattern(const struct job *job, const struct arguments *arguments, int output)
{
    const char *given = job_output_pattern(arguments, output);
    if (output == JOB_JOURNAL && given == NULL)
        return job->asks.journal;
    if (output >= REPORTS_MAX || arguments->any_report)
        return given;
    return (size_t)output < job->asks.report_count ? job->asks.reports[output] : NULL;
}

bool job_expand_paths(struct job *job, const struct arguments *arguments, int64_t now_ms)
{
    const struct portolan_path_values values = {.size = sizeof(values),
                                                .profile = job->asks.name,
                                                .started_ms = now_ms,
                                                .shard = job->asks.shard,
                                                .shards = job->asks.shards};
    struct portolan_problems *problems = portolan_problems_new();
    enum portolan_status status = PORTOLAN_OK;
    for (int f = 0; f < JOB_OUTPUTS && status == PORTOLAN_OK; f++) {
        const char *pattern = job_pattern(job, arguments, f);
        if (pattern != NULL)
            status = portolan_path_expand(pattern, &values, &job->paths[f], problems);
    }
    return print_found(status, problems) == EXIT_DONE;
}

const char *job_output_name(int output)
{
    return output < REPORTS_MAX ? portolan_format_name((size_t)output)
                                : others[output - REPORTS_MAX].name;
}

const char *job_text(const struct job *job)
{
    for (int f = 0; f < REPORTS_MAX; f++)
        if (job->paths[f] != NULL && strcmp(job_output_name(f), "text") == 0)
            return job->paths[f];
    return NULL;
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
                   job_output_name(a->format), job_output_name(b->format), a->job->asks.name,
                   is_stdout(b->where) ? "standard output" : path);
    else
        print_line("portolan run: %s of profile %s (%s) and %s of profile %s (%s) both go to %s",
                   job_output_name(a->format), a->job->asks.name, a->job->asks.file,
                   job_output_name(b->format), b->job->asks.name, b->job->asks.file, path);
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

static int compare_where(const void *where, const void *place)
{
    return strcmp(where, ((const struct place *)place)->where);
}

/* False, said: a report would take the place of the profile itself. */
static bool spares_profile(const struct job *job, const struct place *places, size_t count)
{
    char *where = is_stdout(job->asks.file) ? NULL : portolan_path_place(job->asks.file);
    const struct place *over = where != NULL && count > 0
                                   ? bsearch(where, places, count, sizeof(*places), compare_where)
                                   : NULL;
    free(where);
    if (over != NULL)
        print_line("portolan run: %s of profile %s would replace the profile %s",
                   job_output_name(over->format), over->job->asks.name, job->asks.file);
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
        struct place out = {.where = NULL}; /* the first that goes to standard output */
        for (int f = 0; f < JOB_OUTPUTS && apart; f++) {
            const char *path = jobs[i].paths[f];
            struct place place = {.where = path != NULL ? portolan_path_place(path) : NULL,
                                  .job = &jobs[i],
                                  .format = f};
            if (place.where == NULL)
                continue;
            if (!is_stdout(place.where)) {
                places[used++] = place;
                continue;
            }
            apart = out.job == NULL || clash(&out, &place); /* each profile may use it once */
            out = (struct place){.job = &jobs[i], .format = f};
            free(place.where);
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

static const char *format_of(int output)
{
    return output < REPORTS_MAX ? job_output_name(output) : others[output - REPORTS_MAX].format;
}

bool job_open_reports(struct job *job, struct portolan_stop *stop)
{
    const struct portolan_report_options options = {
        .size = sizeof(options), .live = true, .color = print_may_color(), .stop = stop};
    bool good = true;
    for (int f = 0; f < JOB_JOURNAL; f++) {
        if (job->paths[f] == NULL)
            continue;
        struct portolan_problems *problems = portolan_problems_new();
        enum portolan_status status =
            portolan_report_open(format_of(f), job->paths[f], &options, &job->reports[f], problems);
        print_found(status, problems);
        /* After a signal the run is over, and the other reports say so. */
        good = good && (status == PORTOLAN_OK || status == PORTOLAN_CANCELLED);
    }
    return good;
}

bool job_write_reports(struct job *job, const struct portolan_results *results, bool quiet,
                       bool *unsaved)
{
    bool good = true;
    for (int f = 0; f < JOB_OUTPUTS; f++) {
        if (job->reports[f] == NULL)
            continue;
        struct portolan_problem problem = {.size = sizeof(problem)};
        struct portolan_problems *problems = portolan_problems_new();
        enum portolan_status status = portolan_report_write(job->reports[f], results, problems);
        job->reports[f] = NULL;
        if (status == PORTOLAN_INVALID && portolan_problems_get(problems, 0, &problem)) {
            print_line("portolan run: %s is not written: %s", job->paths[f], problem.message);
            *unsaved = true;
            portolan_problems_free(problems);
            continue;
        }
        good = print_found(status, problems) == EXIT_DONE && good;
        if (status == PORTOLAN_OK && !quiet && !is_stdout(job->paths[f]))
            print_line("wrote %s", job->paths[f]);
    }
    return good;
}

void job_free(struct job *job)
{
    for (int f = JOB_OUTPUTS; f-- > 0;) { /* the first may have made the others' folder */
        portolan_report_abandon(job->reports[f]);
        free(job->paths[f]);
    }
    portolan_prepared_free(job->prepared);
    free(job->history);
    portolan_profile_free(job->profile);
    *job = (struct job){.profile = NULL};
}
