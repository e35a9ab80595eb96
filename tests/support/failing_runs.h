/*
 * Runs of each engine while this machine fails under them, on loopback in the test's own
 * namespace: sixteen open ports, one silent one, and what every run must keep, however it went.
 */
#ifndef TESTS_FAILING_RUNS_H
#define TESTS_FAILING_RUNS_H

#include "support/cmocka_all.h"

#include "scan/run.h"
#include "support/listeners.h"
#include "support/namespace.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

#define LISTENERS 16
#define FIRST_LISTENER 1003
#define STEP 19
#define STATES "report: {states: [open, closed, filtered]}\n"

static bool in_namespace;
#define engines ptl_engine_names
#define ENGINES PTL_ENGINE_COUNT

static int listeners[LISTENERS];
static int silent_listener, fillers[4];
#define SILENT_PORT 2000

/* One run: loaded and prepared in peace; `results` is NULL when it failed. */
struct scan {
    struct ptl_profile *profile;
    struct ptl_prepared *prepared;
    struct ptl_results *results;
    struct ptl_error error;
};

static inline void prepare(struct scan *scan, const char *yaml)
{
    *scan = (struct scan){.error = {.code = PTL_OK}};
    struct ptl_problems problems = {.items = NULL};
    ptl_profile_load_text(yaml, strlen(yaml), "test.yaml", ".", NULL, 0, &scan->profile, &problems);
    for (size_t i = 0; i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_non_null(scan->profile);
    assert_int_equal(ptl_prepare(scan->profile, NULL, &scan->prepared, &problems), PTL_OK);
    ptl_problems_free(&problems);
}

static inline void finish(struct scan *scan)
{
    ptl_results_free(scan->results);
    ptl_profile_free(scan->profile);
    /* Nobody accepts: what the run connected would fill the backlog in time. */
    for (int i = 0; i < LISTENERS; i++)
        for (int fd = accept(listeners[i], NULL, NULL); fd >= 0;
             fd = accept(listeners[i], NULL, NULL))
            close(fd);
}

static inline size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static inline bool listens(uint16_t port)
{
    return port >= FIRST_LISTENER && (port - FIRST_LISTENER) % STEP == 0 &&
           (port - FIRST_LISTENER) / STEP < LISTENERS;
}

/* What every run must keep, however it went. */
static inline void check_verdicts(const struct ptl_results *results)
{
    uint64_t sum = 0, counted[PTL_STATE_COUNT] = {0};
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        sum += results->summary.states[s];
    assert_true(sum == results->summary.probes);
    for (size_t i = 0; i < results->count; i++) {
        const struct ptl_result *result = &results->items[i];
        counted[result->state]++;
        assert_false(result->state == PTL_OPEN && !listens(result->port));
        assert_false(result->state == PTL_CLOSED &&
                     (listens(result->port) || result->port == SILENT_PORT));
        assert_false(result->state == PTL_FILTERED && result->port != SILENT_PORT);
        assert_false(result->state == PTL_ERROR && result->reason < PTL_REASON_ERRNO);
        assert_false(i > 0 && result->port <= results->items[i - 1].port);
    }
    if (results->run.stopped_by == PTL_STOP_MEMORY) /* then what was counted may not be kept */
        return;
    for (int s = 0; s < PTL_UNPROBED; s++)
        assert_true(counted[s] == results->summary.states[s]);
}

static inline bool has_warning(const struct ptl_results *results, const char *part)
{
    for (size_t i = 0; i < results->warning_count; i++)
        if (strstr(results->warnings[i], part) != NULL)
            return true;
    return false;
}

static inline void check_found_all(const struct scan *scan)
{
    if (scan->results == NULL)
        fail_msg("the run failed: %s", scan->error.message);
    check_verdicts(scan->results);
    assert_true(scan->results->run.complete);
    assert_true(scan->results->summary.states[PTL_OPEN] == LISTENERS);
    assert_true(scan->results->summary.states[PTL_ERROR] == 0);
    assert_true(scan->results->summary.states[PTL_UNPROBED] == 0);
}

static inline void run(struct scan *scan)
{
    enum ptl_status status =
        ptl_run(scan->profile, scan->prepared, NULL, NULL, &scan->results, &scan->error);
    assert_int_equal(status == PTL_OK, scan->results != NULL);
    if (status != PTL_OK) {
        assert_int_equal(scan->error.code, status);
        assert_true(strlen(scan->error.message) > 0);
    }
}

#define FEW_PORTS "1000-1039"
#define ALL_PORTS "1000-1319"

static inline void write_yaml(char yaml[512], const char *engine, const char *ports,
                              unsigned concurrency, const char *more)
{
    snprintf(yaml, 512, "hosts: 127.0.0.1\nports: [%s]\nengine: %s\nconcurrency: %u\n" STATES "%s",
             ports, engine, concurrency, more);
}

/* A listener whose backlog is full answers nothing. */
static inline void listen_silently(void)
{
    silent_listener = listen_on(AF_INET, SILENT_PORT, 0);
    assert_true(silent_listener >= 0);
    for (int i = 0; i < 4; i++) {
        struct sockaddr_in to = {.sin_family = AF_INET,
                                 .sin_port = htons(SILENT_PORT),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(fillers[i], (struct sockaddr *)&to, sizeof(to));
    }
    usleep(50000);
}

static inline int set_up(void **state)
{
    (void)state;
    if (!in_namespace)
        return 0;
    for (int i = 0; i < LISTENERS; i++) {
        listeners[i] = listen_on(AF_INET, (uint16_t)(FIRST_LISTENER + STEP * i), SOMAXCONN);
        assert_true(listeners[i] >= 0);
        assert_int_equal(fcntl(listeners[i], F_SETFL, O_NONBLOCK), 0);
    }
    listen_silently();
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    if (!in_namespace)
        return 0;
    for (int i = 0; i < LISTENERS; i++)
        close(listeners[i]);
    for (int i = 0; i < 4; i++)
        close(fillers[i]);
    close(silent_listener);
    return 0;
}

#endif
