/* The process that carries one run out. */
#include "compare/compare.h"
#include "compare/record.h"
#include "scan/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

#define RECORD_FD 3
#define TICK_MS 100

static double milliseconds(const struct timeval *time)
{
    return (double)time->tv_sec * 1000.0 + (double)time->tv_usec / 1000.0;
}

/* The process's own peak. ru_maxrss would tell that of whoever started it, if that was more. */
static uint64_t peak_rss_kb(void)
{
    char line[256];
    unsigned long long kb = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (sscanf(line, "VmHWM: %llu kB", &kb) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kb;
}

static void tick(void *context, const struct ptl_progress *progress)
{
    (void)context;
    ptl_record_write_progress(RECORD_FD, progress->done, progress->probes);
}

static struct ptl_record *failed(const struct ptl_problems *problems, const struct ptl_error *error)
{
    char text[2048] = "out of memory";
    if (problems->count > 0)
        error = &problems->items[0];
    if (error->code != PTL_OK)
        ptl_error_print(error, text, sizeof(text));
    return ptl_record_failed(text);
}

/* What the report leaves out is closed: the record needs all else. */
static void keep_states(struct ptl_profile *profile)
{
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        profile->report_states[s] = s != PTL_CLOSED && s != PTL_UNPROBED;
}

static struct ptl_record *carry_out(const struct ptl_profile *profile,
                                    const struct ptl_cancel *cancel, struct ptl_problems *problems)
{
    struct ptl_prepared *prepared = NULL;
    struct ptl_results *results = NULL;
    struct ptl_record *record = NULL;
    struct ptl_error error = {.code = PTL_OK};
    if (ptl_prepare(profile, cancel, &prepared, problems) != PTL_OK)
        return failed(problems, &error);
    struct ptl_run_hooks hooks = {.tick_ms = TICK_MS, .tick = tick};
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    if (ptl_run(profile, prepared, cancel, &hooks, &results, &error) != PTL_OK)
        return failed(problems, &error);
    getrusage(RUSAGE_SELF, &after);
    uint64_t peak_kb = peak_rss_kb();
    if (ptl_record_build(results, &record, &error) != PTL_OK) {
        ptl_results_free(results);
        return failed(problems, &error);
    }
    record->head.user_ms = milliseconds(&after.ru_utime) - milliseconds(&before.ru_utime);
    record->head.system_ms = milliseconds(&after.ru_stime) - milliseconds(&before.ru_stime);
    record->head.peak_rss_kb = peak_kb;
    ptl_results_free(results);
    return record;
}

bool ptl_study_serve(const struct ptl_cancel *cancel)
{
    if (fcntl(RECORD_FD, F_GETFD) < 0)
        return false;
    fcntl(RECORD_FD, F_SETFD, FD_CLOEXEC);
    struct ptl_problems problems = {.items = NULL};
    struct ptl_profile *profile = NULL;
    struct ptl_record *record;
    if (ptl_profile_load("-", NULL, 0, &profile, &problems) == PTL_OK) {
        keep_states(profile);
        record = carry_out(profile, cancel, &problems);
    } else {
        struct ptl_error none = {.code = PTL_OK};
        record = failed(&problems, &none);
    }
    bool written = record != NULL && ptl_record_write(RECORD_FD, record);
    ptl_record_free(record);
    ptl_profile_free(profile);
    ptl_problems_free(&problems);
    return written;
}
