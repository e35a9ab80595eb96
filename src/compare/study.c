#include "compare/study.h"

#include "scan/run.h"

#include <poll.h>
#include <stdlib.h>

struct ptl_study {
    const struct ptl_variants *variants;
    struct ptl_study_options options;
    struct ptl_planned *planned; /* of each variant */
};

/* A study under way. */
struct course {
    struct ptl_study *study;
    ptl_study_runner *runner;
    void *runner_context;
    const struct ptl_cancel *cancel;
    const struct ptl_study_hooks *hooks;
    struct ptl_gathered gathered;
    uint64_t start_ns;
    unsigned done, runs;
    unsigned round; /* warm-ups included, from 0 */
    size_t current;
    double *spent_ms;  /* of each variant, pauses and start included */
    unsigned *counted; /* runs of each variant so far */
};

/* Which variant the position-th of a round is: each round begins one further on. */
static size_t turn_of(size_t variants, unsigned round, size_t position)
{
    return (round + position) % variants;
}

void ptl_study_free(struct ptl_study *study)
{
    if (study == NULL)
        return;
    for (size_t i = 0; study->planned != NULL && i < study->variants->count; i++) {
        ptl_targets_free(study->planned[i].targets);
        ptl_judge_free(study->planned[i].judge);
    }
    free(study->planned);
    free(study);
}

enum ptl_status ptl_study_new(const struct ptl_variants *variants,
                              const struct ptl_study_options *options,
                              const struct ptl_cancel *cancel, struct ptl_study **out,
                              struct ptl_problems *problems)
{
    enum ptl_status worst = PTL_OK;
    struct ptl_study *study = calloc(1, sizeof(*study));
    if (study != NULL) {
        study->variants = variants;
        study->options = *options;
        study->planned = calloc(variants->count, sizeof(*study->planned));
    }
    if (study == NULL || study->planned == NULL) {
        ptl_study_free(study);
        return ptl_problems_no_memory(problems);
    }
    for (size_t i = 0; i < variants->count; i++) {
        struct ptl_prepared *prepared = NULL;
        struct ptl_problems found = {.items = NULL};
        enum ptl_status status = ptl_prepare(variants->items[i].profile, cancel, &prepared, &found);
        if (status == PTL_OK) {
            study->planned[i] =
                (struct ptl_planned){.targets = prepared->targets,
                                     .judge = prepared->judge,
                                     .targets_hash = ptl_record_hash(prepared->targets),
                                     .probes = prepared->probes,
                                     .effective_concurrency = prepared->effective_concurrency,
                                     .workers = prepared->workers};
            prepared->targets = NULL;
            prepared->judge = NULL;
        } else {
            worst = status;
        }
        ptl_problems_add_new(problems, &found);
        ptl_problems_free(&found);
        ptl_prepared_free(prepared);
        if (status == PTL_E_CANCELLED)
            break;
    }
    if (worst != PTL_OK) {
        ptl_study_free(study);
        return worst;
    }
    *out = study;
    return PTL_OK;
}

/* ---- progress ---- */

/* What a run of this variant takes: as before; else as others of this study; else unknown. */
static double expected_ms(const struct course *course, size_t variant)
{
    if (course->counted[variant] > 0)
        return course->spent_ms[variant] / course->counted[variant];
    double sum = 0;
    unsigned count = 0;
    for (size_t i = 0; i < course->study->variants->count; i++) {
        sum += course->spent_ms[i];
        count += course->counted[i];
    }
    return count > 0 ? sum / count : -1;
}

static uint64_t left_ms(const struct course *course, uint64_t done, uint64_t probes)
{
    const struct ptl_study_options *options = &course->study->options;
    size_t variants = course->study->variants->count;
    unsigned rounds = options->warmup + options->repeat;
    size_t position = (course->current + variants - course->round % variants) % variants;
    double share = probes > 0 ? (double)done / (double)probes : 0;
    double sum = 0;
    if (course->done == 0)
        return UINT64_MAX;
    for (size_t i = 0; i < variants; i++) {
        double one = expected_ms(course, i);
        size_t turn = (i + variants - course->round % variants) % variants;
        double still = rounds - course->round - 1;
        if (turn > position)
            still += 1;
        else if (turn == position)
            still += 1 - share;
        sum += one * still;
    }
    return (uint64_t)sum;
}

static void tick(void *context, uint64_t done, uint64_t probes)
{
    const struct course *course = context;
    struct ptl_study_progress progress = {
        .done = course->done,
        .runs = course->runs,
        .is_warmup = course->round < course->study->options.warmup,
        .variant = course->study->variants->items[course->current].name,
        .probes_done = done,
        .probes = probes,
        .elapsed_ms = (ptl_clock_now_ns() - course->start_ns) / PTL_NS_PER_MS,
        .left_ms = left_ms(course, done, probes)};
    course->hooks->tick(course->hooks->context, &progress);
}

