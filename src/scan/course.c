/* The course of a run: what held it back and when, told in its results. */
#include "scan/plan_calls.h"

#define LINGER_NS PTL_NS_PER_S /* at most, for answers that come too late... */
#define SHORT_NS 50000000U     /* ...once it is seen that some are no open port's... */
#define MANY 3U                /* ...or that many resets were sent, whosever they are */

/* This machine's own refusals are resets, too; and of what came between the segments of a run that
 * was resumed nobody knows. */
static bool counts_resets(struct ptl_plan *plan)
{
    if (plan->sources == NULL || ptl_sources_used(plan->sources) || plan->past != NULL)
        ptl_resets_leave(&plan->resets);
    return plan->resets.sent.is_known;
}

void ptl_course_watch(struct ptl_plan *plan)
{
    if (counts_resets(plan))
        ptl_resets_watch(&plan->resets, plan->now_ns < plan->lingers_ns, plan->now_ns);
}

/* The points are twice as far apart where there is no room. */
void ptl_course_note(struct ptl_plan *plan, uint32_t now_ms)
{
    struct ptl_path_info *info = &plan->results->run.path;
    if (info->point_count == PTL_PATH_POINTS) {
        info->point_count /= 2;
        plan->point_every_ms *= 2;
        for (uint32_t i = 0; i < info->point_count; i++) {
            uint32_t before = info->points[2 * i].answers_per_second;
            info->points[i] = info->points[2 * i + 1];
            info->points[i].answers_per_second = (info->points[i].answers_per_second + before) / 2;
        }
    }
    uint32_t since_ms = now_ms - (plan->point_ms - plan->point_every_ms);
    info->points[info->point_count++] = (struct ptl_path_point){
        .at_ms = ptl_plan_offset_ms(plan, plan->now_ns),
        .limit = plan->path.pace.rate < UINT32_MAX ? (uint32_t)plan->path.pace.rate : UINT32_MAX,
        .answers_per_second =
            (uint32_t)((plan->heard - plan->point_heard) * 1000 / (since_ms > 0 ? since_ms : 1))};
    plan->point_heard = plan->heard;
    plan->point_ms = now_ms + plan->point_every_ms;
}

bool ptl_course_lingers(struct ptl_plan *plan)
{
    const struct ptl_resets_sent *sent = &plan->resets.sent;
    uint64_t wait_ns = plan->profile->timeout_ms * PTL_NS_PER_MS;
    if (plan->now_ns < plan->lingers_ns)
        return true;
    if (plan->told_finished || !counts_resets(plan) || plan->sum.states[PTL_OPEN] == 0 ||
        plan->sum.states[PTL_FILTERED] == 0)
        return false;
    bool is_first = plan->lingers_ns == 0, was_short = plan->lingers_are_short;
    if (!is_first && !was_short)
        return false;
    ptl_resets_look(&plan->resets, plan->now_ns);
    bool many = sent->count >= MANY;
    plan->lingers_are_short = is_first && sent->apart == 0 && !many;
    uint64_t most_ns = plan->lingers_are_short ? SHORT_NS : LINGER_NS;
    if (plan->lingers_are_short ? sent->count > 0 : sent->apart > 0 || many)
        plan->lingers_ns = plan->now_ns + (wait_ns < most_ns ? wait_ns : most_ns);
    return plan->now_ns < plan->lingers_ns;
}

void ptl_course_evidence(const struct ptl_plan *plan, struct ptl_evidence *evidence)
{
    struct ptl_tally tally = plan->tally; /* to its end, so far */
    evidence->sentinels = ptl_tally_end(&tally, &plan->path);
    ptl_sentinels_join(&evidence->sentinels, &plan->past_sentinels);
    evidence->late = ptl_listening_tell(&plan->listening, PTL_LISTENING_ALL, plan->now_ns);
    ptl_late_join(&evidence->late, &plan->past_late);
}

static void describe_evidence(struct ptl_plan *plan)
{
    struct ptl_evidence *evidence = &plan->results->evidence;
    const uint64_t *states = plan->sum.states;
    ptl_course_evidence(plan, evidence);
    plan->results->has_evidence =
        plan->past == NULL ||
        (plan->has_evidence &&
         ptl_evidence_fits(evidence, states[PTL_OPEN], states[PTL_CLOSED], states[PTL_FILTERED]));
    if (!plan->results->has_evidence)
        *evidence = (struct ptl_evidence){.sentinels = {.asked = 0}};
    bool counts = counts_resets(plan);
    ptl_resets_look(&plan->resets, plan->now_ns);
    if (counts && plan->results->has_evidence)
        evidence->resets = plan->resets.sent;
}

