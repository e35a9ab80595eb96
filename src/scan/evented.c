#include "base/clock.h"
#include "scan/engine.h"
#include "scan/listener.h"
#include "scan/local.h"
#include "scan/probe.h"
#include "scan/slots.h"
#include "scan/wheel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define WAKE_SLOT UINT32_MAX /* epoll's data for the plan's eventfd */
#define EVENTS 256
#define PROMPT_EVENTS 32 /* of more, the last had to wait for the others */
#define PROMPT_NS 50000U /* a wait that was one */

struct loop {
    struct ptl_worker *worker;
    int epoll;
    struct ptl_slots slots;
    struct ptl_holding holding;
    struct ptl_wheel wheel;
    struct ptl_outcome outcomes[PTL_PLAN_BLOCK];
    size_t outcome_count;
    struct ptl_engine_looks looks;
    struct ptl_local local;
    struct ptl_listener listener;
    uint64_t clock_ns; /* read last: when the probe before ended */
    struct ptl_engine_clock clock;
    bool prompt; /* the loop was waiting when what it reads now came */
    bool late;   /* the process stood still before */
};

static struct ptl_pull exchange(struct loop *loop, struct ptl_probe *probes, size_t want)
{
    ptl_local_amend(&loop->local, loop->outcomes, loop->outcome_count);
    struct ptl_pull pulled = ptl_plan_exchange(loop->worker->plan, loop->worker->number,
                                               loop->outcomes, loop->outcome_count, probes, want);
    loop->outcome_count = 0;
    loop->clock_ns = ptl_clock_now_ns();
    return pulled;
}

/* Returns the outcome, to which more may be said. */
static struct ptl_outcome *settle(struct loop *loop, const struct ptl_attempt *attempt,
                                  const struct ptl_finding *finding)
{
    if (loop->outcome_count == PTL_PLAN_BLOCK)
        exchange(loop, NULL, 0);
    loop->clock_ns = ptl_clock_now_ns();
    struct ptl_outcome *outcome = &loop->outcomes[loop->outcome_count++];
    ptl_engine_outcome(outcome, &attempt->probe, finding, attempt->started_ns, loop->clock_ns);
    outcome->prompt = loop->prompt;
    outcome->late = loop->late;
    outcome->held_up = attempt->held_up;
    outcome->more = attempt->more;
    loop->holding.in_flight--;
    return outcome;
}

/* An attempt whose silence was told is not listened to any more. */
static void settle_overheard(struct loop *loop, const struct ptl_listener_ear *ear,
                             const struct ptl_finding *finding)
{
    struct ptl_attempt attempt = {.probe = ear->probe, .started_ns = ear->started_ns};
    settle(loop, &attempt, finding)->overheard = true;
}

/* The silent attempt has its outcome, and its socket, with its permit, waits for a late answer. */
static bool overhear(struct loop *loop, uint32_t id, const struct ptl_finding *silence)
{
    const struct ptl_slot *slot = &loop->slots.items[id];
    struct ptl_attempt attempt = slot->attempt;
    const struct ptl_address *address = ptl_plan_address(loop->worker->plan, attempt.probe.lane);
    if (attempt.probe.listens == 0 || attempt.verifies || slot->source != 0 || slot->last ||
        !ptl_listener_may(&loop->listener, loop->worker->permits, loop->worker->share,
                          attempt.started_ns) ||
        !ptl_listener_take(&loop->listener, slot->fd, address, &attempt.probe, attempt.started_ns))
        return false;
    ptl_slots_give(&loop->slots, id);
    settle(loop, &attempt, silence)->is_kept = true;
    loop->holding.in_flight++;
    return true;
}

/* True: one was ended. */
static bool end_listening(struct loop *loop, bool needs_descriptor)
{
    struct ptl_listener_ear ear;
    struct ptl_finding silence;
    if (!ptl_listener_ended(&loop->listener, loop->worker->permits, loop->worker->share,
                            needs_descriptor, &ear))
        return false;
    ptl_probe_set(&silence, PTL_FILTERED, PTL_REASON_NO_RESPONSE);
    settle_overheard(loop, &ear, &silence);
    return true;
}

/* Frees the slot: a socket that can be connected again is kept. */
static void leave_slot(struct loop *loop, uint32_t id, struct ptl_finding *finding)
{
    struct ptl_slot *slot = &loop->slots.items[id];
    if (slot->busy) {
        ptl_wheel_remove(&loop->wheel, id);
        slot->busy = false;
    }
    ptl_sources_drop(loop->worker->sources, slot->source);
    slot->source = 0;
    ptl_probe_leave(slot->fd, finding);
    /* As many sockets as permits, those that are kept for later included. */
    if (finding->reusable && !slot->last &&
        loop->slots.idle_count + loop->holding.in_flight <= loop->holding.share)
        ptl_slots_keep(&loop->slots, id);
    else
        ptl_slots_close(&loop->slots, id);
}

static void start(struct loop *loop, struct ptl_attempt attempt);

