#include "scan/listening.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define US_PER_MS 1000
#define EVERY 128     /* one first attempt in so many is in the sample of a large run */
#define LATER_US 1000 /* than it was waited for: what comes with the timeout is not late */

/* One of the next `every`, wherever it lies among them. */
static void draw_next(struct ptl_listening *listening)
{
    uint64_t place = ptl_random_below(&listening->random, listening->every);
    listening->left = listening->rest + place + 1;
    listening->rest = listening->every - place - 1;
}

void ptl_listening_init(struct ptl_listening *listening, uint64_t probes, uint64_t seed)
{
    memset(listening, 0, sizeof(*listening));
    listening->every = probes / PTL_LISTENING_LEAST + 1;
    if (listening->every > EVERY)
        listening->every = EVERY;
    if (probes / PTL_LISTENING_MOST >= EVERY)
        listening->every = probes / PTL_LISTENING_MOST + 1;
    listening->random = seed + 1;
    draw_next(listening);
}

uint16_t ptl_listening_take(struct ptl_listening *listening, uint32_t target, uint16_t port)
{
    draw_next(listening);
    if (listening->count == PTL_LISTENING_MOST)
        return 0;
    listening->ports[listening->count++] =
        (struct ptl_listened){.target = target, .port = port, .heard = PTL_HEARD_UNTOLD};
    return (uint16_t)listening->count;
}

static struct ptl_listened *find(struct ptl_listening *listening, uint32_t target, uint16_t port)
{
    for (uint32_t i = 0; i < listening->count; i++)
        if (listening->ports[i].target == target && listening->ports[i].port == port)
            return &listening->ports[i];
    return NULL;
}

uint16_t ptl_listening_again(struct ptl_listening *listening, uint32_t target, uint16_t port)
{
    const struct ptl_listened *own = find(listening, target, port);
    return own != NULL && own->heard == PTL_HEARD_UNTOLD ? (uint16_t)(own - listening->ports + 1)
                                                         : 0;
}

void ptl_listening_began(struct ptl_listening *listening, uint16_t number, uint64_t started_ns)
{
    listening->ports[number - 1].heard = PTL_HEARD_WAITS;
    listening->ports[number - 1].started_ns = started_ns;
}

void ptl_listening_waited(struct ptl_listening *listening, uint32_t target, uint16_t port,
                          uint32_t wait_us)
{
    struct ptl_listened *own = find(listening, target, port);
    if (own != NULL && wait_us > own->longest_us)
        own->longest_us = wait_us;
}

void ptl_listening_ended(struct ptl_listening *listening, uint16_t number, enum ptl_heard heard,
                         uint32_t heard_us)
{
    listening->ports[number - 1].heard = (uint8_t)heard;
    listening->ports[number - 1].heard_us = heard_us;
}

void ptl_listening_verdict(struct ptl_listening *listening, uint32_t target, uint16_t port)
{
    struct ptl_listened *own = find(listening, target, port);
    if (own != NULL)
        own->is_silent = true;
}

/* ---- what it tells ---- */

static uint16_t ms_of(uint32_t us)
{
    uint32_t ms = (us + US_PER_MS - 1) / US_PER_MS;
    return (uint16_t)(ms < UINT16_MAX ? ms : UINT16_MAX);
}

struct ptl_late ptl_listening_tell(const struct ptl_listening *listening, uint32_t target,
                                   uint64_t now_ns)
{
    struct ptl_late late = {.listened = 0};
    uint32_t waits[PTL_LISTENING_MOST], count = 0, slowest_us = 0, waited_us = UINT32_MAX;
    for (uint32_t i = 0; i < listening->count; i++) {
        const struct ptl_listened *own = &listening->ports[i];
        uint32_t us = own->heard == PTL_HEARD_WAITS
                          ? (uint32_t)((now_ns - own->started_ns) / PTL_NS_PER_US)
                          : own->heard_us;
        bool counts = target == PTL_LISTENING_ALL || own->target == target;
        if (!counts || !own->is_silent || own->heard == PTL_HEARD_UNTOLD ||
            us < own->longest_us + LATER_US)
            continue;
        waited_us = own->longest_us < waited_us ? own->longest_us : waited_us;
        if (own->heard < PTL_HEARD_OPEN) {
            waits[count++] = us;
            continue;
        }
        late.open += own->heard == PTL_HEARD_OPEN;
        late.closed += own->heard == PTL_HEARD_CLOSED;
        slowest_us = us > slowest_us ? us : slowest_us;
    }
    /* A port that was not listened to for as long as the latest answer took tells nothing of it. */
    if (count > 1)
        qsort(waits, count, sizeof(waits[0]), ptl_number_order);
    uint32_t shorter = 0;
    while (shorter < count && waits[shorter] < slowest_us)
        shorter++;
    late.listened = (uint16_t)(late.open + late.closed + count - shorter);
    late.waited_ms = late.listened > 0 ? (uint16_t)(waited_us / US_PER_MS) : 0;
    late.slowest_ms = ms_of(slowest_us);
    late.reach_ms = late.listened == 0 ? 0 : count > 0 ? ms_of(waits[count / 2]) : late.slowest_ms;
    return late;
}

uint32_t ptl_listening_out(const struct ptl_listening *listening, uint32_t most)
{
    uint32_t out = 0;
    for (uint32_t i = 0; i < listening->count; i++)
        out += listening->ports[i].heard == PTL_HEARD_WAITS;
    return out < most ? out : most;
}
