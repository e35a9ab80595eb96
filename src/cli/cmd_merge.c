#include "cli/commands.h"
#include "cli/reports.h"
#include "finished/merge.h"
#include "results/read.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int merge(const struct arguments *arguments, struct ptl_results *const *runs)
{
    struct ptl_results *merged = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_merge((const struct ptl_results *const *)runs, arguments->words,
                                       arguments->word_count, &merged, &error);
    if (status != PTL_OK) {
        print_error(&error);
        return status == PTL_E_INVALID ? EXIT_REJECTED : EXIT_INCOMPLETE;
    }
    for (size_t i = 0; i < merged->warning_count && !arguments->quiet; i++)
        print_line("warning: %s", merged->warnings[i]);
    int result = reports_write("merge", arguments, &merged->run, PTL_FORMAT_JSON,
                               reports_write_results, merged);
    ptl_results_free(merged);
    return result;
}

/* All are read, so that what is wrong with any is told. */
static int read_all(const struct arguments *arguments, struct ptl_results **runs)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < arguments->word_count; i++) {
        struct ptl_error error;
        enum ptl_status read = ptl_results_read_spilled(arguments->words[i], &runs[i], &error);
        if (read == PTL_OK)
            continue;
        print_error(&error);
        if (read == PTL_E_INVALID)
            status = EXIT_REJECTED;
        else if (status == EXIT_DONE)
            status = EXIT_INCOMPLETE;
    }
    return status;
}

static int run(const struct arguments *arguments)
{
    struct ptl_results **runs = calloc(arguments->word_count, sizeof(struct ptl_results *));
    if (runs == NULL) {
        print_line("portolan: out of memory");
        return EXIT_INCOMPLETE;
    }
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an output that could not be written */
    int status = read_all(arguments, runs);
    if (status == EXIT_DONE)
        status = merge(arguments, runs);
    for (size_t i = 0; i < arguments->word_count; i++)
        ptl_results_free(runs[i]);
    free(runs);
    return status;
}

static const struct option options[] = {
    {.id = OPTION_QUIET, .name = "quiet", .help = "no warnings or notes on standard error"},
};

const struct command command_merge = {
    .name = "merge",
    .synopsis = "RESULTS... [OPTIONS]",
    .summary = "Make one results file of several of disjoint probes",
    .details =
        "RESULTS are results.json or jsonl files; one may be - for standard input. Without a\n"
        "report option results.json goes to standard output. Where several have probed one port,\n"
        "the more telling state is kept; where they do not agree, that is told and kept too.\n"
        "Exit status: 0 done, 2 usage, 3 a file was rejected, 5 an output could not be written.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .takes_reports = true,
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
