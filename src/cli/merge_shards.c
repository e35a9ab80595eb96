#include "cli/merge_shards.h"

#include "cli/exit.h"
#include "cli/notes.h"
#include "cli/print.h"
#include "cli/reports.h"
#include "embed/embed.h"
#include "finished/shards.h"
#include "results/read.h"

#include <inttypes.h>
#include <stdlib.h>

#define COMMANDS_SHOWN 1000
#define COMMAND_MAX (128UL * 1024)

/* Every file is read, so that what is wrong with any is told. */
static int add_all(const struct arguments *arguments, const struct merge_input *inputs,
                   struct ptl_shards *shards)
{
    int result = EXIT_DONE;
    size_t file;
    while (ptl_shards_next(shards, &file)) {
        struct ptl_results *read = NULL;
        struct ptl_error error;
        enum ptl_status status = PTL_OK;
        bool is_here = inputs[file].is_whole;
        if (!is_here)
            status = ptl_results_read_spilled(arguments->words[file], &read, &error);
        if (status == PTL_OK && result == EXIT_DONE)
            status = ptl_shards_add(shards, file, is_here ? inputs[file].results : read, &error);
        if (status != PTL_OK) {
            int failed = print_failure(&error);
            result = result == EXIT_REJECTED ? result : failed;
        }
        ptl_results_free(read);
    }
    return result;
}

static void print_to_run(const struct ptl_shards *shards, uint32_t first)
{
    bool is_any_there = false;
    for (uint32_t index = first; index != 0 && !is_any_there;
         index = ptl_shards_to_run(shards, index + 1))
        is_any_there = ptl_shards_has(shards, index);
    print_line("to run what is missing%s%s:", is_any_there ? " or incomplete" : "",
               ptl_shards_know_options(shards) ? "" : ", with the options of the other shards");
}

/* What runs the shards that are missing or were not run to their end, a line each. */
static void print_commands(const struct ptl_shards *shards)
{
    struct ptl_buf line;
    uint32_t shown = 0, first = ptl_shards_to_run(shards, 1);
    ptl_buf_init(&line, COMMAND_MAX);
    if (first != 0)
        print_to_run(shards, first);
    for (uint32_t index = first; index != 0; index = ptl_shards_to_run(shards, index + 1)) {
        if (++shown > COMMANDS_SHOWN)
            continue;
        ptl_buf_reset(&line);
        ptl_shards_command(shards, index, &line);
        print_line("%s", ptl_buf_text(&line));
    }
    if (shown > COMMANDS_SHOWN)
        print_line("... and %" PRIu32 " more of %" PRIu32, shown - COMMANDS_SHOWN,
                   ptl_shards_count(shards));
    ptl_buf_free(&line);
}

static int write_whole(const struct arguments *arguments, struct ptl_shards *shards)
{
    struct ptl_results *merged = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_shards_finish(shards, &merged, &error);
    if (status != PTL_OK)
        return print_failure(&error);
    const struct portolan_results told = {.results = merged};
    struct portolan_summary summary = {.size = sizeof(summary)};
    portolan_results_summary(&told, &summary);
    int result = reports_write("merge", arguments, &merged->run, PTL_FORMAT_JSON,
                               reports_write_results, merged);
    if (!arguments->given[OPTION_QUIET])
        notes_print(&told, &summary, arguments->reports[PTL_FORMAT_TEXT]);
    if (result == EXIT_DONE)
        result = notes_status(&summary, merged->run.shard.count > 0, arguments);
    const char *a, *b; /* what was not judged is inconclusive */
    if (result == EXIT_DONE && !arguments->given[OPTION_ALLOW_INCONCLUSIVE] &&
        !ptl_shards_expect_alike(shards, &a, &b))
        result = EXIT_DIFFERENT;
    print_commands(shards);
    ptl_results_free(merged);
    return result;
}

int merge_shards(const struct arguments *arguments, const struct merge_input *inputs)
{
    const struct ptl_run_info **infos = calloc(arguments->word_count, sizeof(*infos));
    struct ptl_shards *shards = NULL;
    struct ptl_error error = {.code = PTL_OK};
    enum ptl_status status = PTL_E_NO_MEMORY;
    if (infos == NULL)
        return print_no_memory();
    for (size_t i = 0; i < arguments->word_count; i++)
        infos[i] = &inputs[i].results->run;
    status = ptl_shards_new(infos, arguments->words, arguments->word_count,
                            arguments->texts[OPTION_PREFER] != NULL, &shards, &error);
    int result = status == PTL_OK ? add_all(arguments, inputs, shards) : print_failure(&error);
    if (result == EXIT_DONE)
        result = write_whole(arguments, shards);
    ptl_shards_free(shards);
    free(infos);
    return result;
}
