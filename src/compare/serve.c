/* The process that carries one run out. */
#include "compare/record.h"
#include "report/report.h"
#include "scan/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

#define NOTES_FD 3
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
    struct ptl_run_notes *notes = context;
    notes->done = progress->done;
    notes->probes = progress->probes;
    ptl_run_notes_write(NOTES_FD, notes);
}

/* What the report leaves out is closed: a record needs all else. */
static void keep_states(struct ptl_profile *profile)
{
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        profile->report_states[s] = s != PTL_CLOSED && s != PTL_UNPROBED;
}

static enum ptl_status carry_out(const struct ptl_profile *profile, const struct ptl_cancel *cancel,
                                 struct ptl_run_notes *notes, struct ptl_problems *problems,
                                 struct ptl_error *error)
{
    const struct ptl_report_options options = {.cancel = cancel};
    struct ptl_run_hooks hooks = {.context = notes, .tick_ms = TICK_MS, .tick = tick};
    struct ptl_prepared *prepared = NULL;
    struct ptl_results *results = NULL;
    struct rusage before, after;
    enum ptl_status status = ptl_prepare(profile, cancel, &prepared, problems);
    if (status != PTL_OK)
        return status;
    getrusage(RUSAGE_SELF, &before);
    status = ptl_run(profile, prepared, cancel, &hooks, &results, error);
    if (status != PTL_OK)
        return status;
    getrusage(RUSAGE_SELF, &after);
    notes->user_ms = milliseconds(&after.ru_utime) - milliseconds(&before.ru_utime);
    notes->system_ms = milliseconds(&after.ru_stime) - milliseconds(&before.ru_stime);
    notes->peak_rss_kb = peak_rss_kb();
    notes->targets_hash = ptl_record_hash(results->live);
    status = ptl_report_make(PTL_FORMAT_JSON, "-", &options, results, error);
    ptl_results_free(results);
    return status;
}

bool ptl_study_serve(const struct ptl_cancel *cancel)
{
    if (fcntl(NOTES_FD, F_GETFD) < 0)
        return false;
    fcntl(NOTES_FD, F_SETFD, FD_CLOEXEC);
    struct ptl_run_notes notes = {.done = 0};
    struct ptl_problems problems = {.items = NULL};
    struct ptl_error error = {.message = "out of memory"};
    struct ptl_profile *profile = NULL;
    enum ptl_status status = ptl_profile_load("-", NULL, 0, &profile, &problems);
    if (status == PTL_OK) {
        keep_states(profile);
        status = carry_out(profile, cancel, &notes, &problems, &error);
    }
    if (status != PTL_OK)
        ptl_error_print(problems.count > 0 ? &problems.items[0] : &error, notes.failure,
                        sizeof(notes.failure));
    bool written = ptl_run_notes_write(NOTES_FD, &notes);
    ptl_profile_free(profile);
    ptl_problems_free(&problems);
    return written;
}