void ptl_course_describe(struct ptl_plan *plan)
{
    struct ptl_path_info *info = &plan->results->run.path;
    plan->results->run.has_path = true;
    const struct ptl_path *path = &plan->path;
    double seconds = (double)(plan->now_ns - plan->start_ns) / (double)PTL_NS_PER_S;
    info->targets = plan->targets;
    info->limit = path->pace.rate;
    info->answers_per_second = seconds > 0 ? (uint64_t)((double)plan->heard / seconds) : 0;
    info->round_trip_us = path->rtt.srtt_us;
    info->sentinels_asked = plan->sentinels_asked;
    info->sentinels_lost = plan->sentinels_lost;
    describe_evidence(plan);
    info->unanswered_peak = plan->unanswered.peak;
    if (plan->shortage.halved_ns != 0)
        info->limited_by = PTL_LIMITED_BY_LOCAL;
    else if (path->limit != 0 || path->ceiling != 0)
        info->limited_by = plan->targets == 1 ? PTL_LIMITED_BY_TARGET : PTL_LIMITED_BY_PATH;
    else if (plan->limited_targets > 0)
        info->limited_by = PTL_LIMITED_BY_TARGET;
    else if (plan->profile->rate > 0 ||
             atomic_load(&plan->shortage.permits->peak) >= plan->shortage.permits->most)
        info->limited_by =
            plan->profile->rate == 0 && plan->profile->concurrency == PTL_CONCURRENCY_AUTO
                ? PTL_LIMITED_BY_LOCAL /* as many sockets as it grants */
                : PTL_LIMITED_BY_CEILING;
}

/* A quarter more than the latest answer took, in two digits. */
static uint64_t timeout_for(uint32_t slowest_ms)
{
    uint64_t ms = slowest_ms + slowest_ms / 4U, step = 1;
    while (ms / step >= 100)
        step *= 10;
    return (ms + step - 1) / step * step;
}

static enum ptl_status warn_of_late(struct ptl_plan *plan)
{
    const struct ptl_late *late = &plan->results->evidence.late;
    char would_do[PTL_DURATION_SIZE];
    if (late->open + late->closed == 0)
        return PTL_OK;
    return ptl_results_warn(
        plan->results,
        "of %u silent ports that were listened to for longer %u answered, after up to %u ms: "
        "answers come too late for timeout: %llums (%s may do)",
        (unsigned)late->listened, (unsigned)late->open + late->closed, (unsigned)late->slowest_ms,
        (unsigned long long)plan->profile->timeout_ms,
        ptl_duration_format(timeout_for(late->slowest_ms), would_do));
}

enum ptl_status ptl_course_warn(struct ptl_plan *plan)
{
    struct ptl_results *results = plan->results;
    enum ptl_status status = PTL_OK;
    if (plan->gave_up > 0)
        status = ptl_results_warn(results,
                                  "%llu targets answered nothing to %u probes and were given up",
                                  (unsigned long long)plan->gave_up, plan->profile->give_up_after);
    if (status == PTL_OK && plan->gone > 0)
        status = ptl_results_warn(
            results,
            "%llu targets that had answered fell silent and did not come back within %llu s: "
            "what is in doubt of them is unprobed",
            (unsigned long long)plan->gone, (unsigned long long)plan->profile->outage_ms / 1000);
    if (status == PTL_OK && results->run.stopped_by == PTL_STOP_OUTAGE)
        status = ptl_results_warn(
            results,
            "everything that had answered fell silent and did not come back within %llu s: "
            "the run ended, what is in doubt is unprobed",
            (unsigned long long)plan->profile->outage_ms / 1000);
    if (status == PTL_OK && plan->unanswered.peak > PTL_UNANSWERED_MANY)
        status = ptl_results_warn(
            results,
            "%u attempts within 120 s were not answered: each may occupy an entry of a "
            "router's connection table for so long (rate and per_target hold them back)",
            plan->unanswered.peak);
    return status == PTL_OK ? warn_of_late(plan) : status;
}
