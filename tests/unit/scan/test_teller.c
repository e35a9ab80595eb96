/* What is told of a run while it lasts: in what order, until when, and that it may take its time.
 */
#include "unit/scan/simulation.h"

#include "scan/teller.h"
#include "support/failing_malloc.h"
#include "support/fake_clock.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

/* What the hooks were told. The teller's own, but for what is atomic. */
struct told {
    struct ptl_result items[64];
    size_t count;
    atomic_uint founds, ticks; /* calls that have ended */
    atomic_bool is_unwanted;
    atomic_bool waits; /* each call to found says so, and waits */
    sem_t called, may_go;
    bool is_wrong;
};

static void found(void *context, const struct ptl_results *results, const struct ptl_result *items,
                  size_t count)
{
    struct told *told = context;
    told->is_wrong |= results == NULL || told->count + count > 64;
    if (atomic_load(&told->waits)) {
        sem_post(&told->called);
        sem_wait(&told->may_go);
    }
    if (count > 0 && !told->is_wrong)
        memcpy(told->items + told->count, items, count * sizeof(*items));
    told->count += count;
    atomic_fetch_add(&told->founds, 1);
}

static void tick(void *context, const struct ptl_progress *progress)
{
    struct told *told = context;
    told->is_wrong |= progress->probes != 20 || progress->in_flight != 3;
    atomic_fetch_add(&told->ticks, 1);
}

static bool is_wanted(void *context)
{
    struct told *told = context;
    return !atomic_load(&told->is_unwanted);
}

static void open_all(struct sim *sim, struct ptl_teller *teller, const struct ptl_run_hooks *hooks)
{
    sim_open(sim, "hosts: [127.0.0.1, 127.0.0.2]\nports: 1-10\n", 8, NULL);
    assert_int_equal(ptl_permits_try(&sim->permits, 3), 3);
    *teller = (struct ptl_teller){
        .hooks = hooks, .results = sim->results, .plan = sim->plan, .permits = &sim->permits};
}

static void add(struct sim *sim, uint32_t target, uint16_t port, uint32_t offset_ms)
{
    struct ptl_result result = {.target = target, .port = port, .offset_ms = offset_ms};
    pthread_mutex_lock(&sim->plan->lock);
    assert_int_equal(ptl_results_add(sim->results, &result), PTL_OK);
    pthread_mutex_unlock(&sim->plan->lock);
}

/* The clock of these tests stands still: the teller rests as little as it can. */
static void wait_for(atomic_uint *number, unsigned least)
{
    for (int i = 0; i < 20000 && atomic_load(number) < least; i++)
        usleep(1000);
    assert_true(atomic_load(number) >= least);
}

static void each_result_is_told_once_in_the_order_of_time(void **state)
{
    (void)state;
    struct told told = {.count = 0};
    struct ptl_run_hooks hooks = {
        .context = &told, .tick_ms = 1, .tick = tick, .found = found, .wanted = is_wanted};
    struct sim sim;
    struct ptl_teller teller;
    open_all(&sim, &teller, &hooks);
    fake_now_ns += 10 * PTL_NS_PER_MS; /* the watermark: what comes at 10 ms is not told yet */
    add(&sim, 1, 5, 7);
    add(&sim, 0, 9, 3);
    add(&sim, 0, 2, 7);
    add(&sim, 0, 1, 10);
    assert_int_equal(ptl_teller_start(&teller, NULL), PTL_OK);
    wait_for(&told.ticks, 1);
    add(&sim, 0, 3, 1); /* late: told as of now */
    wait_for(&told.ticks, atomic_load(&told.ticks) + 2);
    assert_false(ptl_plan_stopped(sim.plan));
    ptl_teller_end(&teller);
    unsigned founds = atomic_load(&told.founds);
    add(&sim, 0, 4, 1);
    usleep(5000);
    assert_int_equal(atomic_load(&told.founds), founds);
    assert_false(told.is_wrong);
    assert_int_equal(told.count, 3);
    assert_int_equal(told.items[0].port, 9);
    assert_int_equal(told.items[1].port, 2);
    assert_int_equal(told.items[2].port, 5);
    assert_int_equal(sim.results->watermark_ms, 10);
    assert_int_equal(sim.results->items[4].offset_ms, 10);
    sim_close(&sim);
}

