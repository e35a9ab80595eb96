#include "scan/tally.h"

#include <math.h>
#include <string.h>

#define SLICE_NS 100000000ULL
#define STEPS 8.0    /* of the logarithm of what a sentinel stands for, to a doubling */
#define NORMAL 1.645 /* losses come together where chance does so once in twenty times */

static void close_first(struct ptl_tally *tally, const struct ptl_path *path)
{
    uint64_t number = tally->first++;
    size_t at = number % PTL_TALLY_SLICES;
    uint64_t asked = tally->slices[at].asked, lost = tally->slices[at].lost;
    double stood = tally->slices[at].stood, squares = tally->slices[at].squares,
           stood_lost = tally->slices[at].stood_lost;
    memset(&tally->slices[at], 0, sizeof(tally->slices[at]));
    if (asked == 0 || ptl_path_is_bad(path, number * SLICE_NS + SLICE_NS / 2))
        return;
    tally->stood += stood;
    tally->squares += squares;
    tally->stood_lost += stood_lost;
    tally->asked += asked;
    tally->lost += lost;
    tally->count++;
    tally->asked_asked += asked * asked;
    tally->asked_lost += asked * lost;
    tally->lost_lost += lost * lost;
}

/* The place of the slice of that time; what is too old for one of its own goes to the oldest. */
static size_t place_of(struct ptl_tally *tally, const struct ptl_path *path, uint64_t at_ns)
{
    uint64_t number = at_ns / SLICE_NS;
    if (tally->first == 0)
        tally->first = number > 0 ? number : 1;
    if (number >= tally->first + 2ULL * PTL_TALLY_SLICES) { /* all that is open is old */
        for (int i = 0; i < PTL_TALLY_SLICES; i++)
            close_first(tally, path);
        tally->first = number - PTL_TALLY_SLICES + 1;
    }
    while (number >= tally->first + PTL_TALLY_SLICES)
        close_first(tally, path);
    return (number < tally->first ? tally->first : number) % PTL_TALLY_SLICES;
}

static uint64_t stands_for(uint8_t code)
{
    return code == 0 ? 0 : (uint64_t)exp2((code - 1) / STEPS);
}

uint8_t ptl_tally_asked(struct ptl_tally *tally)
{
    double code = tally->since > 0 ? floor(STEPS * log2((double)tally->since)) + 1 : 0;
    uint8_t byte = (uint8_t)(code < UINT8_MAX ? code : UINT8_MAX);
    tally->since -= stands_for(byte); /* the next one stands for the rest */
    return byte;
}

void ptl_tally_ended(struct ptl_tally *tally, const struct ptl_path *path, uint64_t sent_ns,
                     uint8_t code, bool lost)
{
    float weight = (float)stands_for(code);
    tally->ended += stands_for(code);
    if (path->paused && lost) /* in doubt, and so are the slices that would be closed for it */
        return;
    size_t at = place_of(tally, path, sent_ns);
    if (tally->slices[at].asked == UINT16_MAX || ptl_path_is_bad(path, sent_ns))
        return;
    tally->slices[at].asked++;
    tally->slices[at].lost += lost;
    tally->slices[at].stood += weight;
    tally->slices[at].squares += weight * weight;
    tally->slices[at].stood_lost += lost ? weight : 0;
}

bool ptl_tally_about(const struct ptl_tally *tally, uint64_t at_ns, uint32_t *asked, uint32_t *lost)
{
    uint64_t from = (at_ns > PTL_TALLY_ABOUT_NS ? at_ns - PTL_TALLY_ABOUT_NS : 0) / SLICE_NS;
    uint64_t to = (at_ns + PTL_TALLY_ABOUT_NS) / SLICE_NS;
    if (tally->first == 0)
        return true;
    if (from < tally->first)
        return false;
    for (; from <= to && from < tally->first + PTL_TALLY_SLICES; from++) {
        *asked += tally->slices[from % PTL_TALLY_SLICES].asked;
        *lost += tally->slices[from % PTL_TALLY_SLICES].lost;
    }
    return true;
}

/*
 * The intraclass correlation of losses, by moments: where slices lose independently, the squares of
 * lost - share * asked add up to share * (1 - share) * asked; where a slice loses all or nothing,
 * to as much for each pair in it (Kish, "Survey Sampling", 1965, 5.4). Only what chance hardly
 * explains counts.
 */
static double correlation(const struct ptl_tally *tally)
{
    double asked = (double)tally->asked, lost = (double)tally->lost;
    double share = lost / asked, pairs = (double)tally->asked_asked - asked;
    if (lost <= 0 || lost >= asked || pairs <= 0)
        return 0;
    double squares = (double)tally->lost_lost - 2 * share * (double)tally->asked_lost +
                     share * share * (double)tally->asked_asked;
    double expected = asked - (double)tally->asked_asked / asked;
    double excess = squares / (share * (1 - share)) - expected;
    double alike = excess > NORMAL * sqrt(2 * pairs) ? excess / pairs : 0;
    return alike > 1 ? 1 : alike;
}

/*
 * The share that is lost, each sentinel weighing as much as it stands for; the whole is worth as
 * many sentinels as would tell as much if each stood for as many: (sum of weights)^2 / sum of their
 * squares (Kish, "Survey Sampling", 1965, 11.7).
 */
static struct ptl_sentinels weigh(const struct ptl_tally *tally)
{
    uint64_t blind = tally->sent > tally->ended ? tally->sent - tally->ended : 0;
    struct ptl_sentinels sentinels = {.asked = tally->asked, .lost = tally->lost};
    if (tally->sent > 0)
        sentinels.blind = (uint16_t)ceil((double)blind * PTL_SHARE_ALL / (double)tally->sent);
    if (tally->stood <= 0 || tally->asked == 0)
        return sentinels;
    double worth = fmin(tally->stood * tally->stood / tally->squares, (double)tally->asked);
    double share =
        fmax(tally->stood_lost / tally->stood, (double)tally->lost / (double)tally->asked);
    sentinels.asked = (uint64_t)llround(worth);
    sentinels.lost = (uint64_t)llround(worth * share);
    return sentinels;
}

struct ptl_sentinels ptl_tally_end(struct ptl_tally *tally, const struct ptl_path *path)
{
    for (int i = 0; i < PTL_TALLY_SLICES; i++)
        close_first(tally, path);
    struct ptl_sentinels sentinels = weigh(tally);
    sentinels.slices = tally->count;
    sentinels.alike = (uint16_t)lround(correlation(tally) * PTL_SHARE_ALL);
    return sentinels;
}
