/*
 * The contract suite of the engines: each of the four strategies gives the same answer on the same
 * target, accounts for every probe, and stops when told.
 */
#include "support/cmocka_all.h"

#include "scan/run.h"
#include "support/listeners.h"
#include "support/namespace.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

static bool in_namespace;
#define engines ptl_engine_names /* a new one is tested as soon as it has a name */
#define ENGINES PTL_ENGINE_COUNT

static struct ptl_results *scan_and_tell(const char *yaml, const struct ptl_cancel *cancel,
                                         const struct ptl_run_hooks *hooks)
{
    struct ptl_problems problems = {.items = NULL};
    struct ptl_profile *profile = NULL;
    struct ptl_prepared *prepared = NULL;
    struct ptl_results *results = NULL;
    struct ptl_error error = {.code = PTL_OK};
    ptl_profile_load_text(yaml, strlen(yaml), "test.yaml", ".", NULL, 0, &profile, &problems);
    for (size_t i = 0; i < problems.count; i++)
        print_error("%u:%u %s\n", problems.items[i].line, problems.items[i].column,
                    problems.items[i].message);
    assert_non_null(profile);
    assert_int_equal(ptl_prepare(profile, cancel, &prepared, &problems), PTL_OK);
    assert_int_equal(ptl_run(profile, prepared, cancel, hooks, &results, &error), PTL_OK);
    uint64_t sum = 0;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        sum += results->summary.states[s];
    assert_true(sum == results->summary.probes);
    ptl_profile_free(profile);
    ptl_problems_free(&problems);
    return results;
}

static struct ptl_results *scan(const char *yaml, const struct ptl_cancel *cancel)
{
    return scan_and_tell(yaml, cancel, NULL);
}

