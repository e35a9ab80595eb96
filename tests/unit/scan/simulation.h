/*
 * A run without a network: the real plan with its permits, a clock of the test's own, and answers
 * that a script makes up. After every exchange all that must hold of the plan is checked.
 */
#ifndef TESTS_SCAN_SIMULATION_H
#define TESTS_SCAN_SIMULATION_H

#include "support/cmocka_all.h"

#include "support/fake_clock.h"

#include "scan/plan_calls.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define SIM_WORKERS 3

/* What the network says to an attempt: the state and reason of its outcome, and when. */
struct sim_answer {
    enum ptl_state state;
    uint8_t reason;
    uint32_t after_us;
    bool resent;
};

struct sim;
/* `tries`: how often this (target, port) was sent before, for whatever purpose. */
typedef struct sim_answer sim_script(struct sim *sim, uint32_t target,
                                     const struct ptl_probe *probe, unsigned tries);

struct sim_flight {
    struct ptl_probe probe;
    struct sim_answer answer;
    uint64_t sent_ns, due_ns;
    uint32_t worker;
};

struct sim_port {    /* by target and port */
    uint16_t tries;  /* attempts handed out */
    uint8_t flying;  /* of them, how many have not come back */
    uint8_t attempt; /* the highest number so far */
};

struct sim {
    struct ptl_profile *profile;
    struct ptl_results *results;
    struct ptl_permits permits;
    struct ptl_plan *plan;
    sim_script *script;
    void (*before_end)(
        struct sim *sim); /* the workers are gone; NULL: nothing is to be done then */
    struct sim_flight *flights;
    size_t flying, flight_capacity;
    struct sim_port *ports; /* target * port_count + index of the port */
    uint64_t random;
    uint64_t sent, settled, shortages; /* sentinels are none of them... */
    uint64_t sentinels;                /* ...but counted here */
    uint64_t stop_after;               /* attempts; 0: never */
    uint64_t sequence; /* a hash of (target, port) in the order in which they were sent */
    uint32_t first_targets[64];
    uint32_t last_target;
    uint64_t switches;            /* how often the next probe was another target's */
    uint64_t due_ns[SIM_WORKERS]; /* when each wakes by itself */
    bool finished[SIM_WORKERS];
};

static inline uint64_t sim_random(struct sim *sim, uint64_t below)
{
    sim->random = sim->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (sim->random >> 33) % below;
}

static inline struct sim_port *sim_port_of(struct sim *sim, uint32_t target, uint16_t port)
{
    uint32_t index = 0;
    while (sim->plan->ports[index] != port)
        index++;
    return &sim->ports[(size_t)target * sim->plan->port_count + index];
}

/* A token bucket: what lets so many SYNs a second pass, and `most` at once. */
struct sim_bucket {
    double tokens, most, rate;
    uint64_t at_ns;
};

static inline bool sim_bucket_takes(struct sim_bucket *bucket)
{
    bucket->tokens += (double)(fake_now_ns - bucket->at_ns) * bucket->rate / (double)PTL_NS_PER_S;
    bucket->at_ns = fake_now_ns;
    if (bucket->tokens > bucket->most)
        bucket->tokens = bucket->most;
    if (bucket->tokens < 1)
        return false;
    bucket->tokens--;
    return true;
}

