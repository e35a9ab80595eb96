#include "scan/tally.h"

#include <math.h>

#define SLICE_NS 100000000ULL
#define MOMENT_NS 5000000ULL
#define ENOUGH 8     /* sentinels: so many tell of a speed */
#define NORMAL 1.645 /* losses come together where chance does so once in twenty times */

static void close_first(struct ptl_tally *tally, const struct ptl_path *path)
{
    uint64_t number = tally->first++;
    size_t at = number % PTL_TALLY_SLICES;
    uint64_t asked = tally->slices[at].asked, lost = tally->slices[at].lost;
    tally->slices[at].asked = tally->slices[at].lost = 0;
    if (asked == 0 || ptl_path_is_bad(path, number * SLICE_NS + SLICE_NS / 2))
        return;
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

uint8_t ptl_tally_speed(struct ptl_tally *tally, uint64_t now_ns)
{
    uint64_t moment = now_ns / MOMENT_NS;
    if (moment != tally->moment) {
        tally->sent_before = moment == tally->moment + 1 ? tally->sent : 0;
        tally->sent = 0;
        tally->moment = moment;
    }
    uint32_t sent = tally->sent + tally->sent_before;
    uint8_t speed = 0;
    for (; sent > 1 && speed < PTL_TALLY_SPEEDS - 1; sent /= 2)
        speed++;
    return speed;
}

void ptl_tally_sent(struct ptl_tally *tally, size_t count, uint64_t now_ns)
{
    tally->speeds[ptl_tally_speed(tally, now_ns)].sent += (uint32_t)count;
    tally->sent += (uint32_t)count;
}

void ptl_tally_ended(struct ptl_tally *tally, const struct ptl_path *path, uint64_t sent_ns,
                     uint8_t speed, bool lost)
{
    size_t at = place_of(tally, path, sent_ns);
    if (tally->slices[at].asked == UINT16_MAX || ptl_path_is_bad(path, sent_ns))
        return;
    tally->slices[at].asked++;
    tally->slices[at].lost += lost;
    tally->speeds[speed].asked++;
    tally->speeds[speed].lost += lost;
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
 * What is lost grows with what is sent. So the loss at a speed is told by the sentinels of that
 * speed, or where they are few by those of higher ones too; of half the speed at least. Each speed
 * weighs as much as was sent at it, and the whole is worth as many sentinels as would tell as much
 * if they had gone out as the ports did: 1 / sum(weight^2 / number) (Kish, "Survey Sampling", 1965,
 * 11.7).
 */
static struct ptl_sentinels weigh(const struct ptl_tally *tally)
{
    double above_asked = 0, above_lost = 0, seen = 0, blind = 0, share = 0, spread = 0, all = 0;
    for (unsigned i = PTL_TALLY_SPEEDS; i-- > 0;) {
        double sent = tally->speeds[i].sent, asked = tally->speeds[i].asked;
        double lost = tally->speeds[i].lost;
        all += sent;
        above_asked += asked;
        above_lost += lost;
        if (asked < ENOUGH) {
            asked = above_asked;
            lost = above_lost;
        }
        if (asked < ENOUGH && i > 0) {
            asked += tally->speeds[i - 1].asked;
            lost += tally->speeds[i - 1].lost;
        }
        if (asked < ENOUGH) {
            blind += sent;
            continue;
        }
        /* More was lost at higher speeds: it may have been no better here, for what goes out after
         * a burst finds the way free again. */
        if (above_asked >= ENOUGH && above_lost / above_asked > lost / asked)
            blind += sent * (above_lost / above_asked - lost / asked);
        seen += sent;
        share += sent * lost / asked;
        spread += sent * sent / asked;
    }
    if (seen <= 0)
        return (struct ptl_sentinels){
            .asked = tally->asked, .lost = tally->lost, .blind = blind > 0 ? PTL_SHARE_ALL : 0};
    double worth = fmin(seen * seen / spread, (double)tally->asked);
    share = fmax(share / seen, (double)tally->lost / fmax((double)tally->asked, 1));
    return (struct ptl_sentinels){.asked = (uint64_t)llround(worth),
                                  .lost = (uint64_t)llround(worth * share),
                                  .blind =
                                      (uint16_t)ceil(fmin(blind / all, 1) * PTL_SHARE_ALL - 1e-9)};
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
