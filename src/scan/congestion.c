#include "scan/congestion.h"

#define NS_PER_S 1e9
#define ANSWERS_TO_JUDGE 32 /* fewer say nothing about a share */
#define STRUGGLES_RETRIED 8 /* one answer in 32 to a retry, and at least so many */
#define STRUGGLES_SHARE 32
#define LOWEST_LIMIT 2
#define HOLD_WINDOWS 8

void ptl_congestion_init(struct ptl_congestion *congestion, uint64_t now_ns)
{
    *congestion = (struct ptl_congestion){.limit = PTL_CONGESTION_NO_LIMIT, .window_ns = now_ns};
}

void ptl_congestion_sent(struct ptl_congestion *congestion, uint32_t in_flight)
{
    if (in_flight > congestion->peak)
        congestion->peak = in_flight;
}

/* A quarter of what is answered had been lost before: half as many permits (RFC 5681's factor). */
static void lower(struct ptl_congestion *congestion)
{
    uint32_t used = congestion->peak < congestion->limit ? congestion->peak : congestion->limit;
    congestion->limit = used / 2 > LOWEST_LIMIT ? used / 2 : LOWEST_LIMIT;
    congestion->last_limit = 0;
    congestion->holds = 0;
}

/* A step of an eighth up; taken back when it brought no more answers, and then left for a while. */
static void raise(struct ptl_congestion *congestion, double rate, bool loses, bool may)
{
    if (congestion->last_limit != 0 && loses && rate < congestion->last_rate * 1.03) {
        congestion->limit = congestion->last_limit;
        congestion->last_limit = 0;
        congestion->holds = HOLD_WINDOWS;
        return;
    }
    congestion->last_limit = 0;
    if (congestion->holds > 0) {
        congestion->holds--;
        return;
    }
    if (!may || congestion->peak < congestion->limit)
        return; /* it loses too much for more, or does not use what it has */
    uint32_t step = congestion->limit / 8 > 1 ? congestion->limit / 8 : 1;
    congestion->last_limit = congestion->limit;
    congestion->last_rate = rate;
    congestion->limit += step;
}

bool ptl_congestion_answer(struct ptl_congestion *congestion, uint8_t attempt, uint64_t now_ns,
                           uint64_t feedback_ns)
{
    if (attempt > 1) {
        congestion->retried++;
        congestion->lossy = true;
    } else {
        congestion->first++;
    }
    uint32_t answers = congestion->first + congestion->retried;
    if (answers < ANSWERS_TO_JUDGE || now_ns - congestion->window_ns < feedback_ns)
        return false;

    uint32_t before = congestion->limit;
    uint32_t retried = congestion->retried;
    double rate = answers * NS_PER_S / (double)(now_ns - congestion->window_ns);
    if (retried >= STRUGGLES_RETRIED && retried >= answers / STRUGGLES_SHARE)
        congestion->struggles = true;
    if (retried >= answers / 4)
        lower(congestion);
    else if (congestion->limit != PTL_CONGESTION_NO_LIMIT)
        raise(congestion, rate, retried >= answers / STRUGGLES_SHARE, retried < answers / 8);
    congestion->first = congestion->retried = congestion->peak = 0;
    congestion->window_ns = now_ns;
    return congestion->limit != before;
}
