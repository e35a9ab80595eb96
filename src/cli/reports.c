#include "cli/reports.h"

#include "cli/commands.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

bool reports_clash(const char *command, const char *const paths[PTL_FORMAT_COUNT])
{
    char *places[PTL_FORMAT_COUNT] = {NULL};
    bool found = false;
    for (int f = 0; f < PTL_FORMAT_COUNT && !found; f++) {
        places[f] = paths[f] != NULL ? ptl_report_place(paths[f]) : NULL;
        for (int other = 0; other < f && places[f] != NULL && !found; other++) {
            found = places[other] != NULL && strcmp(places[other], places[f]) == 0;
            if (found)
                print_line("portolan %s: %s and %s both go to %s", command, ptl_format_names[other],
                           ptl_format_names[f],
                           ptl_report_is_stdout(paths[f]) ? "standard output" : paths[f]);
        }
    }
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        free(places[f]);
    return found;
}

/* Expands every path; two formats must not go to one place. */
static bool expand_paths(const char *command, const struct arguments *arguments,
                         const struct ptl_run_info *run, enum ptl_format standard,
                         char *paths[PTL_FORMAT_COUNT])
{
    struct ptl_error error;
    struct ptl_expansion values = {.profile = run->profile,
                                   .started_ms = run->started_ms,
                                   .shard = run->shard.index,
                                   .shards = run->shard.count};
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        const char *pattern = arguments->reports[f];
        if (!arguments->any_report && f == (int)standard)
            pattern = "-";
        if (pattern == NULL)
            continue;
        if (ptl_report_expand(pattern, &values, &paths[f], &error) != PTL_OK) {
            print_error(&error);
            return false;
        }
    }
    return !reports_clash(command, (const char *const *)paths);
}

enum ptl_status reports_write_results(const void *results, enum ptl_format format, const char *path,
                                      struct ptl_error *error)
{
    struct ptl_report_options options = {.color = print_may_color()};
    return ptl_report_make(format, path, &options, results, error);
}

int reports_write(const char *command, const struct arguments *arguments,
                  const struct ptl_run_info *run, enum ptl_format standard, write_report *write,
                  const void *what)
{
    char *paths[PTL_FORMAT_COUNT] = {NULL};
    struct ptl_error error;
    int status = EXIT_DONE;
    if (!expand_paths(command, arguments, run, standard, paths))
        status = EXIT_USAGE;
    /* The others are still written after one has failed. */
    for (int f = 0; f < PTL_FORMAT_COUNT && status != EXIT_USAGE; f++) {
        if (paths[f] == NULL)
            continue;
        if (write(what, (enum ptl_format)f, paths[f], &error) != PTL_OK) {
            print_error(&error);
            status = EXIT_OUTPUT;
        } else if (!arguments->given[OPTION_QUIET] && strcmp(paths[f], "-") != 0) {
            print_line("wrote %s", paths[f]);
        }
    }
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        free(paths[f]);
    return status;
}
