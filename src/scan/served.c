#include "scan/served.h"

#include "base/clock.h"

#define COUNTED_NS 100000000ULL     /* what is found is counted over so long... */
#define LONGEST_NS 1000000000ULL    /* ...or longer, till it is... */
#define ENOUGH 8                    /* ...so much */
#define FULL 0.9                    /* of the most: as much as gets through */
#define LESS 0.7                    /* of it: the ports with a limit are behind us */
#define SHARE 8                     /* a limit: one in so many is found where no more are asked */
#define TRIALS 2                    /* that found none: losses are those of chance */
#define MORE 1.2                    /* times as much gets through: the limit is another by now */
#define FIRST_REST_NS 1000000000ULL /* how often that is looked at: at first... */
#define LAST_REST_NS 8000000000ULL  /* ...and where it is in vain */

/* Not slower than what gets through, as far as that is known, nor faster than a pass has to be. */
static void set_every(struct ptl_served *served, uint64_t every_ns)
{
    bool known = served->most > 0 && served->by_chance < TRIALS;
    uint64_t longest_ns = known ? PTL_NS_PER_S / served->most : 0;
    served->every_ns = every_ns < longest_ns ? every_ns : longest_ns;
    if (served->every_ns < served->fastest_ns)
        served->every_ns = served->fastest_ns;
}

static void count_from(struct ptl_served *served, uint64_t since_ns)
{
    served->since_ns = since_ns;
    served->asked = served->found = 0;
}

void ptl_served_begin(struct ptl_served *served, uint64_t fastest_ns, uint64_t now_ns)
{
    served->fastest_ns = fastest_ns;
    served->slowed = false;
    served->bursts = true;
    set_every(served, served->limited ? UINT64_MAX : 0);
    count_from(served, now_ns);
}

void ptl_served_found(struct ptl_served *served)
{
    if (served->bursts && served->found == 0 && served->limited)
        set_every(served, UINT64_MAX); /* here they are */
    served->found++;
}

/* Slower, to see whether as much is found: it is a limit if much of what is asked is. */
static void judge_trial(struct ptl_served *served)
{
    served->limited = served->found * SHARE >= served->asked;
    served->by_chance += !served->limited;
}

/* Others may have had their share of the limit, and be done. Twice as fast loses half of what is
 * asked, if not. */
static void look_for_more(struct ptl_served *served, double rate, uint64_t now_ns)
{
    if (served->faster) {
        bool more = rate > MORE * served->before;
        served->rest_ns = more ? 0 : served->rest_ns * 2 + FIRST_REST_NS;
        if (served->rest_ns > LAST_REST_NS)
            served->rest_ns = LAST_REST_NS;
        served->look_ns = now_ns + served->rest_ns;
    }
    served->faster = now_ns >= served->look_ns;
    served->before = served->most;
    if (served->faster)
        served->every_ns /= 2;
}

static void adapt(struct ptl_served *served, bool full, double rate)
{
    if (full)
        set_every(served, served->limited ? served->every_ns * 4 : UINT64_MAX);
    else if (!served->limited)
        set_every(served, 0);
    else if (rate < LESS * served->most)
        set_every(served, served->every_ns * 2 / (served->found > 0 ? 3 : 8));
}

uint64_t ptl_served_rest_ns(struct ptl_served *served, uint64_t trips_ns, uint64_t now_ns)
{
    if (now_ns < served->since_ns) { /* what is found was sent faster */
        served->found = 0;
        return served->every_ns;
    }
    served->asked++;
    uint64_t took_ns = now_ns - served->since_ns + 1;
    bool trial = served->slowed && !served->limited;
    bool many = served->found >= ENOUGH;
    bool told = many || served->found == 0 || (trial && served->asked >= ENOUGH);
    bool over = took_ns >= (trips_ns > COUNTED_NS ? trips_ns : COUNTED_NS) &&
                (told || took_ns >= LONGEST_NS);
    double rate = (double)served->found * (double)PTL_NS_PER_S / (double)took_ns;
    bool full =
        many && served->most > 0 && served->by_chance < TRIALS && rate >= FULL * served->most;
    if (!over && (!full || served->faster)) /* a burst tells nothing of what there is more */
        return served->every_ns;
    if (over && many && !served->bursts && rate > served->most)
        served->most = (uint32_t)rate;
    if (trial)
        judge_trial(served);
    full = full && (!trial || served->limited);
    adapt(served, full, rate);
    if (served->limited && full)
        look_for_more(served, rate, now_ns);
    served->slowed = full && !served->limited;
    served->bursts = (served->bursts && !over) || served->found == 0;
    count_from(served, now_ns + (served->slowed ? trips_ns : 0));
    return served->every_ns;
}