static inline void sim_open(struct sim *sim, const char *yaml, uint32_t permits, sim_script *script)
{
    struct ptl_problems problems = {0};
    struct ptl_error error = {0};
    *sim = (struct sim){.script = script, .random = 1, .last_target = UINT32_MAX};
    ptl_profile_load_text(yaml, strlen(yaml), "t.yaml", "", NULL, 0, &sim->profile, &problems);
    for (size_t i = 0; i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_non_null(sim->profile);
    sim->results = ptl_results_new();
    memcpy(sim->results->run.states, sim->profile->report_states, sizeof(sim->results->run.states));
    sim->results->run.effective_concurrency = permits;
    const struct ptl_hosts *hosts = &sim->profile->hosts;
    struct ptl_named_block *blocks = calloc(hosts->count, sizeof(*blocks));
    for (size_t i = 0; i < hosts->count; i++)
        blocks[i] = (struct ptl_named_block){.block = ptl_hosts_get(hosts, i).block,
                                             .input = ptl_hosts_get(hosts, i).text};
    assert_int_equal(ptl_targets_build(blocks, hosts->count, NULL, 0, &sim->results->live, &error),
                     PTL_OK);
    free(blocks);
    ptl_permits_init(&sim->permits, permits);
    uint64_t seed = sim->profile->seed != 0 ? sim->profile->seed : 99;
    struct ptl_plan_parts parts = {.profile = sim->profile,
                                   .results = sim->results,
                                   .ports = sim->profile->ports,
                                   .rate = sim->profile->rate,
                                   .permits = &sim->permits,
                                   .seed = seed,
                                   .workers = SIM_WORKERS,
                                   .start_ns = fake_now_ns};
    assert_int_equal(ptl_plan_new(&parts, &sim->plan, &error), PTL_OK);
    sim->ports = calloc(sim->plan->targets * sim->plan->port_count, sizeof(*sim->ports));
    assert_non_null(sim->ports);
}

static inline void sim_close(struct sim *sim)
{
    ptl_plan_free(sim->plan);
    ptl_results_free(sim->results);
    ptl_profile_free(sim->profile);
    free(sim->flights);
    free(sim->ports);
}

/* All that must hold of the plan whenever nobody is inside it. */
static inline void sim_check(struct sim *sim)
{
    const struct ptl_plan *plan = sim->plan;
    const struct ptl_schedule *schedule = &plan->schedule;
    uint32_t active = 0, lagging = 0, sizes[PTL_RINGS] = {0}, free_lanes = 0;
    uint64_t in_flight = 0, doubts = 0, silent = 0;
    for (uint32_t i = 0; i < schedule->window; i++) {
        const struct ptl_lane *lane = &schedule->lanes[i];
        if (!lane->active)
            continue;
        active++;
        in_flight += lane->in_flight;
        doubts += lane->plan_doubts;
        silent += lane->silent;
        uint32_t waiting = 0, kept = 0;
        for (uint32_t k = 0; lane->marks != NULL && k < plan->port_count; k++) {
            waiting += lane->marks[k].waits;
            kept += lane->marks[k].silent;
        }
        assert_int_equal(waiting, lane->waiting);
        assert_int_equal(kept, lane->silent);
        lagging += lane->lags ? lane->in_flight : 0;
        if (lane->place < PTL_RINGS)
            sizes[lane->place]++;
        assert_true(lane->next_port <= plan->port_count);
    }
    for (uint32_t id = schedule->free_lane; id != PTL_LANE_NONE; id = schedule->lanes[id].next) {
        assert_false(schedule->lanes[id].active);
        free_lanes++;
    }
    assert_int_equal(active, schedule->active);
    assert_int_equal(active + free_lanes, schedule->window); /* no lane is lost */
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++)
        in_flight += schedule->lanes[schedule->window + i].in_flight;
    assert_int_equal(in_flight, sim->flying);
    assert_int_equal(doubts, plan->doubts.count);
    assert_int_equal(silent, plan->silent);
    assert_int_equal(lagging, schedule->lagging_in_flight);
    for (int place = 0; place < PTL_RINGS; place++) {
        assert_int_equal(sizes[place], schedule->sizes[place]);
        uint32_t id = schedule->turns[place], length = 0;
        for (; id != PTL_LANE_NONE && length < schedule->window; id = schedule->lanes[id].next) {
            assert_int_equal(schedule->lanes[id].place, place);
            assert_int_equal(schedule->lanes[schedule->lanes[id].next].previous, id);
            length++;
            if (schedule->lanes[id].next == schedule->turns[place])
                break;
        }
        assert_int_equal(length, sizes[place]);
    }
    /* No permit is lost or made: one for each probe in flight. */
    assert_int_equal(atomic_load(&sim->permits.in_use), sim->flying);
    uint64_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += plan->sum.states[s];
    assert_true(known <= plan->sum.probes);
    assert_int_equal(plan->sum.attempts + sim->shortages, sim->settled);
}

