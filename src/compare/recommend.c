/* Which variant to use, or why none can be named. */
#include "compare/pace.h"

#include <stdlib.h>

#define FAULTY_SHOWN 3 /* variants named for each fault */

struct choice {
    struct ptl_comparison *comparison;
    /* Variants that found all of the reference every time, without an error. */
    const struct ptl_compared_variant **sound;
    size_t sound_count;
    size_t fastest;          /* of those */
    enum ptl_pace *verdicts; /* of the sound ones, against the fastest */
};

/*
 * How many open ports every run saw beyond the reference: of a list of expectations that is out of
 * date, say, which is no fault of a variant. A union lacks only ports that one run alone saw.
 */
static uint64_t common_extra(const struct ptl_comparison *comparison)
{
    uint64_t least = UINT64_MAX;
    if (comparison->reference == PTL_REFERENCE_UNION)
        return 0;
    for (size_t v = 0; v < comparison->variant_count; v++) {
        const struct ptl_compared_variant *variant = &comparison->variants[v];
        for (size_t i = 0; i < variant->run_count; i++)
            if (variant->runs[i].failure == NULL && variant->runs[i].extra < least)
                least = variant->runs[i].extra;
    }
    return least;
}

/* Why a variant cannot be trusted to see all; NULL: it can. */
static const char *fault_of(const struct ptl_comparison *comparison,
                            const struct ptl_compared_variant *variant, uint64_t common)
{
    if (variant->run_count == 0)
        return "was not run";
    for (size_t i = 0; i < variant->run_count; i++) {
        const struct ptl_compared_run *run = &variant->runs[i];
        if (run->failure != NULL)
            return "had a run that failed";
        if (run->states[PTL_ERROR] > 0)
            return "had probes that ended in error";
        if (!run->complete)
            return "did not ask everything";
    }
    for (size_t i = 0; i < variant->run_count; i++) {
        if (variant->runs[i].missed > 0)
            return "missed open ports";
        if (variant->runs[i].found < comparison->open_count)
            return "does not ask for all ports of the reference";
    }
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].extra > common)
            return "saw ports open that not every run did";
    return NULL;
}

/* Each fault once, with those that have it. */
static void add_faults(const struct ptl_comparison *comparison, const char *const *faults,
                       struct ptl_buf *why)
{
    const char *separator = "";
    for (size_t i = 0; i < comparison->variant_count; i++) {
        size_t have = 0;
        bool is_told = faults[i] == NULL;
        for (size_t j = 0; j < i && !is_told; j++)
            is_told = faults[j] == faults[i];
        if (is_told)
            continue;
        ptl_buf_add(why, separator);
        for (size_t j = i; j < comparison->variant_count; j++) {
            if (faults[j] != faults[i])
                continue;
            if (++have <= FAULTY_SHOWN)
                ptl_buf_printf(why, "%s\"%s\"", have > 1 ? ", " : "", comparison->variants[j].name);
        }
        if (have > FAULTY_SHOWN)
            ptl_buf_printf(why, " and %zu more", have - FAULTY_SHOWN);
        ptl_buf_printf(why, " %s", faults[i]);
        separator = "; ";
    }
    ptl_buf_add_char(why, '.');
}

static bool all_tie(const struct ptl_comparison *comparison)
{
    bool tie = comparison->variant_count > 1;
    for (size_t i = 0; i < comparison->variant_count; i++)
        tie = tie && (comparison->variants[i].is_baseline ||
                      comparison->variants[i].verdict == PTL_PACE_TIE);
    return tie;
}

static void add_none(const struct ptl_comparison *comparison, const char *const *faults,
                     struct ptl_buf *why)
{
    ptl_buf_add(why, "No variant can be recommended: ");
    if (comparison->stopped_by != 0 && comparison->variants[0].run_count < 2) {
        ptl_buf_add(why, "the study was stopped too early.");
        return;
    }
    if (comparison->open_count == 0) {
        ptl_buf_add(why, comparison->reference == PTL_REFERENCE_EXPECT
                             ? "the profiles expect no port to be open, so there is nothing to "
                               "measure recall by."
                             : "no port was seen open twice, so there is nothing to measure "
                               "recall by.");
        if (all_tie(comparison))
            ptl_buf_add(why, " The times of all variants tie.");
        return;
    }
    ptl_buf_add(why,
                "none found every open port of the reference in every run, without an error. ");
    add_faults(comparison, faults, why);
    if (comparison->flips_of_open > 0)
        ptl_buf_printf(why, " %llu open port%s did not look the same in all runs.",
                       (unsigned long long)comparison->flips_of_open,
                       comparison->flips_of_open == 1 ? "" : "s");
}