static void conclude(struct loop *loop, uint32_t id, struct ptl_finding *finding)
{
    struct ptl_attempt attempt = loop->slots.items[id].attempt;
    leave_slot(loop, id, finding);
    if (ptl_engine_asks_again(loop->worker, &attempt, finding))
        start(loop, attempt);
    else
        settle(loop, &attempt, finding);
}

/* The connect waits: register the socket once, and start its timeout. False: errno says why. */
static bool wait_for_answer(struct loop *loop, uint32_t id)
{
    struct ptl_slot *slot = &loop->slots.items[id];
    if (!ptl_wheel_reserve(&loop->wheel, loop->slots.capacity)) {
        errno = ENOMEM;
        return false;
    }
    if (!slot->registered) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                    .data.u64 = id};
        if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, slot->fd, &event) != 0)
            return false;
        slot->registered = true;
    }
    slot->busy = true;
    ptl_wheel_add(&loop->wheel, id,
                  slot->attempt.started_ns + slot->attempt.probe.wait_us * PTL_NS_PER_US);
    return true;
}

static uint32_t take_slot(struct loop *loop, uint8_t family)
{
    uint32_t id = ptl_slots_take(&loop->slots, family);
    if (id != PTL_NO_SLOT || (errno != EMFILE && errno != ENFILE))
        return id;
    if (end_listening(loop, true))
        return ptl_slots_take(&loop->slots, family);
    /* The last descriptor may be one of the short way's. */
    ptl_local_amend(&loop->local, loop->outcomes, loop->outcome_count);
    return ptl_local_close(&loop->local) ? ptl_slots_take(&loop->slots, family) : PTL_NO_SLOT;
}

static void start(struct loop *loop, struct ptl_attempt attempt)
{
    struct ptl_finding finding;
    uint32_t id = take_slot(loop, ptl_plan_address(loop->worker->plan, attempt.probe.lane)->family);
    attempt.started_ns = ptl_clock_now_ns();
    if (id == PTL_NO_SLOT) {
        ptl_probe_judge(-1, errno, &finding);
        settle(loop, &attempt, &finding);
        return;
    }
    struct ptl_slot *slot = &loop->slots.items[id];
    slot->attempt = attempt;
    int result =
        ptl_engine_connect(loop->worker, &attempt.probe, slot->fd, &loop->looks, &slot->source);
    if (result == EINPROGRESS || result == EALREADY) {
        ptl_engine_asked(&slot->attempt);
        if (wait_for_answer(loop, id))
            return;
        result = errno;
    }
    ptl_probe_judge(slot->fd, result, &finding);
    conclude(loop, id, &finding);
}

/* A connect that was started elsewhere, from the port `source`, waits in this loop. */
static void adopt(struct loop *loop, const struct ptl_attempt *attempt, int fd, uint16_t source)
{
    struct ptl_finding finding;
    uint8_t family = ptl_plan_address(loop->worker->plan, attempt->probe.lane)->family;
    uint32_t id = ptl_slots_adopt(&loop->slots, family, fd);
    if (id != PTL_NO_SLOT) {
        loop->slots.items[id].attempt = *attempt;
        loop->slots.items[id].source = source;
        if (wait_for_answer(loop, id))
            return;
        loop->slots.items[id].source = 0;
        ptl_slots_close(&loop->slots, id);
    }
    ptl_sources_drop(loop->worker->sources, source);
    ptl_probe_judge(-1, ENOMEM, &finding);
    settle(loop, attempt, &finding);
}

static void begin(struct loop *loop, const struct ptl_probe *probe)
{
    struct ptl_attempt attempt = {.probe = *probe};
    struct ptl_finding finding;
    enum ptl_local_end end = PTL_LOCAL_ELSEWHERE;
    uint16_t source = 0;
    int fd = -1;
    if (ptl_address_is_loopback(ptl_plan_address(loop->worker->plan, probe->lane))) {
        /* A refusal has to be among the outcomes when ICMP's word on it is read. */
        if (loop->outcome_count == PTL_PLAN_BLOCK)
            exchange(loop, NULL, 0);
        attempt.started_ns = loop->clock_ns;
        end = ptl_local_ask(&loop->local, probe, loop->outcomes, loop->outcome_count, &finding, &fd,
                            &source);
    }
    if (end == PTL_LOCAL_WAITS)
        adopt(loop, &attempt, fd, source);
    else if (end == PTL_LOCAL_DONE && !ptl_engine_asks_again(loop->worker, &attempt, &finding))
        settle(loop, &attempt, &finding);
    else
        start(loop, attempt);
}

static void look(struct loop *loop, uint32_t id, bool failed, bool timed_out)
{
    const struct ptl_slot *slot = &loop->slots.items[id];
    struct ptl_finding finding;
    enum ptl_engine_look found =
        ptl_engine_look(loop->worker, &slot->attempt, slot->fd, failed, timed_out, &finding);
    if (found != PTL_LOOK_WAITS && (found != PTL_LOOK_SILENCE || !overhear(loop, id, &finding)))
        conclude(loop, id, &finding);
}

