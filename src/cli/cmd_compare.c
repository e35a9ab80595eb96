#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "cli/progress.h"
#include "cli/reports.h"
#include "cli/signals.h"
#include "cli/variant_process.h"
#include "compare/compare.h"

#include <stdlib.h>
#include <string.h>

#define TICK_MS 200
#define REPEAT_DEFAULT 7
#define WARMUP_DEFAULT 1
#define PAUSE_MAX_MS (3600ULL * 1000)

/* What the command line asks for, and what it holds on the way. */
struct order {
    const struct arguments *arguments;
    char **paths;
    struct ptl_vary *varies;
    size_t vary_count;
    struct ptl_variants variants;
    struct ptl_study_options options;
    const char *reports[PTL_FORMAT_COUNT];
    struct ptl_output *outputs[PTL_FORMAT_COUNT];
};

/* ---- the command line: status 2 ---- */

static bool take_number(const char *name, const char *text, uint64_t least, uint64_t most,
                        unsigned *number)
{
    uint64_t value;
    if (text == NULL)
        return true;
    if (!ptl_number_parse(text, strlen(text), &value) || value < least || value > most)
        return print_line("portolan compare: --%s is a number from %llu to %llu, not \"%s\"", name,
                          (unsigned long long)least, (unsigned long long)most, text);
    *number = (unsigned)value;
    return true;
}

static bool take_pause(const char *text, uint64_t *pause_ms)
{
    struct ptl_error error;
    if (text == NULL ||
        (ptl_duration_parse(text, pause_ms, &error) == PTL_OK && *pause_ms <= PAUSE_MAX_MS))
        return true;
    return print_line(
        "portolan compare: --pause is a duration of up to an hour (500ms, 2s), not \"%s\"", text);
}

static bool take_varies(struct order *order)
{
    const struct arguments *arguments = order->arguments;
    order->varies = calloc(arguments->vary_count + 1, sizeof(*order->varies));
    if (order->varies == NULL) {
        print_no_memory();
        return false;
    }
    for (size_t i = 0; i < arguments->vary_count; i++) {
        struct ptl_error error = {.code = PTL_OK};
        if (ptl_vary_parse(arguments->varies[i], &order->varies[i], &error) != PTL_OK)
            return print_line("portolan compare: %s", error.message);
        order->vary_count++;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(order->varies[i].key, order->varies[j].key) == 0)
                return print_line("portolan compare: --vary %s is given twice",
                                  order->varies[i].key);
        }
    }
    return true;
}

static bool take_reports(struct order *order)
{
    const struct arguments *arguments = order->arguments;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        order->reports[f] = arguments->reports[f];
    if (!arguments->any_report)
        order->reports[PTL_FORMAT_TEXT] = "-";
    return !reports_clash("compare", order->reports);
}

static bool take_order(struct order *order)
{
    const struct arguments *arguments = order->arguments;
    order->options = (struct ptl_study_options){.repeat = REPEAT_DEFAULT, .warmup = WARMUP_DEFAULT};
    return take_number("repeat", arguments->texts[OPTION_REPEAT], 1, PTL_REPEAT_MAX,
                       &order->options.repeat) &&
           take_number("warmup", arguments->texts[OPTION_WARMUP], 0, PTL_WARMUP_MAX,
                       &order->options.warmup) &&
           take_pause(arguments->texts[OPTION_PAUSE], &order->options.pause_ms) &&
           take_varies(order) && take_reports(order);
}

/* ---- the profiles: status 3, or 2 where names collide ---- */

static int load_variants(struct order *order)
{
    const struct arguments *arguments = order->arguments;
    struct ptl_problems problems = {.items = NULL};
    struct ptl_error error = {.code = PTL_OK};
    int result = EXIT_DONE;
    order->paths = calloc(arguments->word_count, sizeof(*order->paths));
    if (order->paths == NULL)
        return print_no_memory();
    for (size_t i = 0; i < arguments->word_count; i++) {
        if (ptl_profile_find(arguments->words[i], &order->paths[i], &error) != PTL_OK) {
            print_error(&error);
            result = EXIT_REJECTED;
        }
    }
    if (result != EXIT_DONE)
        return result;
    struct ptl_variants_request request = {.paths = (const char *const *)order->paths,
                                           .path_count = arguments->word_count,
                                           .settings = arguments->settings,
                                           .setting_count = arguments->setting_count,
                                           .varies = order->varies,
                                           .vary_count = order->vary_count};
    enum ptl_status status = ptl_variants_build(&request, &order->variants, &problems);
    print_problems(&problems);
    if (status != PTL_OK)
        return exit_of(status);
    const char *baseline = arguments->texts[OPTION_BASELINE];
    if (ptl_variants_check_names(&order->variants, &error) == PTL_OK &&
        (baseline == NULL ||
         ptl_variants_find(&order->variants, baseline, &order->options.baseline, &error) == PTL_OK))
        return EXIT_DONE;
    print_line("portolan compare: %s", error.message);
    return EXIT_USAGE;
}

/* ---- the study ---- */

/* Where a signal ended the wait for who reads a pipe, the others are written all the same. */
static bool open_outputs(struct order *order, const struct ptl_cancel *cancel)
{
    struct ptl_output_options options = {.cancel = cancel};
    struct ptl_error error;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        if (order->reports[f] == NULL)
            continue;
        enum ptl_status status =
            ptl_output_open(order->reports[f], &options, &order->outputs[f], &error);
        if (status != PTL_OK)
            print_error(&error);
        if (status != PTL_OK && status != PTL_E_CANCELLED)
            return false;
    }
    return true;
}