static inline void sim_send(struct sim *sim, const struct ptl_probe *probe, uint32_t worker)
{
    uint32_t target = sim->plan->schedule.lanes[probe->lane].target;
    struct sim_port *port = sim_port_of(sim, target, probe->port);
    if (!probe->sentinel) {
        assert_int_equal(port->flying, 0); /* never twice at once */
        assert_true(probe->confirms != 0 || probe->attempt >= port->attempt);
        port->flying++;
    }
    if (probe->confirms == 0 && !probe->sentinel)
        port->attempt = probe->attempt;
    if (sim->flying == sim->flight_capacity) {
        sim->flight_capacity = sim->flight_capacity == 0 ? 64 : sim->flight_capacity * 2;
        sim->flights = reallocarray(sim->flights, sim->flight_capacity, sizeof(*sim->flights));
        assert_non_null(sim->flights);
    }
    struct sim_answer answer = sim->script(sim, target, probe, port->tries);
    sim->flights[sim->flying++] =
        (struct sim_flight){.probe = *probe,
                            .answer = answer,
                            .sent_ns = fake_now_ns,
                            .due_ns = fake_now_ns + answer.after_us * PTL_NS_PER_US,
                            .worker = worker};
    if (probe->sentinel) {
        sim->sentinels++;
        return;
    }
    port->tries++;
    if (sim->sent < 64)
        sim->first_targets[sim->sent] = target;
    sim->switches += target != sim->last_target;
    sim->last_target = target;
    sim->sequence = sim->sequence * 1099511628211ULL + target * 65536ULL + probe->port;
    sim->sent++;
}

/* Takes what has come back for a worker out of the air, in no order. */
static inline size_t sim_collect(struct sim *sim, uint32_t worker, struct ptl_outcome *outcomes,
                                 bool abandon)
{
    size_t count = 0;
    for (size_t i = 0; i < sim->flying && count < PTL_PLAN_BLOCK;) {
        struct sim_flight *flight = &sim->flights[i];
        if (flight->worker != worker || (flight->due_ns > fake_now_ns && !abandon)) {
            i++;
            continue;
        }
        bool is_error = flight->answer.state == PTL_ERROR;
        bool answered = !is_error && flight->answer.reason != PTL_REASON_NO_RESPONSE;
        outcomes[count++] = (struct ptl_outcome){
            .probe = flight->probe,
            .state = (uint8_t)(abandon ? PTL_UNPROBED : flight->answer.state),
            .reason = flight->answer.reason,
            .resent = flight->answer.resent,
            .rtt_us = PTL_US_NONE,
            .connect_us = answered ? flight->answer.after_us & PTL_US_NONE : PTL_US_NONE,
            .started_ns = flight->sent_ns,
            .at_ns = fake_now_ns};
        uint32_t target = sim->plan->schedule.lanes[flight->probe.lane].target;
        if (!flight->probe.sentinel)
            sim_port_of(sim, target, flight->probe.port)->flying--;
        if (!abandon && !flight->probe.sentinel) {
            sim->settled++;
            sim->shortages += is_error && ptl_shortage_is(flight->answer.reason);
        }
        sim->flights[i] = sim->flights[--sim->flying];
        i += sim_random(sim, 2); /* not always the one that was moved here */
    }
    return count;
}

/* Is there a reason for the worker to be awake: an answer, its time, or the bell? */
static inline bool sim_is_awake(struct sim *sim, uint32_t worker)
{
    struct pollfd bell = {.fd = ptl_plan_wake_fd(sim->plan, worker), .events = POLLIN};
    bool rings = poll(&bell, 1, 0) == 1;
    ptl_plan_woken(sim->plan, worker);
    bool answered = false;
    for (size_t i = 0; i < sim->flying && !answered; i++)
        answered = sim->flights[i].worker == worker && sim->flights[i].due_ns <= fake_now_ns;
    return rings || answered || sim->due_ns[worker] <= fake_now_ns;
}

static inline bool sim_has_flights(const struct sim *sim, uint32_t worker)
{
    for (size_t i = 0; i < sim->flying; i++)
        if (sim->flights[i].worker == worker)
            return true;
    return false;
}

/* One worker's turn: settle, pull, and how long it sleeps then. */
static inline void sim_turn(struct sim *sim, uint32_t worker)
{
    struct ptl_outcome outcomes[PTL_PLAN_BLOCK];
    struct ptl_probe probes[PTL_PLAN_BLOCK];
    size_t count = sim_collect(sim, worker, outcomes, ptl_plan_stopped(sim->plan));
    ptl_permits_release(&sim->permits, (uint32_t)count);
    uint32_t want = ptl_permits_try(&sim->permits, (uint32_t)sim_random(sim, PTL_PLAN_BLOCK) + 1);
    assert_true(atomic_load(&sim->permits.in_use) <= sim->permits.most);
    struct ptl_pull pulled = ptl_plan_exchange(sim->plan, worker, outcomes, count, probes, want);
    assert_true(pulled.count <= want);
    assert_true(!pulled.finished || pulled.count == 0);
    ptl_permits_release(&sim->permits, want - (uint32_t)pulled.count);
    for (size_t i = 0; i < pulled.count; i++)
        sim_send(sim, &probes[i], worker);
    sim_check(sim);
    sim->finished[worker] = pulled.finished;
    sim->due_ns[worker] = pulled.count > 0 ? fake_now_ns : pulled.due_ns;
    /* Nobody calls when a permit that others hold is free again: it looks by itself. */
    if (want == 0 && !sim_has_flights(sim, worker))
        sim->due_ns[worker] = fake_now_ns + 100 * PTL_NS_PER_MS;
    if (sim->stop_after > 0 && sim->sent >= sim->stop_after)
        ptl_plan_stop(sim->plan, PTL_STOP_SIGNAL);
}

