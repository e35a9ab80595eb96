#include "cli/jobs.h"

#include "cli/print.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool job_expand_paths(struct job *job, const struct arguments *arguments, int64_t now_ms)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        const char *pattern =
            arguments->any_report ? arguments->reports[f] : job->profile->report_paths[f];
        struct ptl_error error;
        if (pattern != NULL && ptl_report_expand(pattern, job->profile->name, now_ms,
                                                 &job->paths[f], &error) != PTL_OK) {
            print_error(&error);
            return false;
        }
    }
    return true;
}

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/*
 * What a report would replace, links followed, as one spelling of it. NULL: nothing is replaced
 * (a device, a pipe), or there is no such directory (opening it will say so), or no memory.
 */
static char *place_of(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0)
        return S_ISREG(info.st_mode) ? realpath(path, NULL) : NULL;
    char *for_dirname = strdup(path), *for_basename = strdup(path), *place = NULL;
    char *directory = for_dirname != NULL ? realpath(dirname(for_dirname), NULL) : NULL;
    if (directory != NULL && for_basename != NULL &&
        asprintf(&place, "%s/%s", directory, basename(for_basename)) < 0)
        place = NULL;
    free(directory);
    free(for_basename);
    free(for_dirname);
    return place;
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
                   ptl_format_names[a->format], ptl_format_names[b->format], a->job->profile->name,
                   is_stdout(path) ? "standard output" : path);
    else
        print_line("portolan run: %s of profile %s (%s) and %s of profile %s (%s) both go to %s",
                   ptl_format_names[a->format], a->job->profile->name, a->job->profile->file,
                   ptl_format_names[b->format], b->job->profile->name, b->job->profile->file, path);
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
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        if (job->paths[f] == NULL || !is_stdout(job->paths[f]))
            continue;
        if (first >= 0)
            return clash(&(struct place){.job = job, .format = first},
                         &(struct place){.job = job, .format = f});
        first = f;
    }
    return true;
}

bool jobs_are_apart(const struct job *jobs, size_t count)
{
    struct place *places = calloc(count * PTL_FORMAT_COUNT, sizeof(*places));
    size_t used = 0;
    bool apart = places != NULL;
    if (places == NULL)
        print_line("portolan: out of memory");
    for (size_t i = 0; i < count && apart; i++) {
        apart = has_one_stdout(&jobs[i]);
        for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
            const char *path = jobs[i].paths[f];
            char *where = path != NULL && !is_stdout(path) ? place_of(path) : NULL;
            if (where != NULL)
                places[used++] = (struct place){.where = where, .job = &jobs[i], .format = f};
        }
    }
    if (used > 1)
        qsort(places, used, sizeof(*places), compare_places);
    for (size_t i = 1; i < used && apart; i++)
        if (strcmp(places[i - 1].where, places[i].where) == 0)
            apart = clash(&places[i - 1], &places[i]);
    for (size_t i = 0; i < used; i++)
        free(places[i].where);
    free(places);
    return apart;
}

bool job_open_reports(struct job *job)
{
    const char *no_color = getenv("NO_COLOR"); /* an empty one does not count (no-color.org) */
    struct ptl_report_options options = {.color = no_color == NULL || no_color[0] == '\0'};
    bool good = true;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        struct ptl_error error;
        if (job->paths[f] != NULL && ptl_report_open((enum ptl_format)f, job->paths[f], &options,
                                                     &job->reports[f], &error) != PTL_OK) {
            print_error(&error);
            good = false;
        }
    }
    return good;
}

bool job_write_reports(struct job *job, const struct ptl_results *results, bool quiet)
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
        } else if (!quiet && !is_stdout(job->paths[f])) {
            print_line("wrote %s", job->paths[f]);
        }
    }
    return good;
}

void job_free(struct job *job)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        ptl_report_abandon(job->reports[f]);
        free(job->paths[f]);
    }
    ptl_prepared_free(job->prepared);
    ptl_profile_free(job->profile);
    *job = (struct job){.profile = NULL};
}
