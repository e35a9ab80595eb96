#include "results/loss.h"

#include "base/statistics.h"

#include <math.h>
#include <stddef.h>

#define OWN_LEAST 60 /* answers: of fewer, a target is judged by what the others tell, too */
#define HALVINGS 60
#define SUSPECT 0.1      /* share of the sentinels that is lost */
#define MAY_BE_LOST 0.15 /* share of them that may be, where some are */
/* Share that is lost: more is not chance, as for the controller of the path. */
#define OVERRUN 0.25

/* ---- samples ---- */

/* Attempts that were to be answered: ports of which one answered within `tries`, after so many that
 * were lost; and attempts to ports that are known to answer. */
struct sample {
    double answered, before; /* ports; attempts that were lost before they answered */
    unsigned tries;
    double heard, lost; /* attempts to ports that are known to answer */
};

static double successes(const struct sample *sample)
{
    return sample->answered + sample->heard;
}

static double losses(const struct sample *sample)
{
    return sample->before + sample->lost;
}

/* The chance of a loss that makes so many losses a success likely: ports whose attempts were all
 * lost are not in the sample, so that it shows fewer losses than there were. */
static double chance_of(const struct sample *sample, double mean)
{
    double low = 0, high = 1;
    if (sample->heard <= 0)
        return ptl_removal_chance(mean, sample->tries);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        double shown = sample->heard * middle / (1 - middle);
        if (sample->answered > 0)
            shown += sample->answered * ptl_removal_mean(middle, sample->tries);
        if (shown < mean * successes(sample))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double chance_expected(const struct sample *sample)
{
    double count = successes(sample);
    if (count <= 0) /* all were lost: as where chance has it, half a one was not (Jeffreys) */
        return (losses(sample) + 0.5) / (losses(sample) + 1);
    return chance_of(sample, losses(sample) / count);
}

static double chance_at_most(const struct sample *sample)
{
    double count = successes(sample);
    double share = ptl_share_at_most(losses(sample), losses(sample) + count, PTL_RISK);
    return share < 1 ? chance_of(sample, share / (1 - share)) : 1;
}

static double chance_at_least(const struct sample *sample)
{
    return ptl_share_at_least(losses(sample), losses(sample) + successes(sample), PTL_RISK);
}

static struct sample both(const struct sample *a, const struct sample *b)
{
    return (struct sample){.answered = a->answered + b->answered,
                           .before = a->before + b->before,
                           .tries = a->tries > b->tries ? a->tries : b->tries,
                           .heard = a->heard + b->heard,
                           .lost = a->lost + b->lost};
}

/* ---- what the evidence holds ---- */

/* Ports that answered the attempt `first` or a later one: what they lost since then. Where ports
 * had one attempt, those that answered tell nothing of those that did not. */
static struct sample retries_of(const struct ptl_evidence *evidence, unsigned first, unsigned tries,
                                bool closed_too)
{
    struct sample sample = {.tries = tries - first + 1};
    for (unsigned i = first - 1; i < PTL_TRIES && sample.tries > 1; i++) {
        double ports = (double)evidence->open[i];
        if (closed_too)
            ports += (double)evidence->closed[i];
        unsigned lost = i - (first - 1);
        sample.answered += ports;
        sample.before += ports * (lost < sample.tries ? lost : sample.tries - 1);
    }
    return sample;
}

/* Losses that come together tell less than as many that come one by one: a sample of n, m of them
 * in a tenth of a second, is worth n / (1 + (m - 1) alike) (Kish, "Survey Sampling", 1965, 5.4). */
static void weigh(struct sample *sample, const struct ptl_sentinels *sentinels)
{
    double count = losses(sample) + successes(sample);
    double together = sentinels->slices > 0 ? count / sentinels->slices : count;
    double alike = sentinels->alike / (double)PTL_SHARE_ALL;
    double effect = together > 1 ? 1 + (together - 1) * alike : 1;
    sample->answered /= effect;
    sample->before /= effect;
    sample->heard /= effect;
    sample->lost /= effect;
}

/* Few sentinels tell even less than as many attempts that are all alike, for each stands for others
 * of its time: the normal quantile by that of Student's t, squared (Korn and Graubard, "Confidence
 * intervals for proportions with small expected number of positive counts estimated from survey
 * data", Survey Methodology 24, 1998). */
static void weigh_few(struct sample *sentinels)
{
    double degrees = fmax(sentinels->heard + sentinels->lost - 1, 1);
    double x = ptl_beta_quantile(2 * PTL_RISK, degrees / 2, 0.5);
    double worth = fmin(PTL_NORMAL * PTL_NORMAL * x / (degrees * (1 - x)), 1);
    sentinels->heard *= worth;
    sentinels->lost *= worth;
}

/* ---- the chance of a loss ---- */

/* Part of what is known is worse than the whole, and not by chance: it is what counts. */
static bool take_worse(struct ptl_loss *loss, const struct sample *part, enum ptl_basis basis)
{
    if (losses(part) <= 0 || chance_at_least(part) <= loss->expected)
        return false;
    double at_most = chance_at_most(part), expected = chance_expected(part);
    if (at_most <= loss->at_most)
        return false;
    loss->at_most = at_most;
    loss->expected = expected > loss->expected ? expected : loss->expected;
    loss->basis = basis;
    return true;
}

static struct sample sentinels_of(const struct ptl_evidence *evidence)
{
    const struct ptl_sentinels *sentinels = &evidence->sentinels;
    return (struct sample){.tries = 1,
                           .heard = (double)(sentinels->asked - sentinels->lost),
                           .lost = (double)sentinels->lost};
}

/*
 * Sentinels are waited for less long than ports are, so that a machine that is held up loses them
 * alone. Did ports lose nothing like it? Of those that lost the first attempt a share as large
 * would have answered the second. Where much is lost, the second may have been lost as well.
 */
static bool are_others(const struct ptl_evidence *evidence, unsigned tries)
{
    const struct ptl_sentinels *asked = &evidence->sentinels;
    struct sample sentinels = sentinels_of(evidence);
    weigh(&sentinels, asked);
    double share = chance_at_least(&sentinels), first, later = 0;
    first = (double)(evidence->open[0] + evidence->closed[0]);
    for (int i = 1; i < PTL_TRIES; i++)
        later += (double)(evidence->open[i] + evidence->closed[i]);
    return tries > 1 && share <= OVERRUN && 2 * later < share * first;
}

static struct sample all_of(const struct ptl_evidence *evidence, unsigned tries)
{
    struct sample retries = retries_of(evidence, 1, tries, true);
    struct sample sentinels = sentinels_of(evidence), all = both(&retries, &sentinels);
    weigh(&all, &evidence->sentinels);
    return all;
}

struct ptl_loss ptl_loss_of(const struct ptl_evidence *evidence, const struct ptl_evidence *others,
                            unsigned tries)
{
    struct ptl_evidence ports = *evidence;
    if (are_others(evidence, tries)) {
        ports.sentinels = (struct ptl_sentinels){.asked = 0};
        evidence = &ports;
    }
    const struct ptl_sentinels *asked = &evidence->sentinels;
    struct sample retries = retries_of(evidence, 1, tries, true);
    struct sample later = retries_of(evidence, tries > 1 ? 2 : 1, tries, true);
    struct sample open = retries_of(evidence, 1, tries, false);
    struct sample sentinels = sentinels_of(evidence);
    weigh(&retries, asked);
    weigh(&later, asked);
    weigh(&open, asked);
    weigh(&sentinels, asked);
    if (tries == 1) /* they speak alone */
        weigh_few(&sentinels);
    struct sample own = both(&retries, &sentinels), all = own;
    if (others != NULL && successes(&own) < OWN_LEAST) {
        struct sample more = all_of(others, tries);
        all = both(&own, &more);
    }
    struct ptl_loss loss = {.alike = asked->alike / (double)PTL_SHARE_ALL,
                            .expected = chance_expected(&all),
                            .at_most = chance_at_most(&all),
                            .basis = all.answered <= 0          ? PTL_BASIS_SENTINELS
                                     : all.heard + all.lost > 0 ? PTL_BASIS_BOTH
                                                                : PTL_BASIS_RETRIES};
    if (successes(&all) + losses(&all) <= 0)
        return (struct ptl_loss){.expected = 1, .at_most = 1, .basis = PTL_BASIS_NO_EVIDENCE};
    if (others != NULL && losses(&own) > 0) {
        struct sample more = all_of(others, tries);
        loss.worse = chance_at_least(&own) > chance_expected(&more);
    }
    take_worse(&loss, &retries, PTL_BASIS_RETRIES);
    take_worse(&loss, &later, PTL_BASIS_RETRIES);
    loss.open_apart = take_worse(&loss, &open, PTL_BASIS_RETRIES);
    take_worse(&loss, &sentinels, PTL_BASIS_SENTINELS);
    /* One attempt a port, and sentinels are lost: whether they fare as ports do, which go out in
     * bursts where much is in flight, nothing tells. Of few, one may be lost where many would be.
     */
    double lost = losses(&sentinels);
    if (tries == 1 && (lost >= SUSPECT * (lost + sentinels.heard) ||
                       (lost > 0 && chance_at_most(&sentinels) >= MAY_BE_LOST)))
        loss.at_most = 1;
    /* So much is not lost by chance: something is sent more than it takes, and it may take less of
     * each further pass, which nothing but a sentinel sees. */
    double share = chance_at_least(&retries);
    if (tries > 1 && chance_of(&retries, share / (1 - share)) > OVERRUN)
        loss.at_most = fmax(loss.at_most, chance_at_most(&sentinels));
    return loss;
}