static bool judge_sound(struct choice *choice)
{
    struct ptl_sample *samples = calloc(choice->sound_count, sizeof(*samples));
    double *p_values = calloc(choice->sound_count, sizeof(*p_values));
    bool good = samples != NULL && p_values != NULL;
    for (size_t i = 0; good && i < choice->sound_count; i++)
        good = ptl_pace_sample(choice->sound[i], &samples[i]);
    good = good && ptl_pace_judge(samples, choice->sound_count, choice->fastest, choice->verdicts,
                                  p_values);
    ptl_pace_drop(samples, choice->sound_count);
    free(p_values);
    return good;
}

/* As fast as the fastest, as far as it matters or can be told. */
static bool is_fast_enough(const struct choice *choice, size_t i)
{
    double best = choice->sound[choice->fastest]->elapsed_ms.median;
    return choice->sound[i]->elapsed_ms.median <= best * (1 + PTL_SAME_SPEED) ||
           choice->verdicts[i] == PTL_PACE_TIE;
}

static bool is_cheaper(const struct ptl_compared_variant *a, const struct ptl_compared_variant *b)
{
    if (a->effective_concurrency != b->effective_concurrency)
        return a->effective_concurrency < b->effective_concurrency;
    if (a->workers != b->workers)
        return a->workers < b->workers;
    return a->elapsed_ms.median < b->elapsed_ms.median;
}

static void add_why(const struct choice *choice, const struct ptl_compared_variant *chosen,
                    struct ptl_buf *why)
{
    const struct ptl_comparison *comparison = choice->comparison;
    bool undecided = false;
    for (size_t i = 0; i < choice->sound_count; i++)
        undecided |= choice->verdicts[i] == PTL_PACE_UNDECIDED;
    ptl_buf_printf(why,
                   "\"%s\" found every one of the %zu open ports of the reference in every run, "
                   "and takes %.4g ms with %u permit%s and %u worker%s. ",
                   chosen->name, comparison->open_count, chosen->elapsed_ms.median,
                   chosen->effective_concurrency, chosen->effective_concurrency == 1 ? "" : "s",
                   chosen->workers, chosen->workers == 1 ? "" : "s");
    if (comparison->tie_count == comparison->variant_count && comparison->variant_count > 1)
        ptl_buf_add(why, "All variants tie: their times differ by less than 5 % or by no more "
                         "than chance explains, so the cheapest is as good as any.");
    else if (comparison->tie_count > 1)
        ptl_buf_printf(why, "It ties in speed with %zu other%s and is the cheapest of them.",
                       comparison->tie_count - 1, comparison->tie_count == 2 ? "" : "s");
    else
        ptl_buf_printf(why, "No other variant that found them all is as fast.");
    size_t unsound = comparison->variant_count - choice->sound_count;
    if (unsound > 0)
        ptl_buf_printf(why, " %zu other%s did not find them all, or not without errors.", unsound,
                       unsound == 1 ? "" : "s");
    if (undecided)
        ptl_buf_add(why, " So few runs cannot tell a difference from chance: the medians alone "
                         "were compared. Repeat more often.");
}

static bool choose(struct choice *choice, struct ptl_buf *why)
{
    struct ptl_comparison *comparison = choice->comparison;
    const struct ptl_compared_variant **sound = choice->sound, *best = NULL;
    for (size_t i = 1; i < choice->sound_count; i++)
        if (sound[i]->elapsed_ms.median < sound[choice->fastest]->elapsed_ms.median)
            choice->fastest = i;
    comparison->ties = calloc(choice->sound_count, sizeof(*comparison->ties));
    if (comparison->ties == NULL || !judge_sound(choice))
        return false;
    for (size_t i = 0; i < choice->sound_count; i++) {
        if (!is_fast_enough(choice, i))
            continue;
        comparison->ties[comparison->tie_count++] = sound[i]->name;
        if (best == NULL || is_cheaper(sound[i], best))
            best = sound[i];
    }
    comparison->recommended = best->name;
    add_why(choice, best, why);
    return true;
}

enum ptl_status ptl_recommend(struct ptl_comparison *comparison, struct ptl_error *error)
{
    size_t count = comparison->variant_count;
    struct choice choice = {.comparison = comparison,
                            .sound = calloc(count, sizeof(*choice.sound)),
                            .verdicts = calloc(count, sizeof(*choice.verdicts))};
    const char **faults = calloc(count, sizeof(*faults));
    uint64_t common = common_extra(comparison);
    struct ptl_buf why;
    ptl_buf_init(&why, 1U << 20);
    bool good = choice.sound != NULL && choice.verdicts != NULL && faults != NULL;
    for (size_t i = 0; good && i < count; i++) {
        faults[i] = fault_of(comparison, &comparison->variants[i], common);
        if (comparison->open_count > 0 && faults[i] == NULL)
            choice.sound[choice.sound_count++] = &comparison->variants[i];
    }
    if (good && choice.sound_count == 0)
        add_none(comparison, faults, &why);
    else
        good = good && choose(&choice, &why);
    comparison->why = ptl_buf_steal(&why);
    free(choice.sound);
    free(choice.verdicts);
    free(faults);
    return good && comparison->why != NULL ? PTL_OK : ptl_error_no_memory(error);
}