/* Waits for events until the next timeout, or `due_ns`, or not at all, and handles them. */
static void turn(struct loop *loop, uint64_t due_ns, bool wait)
{
    struct epoll_event events[EVENTS];
    uint64_t timeout_ns = ptl_wheel_next_ns(&loop->wheel);
    if (timeout_ns < due_ns)
        due_ns = timeout_ns;
    if (loop->listener.next_ns < due_ns)
        due_ns = loop->listener.next_ns;
    uint64_t before_ns = ptl_clock_now_ns();
    int count = epoll_wait(loop->epoll, events, EVENTS, wait ? ptl_engine_wait_ms(due_ns) : 0);
    uint64_t now_ns = ptl_clock_now_ns();
    loop->prompt = count <= PROMPT_EVENTS && now_ns - before_ns >= PROMPT_NS;
    loop->late =
        ptl_engine_stood_still(loop->worker->plan, &loop->clock, wait ? due_ns : 0, now_ns);
    for (int i = 0; i < count; i++) {
        uint32_t id = (uint32_t)events[i].data.u64;
        struct ptl_listener_ear ear;
        struct ptl_finding finding;
        if (id == WAKE_SLOT)
            ptl_plan_woken(loop->worker->plan, loop->worker->number);
        else if (id >= PTL_LISTENER_BASE) {
            if (ptl_listener_heard(&loop->listener, id - PTL_LISTENER_BASE, &ear, &finding))
                settle_overheard(loop, &ear, &finding);
        } else if (loop->slots.items[id].busy)
            look(loop, id, (events[i].events & EPOLLERR) != 0, false);
    }
    loop->prompt = loop->late = false;
    /* Events first: an answer that waits to be read is no timeout, however late we are. */
    if (count == EVENTS)
        return;
    while (end_listening(loop, false))
        ;
    now_ns = ptl_clock_now_ns();
    for (uint32_t id = ptl_wheel_expire(&loop->wheel, now_ns); id != PTL_WHEEL_NONE;
         id = ptl_wheel_expire(&loop->wheel, now_ns)) {
        loop->slots.items[id].busy = false;
        look(loop, id, false, true);
    }
}

static void run(struct loop *loop)
{
    struct ptl_plan *plan = loop->worker->plan;
    struct ptl_probe probes[PTL_PLAN_BLOCK];
    for (;;) {
        uint32_t reserve = ptl_holding_reserve(&loop->holding, PTL_PLAN_BLOCK);
        struct ptl_pull pulled = exchange(loop, probes, reserve);
        if (pulled.finished)
            return;
        loop->holding.in_flight += (uint32_t)pulled.count;
        for (size_t i = 0; i < pulled.count; i++) {
            if (ptl_plan_stopped(plan)) {
                exchange(loop, NULL, 0); /* what is known is kept */
                return;
            }
            begin(loop, &probes[i]);
        }
        bool busy = pulled.count > 0;
        /* Others hold all permits: nobody calls when one of them is free again. */
        uint32_t out = loop->holding.in_flight - loop->listener.count;
        if (reserve == 0 && out == 0)
            pulled.due_ns = ptl_clock_now_ns() + PTL_NO_PERMIT_NS;
        if (!busy)
            ptl_holding_release(&loop->holding);
        if (!busy && out == 0) { /* descriptors may be short: others may need these */
            ptl_slots_close_idle(&loop->slots);
            ptl_local_close(&loop->local);
        }
        bool settled = loop->outcome_count > 0;
        if (!busy || loop->wheel.pending + loop->listener.count > 0)
            turn(loop, pulled.due_ns, !busy && !settled);
    }
}

static bool open_loop(struct loop *loop)
{
    loop->holding =
        (struct ptl_holding){.permits = loop->worker->permits, .share = loop->worker->share};
    ptl_slots_init(&loop->slots, ptl_worker_source(loop->worker));
    loop->local = (struct ptl_local){.worker = loop->worker, .fds = {-1, -1}};
    ptl_wheel_init(&loop->wheel, ptl_clock_now_ns());
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = WAKE_SLOT};
    ptl_listener_init(&loop->listener, loop->epoll, loop->worker->profile->timeout_ms);
    return loop->epoll >= 0 &&
           epoll_ctl(loop->epoll, EPOLL_CTL_ADD,
                     ptl_plan_wake_fd(loop->worker->plan, loop->worker->number), &event) == 0;
}

void ptl_engine_evented(struct ptl_worker *worker)
{
    struct loop *loop = calloc(1, sizeof(*loop));
    if (loop == NULL) {
        worker->failure = ENOMEM;
        return;
    }
    loop->worker = worker;
    if (open_loop(loop))
        run(loop);
    else
        worker->failure = errno;
    ptl_slots_free(&loop->slots);
    ptl_local_close(&loop->local);
    ptl_listener_close(&loop->listener);
    ptl_permits_release(worker->permits, loop->holding.held);
    if (loop->epoll >= 0)
        close(loop->epoll);
    ptl_wheel_free(&loop->wheel);
    free(loop);
}