/* Writes every output, also after one has failed. */
static bool write_outputs(struct order *order, const struct ptl_comparison *comparison)
{
    bool good = true;
    struct ptl_error error;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        struct ptl_output *output = order->outputs[f];
        order->outputs[f] = NULL;
        if (output == NULL)
            continue;
        if (ptl_comparison_write(comparison, (enum ptl_format)f, output, &error) != PTL_OK) {
            print_error(&error);
            good = false;
        } else if (!order->arguments->given[OPTION_QUIET] && strcmp(order->reports[f], "-") != 0) {
            print_line("wrote %s", order->reports[f]);
        }
    }
    return good;
}

static int judge(const struct ptl_comparison *comparison, bool written)
{
    if (comparison->stopped_by != 0)
        return 128 + comparison->stopped_by;
    if (!written)
        return EXIT_OUTPUT;
    bool whole = comparison->complete;
    for (size_t v = 0; v < comparison->variant_count; v++)
        for (size_t i = 0; i < comparison->variants[v].run_count; i++)
            whole = whole && comparison->variants[v].runs[i].complete &&
                    comparison->variants[v].runs[i].states[PTL_ERROR] == 0;
    return whole ? EXIT_DONE : EXIT_INCOMPLETE;
}

static int carry_out(struct order *order, struct ptl_study *study, const struct ptl_cancel *cancel)
{
    const struct arguments *arguments = order->arguments;
    bool progress = progress_is_wanted(arguments);
    struct progress_line line = {.shown = 0};
    struct ptl_study_hooks hooks = {
        .context = &line, .tick_ms = progress ? TICK_MS : 0, .tick = progress_study_tick};
    struct ptl_comparison *comparison = NULL;
    struct ptl_error error;
    enum ptl_status status =
        ptl_study_run(study, run_variant_process, NULL, cancel, &hooks, &comparison, &error);
    progress_clear(&line);
    if (status != PTL_OK) {
        print_error(&error);
        return ptl_cancel_cause(cancel) != 0 ? 128 + ptl_cancel_cause(cancel) : EXIT_INCOMPLETE;
    }
    if (!arguments->given[OPTION_QUIET] && order->reports[PTL_FORMAT_TEXT] == NULL)
        for (size_t i = 0; i < comparison->warning_count; i++)
            print_line("warning: %s", comparison->warnings[i]);
    bool written = write_outputs(order, comparison);
    int result = judge(comparison, written);
    ptl_comparison_free(comparison);
    return result;
}

static int study(struct order *order)
{
    struct ptl_problems problems = {.items = NULL};
    struct ptl_study *study = NULL;
    const struct ptl_cancel *cancel = signals_watch();
    if (cancel == NULL)
        return EXIT_INCOMPLETE;
    enum ptl_status status =
        ptl_study_new(&order->variants, &order->options, cancel, &study, &problems);
    print_problems(&problems);
    if (status == PTL_E_CANCELLED)
        return 128 + ptl_cancel_cause(cancel);
    if (status != PTL_OK)
        return exit_of(status);
    int result = open_outputs(order, cancel) ? carry_out(order, study, cancel) : EXIT_OUTPUT;
    ptl_study_free(study);
    return result;
}

static void free_order(struct order *order)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        ptl_output_abandon(order->outputs[f]);
    for (size_t i = 0; order->paths != NULL && i < order->arguments->word_count; i++)
        free(order->paths[i]);
    ptl_variants_free(&order->variants);
    for (size_t i = 0; i < order->vary_count; i++)
        ptl_vary_free(&order->varies[i]);
    free(order->paths);
    free(order->varies);
}

static int run(const struct arguments *arguments)
{
    struct order order = {.arguments = arguments};
    int status = EXIT_USAGE;
    if (take_order(&order)) {
        status = load_variants(&order);
        if (status == EXIT_DONE)
            status = study(&order);
    }
    free_order(&order);
    return status;
}

static const struct option options[] = {
    {OPTION_VARY, "vary", "KEY=VALUE,VALUE...",
     .help = "a variant for each value of a key (repeatable)"},
    {OPTION_REPEAT, "repeat", "N", .help = "runs of each variant (7)"},
    {OPTION_WARMUP, "warmup", "N", .help = "runs of each before those, not counted (1)"},
    {OPTION_PAUSE, "pause", "DURATION", .help = "wait so long before each run (0)"},
    {OPTION_BASELINE, "baseline", "NAME",
     .help = "the variant that the others are held against (the first)"},
    {OPTION_SET, "set", "KEY=VALUE", .help = "override a key of every profile (repeatable)"},
    {OPTION_ROW_REPORT(JSON, "json", "write comparison.json there, with every run")},
    {OPTION_ROW_REPORT(CSV, "csv", "write CSV there, one row a run")},
    {OPTION_ROW_REPORT(TEXT, "text", "write the tables there (- where no output is named)")},
    {OPTION_ROW_REPORT(HTML, "html", "write one page for a browser there, with charts")},
    {OPTION_QUIET, "quiet", NULL, .help = "no progress, warnings or notes on standard error"},
    {OPTION_ROW_PROGRESS},
};

const struct command command_compare = {
    .name = "compare",
    .synopsis = "PROFILE... [OPTIONS]",
    .summary = "Run variants side by side: how fast, how many open ports found and missed",
    .details = "The variants are the profiles, or with --vary each profile with each value (of a\n"
               "key; all combinations of several; ; separates where a value holds a comma).\n"
               "They take turns, each run in a process of its own; the reports of the profiles\n"
               "are not written. docs/comparing.md explains the numbers.\n\n"
               "Exit status: 0 done, 2 usage, 3 rejected, 4 a run failed or was incomplete, 5 an\n"
               "output could not be written, 130, 143 or 129 ended by a signal: what there is is\n"
               "written and marked incomplete.",
    COMMAND_OPTIONS(options),
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