static size_t count_entries(const char *path)
{
    size_t count = 0;
    DIR *dir = opendir(path);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static size_t open_descriptors(void)
{
    return count_entries("/proc/self/fd");
}

static size_t running_threads(void)
{
    return count_entries("/proc/self/task");
}

static void finds_exactly_what_is_open(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    enum { LISTENERS = 20 };
    int fds[LISTENERS];
    uint16_t ports[LISTENERS];
    for (int i = 0; i < LISTENERS; i++) {
        /* Half of them in the ephemeral range, where a probe may meet itself. */
        ports[i] = (uint16_t)(i < 10 ? 2000 + 37 * i : 33000 + 37 * i);
        fds[i] = listen_on(AF_INET, ports[i], 64);
        assert_true(fds[i] >= 0);
    }
    size_t before = open_descriptors();
    const unsigned limits[] = {1, 2, 7, 500};
    for (int e = 0; e < ENGINES; e++) {
        for (int l = 0; l < 4; l++) {
            char yaml[256];
            snprintf(
                yaml, sizeof(yaml),
                "hosts: 127.0.0.1\nports: 1500-3500,33000-35000\nengine: %s\nconcurrency: %u\n",
                engines[e], limits[l]);
            struct ptl_results *results = scan(yaml, NULL);
            assert_true(results->run.complete);
            assert_int_equal(results->count, LISTENERS);
            for (int i = 0; i < LISTENERS; i++) {
                assert_int_equal(results->items[i].port, ports[i]);
                assert_int_equal(results->items[i].state, PTL_OPEN);
            }
            assert_true(results->summary.states[PTL_CLOSED] == 4002 - LISTENERS);
            assert_true(results->summary.peak_in_flight <= limits[l]);
            ptl_results_free(results);
            assert_int_equal(open_descriptors(), before);
        }
    }
    for (int i = 0; i < LISTENERS; i++)
        close(fds[i]);
}

/* A listener with a full backlog is a silent port without any privilege. */
static int silent_listener(uint16_t port, int *filler)
{
    int fd = listen_on(AF_INET, port, 0);
    for (int i = 0; i < 4; i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        struct sockaddr_in to = {.sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        connect(filler[i], (struct sockaddr *)&to, sizeof(to));
    }
    usleep(50000);
    return fd;
}

static void a_silent_port_is_filtered_after_its_retries(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    int filler[4];
    int fd = silent_listener(4300, filler);
    for (int e = 0; e < ENGINES; e++) {
        char yaml[256];
        snprintf(yaml, sizeof(yaml),
                 "hosts: 127.0.0.1\nports: 4299-4301\nengine: %s\ntimeout: 50ms\nretries: 2\n"
                 "report: {states: [open, closed, filtered]}\n",
                 engines[e]);
        struct ptl_results *results = scan(yaml, NULL);
        assert_int_equal(results->count, 3);
        assert_int_equal(results->items[1].state, PTL_FILTERED);
        assert_int_equal(results->items[1].reason, PTL_REASON_NO_RESPONSE);
        /* One during which this process was held up proves no silence, and is made again. */
        unsigned attempts = results->items[1].attempts;
        assert_true(attempts >= 3);
        assert_int_equal(results->items[0].attempts, 1);
        assert_true(results->summary.attempts == 2 + attempts);
        assert_true(results->summary.retried == 1);
        assert_true(results->items[1].offset_ms >= 150);
        ptl_results_free(results);
    }
    for (int i = 0; i < 4; i++)
        close(filler[i]);
    close(fd);
}

static void a_deadline_and_a_signal_stop_it(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    for (int e = 0; e < ENGINES; e++) {
        char yaml[256];
        snprintf(
            yaml, sizeof(yaml),
            "hosts: [127.0.0.1, 127.0.0.2]\nports: 1-1000\nengine: %s\nrate: 100\ndeadline: 1s\n",
            engines[e]);
        struct ptl_results *results = scan(yaml, NULL);
        assert_false(results->run.complete);
        assert_int_equal(results->run.stopped_by, PTL_STOP_DEADLINE);
        assert_in_range(results->summary.states[PTL_CLOSED], 1,
                        50 + (uint64_t)results->run.elapsed_ms / 10); /* by its rate */
        ptl_results_free(results);

        struct ptl_cancel cancel;
        assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
        ptl_cancel_trigger(&cancel, 2);
        results = scan(yaml, &cancel);
        assert_int_equal(results->run.stopped_by, PTL_STOP_SIGNAL);
        assert_false(results->run.complete);
        ptl_results_free(results);
        ptl_cancel_free(&cancel);
    }
}

/* Once a result is found: cancels, if it is told so, and does not return before the workers are
 * gone, as a report does that is written where nobody reads. */
struct stalled {
    struct ptl_cancel *cancel;
    size_t threads_before;
    bool has_stalled, have_left;
};

static void stall(void *context, const struct ptl_results *results, const struct ptl_result *items,
                  size_t count)
{
    struct stalled *stalled = context;
    (void)results;
    (void)items;
    if (count == 0 || stalled->has_stalled)
        return;
    stalled->has_stalled = true;
    if (stalled->cancel != NULL)
        ptl_cancel_trigger(stalled->cancel, 15);
    for (int i = 0; i < 1500 && !stalled->have_left; i++) {
        usleep(10000);
        stalled->have_left = running_threads() <= stalled->threads_before + 1; /* this one */
    }
}

static void they_stop_in_time_while_a_hook_waits(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    for (int e = 0; e < ENGINES; e++) {
        for (int by_signal = 0; by_signal < 2; by_signal++) {
            char yaml[256];
            snprintf(yaml, sizeof(yaml),
                     "hosts: [127.0.0.1, 127.0.0.2]\nports: 1-1000\nengine: %s\nrate: 100\n%s"
                     "concurrency: 5\nreport: {states: [closed]}\n",
                     engines[e], by_signal ? "" : "deadline: 1s\n");
            struct ptl_cancel cancel;
            assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
            struct stalled stalled = {.cancel = by_signal ? &cancel : NULL,
                                      .threads_before = running_threads()};
            struct ptl_run_hooks hooks = {.context = &stalled, .tick_ms = 10, .found = stall};
            struct ptl_results *results = scan_and_tell(yaml, &cancel, &hooks);
            assert_true(stalled.has_stalled);
            assert_true(stalled.have_left);
            assert_int_equal(results->run.stopped_by,
                             by_signal ? PTL_STOP_SIGNAL : PTL_STOP_DEADLINE);
            assert_false(results->run.complete);
            ptl_results_free(results);
            ptl_cancel_free(&cancel);
        }
    }
}

static void count_found(void *context, const struct ptl_results *results,
                        const struct ptl_result *items, size_t count)
{
    (void)results;
    (void)items;
    *(size_t *)context += count;
}

static bool wants_one(void *context)
{
    return *(const size_t *)context == 0;
}

static bool wants_none(void *context)
{
    (void)context;
    return false;
}

static void what_nobody_wants_any_more_is_not_found_out(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    for (int e = 0; e < ENGINES; e++) {
        char yaml[256];
        snprintf(yaml, sizeof(yaml),
                 "hosts: [127.0.0.1, 127.0.0.2]\nports: 1-60000\nengine: %s\nrate: 1000\n"
                 "report: {states: [closed]}\n",
                 engines[e]);
        size_t found = 0;
        struct ptl_run_hooks hooks = {
            .context = &found, .tick_ms = 10, .found = count_found, .wanted = wants_one};
        struct ptl_results *results = scan_and_tell(yaml, NULL, &hooks);
        assert_int_equal(results->run.stopped_by, PTL_STOP_OUTPUT);
        assert_false(results->run.complete);
        assert_true(found > 0 && found <= results->count);
        assert_true(results->summary.states[PTL_UNPROBED] > 0);
        ptl_results_free(results);

        hooks.wanted = wants_none;
        results = scan_and_tell(yaml, NULL, &hooks);
        assert_int_equal(results->run.stopped_by, PTL_STOP_OUTPUT);
        assert_true(results->summary.attempts == 0);
        ptl_results_free(results);
    }
}

static void every_order_covers_everything(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    const char *const orders[] = {"interleaved", "sequential", "random"};
    for (int o = 0; o < 3; o++) {
        char yaml[256];
        snprintf(yaml, sizeof(yaml),
                 "hosts: [127.0.2.0/28, \"::1\"]\nports: 100-199\norder: %s\nseed: 7\nworkers: 3\n"
                 "report: {states: [open, closed]}\n",
                 orders[o]);
        struct ptl_results *results = scan(yaml, NULL);
        assert_int_equal(results->count, 1700);
        for (size_t i = 0; i < results->count; i++) {
            assert_int_equal(results->items[i].target, i / 100);
            assert_int_equal(results->items[i].port, 100 + i % 100);
        }
        ptl_results_free(results);
    }
}

static void few_descriptors_lose_nothing(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    struct rlimit saved;
    getrlimit(RLIMIT_NOFILE, &saved);
    struct rlimit low = {.rlim_cur = 64, .rlim_max = 64};
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_NOFILE, &low);
        struct ptl_results *results =
            scan("hosts: 127.0.0.1\nports: 1-5000\nconcurrency: 5000\nengine: pool\n", NULL);
        bool good = results->run.complete && results->warning_count > 0 &&
                    results->run.effective_concurrency < 64 &&
                    results->summary.states[PTL_ERROR] == 0;
        _exit(good ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_exactly_what_is_open),
        cmocka_unit_test(a_silent_port_is_filtered_after_its_retries),
        cmocka_unit_test(a_deadline_and_a_signal_stop_it),
        cmocka_unit_test(they_stop_in_time_while_a_hook_waits),
        cmocka_unit_test(what_nobody_wants_any_more_is_not_found_out),
        cmocka_unit_test(every_order_covers_everything),
        cmocka_unit_test(few_descriptors_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