static void nobody_to_tell(void **state)
{
    (void)state;
    struct sim sim;
    struct ptl_teller teller;
    open_all(&sim, &teller, NULL);
    failing_threads(true);
    assert_int_equal(ptl_teller_start(&teller, NULL), PTL_OK);
    ptl_teller_end(&teller);
    sim_close(&sim);
    /* Told of the beginning alone, where there are no ticks. */
    struct told told = {.count = 0};
    struct ptl_run_hooks hooks = {.context = &told, .tick = tick, .found = found};
    struct ptl_error error = {.code = PTL_OK};
    open_all(&sim, &teller, &hooks);
    assert_int_equal(ptl_teller_start(&teller, &error), PTL_E_SYSTEM);
    failing_threads(false);
    assert_int_equal(error.sys_errno, EAGAIN);
    assert_non_null(strstr(error.message, "cannot start a thread"));
    ptl_teller_end(&teller);
    assert_int_equal(ptl_teller_start(&teller, &error), PTL_OK);
    wait_for(&told.founds, 1);
    ptl_teller_end(&teller);
    assert_int_equal(atomic_load(&told.founds), 1);
    assert_int_equal(atomic_load(&told.ticks), 0);
    sim_close(&sim);
}

/* While one is told and waits, the plan goes on; the end waits for it. */
static void what_is_being_told_comes_to_its_end(void **state)
{
    (void)state;
    struct told told = {.count = 0};
    atomic_store(&told.waits, true);
    sem_init(&told.called, 0, 0);
    sem_init(&told.may_go, 0, 0);
    struct ptl_run_hooks hooks = {.context = &told, .tick_ms = 1, .found = found};
    struct sim sim;
    struct ptl_teller teller;
    open_all(&sim, &teller, &hooks);
    assert_int_equal(ptl_teller_start(&teller, NULL), PTL_OK);
    sem_wait(&told.called);
    fake_now_ns += 10 * PTL_NS_PER_MS;
    add(&sim, 0, 1, 1);
    sem_post(&told.may_go);
    sem_wait(&told.called); /* the result is being told, and nobody takes it */
    for (uint16_t port = 2; port <= 10; port++)
        add(&sim, 0, port, 1);
    struct ptl_probe probes[4];
    assert_int_equal(ptl_plan_exchange(sim.plan, 0, NULL, 0, probes, 4).count, 4);
    assert_int_equal(atomic_load(&told.founds), 1);
    atomic_store(&told.waits, false);
    sem_post(&told.may_go);
    ptl_teller_end(&teller);
    assert_true(atomic_load(&told.founds) >= 2);
    assert_int_equal(told.items[0].port, 1);
    sem_destroy(&told.called);
    sem_destroy(&told.may_go);
    sim_close(&sim);
}

static void what_nobody_wants_is_stopped(void **state)
{
    (void)state;
    for (int from_the_start = 0; from_the_start < 2; from_the_start++) {
        struct told told = {.count = 0};
        struct ptl_run_hooks hooks = {
            .context = &told, .tick_ms = 1, .found = found, .wanted = is_wanted};
        struct sim sim;
        struct ptl_teller teller;
        open_all(&sim, &teller, &hooks);
        atomic_store(&told.is_unwanted, from_the_start == 1);
        assert_int_equal(ptl_teller_start(&teller, NULL), PTL_OK);
        wait_for(&told.founds, 3);
        assert_int_equal(ptl_plan_stopped(sim.plan), from_the_start == 1);
        atomic_store(&told.is_unwanted, true);
        wait_for(&told.founds, atomic_load(&told.founds) + 2);
        assert_true(ptl_plan_stopped(sim.plan));
        ptl_teller_end(&teller);
        assert_int_equal(ptl_plan_finish(sim.plan, NULL), PTL_OK);
        assert_int_equal(sim.results->run.stopped_by, PTL_STOP_OUTPUT);
        sim_close(&sim);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_result_is_told_once_in_the_order_of_time),
        cmocka_unit_test(nobody_to_tell),
        cmocka_unit_test(what_is_being_told_comes_to_its_end),
        cmocka_unit_test(what_nobody_wants_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
