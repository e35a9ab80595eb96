/* Nights without a scan: what each port was is a letter, and each run is kept in a folder. */
#ifndef TESTS_HISTORY_NIGHTS_H
#define TESTS_HISTORY_NIGHTS_H

#include "unit/results/model.h"

#include "history/history.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define NIGHTS_START 1767225600000LL /* 2026-01-01T00:00:00Z */
#define NIGHT_MS (24LL * 3600 * 1000)
#define NIGHTS_PLAN "hosts: [198.18.0.1, 198.18.0.2]\nports: 22,80,443\nscope: [198.18.0.0/15]\n"

struct nights {
    char folder[64];
    unsigned count; /* so far */
};

/* What the run of tonight sees: two hosts of three ports each, o(pen) c(losed) f(iltered) e(rror)
 * u(nprobed). */
static const char *nights_seen;
static inline enum ptl_state nights_state(uint32_t target, uint16_t port)
{
    char letter = nights_seen[4 * target + (port == 22 ? 0 : port == 80 ? 1 : 2)];
    return letter == 'o'   ? PTL_OPEN
           : letter == 'c' ? PTL_CLOSED
           : letter == 'f' ? PTL_FILTERED
           : letter == 'e' ? PTL_ERROR
                           : PTL_UNPROBED;
}

static inline int nights_begin(void **state)
{
    struct nights *nights = calloc(1, sizeof(*nights));
    strcpy(nights->folder, "/tmp/portolan-nights-XXXXXX");
    *state = nights;
    return mkdtemp(nights->folder) == NULL;
}

static inline int nights_end(void **state)
{
    struct nights *nights = *state;
    DIR *entries = opendir(nights->folder);
    char path[400];
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        snprintf(path, sizeof(path), "%s/%s", nights->folder, entry->d_name);
        unlink(path);
    }
    closedir(entries);
    rmdir(nights->folder);
    free(nights);
    return 0;
}

/* What the run lost tells: `lost` of a hundred ports that had answered. */
static inline void nights_note(struct ptl_results *results, uint32_t lost)
{
    results->has_evidence = true;
    for (size_t i = 0; i < results->target_count; i++) {
        struct ptl_target_counts *counts = &results->targets[i];
        counts->has_evidence = true;
        counts->evidence.open[0] = counts->states[PTL_OPEN];
        counts->evidence.closed[0] = counts->states[PTL_CLOSED];
        counts->evidence.silent[1] = counts->states[PTL_FILTERED];
        counts->evidence.asked = 60000;
        counts->evidence.slices = 60000;
        counts->evidence.lost = lost;
        ptl_evidence_add(&results->evidence, &counts->evidence);
    }
    results->evidence.sentinels.asked = 60000;
    results->evidence.sentinels.slices = 60000;
    results->evidence.sentinels.lost = lost;
}

/* The run of tonight, of "ooc fff": the caller's, whose changes are told. */
static inline void nights_run(struct nights *nights, struct model *model, const char *plan,
                              const char *seen, uint32_t after, uint32_t lost)
{
    nights_seen = seen;
    assert_int_equal(model_open(model, plan, NULL), PTL_OK);
    struct ptl_results *results = model->results;
    results->run.ports = strdup("22,80,443");
    results->run.started_ms = NIGHTS_START + nights->count++ * NIGHT_MS;
    results->run.finished_ms = results->run.started_ms + 1000;
    for (uint32_t target = 0; target < model->targets; target++)
        model_scan(model, target, nights_state);
    nights_note(results, lost);
    assert_int_equal(ptl_profile_plan_sha256(model->profile, results->run.plan_sha256, NULL),
                     PTL_OK);
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    struct ptl_history *history = NULL;
    struct ptl_error error = {.code = PTL_OK};
    if (ptl_history_mend(nights->folder, &error) != PTL_OK ||
        ptl_history_read(nights->folder, &history, &error) != PTL_OK)
        fail_msg("%s", error.message);
    assert_int_equal(ptl_history_compare(history, results, after, &results->changes, &error),
                     PTL_OK);
    ptl_history_free(history);
}

/* Where the night's changes are kept as text: "+198.18.0.1:22 -198.18.0.2:80 ". */
#define NIGHTS_TEXT 1000
static inline void nights_tell(const struct ptl_changes *changes, char text[NIGHTS_TEXT])
{
    static const char marks[] = "+-?~<>!%";
    size_t used = 0;
    text[0] = '\0';
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++)
        for (size_t i = 0; i < changes->lists[kind].count; i++) {
            const struct ptl_changed *one = &changes->lists[kind].items[i];
            used += (size_t)snprintf(text + used, NIGHTS_TEXT - used, "%c%s", marks[kind], one->ip);
            if (one->port != 0)
                used += (size_t)snprintf(text + used, NIGHTS_TEXT - used, ":%u", one->port);
            used += (size_t)snprintf(text + used, NIGHTS_TEXT - used, " ");
        }
}

/* Runs, keeps, and checks what is told. */
static inline void night_of(struct nights *nights, const char *plan, const char *seen,
                            uint32_t after, uint32_t lost, const char *expected)
{
    struct model model;
    struct ptl_error error = {.code = PTL_OK};
    char told[NIGHTS_TEXT];
    nights_run(nights, &model, plan, seen, after, lost);
    nights_tell(model.results->changes, told);
    assert_string_equal(told, expected);
    if (ptl_history_keep(nights->folder, model.results, &error) != PTL_OK)
        fail_msg("%s", error.message);
    model_close(&model);
}

static inline void night(struct nights *nights, const char *seen, const char *expected)
{
    night_of(nights, NIGHTS_PLAN, seen, 1, 0, expected);
}

#endif
