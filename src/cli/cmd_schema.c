#include "cli/commands.h"

#include "compare/compare.h"
#include "finished/diff.h"
#include "history/index.h"
#include "history/telling.h"
#include "results/objects.h"

#include <string.h>

const struct json_file json_files[JSON_FILES] = {
    {"results", "results.json", &ptl_object_results},
    {"comparison", "comparison.json", &ptl_object_comparison},
    {"diff", "The JSON of a diff", &ptl_object_diff},
    {"history", "history.json", &ptl_object_telling},
    {"index", "a line of index.jsonl", &ptl_object_index_line},
};

static int run(const struct arguments *arguments)
{
    const char *name = arguments->words[0];
    struct ptl_buf schema;
    ptl_buf_init(&schema, 1U << 20);
    if (strcmp(name, "profile") == 0)
        ptl_profile_schema(&schema);
    for (size_t i = 0; i < JSON_FILES; i++)
        if (strcmp(name, json_files[i].name) == 0)
            ptl_object_schema(json_files[i].object, &schema);
    if (schema.length > 0 || schema.failed)
        return print_document(&schema);
    print_line("portolan schema: profile, results, comparison, diff, history or index, not \"%s\"",
               name);
    return EXIT_USAGE;
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
