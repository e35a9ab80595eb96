/*
 * permits PROFILE OUT: runs a profile of one target and writes to OUT, as CSV, how many permits
 * its congestion control allowed it, how many it had in flight, and how many answers and proven
 * losses there had been until then. It is linked with wrappers (ld's --wrap) around the functions
 * of src/scan/congestion.c: the plan calls them under its lock, so nothing here needs one.
 */
#include "portolan/clock.h"
#include "portolan/run.h"
#include "scan/congestion.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_NS 20000000U /* a line each 20 ms, and at each change */

static struct {
    FILE *out;
    uint64_t start_ns, last_ns;
    uint32_t limit, in_flight;
    uint64_t answers, losses;
} watch = {.limit = PTL_CONGESTION_NO_LIMIT};

static void write_sample(uint64_t now_ns)
{
    watch.last_ns = now_ns;
    uint64_t ms = (now_ns - watch.start_ns) / PTL_NS_PER_MS;
    fprintf(watch.out, "%" PRIu64 ",", ms);
    if (watch.limit != PTL_CONGESTION_NO_LIMIT)
        fprintf(watch.out, "%" PRIu32, watch.limit);
    fprintf(watch.out, ",%" PRIu32 ",%" PRIu64 ",%" PRIu64 "\n", watch.in_flight, watch.answers,
            watch.losses);
}

static void sample(const struct ptl_congestion *congestion, uint64_t now_ns)
{
    bool changed = congestion->limit != watch.limit;
    if (!changed && now_ns < watch.last_ns + SAMPLE_NS)
        return;
    if (changed) /* a step, not a slope */
        write_sample(now_ns);
    watch.limit = congestion->limit;
    write_sample(now_ns);
}

uint8_t __real_ptl_congestion_sent(struct ptl_congestion *congestion, uint32_t in_flight);
uint8_t __wrap_ptl_congestion_sent(struct ptl_congestion *congestion, uint32_t in_flight);
uint8_t __wrap_ptl_congestion_sent(struct ptl_congestion *congestion, uint32_t in_flight)
{
    watch.in_flight = in_flight;
    sample(congestion, ptl_clock_now_ns());
    return __real_ptl_congestion_sent(congestion, in_flight);
}

bool __real_ptl_congestion_answer(struct ptl_congestion *congestion, uint8_t round, uint64_t now_ns,
                                  uint64_t feedback_ns);
bool __wrap_ptl_congestion_answer(struct ptl_congestion *congestion, uint8_t round, uint64_t now_ns,
                                  uint64_t feedback_ns);
bool __wrap_ptl_congestion_answer(struct ptl_congestion *congestion, uint8_t round, uint64_t now_ns,
                                  uint64_t feedback_ns)
{
    bool changed = __real_ptl_congestion_answer(congestion, round, now_ns, feedback_ns);
    watch.answers++;
    sample(congestion, now_ns);
    return changed;
}

void __real_ptl_congestion_loss(struct ptl_congestion *congestion, uint8_t round);
void __wrap_ptl_congestion_loss(struct ptl_congestion *congestion, uint8_t round);
void __wrap_ptl_congestion_loss(struct ptl_congestion *congestion, uint8_t round)
{
    watch.losses++;
    __real_ptl_congestion_loss(congestion, round);
}

static bool run(const char *path)
{
    struct ptl_problems problems = {.items = NULL};
    struct ptl_profile *profile = NULL;
    struct ptl_prepared *prepared = NULL;
    struct ptl_results *results = NULL;
    struct ptl_error error = {.code = PTL_OK};
    bool done = false;
    if (ptl_profile_load(path, NULL, 0, &profile, &problems) == PTL_OK &&
        ptl_prepare(profile, NULL, &prepared, &problems) == PTL_OK) {
        watch.start_ns = ptl_clock_now_ns();
        done = ptl_run(profile, prepared, NULL, NULL, &results, &error) == PTL_OK;
        if (!done)
            fprintf(stderr, "permits: %s\n", error.message);
    }
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "permits: %s\n", problems.items[i].message);
    ptl_results_free(results);
    ptl_problems_free(&problems);
    ptl_profile_free(profile);
    return done;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: permits PROFILE OUT\n", stderr);
        return 2;
    }
    watch.out = fopen(argv[2], "we");
    if (watch.out == NULL) {
        perror(argv[2]);
        return 1;
    }
    fputs("ms,limit,in_flight,answers,losses\n", watch.out);
    bool done = run(argv[1]);
    return fclose(watch.out) == 0 && done ? 0 : 1;
}
