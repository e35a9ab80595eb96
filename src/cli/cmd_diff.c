#include "cli/commands.h"
#include "cli/reports.h"
#include "finished/diff.h"
#include "report/report.h"
#include "results/read.h"

struct diffing {
    const struct ptl_diff *diff;
    bool is_mute; /* nobody wants to read on standard output that nothing changed */
};

static enum ptl_status write_diff(const void *what, enum ptl_format format, const char *path,
                                  struct ptl_error *error)
{
    const struct diffing *diffing = what;
    if (diffing->is_mute && format == PTL_FORMAT_TEXT && ptl_report_is_stdout(path))
        return PTL_OK;
    return ptl_diff_write(diffing->diff, format, path, error);
}

/* A difference that is known stays one, whatever else the runs do not know. */
static int judge(const struct arguments *arguments, const struct ptl_diff *diff)
{
    if (ptl_diff_is_different(diff) ||
        (arguments->given[OPTION_FAIL_UNKNOWN] && ptl_diff_has_unknown(diff)))
        return EXIT_DIFFERENT;
    if (ptl_diff_is_perhaps_different(diff) && !arguments->given[OPTION_ALLOW_INCONCLUSIVE])
        return EXIT_DIFFERENT;
    return ptl_diff_is_incomplete(diff) ? EXIT_INCOMPLETE : EXIT_DONE;
}

static void print_warnings(const struct arguments *arguments, const struct ptl_diff *diff,
                           int verdict)
{
    const char *warning;
    bool has_text = !arguments->any_report || arguments->reports[PTL_FORMAT_TEXT] != NULL;
    /* The text has them too; an incomplete run is told where nobody may look at a text. */
    bool told = arguments->given[OPTION_QUIET] ? verdict != EXIT_INCOMPLETE : has_text;
    for (size_t i = 0; !told && (warning = ptl_diff_warning(diff, i)) != NULL; i++)
        print_line("warning: %s", warning);
}

static int compare(const struct arguments *arguments, struct ptl_results *const runs[2])
{
    struct ptl_diff *diff = NULL;
    struct ptl_error error;
    if (ptl_diff_new(runs[0], arguments->words[0], runs[1], arguments->words[1], &diff, &error) !=
        PTL_OK) {
        print_error(&error);
        return EXIT_INCOMPLETE;
    }
    int verdict = judge(arguments, diff);
    struct diffing diffing = {
        .diff = diff, .is_mute = arguments->given[OPTION_QUIET] && verdict != EXIT_DIFFERENT};
    print_warnings(arguments, diff, verdict);
    int status =
        reports_write("diff", arguments, &runs[1]->run, PTL_FORMAT_TEXT, write_diff, &diffing);
    ptl_diff_free(diff);
    return status == EXIT_DONE ? verdict : status;
}

static int run(const struct arguments *arguments)
{
    struct ptl_results *runs[2] = {NULL, NULL};
    struct ptl_error error;
    int status = EXIT_DONE;
    /* Both are read, so that what is wrong with both is told. */
    for (int i = 0; i < 2; i++) {
        if (ptl_results_read(arguments->words[i], &runs[i], &error) == PTL_OK)
            continue;
        int failed = print_failure(&error);
        status = status == EXIT_REJECTED ? status : failed;
    }
    if (status == EXIT_DONE)
        status = compare(arguments, runs);
    ptl_results_free(runs[0]);
    ptl_results_free(runs[1]);
    return status;
}

static const struct option options[] = {
    {OPTION_ROW_REPORT(JSON, "json", "write the differences there as JSON")},
    {OPTION_ROW_REPORT(TEXT, "text", "write the text there (- where no output is named)")},
    {OPTION_ALLOW_INCONCLUSIVE, "allow-inconclusive", NULL,
     .help = "no status 1 for nothing but ports that a run may have missed"},
    {OPTION_FAIL_UNKNOWN, "fail-unknown", NULL,
     .help = "status 1 where something is not known, too"},
    {OPTION_QUIET, "quiet", NULL,
     .help = "nothing where nothing changed, unless a run is incomplete"},
};

const struct command command_diff = {
    .name = "diff",
    .synopsis = "OLD NEW [OPTIONS]",
    .summary = "Tell what opened, closed or changed between two results files",
    .details =
        "OLD and NEW are results.json or jsonl files; one of them may be - for standard input.\n"
        "What one of the two runs did not probe, or may not have, is unknown: no difference.\n"
        "What was open and is silent, in a run that may well have missed it, is perhaps closed.\n"
        "Exit status: 0 no difference, 1 different, 2 usage, 3 a file was rejected, 4 no "
        "difference\n"
        "is known, but one of the runs is incomplete, 5 an output could not be written.",
    COMMAND_OPTIONS(options),
    .least_words = 2,
    .most_words = 2,
    .run = run,
};
