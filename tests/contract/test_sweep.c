/*
 * Any concurrency from 1 to what descriptors allow, and any number of workers from 1 to 64, finds
 * every open port, ends, and leaves no descriptor behind. On loopback, with silent ports among the
 * others, so that answers that have to be waited for are met as well; tests/bench measures the
 * same with every port, and over a network.
 */
#include "support/cmocka_all.h"

#include "scan/run.h"
#include "support/listeners.h"
#include "support/namespace.h"

#include <dirent.h>
#include <stdio.h>

enum { LISTENERS = 24, SILENT = 3, FILLERS = 4, FIRST = 2000, LAST = 6000, STEP = 163 };

static bool in_namespace;
static int listeners[LISTENERS];
static int silent[SILENT][1 + FILLERS];

static uint16_t open_port(int i)
{
    return (uint16_t)(FIRST + STEP * i);
}

/* A listener whose backlog is full answers nothing. */
static void be_silent(uint16_t port, int fds[1 + FILLERS])
{
    fds[0] = listen_on(AF_INET, port, 0);
    assert_true(fds[0] >= 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 1; i <= FILLERS; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(fds[i], (struct sockaddr *)&to, sizeof(to));
    }
}

static int set_up(void **state)
{
    (void)state;
    if (!in_namespace)
        return 0;
    for (int i = 0; i < LISTENERS; i++) {
        /* Nobody accepts: each scan leaves its connections in the queue. */
        listeners[i] = listen_on(AF_INET, open_port(i), 4096);
        assert_true(listeners[i] >= 0);
    }
    for (int i = 0; i < SILENT; i++)
        be_silent((uint16_t)(open_port(i) + 1), silent[i]);
    usleep(50000);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (!in_namespace)
        return 0;
    for (int i = 0; i < LISTENERS; i++)
        close(listeners[i]);
    for (int i = 0; i < SILENT; i++)
        for (int k = 0; k <= FILLERS; k++)
            close(silent[i][k]);
    return 0;
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static void finds_everything(const char *engine, unsigned concurrency, unsigned workers)
{
    char yaml[256];
    snprintf(yaml, sizeof(yaml),
             "hosts: 127.0.0.1\nports: %d-%d\nengine: %s\nconcurrency: %u\nworkers: %u\n"
             "timeout: 100ms\nretries: 0\nadaptive: false\n",
             FIRST, LAST, engine, concurrency, workers);
    struct ptl_problems problems = {.items = NULL};
    struct ptl_profile *profile = NULL;
    struct ptl_prepared *prepared = NULL;
    struct ptl_results *results = NULL;
    struct ptl_error error = {.code = PTL_OK};
    size_t before = open_descriptors();
    ptl_profile_load_text(yaml, strlen(yaml), "test.yaml", ".", NULL, 0, &profile, &problems);
    assert_non_null(profile);
    assert_int_equal(ptl_prepare(profile, NULL, &prepared, &problems), PTL_OK);
    assert_int_equal(ptl_run(profile, prepared, NULL, NULL, &results, &error), PTL_OK);
    if (results->count != LISTENERS || open_descriptors() != before)
        print_error("engine %s, concurrency %u, workers %u\n", engine, concurrency, workers);
    assert_true(results->run.complete);
    assert_int_equal(results->count, LISTENERS);
    for (int i = 0; i < LISTENERS; i++)
        assert_int_equal(results->items[i].port, open_port(i));
    assert_true(results->summary.states[PTL_FILTERED] == SILENT);
    assert_true(results->summary.states[PTL_CLOSED] == LAST - FIRST + 1 - LISTENERS - SILENT);
    assert_true(results->summary.peak_in_flight <= concurrency);
    ptl_results_free(results);
    ptl_profile_free(profile);
    ptl_problems_free(&problems);
    assert_int_equal(open_descriptors(), before);
}

static void any_concurrency(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    /* The last is clamped to what descriptors allow. */
    static const unsigned limits[] = {1, 2, 3, 8, 64, 65, 512, 4096, 1000000};
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        finds_everything("pool", limits[i], 0);
        finds_everything("events", limits[i], 0);
    }
    static const unsigned threads[] = {1, 2, 64, 200};
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
        finds_everything("threads", threads[i], 0);
}

static void any_number_of_workers(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    static const unsigned workers[] = {1, 2, 3, 7, 16, 33, 64};
    for (size_t i = 0; i < sizeof(workers) / sizeof(workers[0]); i++) {
        finds_everything("pool", 1000, workers[i]);
        finds_everything("pool", 5, workers[i]); /* fewer permits than workers, or about as many */
    }
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_concurrency),
        cmocka_unit_test(any_number_of_workers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
