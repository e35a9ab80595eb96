#include "cli/commands.h"
#include "cli/reports.h"
#include "journal/journal.h"

static int run(const struct arguments *arguments)
{
    struct ptl_past *past = NULL; /* its texts are borrowed by the results */
    struct ptl_results *results = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_journal_read_results(arguments->words[0], &past, &results, &error);
    if (status != PTL_OK)
        return print_failure(&error);
    int result = reports_write("convert", arguments, &results->run, PTL_FORMAT_TEXT,
                               reports_write_results, results);
    ptl_results_free(results);
    ptl_past_free(past);
    return result;
}

static const struct option options[] = {
    {OPTION_QUIET, "quiet", NULL, .help = "no notes on standard error"},
};

const struct command command_convert = {
    .name = "convert",
    .synopsis = "RESULTS [OPTIONS]",
    .summary = "Write the same results in other formats",
    .details =
        "RESULTS is a results.json or jsonl file, - for standard input, or a run's journal.\n"
        "Without a report option the text goes to standard output. What is written is what\n"
        "`run` itself would have written; of a journal, what it had settled. Exit status:\n"
        "0 done, 2 usage, 3 the file was rejected, 5 an output could not be written.",
    COMMAND_OPTIONS(options),
    .takes_reports = true,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
