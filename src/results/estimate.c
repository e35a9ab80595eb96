#include "results/estimate.h"

#include "base/statistics.h"
#include "results/loss.h"

#include <math.h>
#include <stddef.h>

#define CHANCE_MOST 0.999999
#define CHANCE 0.05 /* less likely than that it is not chance */

const char *const ptl_basis_names[PTL_BASIS_COUNT] = {
    [PTL_BASIS_ANSWERED] = "answered",   [PTL_BASIS_RETRIES] = "retries",
    [PTL_BASIS_SENTINELS] = "sentinels", [PTL_BASIS_BOTH] = "both",
    [PTL_BASIS_NO_ANSWER] = "no-answer", [PTL_BASIS_NO_EVIDENCE] = "no-evidence",
    [PTL_BASIS_LATE] = "late",           [PTL_BASIS_NOT_RECORDED] = "not-recorded"};

/* The attempts that most silent ports had. */
static unsigned usual_tries(const struct ptl_evidence *evidence)
{
    unsigned most = 0;
    for (unsigned i = 1; i < PTL_TRIES; i++)
        if (evidence->silent[i] > evidence->silent[most])
            most = i;
    return most + 1;
}

/* ---- how many were missed ---- */

/* A port that answers is missed where all its attempts are lost. */
static double all_lost(const struct ptl_evidence *evidence, double chance, double last)
{
    double sum = 0;
    for (unsigned i = 0; i < PTL_TRIES; i++)
        sum += (double)evidence->silent[i] * pow(chance, i) * last;
    return sum / ptl_evidence_ports(evidence->silent);
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
        if (pow(pass_lost(chance, alike, middle), empty) >= PTL_RISK)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Of so many, each with that chance: the least that a binomial exceeds with that risk at most. */
static double chosen_at_most(double count, double share)
{
    double low = 0, high = count;
    while (low < high) {
        double middle = floor((low + high) / 2);
        if (middle < count && ptl_beta_below(share, middle + 1, count - middle) > PTL_RISK)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of ports of which as many are open as of those that answered: how many are, at most. */
static double open_among(double missed, double open, double answered)
{
    return chosen_at_most(missed, ptl_share_at_most(open, answered, PTL_RISK));
}

/* Whatever the first passes lost: open ports that came to the last ones and were missed there. */
static double missed_by_last(const struct ptl_evidence *evidence, unsigned tries, double chance,
                             double last, double alike)
{
    double open = ptl_evidence_ports(evidence->open), silent = ptl_evidence_ports(evidence->silent);
    double answered = open + ptl_evidence_ports(evidence->closed), seen = 0, missed;
    unsigned empty = 0;
    for (unsigned i = tries - 1; i < PTL_TRIES; i++)
        seen += (double)(evidence->open[i] + evidence->closed[i]);
    while (empty < tries - 1 && seen <= 0 &&
           evidence->open[tries - 1 - empty] + evidence->closed[tries - 1 - empty] == 0)
        empty++;
    if (empty > 0)
        missed = missed_by_empty(chance, alike, empty, silent);
    else
        missed = (double)ptl_missed_at_most(seen, last, PTL_RISK);
    return open_among(fmin(missed, silent), open, answered);
}

/* ---- answers that come too late ---- */

/* What a target's own sample says; where it may just have found none, what that of the run says. */
static struct ptl_late late_of(const struct ptl_evidence *evidence,
                               const struct ptl_evidence *others)
{
    const struct ptl_late *own = &evidence->late;
    if (own->open + own->closed > 0 || others == NULL || others->late.listened == 0)
        return *own;
    double share = (others->late.open + others->late.closed) / (double)others->late.listened;
    return pow(1 - share, own->listened) >= CHANCE ? others->late : *own;
}

/* Might late answers have gone on coming when nobody listened any more? If they came evenly from
 * the end of the wait till then and beyond, all would have come as early as they did by chance. */
static bool is_cut(const struct ptl_late *late)
{
    double listened = late->reach_ms - (double)late->waited_ms;
    double taken = late->slowest_ms - (double)late->waited_ms;
    unsigned count = (unsigned)late->open + late->closed;
    return count > 0 && (taken >= listened || pow(taken / listened, count) >= CHANCE);
}

/*
 * As many of the silent ports as of the sample answer late (Clopper and Pearson), but for those of
 * it whose attempt was lost; and as many of these are open as of those that answered in time,
 * unless the sample has more than chance explains.
 */
static void add_late(const struct ptl_evidence *evidence, const struct ptl_late *late,
                     const struct ptl_loss *loss, struct ptl_estimate *estimate)
{
    double open = ptl_evidence_ports(evidence->open), silent = ptl_evidence_ports(evidence->silent);
    double answered = open + ptl_evidence_ports(evidence->closed),
           count = late->open + late->closed;
    if (count <= 0)
        return;
    double share = ptl_share_at_most(open, answered, PTL_RISK), told = late->closed, at_most;
    bool alike = late->open == 0 || ptl_beta_below(share, late->open, told + 1) >= CHANCE;
    double all = silent / fmax(1 - loss->at_most, 1 - CHANCE_MOST);
    if (alike)
        at_most = open_among(
            floor(fmin(all * ptl_share_at_most(count, late->listened, PTL_RISK), silent)), open,
            answered);
    else
        at_most =
            floor(fmin(all * ptl_share_at_most(late->open, late->listened, PTL_RISK), silent));
    double found = alike ? count * open / answered : late->open;
    estimate->missed += silent * found / late->listened / fmax(1 - loss->expected, 1 - CHANCE_MOST);
    estimate->missed_at_most = (uint64_t)fmin((double)estimate->missed_at_most + at_most, silent);
    estimate->missed = fmin(estimate->missed, (double)estimate->missed_at_most);
    if (at_most > 0)
        estimate->doubt = fmax(estimate->doubt, at_most / (open + at_most));
}

/*
 * An open port that answered too late made this machine send a reset for each of its answers that
 * came while the run went on: those to all its attempts but the last, at least. So there are no
 * more such ports than resets, but for those of which each of these attempts was lost. Of a target:
 * as many of its silent ports as of those of the run.
 */
static void add_resets(const struct ptl_evidence *evidence, const struct ptl_evidence *run,
                       const struct ptl_loss *loss, struct ptl_estimate *estimate)
{
    double open = ptl_evidence_ports(evidence->open), silent = ptl_evidence_ports(evidence->silent);
    double all = ptl_evidence_ports(run->silent), resets = (double)run->resets.count;
    if (run->resets.apart == 0 || all <= 0)
        return;
    unsigned tries = usual_tries(run);
    double lost = pow(loss->at_most, tries > 1 ? tries - 1 : 1);
    double most = fmin(resets + (double)ptl_missed_at_most(resets, lost, PTL_RISK), all);
    double at_most = all > silent ? chosen_at_most(silent, most / all) : most;
    estimate->missed_at_most = (uint64_t)fmin((double)estimate->missed_at_most + at_most, silent);
    estimate->missed =
        fmin(estimate->missed + resets / tries * silent / all, (double)estimate->missed_at_most);
    if (at_most > 0)
        estimate->doubt = fmax(estimate->doubt, at_most / (open + at_most));
}

struct ptl_estimate ptl_estimate_of(const struct ptl_evidence *evidence,
                                    const struct ptl_evidence *others)
{
    double open = ptl_evidence_ports(evidence->open), silent = ptl_evidence_ports(evidence->silent);
    unsigned tries = usual_tries(evidence);
    struct ptl_estimate estimate = {
        .basis = PTL_BASIS_ANSWERED, .known = true, .recall_at_least = 1};
    if (open + ptl_evidence_ports(evidence->closed) <= 0)
        return (struct ptl_estimate){.basis = evidence->late.open + evidence->late.closed > 0
                                                  ? PTL_BASIS_LATE
                                                  : PTL_BASIS_NO_ANSWER};
    if (silent <= 0)
        return estimate;
    struct ptl_late late = late_of(evidence, others);
    if (is_cut(&late))
        return (struct ptl_estimate){.basis = PTL_BASIS_LATE};
    struct ptl_loss loss = ptl_loss_of(evidence, others, tries);
    estimate.basis = loss.basis;
    estimate.worse = loss.worse;
    if (loss.basis == PTL_BASIS_NO_EVIDENCE)
        return (struct ptl_estimate){.basis = loss.basis};
    double alike = loss.alike;
    double blind = evidence->sentinels.blind / (double)PTL_SHARE_ALL, last = loss.at_most;
    if (tries == 1) /* nothing is known of what was sent faster than any sentinel */
        last = blind + (1 - blind) * last;
    else /* a pass is short: where losses come together, it may lie in one burst */
        last += PTL_NORMAL * sqrt(last * (1 - last) * alike);
    last = last < CHANCE_MOST ? last : CHANCE_MOST;
    double expected = all_lost(evidence, loss.expected, loss.expected);
    estimate.doubt = all_lost(evidence, loss.at_most, last);
    double at_most = (double)ptl_missed_at_most(open, estimate.doubt, PTL_RISK);
    if (tries > 1)
        at_most = fmax(at_most, missed_by_last(evidence, tries, loss.at_most, last, alike));
    at_most = fmin(at_most, silent);
    if (!loss.open_apart) /* whatever was lost: of the silent as many are open as of those heard */
        at_most =
            fmin(at_most, open_among(silent, open, open + ptl_evidence_ports(evidence->closed)));
    estimate.missed = fmin(open * expected / fmax(1 - expected, 1 - CHANCE_MOST), at_most);
    estimate.missed_at_most = (uint64_t)at_most;
    add_late(evidence, &late, &loss, &estimate);
    const struct ptl_evidence *run = others != NULL ? others : evidence;
    if (late.open + late.closed + run->late.open + run->late.closed == 0)
        add_resets(evidence, run, &loss, &estimate);
    if (estimate.missed_at_most > 0)
        estimate.recall_at_least = open / (open + (double)estimate.missed_at_most);
    return estimate;
}

bool ptl_estimate_is_unknown(const struct ptl_estimate *estimate)
{
    return estimate->basis == PTL_BASIS_NO_EVIDENCE || estimate->basis == PTL_BASIS_LATE;
}

bool ptl_estimate_is_poor(const struct ptl_estimate *estimate)
{
    if (!estimate->known)
        return ptl_estimate_is_unknown(estimate);
    return estimate->missed_at_most > 0 && estimate->doubt > PTL_ESTIMATE_DOUBT;
}