/* ---- rounds ---- */

/* False: cancelled meanwhile. */
static bool pause_for(uint64_t pause_ms, const struct ptl_cancel *cancel)
{
    uint64_t end = ptl_clock_now_ns() + pause_ms * PTL_NS_PER_MS;
    struct pollfd fd = {.fd = cancel != NULL ? cancel->fd : -1, .events = POLLIN};
    for (uint64_t now; (now = ptl_clock_now_ns()) < end && ptl_cancel_cause(cancel) == 0;) {
        uint64_t wait_ms = (end - now) / PTL_NS_PER_MS + 1;
        poll(&fd, 1, wait_ms < 60000 ? (int)wait_ms : 60000);
    }
    return ptl_cancel_cause(cancel) == 0;
}

static enum ptl_status run_one(struct course *course, struct ptl_error *error)
{
    const struct ptl_study_options *options = &course->study->options;
    struct ptl_gathered *gathered = &course->gathered;
    const struct ptl_study_hooks *hooks = course->hooks;
    bool has_ticks = hooks != NULL && hooks->tick != NULL && hooks->tick_ms > 0;
    struct ptl_run_ticks ticks = {
        .context = course, .every_ms = has_ticks ? hooks->tick_ms : 0, .tick = tick};
    struct ptl_record *record = NULL;
    if (course->done > 0 && !pause_for(options->pause_ms, course->cancel))
        return ptl_error_set(error, PTL_E_CANCELLED, "cancelled");
    uint64_t before = ptl_clock_now_ns();
    int64_t started_ms = ptl_clock_wall_ms();
    enum ptl_status status = course->runner(course->runner_context,
                                            course->study->variants->items[course->current].profile,
                                            course->cancel, &ticks, &record, error);
    if (status != PTL_OK)
        return status;
    course->done++;
    course->spent_ms[course->current] +=
        (double)(ptl_clock_now_ns() - before) / PTL_NS_PER_MS + (double)options->pause_ms;
    course->counted[course->current]++;
    if (course->round < options->warmup) {
        ptl_record_free(record);
        return PTL_OK;
    }
    record->run.round = course->round - options->warmup + 1;
    record->run.order = (unsigned)gathered->seen_count + 1;
    record->run.started_ms = started_ms;
    gathered->seen[gathered->seen_count++] =
        (struct ptl_seen){.variant = course->current, .record = record};
    return PTL_OK;
}

static enum ptl_status run_rounds(struct course *course, struct ptl_error *error)
{
    const struct ptl_study_options *options = &course->study->options;
    size_t variants = course->study->variants->count;
    for (; course->round < options->warmup + options->repeat; course->round++) {
        for (size_t i = 0; i < variants; i++) {
            if (ptl_cancel_cause(course->cancel) != 0)
                return PTL_E_CANCELLED;
            course->current = turn_of(variants, course->round, i);
            enum ptl_status status = run_one(course, error);
            if (status != PTL_OK)
                return status;
        }
    }
    return PTL_OK;
}

enum ptl_status ptl_study_run(struct ptl_study *study, ptl_study_runner *runner, void *context,
                              const struct ptl_cancel *cancel, const struct ptl_study_hooks *hooks,
                              struct ptl_comparison **comparison, struct ptl_error *error)
{
    size_t variants = study->variants->count;
    struct course course = {.study = study,
                            .runner = runner,
                            .runner_context = context,
                            .cancel = cancel,
                            .hooks = hooks,
                            .start_ns = ptl_clock_now_ns(),
                            .spent_ms = calloc(variants, sizeof(double)),
                            .counted = calloc(variants, sizeof(unsigned))};
    struct ptl_gathered *gathered = &course.gathered;
    course.runs = (unsigned)variants * (study->options.warmup + study->options.repeat);
    gathered->variants = study->variants;
    gathered->planned = study->planned;
    gathered->options = &study->options;
    gathered->started_ms = ptl_clock_wall_ms();
    gathered->seen = calloc(variants * study->options.repeat, sizeof(*gathered->seen));
    enum ptl_status status = PTL_E_NO_MEMORY;
    if (course.spent_ms != NULL && course.counted != NULL && gathered->seen != NULL)
        status = run_rounds(&course, error);
    else
        ptl_error_set(error, status, "out of memory");
    gathered->finished_ms = ptl_clock_wall_ms();
    gathered->stopped_by = ptl_cancel_cause(cancel);
    if (status == PTL_OK || status == PTL_E_CANCELLED)
        status = ptl_analyse(gathered, comparison, error);
    for (size_t i = 0; i < gathered->seen_count; i++)
        ptl_record_free(gathered->seen[i].record);
    free(gathered->seen);
    free(course.spent_ms);
    free(course.counted);
    return status;
}
