/* What goes to the run's journal: each verdict, and each silent attempt, once. */
#include "base/array.h"
#include "scan/plan_calls.h"

#include <stdlib.h>
#include <string.h>

#define LIMITS_FEW 64                 /* so many limits are noted each time... */
#define LIMITS_EVERY_NS 1000000000ULL /* ...and more of them so often */

void ptl_plan_note_all(struct ptl_plan *plan, bool takes_notes)
{
    pthread_mutex_lock(&plan->lock);
    plan->takes_notes = takes_notes;
    pthread_mutex_unlock(&plan->lock);
}

/* Kept verdicts need no note: they are what came to the results. */
static bool take_results(struct ptl_plan *plan, struct ptl_journal_batch *batch)
{
    const struct ptl_results *results = plan->results;
    size_t new = results->count - plan->noted_results;
    if (new > batch->result_capacity) {
        struct ptl_result *grown = reallocarray(batch->results, new, sizeof(*grown));
        if (grown == NULL)
            return false;
        batch->results = grown;
        batch->result_capacity = new;
    }
    if (new > 0)
        memcpy(batch->results, results->items + plan->noted_results, new * sizeof(*batch->results));
    batch->result_count = new;
    plan->noted_results = results->count;
    return true;
}

static bool add_limit(struct ptl_journal_batch *batch, uint64_t place, const struct ptl_path *path,
                      const struct ptl_lane *lane)
{
    if (!PTL_ROOM(batch->limits, batch->limit_capacity, batch->limit_count))
        return false;
    batch->limits[batch->limit_count++] =
        (struct ptl_journal_limit){.place = place,
                                   .rate = path->limit,
                                   .window = path->window,
                                   .lost = lane != NULL ? lane->lost : 0,
                                   .found = lane != NULL ? lane->found : 0,
                                   .found_before = lane != NULL ? lane->found_before : 0};
    return true;
}

static bool take_limits(struct ptl_plan *plan, struct ptl_journal_batch *batch)
{
    uint64_t now_ns = ptl_clock_now_ns();
    batch->limit_count = 0;
    bool good = add_limit(batch, PTL_JOURNAL_RUN, &plan->path, NULL);
    for (uint32_t i = 0; i < plan->schedule.window && good; i++) {
        const struct ptl_lane *lane = &plan->schedule.lanes[i];
        if (lane->active && (lane->path.limit != 0 || lane->lost + lane->found > 0))
            good = add_limit(batch, lane->position, &lane->path, lane);
    }
    batch->has_limits =
        batch->limit_count <= LIMITS_FEW || now_ns - plan->limits_noted_ns >= LIMITS_EVERY_NS;
    if (batch->has_limits)
        plan->limits_noted_ns = now_ns;
    return good;
}

/* Of all that is noted by now. What is settled when the run has ended is not. */
static void take_evidence(struct ptl_plan *plan, struct ptl_journal_batch *batch)
{
    batch->counters.has_evidence = plan->past == NULL || plan->has_evidence;
    if (plan->takes_notes && batch->counters.has_evidence) {
        plan->noted_evidence = plan->results->evidence;
        for (uint32_t i = 0; i < plan->schedule.window; i++)
            if (plan->schedule.lanes[i].active)
                ptl_evidence_add(&plan->noted_evidence, &plan->schedule.lanes[i].evidence);
        ptl_course_evidence(plan, &plan->noted_evidence);
    }
    batch->counters.evidence = plan->noted_evidence;
}

bool ptl_plan_take_notes(void *context, struct ptl_journal_batch *batch)
{
    struct ptl_plan *plan = context;
    pthread_mutex_lock(&plan->lock);
    struct ptl_journal_batch noted = plan->notes;
    plan->notes.notes = batch->notes;
    plan->notes.note_capacity = batch->note_capacity;
    plan->notes.note_count = 0;
    batch->notes = noted.notes;
    batch->note_capacity = noted.note_capacity;
    batch->note_count = noted.note_count;
    bool good = !plan->notes_lost && take_results(plan, batch) && take_limits(plan, batch);
    uint32_t peak = atomic_load(&plan->shortage.permits->peak);
    uint32_t in_use = atomic_load_explicit(&plan->shortage.permits->in_use, memory_order_relaxed);
    batch->counters = (struct ptl_journal_counters){
        .sums = plan->sum.sums,
        .lost = plan->lost,
        .sentinels_asked = plan->sentinels_asked,
        .sentinels_lost = plan->sentinels_lost,
        .begun = plan->next_target,
        .in_flight = plan->abandoned + in_use - ptl_listening_out(&plan->listening, in_use)};
    if (peak > batch->counters.peak_in_flight)
        batch->counters.peak_in_flight = peak;
    take_evidence(plan, batch);
    pthread_mutex_unlock(&plan->lock);
    return good;
}