/* Time passes until something happens. That nothing ever will is a lost call. */
static inline void sim_sleep(struct sim *sim)
{
    uint64_t due_ns = UINT64_MAX;
    for (uint32_t worker = 0; worker < SIM_WORKERS; worker++) {
        struct pollfd bell = {.fd = ptl_plan_wake_fd(sim->plan, worker), .events = POLLIN};
        if (poll(&bell, 1, 0) == 1 && !sim->finished[worker])
            return;
        if (!sim->finished[worker] && sim->due_ns[worker] < due_ns)
            due_ns = sim->due_ns[worker];
    }
    for (size_t i = 0; i < sim->flying; i++)
        if (sim->flights[i].due_ns < due_ns)
            due_ns = sim->flights[i].due_ns;
    assert_true(due_ns != UINT64_MAX);
    if (due_ns > fake_now_ns)
        fake_now_ns = due_ns;
}

/* To the end; the results are then sealed, and what must hold of them is checked. */
static inline void sim_run(struct sim *sim)
{
    uint32_t left = SIM_WORKERS;
    for (uint64_t rounds = 0; left > 0; rounds++) {
        assert_true(rounds < 1000000);
        uint32_t first = (uint32_t)sim_random(sim, SIM_WORKERS);
        bool any = false;
        for (uint32_t i = 0; i < SIM_WORKERS; i++) {
            uint32_t worker = (first + i) % SIM_WORKERS;
            if (sim->finished[worker] || !sim_is_awake(sim, worker))
                continue;
            any = true;
            sim_turn(sim, worker);
            /* One that leaves takes what it has in the air along. */
            if (sim->finished[worker] && sim_has_flights(sim, worker))
                sim->finished[worker] = false;
            left -= sim->finished[worker];
        }
        if (!any && left > 0)
            sim_sleep(sim);
    }
    assert_int_equal(atomic_load(&sim->permits.in_use), 0);
    if (sim->before_end != NULL)
        sim->before_end(sim);
    struct ptl_error error = {0};
    if (ptl_plan_finish(sim->plan, &error) != PTL_OK)
        fail_msg("%s", error.message);
    assert_int_equal(ptl_results_seal(sim->results, NULL), PTL_OK);
    const struct ptl_summary *summary = &sim->results->summary;
    uint64_t sum = 0, kept = 0, of_targets[PTL_STATE_COUNT] = {0};
    for (int s = 0; s < PTL_STATE_COUNT; s++) {
        sum += summary->states[s];
        kept += s < PTL_UNPROBED && sim->results->run.states[s] ? summary->states[s] : 0;
    }
    assert_int_equal(sum, summary->probes);
    assert_int_equal(kept, sim->results->count); /* every probe ends once... */
    for (size_t i = 1; i < sim->results->count; i++) {
        const struct ptl_result *a = &sim->results->items[i - 1], *b = a + 1;
        assert_true(a->target < b->target || (a->target == b->target && a->port < b->port));
    }
    for (size_t i = 0; i < sim->results->target_count; i++) {
        uint32_t ports = 0;
        for (int s = 0; s < PTL_STATE_COUNT; s++) {
            ports += sim->results->targets[i].states[s];
            of_targets[s] += sim->results->targets[i].states[s];
        }
        assert_int_equal(ports, sim->plan->port_count);
    }
    /* ...and the counts of the targets add up to those of the run. */
    if (sim->results->target_count == summary->targets)
        assert_memory_equal(of_targets, summary->states, sizeof(of_targets));
    assert_int_equal(summary->attempts, sim->settled - sim->shortages);
}

#endif
