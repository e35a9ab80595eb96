#include "scan/congestion.h"

#define NS_PER_S 1e9
#define ANSWERS_TO_JUDGE 32 /* fewer say nothing about a share... */
#define LONGEST_ROUND 4     /* ...but no round lasts longer than so many times the feedback */
#define STRUGGLES_LOST 8    /* one attempt in 32 lost, and at least so many */
#define STRUGGLES_SHARE 32
#define LOWEST_LIMIT 2
#define HOLD_ROUNDS 8

void ptl_congestion_init(struct ptl_congestion *congestion, uint64_t now_ns)
{
    *congestion = (struct ptl_congestion){.limit = PTL_CONGESTION_NO_LIMIT,
                                          .now = {.start_ns = now_ns},
                                          .last = {.start_ns = now_ns}};
}

uint8_t ptl_congestion_sent(struct ptl_congestion *congestion, uint32_t in_flight)
{
    if (in_flight > congestion->now.peak)
        congestion->now.peak = in_flight;
    return congestion->round;
}

/*
 * A quarter was lost: half as many permits (RFC 5681's factor). Of a loss beyond half no more than
 * half can show, since it takes an answer to prove one: then half of the half.
 */
static void lower(struct ptl_congestion *congestion, bool far)
{
    uint32_t used =
        congestion->last.peak < congestion->limit ? congestion->last.peak : congestion->limit;
    uint32_t limit = far ? used / 4 : used / 2;
    congestion->limit = limit > LOWEST_LIMIT ? limit : LOWEST_LIMIT;
    congestion->lowered = (uint8_t)(congestion->lowered + (far ? 2 : 1));
    if (congestion->lowered > PTL_CONGESTION_LOWERED_MOST)
        congestion->lowered = PTL_CONGESTION_LOWERED_MOST;
    congestion->last_limit = 0;
    congestion->holds = 0;
    congestion->settling = true;
}

/* A step of an eighth up; taken back when it brought no more answers, and then left for a while. */
static void raise(struct ptl_congestion *congestion, double rate, bool loses, bool may)
{
    if (congestion->last_limit != 0 && loses && rate < congestion->last_rate * 1.03) {
        congestion->limit = congestion->last_limit;
        congestion->last_limit = 0;
        congestion->holds = HOLD_ROUNDS;
        return;
    }
    congestion->last_limit = 0;
    if (congestion->holds > 0) {
        congestion->holds--;
        return;
    }
    if (!may || congestion->last.peak < congestion->limit)
        return; /* it loses too much for more, or does not use what it has */
    uint32_t step = congestion->limit / 8 > 1 ? congestion->limit / 8 : 1;
    congestion->last_limit = congestion->limit;
    congestion->last_rate = rate;
    congestion->limit += step;
    congestion->settling = true;
}

/* The round before the current one has shown what it lost. */
static void judge(struct ptl_congestion *congestion)
{
    const struct ptl_round *round = &congestion->last;
    uint32_t known = round->answered + round->lost;
    uint64_t ns = congestion->now.start_ns - round->start_ns;
    if (known == 0 || ns == 0)
        return;
    if (congestion->settling) {
        congestion->settling = false;
        return;
    }
    double rate = round->answered * NS_PER_S / (double)ns;
    if (round->lost * 4 >= known)
        lower(congestion, round->lost * 100ULL >= known * 45ULL);
    else if (congestion->limit != PTL_CONGESTION_NO_LIMIT)
        raise(congestion, rate, round->lost >= known / STRUGGLES_SHARE, round->lost * 8 < known);
}

bool ptl_congestion_answer(struct ptl_congestion *congestion, uint8_t round, uint64_t now_ns,
                           uint64_t feedback_ns)
{
    if (round == congestion->round)
        congestion->now.answered++;
    else if (round == (uint8_t)(congestion->round - 1))
        congestion->last.answered++;
    uint64_t ns = now_ns - congestion->now.start_ns;
    if (ns < feedback_ns ||
        (congestion->now.answered < ANSWERS_TO_JUDGE && ns < LONGEST_ROUND * feedback_ns))
        return false;

    uint32_t before = congestion->limit;
    judge(congestion);
    congestion->last = congestion->now;
    congestion->now = (struct ptl_round){.start_ns = now_ns};
    congestion->round++;
    return congestion->limit != before;
}

void ptl_congestion_loss(struct ptl_congestion *congestion, uint8_t round)
{
    congestion->lossy = true;
    struct ptl_round *own;
    if (round == congestion->round)
        own = &congestion->now;
    else if (round == (uint8_t)(congestion->round - 1))
        own = &congestion->last;
    else
        return;
    own->lost++;
    /* At once, not when the round is judged: meanwhile the others would wait for it. */
    if (own->lost >= STRUGGLES_LOST && own->lost >= (own->answered + own->lost) / STRUGGLES_SHARE)
        congestion->struggles = true;
}
