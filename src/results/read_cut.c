/* Lines of a run that was killed before it wrote the last: what they tell, and that it is not all.
 */
#include "results/reader.h"
#include "results/seal.h"

#include <math.h>
#include <string.h>

/* The last line may have been read in part. */
void ptl_read_begin_cut(struct ptl_reader *reader)
{
    struct ptl_results *results = reader->results;
    reader->run_status = reader->asked_status;
    results->expectation_count = 0;
    memset(results->verdicts, 0, sizeof(results->verdicts));
    results->untouched.count = results->untouched.range_count = 0;
    reader->summary_place = ptl_pieces_place(reader->pieces);
}

/* A target without a line of its own: whatever has no result may not have been probed. */
static bool list_target(struct ptl_reader *reader, uint32_t target, size_t *next)
{
    struct ptl_results *results = reader->results;
    struct ptl_target_counts counts = {.target = target};
    unsigned unprobed = ptl_portset_count(reader->ports);
    bool is_listed = ptl_stored_has_mark(results->stored, target, PTL_STORED_LISTED);
    for (; *next < results->count && results->items[*next].target == target; ++*next) {
        counts.states[results->items[*next].state]++;
        unprobed -= unprobed > 0; /* a port that stands twice is refused later */
    }
    counts.states[PTL_UNPROBED] = (uint16_t)unprobed;
    ptl_stored_set_mark(results->stored, target, PTL_STORED_LISTED);
    return is_listed || ptl_results_add_target(results, &counts) == PTL_OK;
}

static void sum_up(struct ptl_reader *reader)
{
    struct ptl_results *results = reader->results;
    struct ptl_summary *summary = &results->summary;
    uint32_t last_ms = 0;
    *summary = (struct ptl_summary){.targets = ptl_stored_count(results->stored)};
    summary->probes = summary->targets * ptl_portset_count(reader->ports);
    for (size_t i = 0; i < results->target_count; i++)
        for (int s = 0; s < PTL_STATE_COUNT; s++)
            summary->states[s] += results->targets[i].states[s];
    results->has_evidence = false;
    results->evidence = (struct ptl_evidence){.sentinels = {.asked = 0}};
    for (size_t i = 0; i < results->count; i++) {
        const struct ptl_result *result = &results->items[i];
        summary->attempts += result->attempts;
        summary->retried += result->attempts > 1;
        last_ms = result->offset_ms > last_ms ? result->offset_ms : last_ms;
    }
    struct ptl_run_info *run = &results->run;
    if (run->effective_concurrency == 0 && ptl_concurrency_word(run->concurrency) == NULL)
        run->effective_concurrency = run->concurrency;
    run->elapsed_ms = last_ms;
    run->finished_ms = run->started_ms + last_ms;
    run->complete = false;
    run->cut = true;
    run->stopped_by = PTL_STOP_NONE;
    double done = (double)(summary->probes - summary->states[PTL_UNPROBED]);
    summary->probes_per_second = last_ms > 0 ? round(done / last_ms * 10000) / 10 : 0;
}

enum ptl_status ptl_read_finish_cut(struct ptl_reader *reader, struct ptl_error *error)
{
    struct ptl_results *results = reader->results;
    size_t next = 0;
    bool good = true;
    for (uint32_t t = 0; t < ptl_stored_count(results->stored) && good; t++)
        good = list_target(reader, t, &next);
    if (good) {
        ptl_results_sort(results);
        sum_up(reader);
        ptl_results_open_ports(results, reader->open_ports);
        good = ptl_latency_summarise(results, &results->summary.rtt) &&
               ptl_results_warn(
                   results, "the lines of the run end without its summary: it was killed, or is "
                            "still running; targets without a line are not known") == PTL_OK;
    }
    return good ? PTL_OK : ptl_error_no_memory(error);
}
