#include "results/estimate.h"

#include "base/statistics.h"

#include <math.h>
#include <stddef.h>

/* Half of what may go wrong is for the chance of a loss, half for how many ports it befell. */
#define RISK ((1 - PTL_ESTIMATE_LEVEL) / 2)
#define NORMAL 1.96  /* the normal quantile of RISK */
#define OWN_LEAST 60 /* answers: of fewer, a target is judged by what the others tell, too */
#define OVERRUN                                                                                    \
    0.25 /* share that is lost: more is not chance, as for the controller of the path              \
          */
#define HALVINGS 60
#define CHANCE_MOST 0.999999

const char *const ptl_basis_names[PTL_BASIS_COUNT] = {
    [PTL_BASIS_ANSWERED] = "answered",        [PTL_BASIS_RETRIES] = "retries",
    [PTL_BASIS_SENTINELS] = "sentinels",      [PTL_BASIS_BOTH] = "both",
    [PTL_BASIS_NO_ANSWER] = "no-answer",      [PTL_BASIS_NO_EVIDENCE] = "no-evidence",
    [PTL_BASIS_NOT_RECORDED] = "not-recorded"};

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
    double share = ptl_share_at_most(losses(sample), losses(sample) + count, RISK);
    return share < 1 ? chance_of(sample, share / (1 - share)) : 1;
}

static double chance_at_least(const struct sample *sample)
{
    return ptl_share_at_least(losses(sample), losses(sample) + successes(sample), RISK);
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

static double sum_of(const uint64_t counts[PTL_TRIES])
{
    double sum = 0;
    for (int i = 0; i < PTL_TRIES; i++)
        sum += (double)counts[i];
    return sum;
}

/* The attempts that most silent ports had. */
static unsigned usual_tries(const struct ptl_evidence *evidence)
{
    unsigned most = 0;
    for (unsigned i = 1; i < PTL_TRIES; i++)
        if (evidence->silent[i] > evidence->silent[most])
            most = i;
    return most + 1;
}

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
    double x = ptl_beta_quantile(2 * RISK, degrees / 2, 0.5);
    double worth = fmin(NORMAL * NORMAL * x / (degrees * (1 - x)), 1);
    sentinels->heard *= worth;
    sentinels->lost *= worth;
}

/* ---- the chance of a loss ---- */

struct loss {
    double expected, at_most, alike;
    enum ptl_basis basis;
    bool worse;      /* than what is known of the others */
    bool open_apart; /* open ports lose more than others */
};

/* Part of what is known is worse than the whole, and not by chance: it is what counts. */
static bool take_worse(struct loss *loss, const struct sample *part, enum ptl_basis basis)
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

static struct loss loss_of(const struct ptl_evidence *evidence, const struct ptl_evidence *others,
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
    struct loss loss = {.alike = asked->alike / (double)PTL_SHARE_ALL,
                        .expected = chance_expected(&all),
                        .at_most = chance_at_most(&all),
                        .basis = all.answered <= 0          ? PTL_BASIS_SENTINELS
                                 : all.heard + all.lost > 0 ? PTL_BASIS_BOTH
                                                            : PTL_BASIS_RETRIES};
    if (successes(&all) + losses(&all) <= 0)
        return (struct loss){.expected = 1, .at_most = 1, .basis = PTL_BASIS_NO_EVIDENCE};
    if (others != NULL && losses(&own) > 0) {
        struct sample more = all_of(others, tries);
        loss.worse = chance_at_least(&own) > chance_expected(&more);
    }
    take_worse(&loss, &retries, PTL_BASIS_RETRIES);
    take_worse(&loss, &later, PTL_BASIS_RETRIES);
    loss.open_apart = take_worse(&loss, &open, PTL_BASIS_RETRIES);
    take_worse(&loss, &sentinels, PTL_BASIS_SENTINELS);
    /* So much is not lost by chance: something is sent more than it takes, and it may take less of
     * each further pass, which nothing but a sentinel sees. */
    double share = chance_at_least(&retries);
    if (tries > 1 && chance_of(&retries, share / (1 - share)) > OVERRUN)
        loss.at_most = fmax(loss.at_most, chance_at_most(&sentinels));
    return loss;
}

/* ---- how many were missed ---- */

/* A port that answers is missed where all its attempts are lost. */
static double all_lost(const struct ptl_evidence *evidence, double chance, double last)
{
    double sum = 0;
    for (unsigned i = 0; i < PTL_TRIES; i++)
        sum += (double)evidence->silent[i] * pow(chance, i) * last;
    return sum / sum_of(evidence->silent);
}

