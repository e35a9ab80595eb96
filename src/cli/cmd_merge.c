#include "cli/commands.h"
#include "cli/notes.h"
#include "cli/reports.h"
#include "embed/embed.h"
#include "finished/merge.h"
#include "finished/shards.h"
#include "results/read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COMMANDS_SHOWN 1000
#define COMMAND_MAX (128UL * 1024)

/* What a word names: its head, or the whole of what can be read once only. */
struct merge_input {
    struct ptl_results *results;
    bool is_whole;
};

/* ---- runs that are no shards: all are held at once ---- */

/* Is one of them a merge of shards that were not all there? */
static bool lacks_shards(const struct merge_input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (inputs[i].results->run.missing_shards != NULL)
            return true;
    return false;
}

static int merge_runs(const struct arguments *arguments, const struct merge_input *inputs)
{
    struct ptl_results *merged = NULL;
    struct ptl_error error;
    enum ptl_status status = PTL_E_NO_MEMORY;
    const struct ptl_results **runs = calloc(arguments->word_count, sizeof(*runs));
    ptl_error_no_memory(&error);
    for (size_t i = 0; runs != NULL && i < arguments->word_count; i++)
        runs[i] = inputs[i].results;
    if (runs != NULL)
        status = ptl_merge(runs, arguments->words, arguments->word_count, &merged, &error);
    free(runs);
    if (status != PTL_OK)
        return print_failure(&error);
    for (size_t i = 0; i < merged->warning_count && !arguments->given[OPTION_QUIET]; i++)
        print_line("warning: %s", merged->warnings[i]);
    int result = reports_write("merge", arguments, &merged->run, PTL_FORMAT_JSON,
                               reports_write_results, merged);
    if (result == EXIT_DONE && !merged->run.complete && lacks_shards(inputs, arguments->word_count))
        result = EXIT_INCOMPLETE;
    ptl_results_free(merged);
    return result;
}

/* ---- the shards of a plan: one at a time ---- */

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

/* Reads what the words name, file by file; writes the whole; says what is missing. */
static int merge_shards(const struct arguments *arguments, const struct merge_input *inputs)
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

/* ---- which of both ---- */

/* A pipe can be read once only. */
static bool is_regular(const char *path)
{
    struct stat status;
    return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Heads, or the whole of what is not whole yet. All are read, so that what is wrong with any is
 * told. */
static int read_all(const struct arguments *arguments, bool heads, struct merge_input *inputs)
{
    int result = EXIT_DONE;
    for (size_t i = 0; i < arguments->word_count; i++) {
        struct merge_input *input = &inputs[i];
        struct ptl_error error;
        if (input->is_whole)
            continue;
        ptl_results_free(input->results);
        input->results = NULL;
        input->is_whole = !heads || !is_regular(arguments->words[i]);
        enum ptl_status status =
            input->is_whole ? ptl_results_read_spilled(arguments->words[i], &input->results, &error)
                            : ptl_results_read_head(arguments->words[i], &input->results, &error);
        if (status == PTL_OK)
            continue;
        int failed = print_failure(&error);
        result = result == EXIT_REJECTED ? result : failed;
    }
    return result;
}

static bool takes_prefer(const struct arguments *arguments, bool is_shards)
{
    const char *prefer = arguments->texts[OPTION_PREFER];
    if (prefer == NULL || (is_shards && strcmp(prefer, "newest") == 0))
        return true;
    if (is_shards)
        print_line("portolan merge: --prefer is newest, not \"%s\"", prefer);
    else
        print_line("portolan merge: --prefer is for shards of a plan, and these are none");
    return false;
}

static int merge(const struct arguments *arguments, struct merge_input *inputs)
{
    bool is_shards = false;
    int status = read_all(arguments, true, inputs);
    for (size_t i = 0; i < arguments->word_count && status == EXIT_DONE; i++)
        is_shards = is_shards || inputs[i].results->run.shard.count > 0;
    if (status != EXIT_DONE)
        return status;
    if (!takes_prefer(arguments, is_shards))
        return EXIT_USAGE;
    if (is_shards)
        return merge_shards(arguments, inputs);
    status = read_all(arguments, false, inputs);
    return status == EXIT_DONE ? merge_runs(arguments, inputs) : status;
}

static int run(const struct arguments *arguments)
{
    struct merge_input *inputs = calloc(arguments->word_count, sizeof(*inputs));
    if (inputs == NULL)
        return print_no_memory();
    int status = merge(arguments, inputs);
    for (size_t i = 0; i < arguments->word_count; i++)
        ptl_results_free(inputs[i].results);
    free(inputs);
    return status;
}

static const struct option options[] = {
    {OPTION_PREFER, "prefer", "newest", .help = "of several runs of one shard the newest is taken"},
    {OPTION_ALLOW_INCONCLUSIVE, "allow-inconclusive", NULL,
     .help = "of shards: expectations that cannot be judged do not fail them"},
    {OPTION_QUIET, "quiet", NULL, .help = "no warnings or notes on standard error"},
};

const struct command command_merge = {
    .name = "merge",
    .synopsis = "RESULTS... [OPTIONS]",
    .summary = "Make one results file of several of disjoint probes",
    .details =
        "RESULTS are results.json or jsonl files; one may be - for standard input. Without a\n"
        "report option results.json goes to standard output. Where several have probed one port,\n"
        "the more telling state is kept; where they do not agree, that is told and kept too.\n\n"
        "Shards of a plan (portolan run --shard) are merged to what one run of it would have "
        "said:\n"
        "which are missing is told, with the lines that run them, and what was expected is "
        "judged.\n\n"
        "Exit status: 0 done, 1 an expectation of the shards failed, 2 usage, 3 a file was\n"
        "rejected, or is of another plan, 4 shards are missing or incomplete, 5 an output could\n"
        "not be written.",
    COMMAND_OPTIONS(options),
    .takes_reports = true,
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
