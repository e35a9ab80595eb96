#include "cli/commands.h"

#include "compare/compare.h"
#include "finished/diff.h"
#include "history/index.h"
#include "history/telling.h"
#include "report/report.h"

#include <string.h>

static int run(const struct arguments *arguments)
{
    struct ptl_buf schema;
    ptl_buf_init(&schema, 1U << 20);
    if (strcmp(arguments->words[0], "profile") == 0) {
        ptl_profile_schema(&schema);
    } else if (strcmp(arguments->words[0], "results") == 0) {
        ptl_report_results_schema(&schema);
    } else if (strcmp(arguments->words[0], "comparison") == 0) {
        ptl_object_schema(&ptl_object_comparison, &schema);
    } else if (strcmp(arguments->words[0], "diff") == 0) {
        ptl_object_schema(&ptl_object_diff, &schema);
    } else if (strcmp(arguments->words[0], "history") == 0) {
        ptl_object_schema(&ptl_object_telling, &schema);
    } else if (strcmp(arguments->words[0], "index") == 0) {
        ptl_object_schema(&ptl_object_index_line, &schema);
    } else {
        print_line(
            "portolan schema: profile, results, comparison, diff, history or index, not \"%s\"",
            arguments->words[0]);
        return EXIT_USAGE;
    }
    return print_document(&schema);
}

const struct command command_schema = {
    .name = "schema",
    .synopsis = "profile|results|comparison|diff|history|index",
    .summary = "Print a JSON Schema (draft-07)",
    .details = "",
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
