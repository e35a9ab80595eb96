#include "scan/queue.h"

#include "base/clock.h"

#define SAMPLES 16
#define ROUND_NS 20000000ULL
#define DRAIN_US 250000.0
#define DRAIN_MOST 0.5
#define TREND_MOST 0.5 /* seconds a second, of which more is not believed */

void ptl_queue_forget(struct ptl_queue *queue)
{
    queue->us = queue->before_us = 0;
    queue->samples = queue->rounds = 0;
}

void ptl_queue_learn(struct ptl_queue *queue, uint32_t us, uint32_t least_us, uint32_t round_us,
                     uint64_t now_ns)
{
    uint32_t beyond_us = us > least_us ? us - least_us : 0;
    if (queue->samples++ == 0) {
        queue->round_us = beyond_us;
        queue->round_ns = now_ns;
    } else if (beyond_us < queue->round_us) {
        queue->round_us = beyond_us;
    }
    uint64_t round_ns = round_us * PTL_NS_PER_US;
    if (queue->samples < SAMPLES ||
        now_ns - queue->round_ns < (round_ns > ROUND_NS ? round_ns : ROUND_NS))
        return;
    queue->before_us = queue->us;
    queue->us = queue->round_us;
    queue->ended_ns = now_ns;
    if (queue->rounds++ == 0) {
        queue->first_us = queue->us;
        queue->first_ns = now_ns;
    }
    queue->samples = 0;
}

bool ptl_queue_stands(const struct ptl_queue *queue, uint32_t least_us)
{
    uint32_t most_us = least_us / 2 > PTL_QUEUE_FLOOR_US ? least_us / 2 : PTL_QUEUE_FLOOR_US;
    return queue->us > most_us && queue->before_us > most_us;
}

bool ptl_queue_trend(const struct ptl_queue *queue, uint64_t least_ns, double *grows)
{
    if (queue->rounds < 2 || queue->ended_ns - queue->first_ns < least_ns)
        return false;
    *grows = ((double)queue->us - queue->first_us) * PTL_NS_PER_US /
             (double)(queue->ended_ns - queue->first_ns);
    return true;
}

double ptl_queue_through(double rate, double grows, double lost)
{
    if (grows > TREND_MOST)
        grows = TREND_MOST;
    if (grows < -TREND_MOST)
        grows = -TREND_MOST;
    return rate * (lost > 0 ? 1 - lost : 1) * (1 - grows);
}

double ptl_queue_drain_share(const struct ptl_queue *queue)
{
    double less = queue->us / DRAIN_US;
    return 1 - (less < DRAIN_MOST ? less : DRAIN_MOST);
}