/* The chance that a pass loses all of so many ports: chance^missed where attempts are lost one by
 * one; where they are lost together, passes differ, and it is the moment of a beta distribution
 * with that mean and that correlation (Griffiths, Biometrics 29, 1973). */
static double pass_lost(double chance, double alike, double missed)
{
    if (alike <= 0)
        return pow(chance, missed);
    double both = (1 - alike) / alike, a = chance * both;
    int sign;
    return exp(lgamma_r(a + missed, &sign) - lgamma_r(a, &sign) + lgamma_r(both, &sign) -
               lgamma_r(both + missed, &sign));
}

/* How many ports may have been missed by the last passes, if these found nothing? */
static double missed_by_empty(double chance, double alike, unsigned empty, double silent)
{
    double low = 0, high = silent + 1;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (pow(pass_lost(chance, alike, middle), empty) >= RISK)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Of ports of which as many are open as of those that answered: how many are, at most. */
static double open_among(double missed, double open, double answered)
{
    double share = ptl_share_at_most(open, answered, RISK), low = 0, high = missed;
    while (low < high) { /* the least that a binomial exceeds with that risk at most */
        double middle = floor((low + high) / 2);
        if (middle < missed && ptl_beta_below(share, middle + 1, missed - middle) > RISK)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whatever the first passes lost: open ports that came to the last ones and were missed there. */
static double missed_by_last(const struct ptl_evidence *evidence, unsigned tries, double chance,
                             double last, double alike)
{
    double open = sum_of(evidence->open), silent = sum_of(evidence->silent);
    double answered = open + sum_of(evidence->closed), seen = 0, missed;
    unsigned empty = 0;
    for (unsigned i = tries - 1; i < PTL_TRIES; i++)
        seen += (double)(evidence->open[i] + evidence->closed[i]);
    while (empty < tries - 1 && seen <= 0 &&
           evidence->open[tries - 1 - empty] + evidence->closed[tries - 1 - empty] == 0)
        empty++;
    if (empty > 0)
        missed = missed_by_empty(chance, alike, empty, silent);
    else
        missed = (double)ptl_missed_at_most(seen, last, RISK);
    return open_among(fmin(missed, silent), open, answered);
}

struct ptl_estimate ptl_estimate_of(const struct ptl_evidence *evidence,
                                    const struct ptl_evidence *others)
{
    double open = sum_of(evidence->open), silent = sum_of(evidence->silent);
    unsigned tries = usual_tries(evidence);
    struct ptl_estimate estimate = {
        .basis = PTL_BASIS_ANSWERED, .known = true, .recall_at_least = 1};
    if (open + sum_of(evidence->closed) <= 0)
        return (struct ptl_estimate){.basis = PTL_BASIS_NO_ANSWER};
    if (silent <= 0)
        return estimate;
    struct loss loss = loss_of(evidence, others, tries);
    estimate.basis = loss.basis;
    estimate.worse = loss.worse;
    if (loss.basis == PTL_BASIS_NO_EVIDENCE)
        return (struct ptl_estimate){.basis = loss.basis};
    double alike = loss.alike;
    double blind = evidence->sentinels.blind / (double)PTL_SHARE_ALL, last = loss.at_most;
    if (tries == 1) /* nothing is known of what was sent faster than any sentinel */
        last = blind + (1 - blind) * last;
    else /* a pass is short: where losses come together, it may lie in one burst */
        last += NORMAL * sqrt(last * (1 - last) * alike);
    last = last < CHANCE_MOST ? last : CHANCE_MOST;
    double expected = all_lost(evidence, loss.expected, loss.expected);
    estimate.doubt = all_lost(evidence, loss.at_most, last);
    double at_most = (double)ptl_missed_at_most(open, estimate.doubt, RISK);
    if (tries > 1)
        at_most = fmax(at_most, missed_by_last(evidence, tries, loss.at_most, last, alike));
    at_most = fmin(at_most, silent);
    if (!loss.open_apart) /* whatever was lost: of the silent as many are open as of those heard */
        at_most = fmin(at_most, open_among(silent, open, open + sum_of(evidence->closed)));
    estimate.missed = fmin(open * expected / fmax(1 - expected, 1 - CHANCE_MOST), at_most);
    estimate.missed_at_most = (uint64_t)at_most;
    estimate.recall_at_least = at_most > 0 ? open / (open + at_most) : 1;
    return estimate;
}

bool ptl_estimate_is_poor(const struct ptl_estimate *estimate)
{
    if (!estimate->known)
        return estimate->basis == PTL_BASIS_NO_EVIDENCE;
    return estimate->missed_at_most > 0 && estimate->doubt > PTL_ESTIMATE_DOUBT;
}
