#include "cli/commands.h"
#include "cli/reports.h"
#include "portolan/read.h"

#include <signal.h>

static int run(const struct arguments *arguments)
{
    struct ptl_results *results = NULL;
    struct ptl_error error;
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an output that could not be written */
    enum ptl_status status = ptl_results_read(arguments->words[0], &results, &error);
    if (status != PTL_OK) {
        print_error(&error);
        return status == PTL_E_INVALID ? EXIT_REJECTED : EXIT_INCOMPLETE;
    }
    int result = reports_write("convert", arguments, &results->run, PTL_FORMAT_TEXT,
                               reports_write_results, results);
    ptl_results_free(results);
    return result;
}

static const struct option options[] = {
    {.id = OPTION_QUIET, .name = "quiet", .help = "no notes on standard error"},
};

const struct command command_convert = {
    .name = "convert",
    .synopsis = "RESULTS [OPTIONS]",
    .summary = "Write the same results in other formats",
    .details =
        "RESULTS is a results.json or jsonl file, or - for standard input. Without a report "
        "option\n"
        "the text goes to standard output. What is written is what `run` itself would have\n"
        "written. Exit status: 0 done, 2 usage, 3 the file was rejected, 5 an output could not be\n"
        "written.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .takes_reports = true,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
