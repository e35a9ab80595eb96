/* The controller, told what a network would tell it. */
#include "support/cmocka_all.h"

#include "base/clock.h"
#include "scan/path.h"

#define MS PTL_NS_PER_MS
#define MOST 20000

static struct ptl_path path;
static uint64_t now_ns;
static uint64_t stream;
static bool late; /* round trips are 10 to 70 ms */

/* Sentinels that are out: those that will be answered, 20 ms after they were sent, and those that
 * are lost, which takes longer to know. */
static struct {
    uint64_t sent_ns[65536];
    uint32_t first, end;
} out[2];

static void begin(uint32_t window)
{
    now_ns = 1000 * MS;
    stream = 1;
    out[0].first = out[0].end = out[1].first = out[1].end = 0;
    ptl_path_init(&path, window, now_ns);
}

static void answer(uint32_t rtt_us)
{
    uint32_t lasted_ms;
    ptl_path_round_trip(&path, rtt_us, 20000, true, 100, now_ns);
    ptl_path_heard(&path, now_ns - rtt_us * PTL_NS_PER_US, now_ns, MOST, &lasted_ms);
}

static double draw(void)
{
    stream = stream * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(stream >> 33) / (double)(1ULL << 31);
}

static void send_sentinel(bool answered)
{
    out[answered].sent_ns[out[answered].end++ % 65536] = now_ns;
}

static void end_sentinels(void)
{
    for (int answered = 0; answered < 2; answered++) {
        uint64_t wait_us = answered ? 20000 : ptl_path_sentinel_us(&path);
        for (; out[answered].first != out[answered].end; out[answered].first++) {
            uint64_t sent_ns = out[answered].sent_ns[out[answered].first % 65536];
            if (sent_ns + wait_us * PTL_NS_PER_US > now_ns)
                break;
            ptl_path_sentinel(&path, sent_ns, answered, true, now_ns);
        }
    }
}

/*
 * A network that lets `limit` attempts a second through, and loses a share of them besides, for so
 * long; half of the ports are silent, and one attempt in 16 is a sentinel. Returns how many
 * attempts were sent.
 */
static uint64_t run_for(uint32_t limit, double share, uint32_t ms)
{
    uint64_t sent = 0, due_ns;
    for (uint32_t tick = 0; tick < ms; tick++) {
        now_ns += MS;
        end_sentinels();
        size_t may = ptl_path_allow(&path, 64, 0, now_ns, &due_ns);
        ptl_path_sent(&path, may, now_ns);
        sent += may;
        double through = may > 0 ? limit / 1000.0 / (double)may : 1;
        through = (through < 1 ? through : 1) * (1 - share);
        ptl_path_overdue(&path, (uint32_t)may / 2, MOST);
        for (size_t i = 0; i < may; i++) {
            bool answered = draw() < through;
            if (i % 16 == (size_t)(draw() * 16))
                send_sentinel(answered);
            if (answered)
                answer(late ? (uint32_t)(10000 + draw() * 60000) : 20000);
        }
    }
    return sent;
}

static void slow_start_doubles_while_nothing_is_lost(void **state)
{
    (void)state;
    begin(PTL_PATH_START);
    uint64_t due_ns;
    assert_int_equal(ptl_path_allow(&path, 500, 0, now_ns, &due_ns), 128);
    for (int i = 0; i < 128; i++)
        answer(20000);
    assert_int_equal(path.window, 256);
    assert_int_equal(ptl_path_allow(&path, 500, 200, now_ns, &due_ns), 56);
    for (uint32_t i = 0; i < MOST; i++)
        answer(20000);
    assert_int_equal(path.window, MOST); /* and no further than there are permits */
    assert_int_equal(path.pace.rate, 0);
}

static void what_never_answers_is_asked_gently(void **state)
{
    (void)state;
    begin(PTL_PATH_START);
    uint64_t due_ns;
    for (int i = 0; i < 100; i++) {
        ptl_path_allow(&path, 100000, 0, now_ns, &due_ns);
        ptl_path_overdue(&path, path.window, MOST);
    }
    assert_int_equal(path.window, PTL_PATH_UNHEARD);
}

static void a_limit_is_found_and_kept(void **state)
{
    (void)state;
    static const uint32_t limits[] = {300, 1000, 5000};
    for (int i = 0; i < 3; i++) {
        begin(0);
        run_for(limits[i], 0, 5000);
        assert_true(path.limit > 0);
        /* Then it is used, and what is sent in vain is a small part; at 300 a second few sentinels
         * tell of it. */
        uint64_t sent = run_for(limits[i], 0, 20000), most = limits[i] == 300 ? 230 : 130;
        assert_in_range(sent, limits[i] * 20ULL * 70 / 100, limits[i] * 20ULL * most / 100);
    }
}

/* Round trips vary, so that losses are known long after answers: a raise between the two would see
 * answers alone. */
static void a_limit_is_kept_where_losses_are_known_late(void **state)
{
    (void)state;
    begin(0);
    late = true;
    run_for(2000, 0, 5000);
    uint64_t sent = run_for(2000, 0, 10000);
    late = false;
    assert_in_range(sent, 2000 * 10ULL * 70 / 100, 2000 * 10ULL * 180 / 100);
}

static void what_is_lost_at_any_pace_is_no_limit(void **state)
{
    (void)state;
    begin(0);
    run_for(1000000, 0.10, 10000); /* 5 % each way */
    uint64_t sent = run_for(1000000, 0.10, 1000);
    assert_true(sent > 20000);
    begin(0);
    run_for(1000000, 0.40, 20000); /* a very bad link: slower, but it does not starve */
    assert_true(path.limit == 0 || path.limit > 200);
}

/* A fifth each way: of the few sentinels of a round far more or fewer are lost. */
static void what_a_bad_medium_loses_is_no_limit(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        begin(0);
        stream = seed;
        run_for(1000000, 0.36, 10000); /* it may be taken for one at first */
        uint64_t sent = run_for(1000000, 0.36, 10000);
        assert_true(path.limit == 0 || path.limit > 2000);
        assert_true(sent > 20000);
        assert_true(path.base_share > 0.2 && path.base_share < 0.5);
    }
}

/* Half the pace loses half as much of what is beyond it. */
static void a_limit_behind_a_bad_medium_is_found(void **state)
{
    (void)state;
    static const double shares[] = {0.0975, 0.36};
    static const uint32_t limits[] = {2000, 5000};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        begin(0);
        stream = seed;
        double share = shares[seed % 2];
        uint32_t limit = limits[seed / 2 % 2];
        run_for(limit, share, 20000);
        uint64_t sent = run_for(limit, share, 20000);
        assert_in_range(sent, limit * 20ULL / 8, limit * 20ULL * 2);
    }
}

static void a_limit_that_goes_away_is_left_behind(void **state)
{
    (void)state;
    begin(0);
    run_for(500, 0, 5000);
    assert_in_range(path.limit, 1, 1000);
    run_for(1000000, 0, 10000);
    assert_true(path.limit > 10000);
}

/* Others had their share of the limit. Since then all is answered, so that no sentinel is asked. */
static void a_loss_of_long_ago_does_not_hold_back(void **state)
{
    (void)state;
    begin(0);
    ptl_path_resume(&path, 40, now_ns);
    assert_int_equal(path.limit, 20);
    uint64_t due_ns;
    ptl_path_sentinel(&path, now_ns, false, true, now_ns);
    for (int tick = 0; tick < 10000; tick++) {
        now_ns += MS;
        size_t may = ptl_path_allow(&path, 64, 0, now_ns, &due_ns);
        ptl_path_sent(&path, may, now_ns);
        for (size_t i = 0; i < may; i++)
            answer(20000);
    }
    assert_true(path.limit > 1000);
}

/* Ports that answered do not answer again, so that none is left to be asked: no evidence is no
 * reason to ask the faster. */
static void what_is_not_heard_is_asked_no_faster(void **state)
{
    (void)state;
    begin(0);
    run_for(2000, 0, 5000);
    uint64_t limit = path.limit, due_ns;
    assert_true(limit > 0);
    for (int tick = 0; tick < 20000; tick++) {
        now_ns += MS;
        ptl_path_sent(&path, ptl_path_allow(&path, 64, 0, now_ns, &due_ns), now_ns);
    }
    assert_true(path.limit < 2 * limit);
    run_for(1000000, 0, 5000);
    assert_true(path.limit > 2 * limit);
}

/* Few were sent since the pace was changed, and none of them is overdue yet. */
static void what_is_not_known_yet_is_no_evidence(void **state)
{
    (void)state;
    begin(0);
    run_for(50, 0, 20000);
    uint64_t limit = path.limit, due_ns;
    assert_in_range(limit, 5, 100);
    for (int look = 0; look < 3; look++) {
        ptl_path_sent(&path, 3, now_ns);
        now_ns += 150 * MS;
        answer(20000);
        path.held = true;
        ptl_path_allow(&path, 1, 0, now_ns, &due_ns);
    }
    assert_true(path.limit <= limit);
}

static void a_queue_ends_slow_start(void **state)
{
    (void)state;
    begin(PTL_PATH_START);
    uint64_t due_ns;
    ptl_path_allow(&path, 500, 0, now_ns, &due_ns); /* the window binds */
    for (int i = 0; i < 200 && path.window != 0; i++) {
        now_ns += MS;
        answer(50000); /* 20 ms without it */
    }
    assert_int_equal(path.window, 0);
    /* A hundred in 50 ms are 2,000 a second; a little less lets the queue run dry. */
    assert_in_range(path.limit, 1300, 2000);
    /* One long round trip among short ones is none. */
    begin(PTL_PATH_START);
    ptl_path_allow(&path, 500, 0, now_ns, &due_ns);
    for (int i = 0; i < 200; i++) {
        now_ns += MS;
        answer(i % 3 == 0 ? 20000 : 90000);
    }
    assert_int_equal(path.limit, 0);
}

/* A link that carries so many attempts a millisecond with a buffer of 100 ms; all ports answer. */
struct link {
    double carries, waiting;
    uint32_t due[256][128]; /* round trips, by the millisecond in which they end */
    uint32_t count[256];
    uint32_t in_pipe, silent;
};

static void send_over(struct link *link)
{
    bool dropped = link->waiting >= 100 * link->carries;
    link->silent += dropped;
    if (dropped && link->silent % 16 == 0) /* the next sentinel fares alike */
        send_sentinel(false);
    if (dropped)
        return;
    if (link->silent % 16 != 0 && link->silent > 0 && draw() < 1 / 64.0)
        send_sentinel(true);
    link->waiting++;
    uint32_t ms = (uint32_t)(20 + link->waiting / link->carries);
    uint64_t at = (now_ns / MS + ms) % 256;
    assert_true(link->count[at] < 128);
    link->due[at][link->count[at]++] = ms * 1000;
    link->in_pipe++;
}

/* What is sent over it in ten seconds, of which the first is the start. */
static void is_kept_full_and_its_buffer_is_not(double carries)
{
    begin(PTL_PATH_START);
    struct link link = {.carries = carries};
    uint64_t answers = 0, due_ns, long_ones = 0;
    for (int tick = 0; tick < 10000; tick++) {
        now_ns += MS;
        link.waiting = link.waiting > carries ? link.waiting - carries : 0;
        uint32_t *count = &link.count[now_ns / MS % 256];
        for (uint32_t i = 0; i < *count; i++) {
            uint32_t us = link.due[now_ns / MS % 256][i], lasted_ms;
            ptl_path_round_trip(&path, us, 20000, true, link.in_pipe, now_ns);
            ptl_path_heard(&path, now_ns - us * PTL_NS_PER_US, now_ns, MOST, &lasted_ms);
            answers += tick >= 1000;
            long_ones += tick >= 1000 && us > 40000;
        }
        link.in_pipe -= *count;
        *count = 0;
        end_sentinels();
        size_t may = ptl_path_allow(&path, 100, link.in_pipe, now_ns, &due_ns);
        ptl_path_sent(&path, may, now_ns);
        for (size_t i = 0; i < may; i++)
            send_over(&link);
    }
    assert_true((double)answers > 0.93 * 9000 * carries);
    assert_true(long_ones < answers / 50);
    assert_true(link.silent < 333 * carries);
}

static void a_link_is_kept_full_and_its_buffer_is_not(void **state)
{
    (void)state;
    is_kept_full_and_its_buffer_is_not(3);
    is_kept_full_and_its_buffer_is_not(10); /* more in the pipe than PTL_PATH_FULL / 2 */
}

/* What got through when the queue stood is no reason to go back there once it loses. */
static void a_loss_while_a_queue_drains_counts(void **state)
{
    (void)state;
    begin(PTL_PATH_START);
    uint64_t due_ns;
    ptl_path_allow(&path, 500, 0, now_ns, &due_ns);
    for (int i = 0; i < 200 && path.window != 0; i++) {
        now_ns += MS;
        answer(50000);
    }
    for (int i = 0; i < 400 && path.through == 0; i++) {
        now_ns += MS;
        ptl_path_allow(&path, 1, 0, now_ns, &due_ns);
        ptl_path_sent(&path, 1, now_ns);
        answer(50000);
    }
    assert_true(path.through > 0);
    for (int i = 0; i < 16; i++) {
        now_ns += MS;
        answer(20000);
        ptl_path_sentinel(&path, now_ns, i % 4 == 0, true, now_ns);
    }
    uint64_t lowered = path.limit;
    now_ns += 1000 * MS;
    answer(20000);
    ptl_path_allow(&path, 1, 0, now_ns, &due_ns);
    assert_in_range(path.limit, 1, lowered * 9 / 8 + 1);
}

static void lose_sentinels(int count)
{
    for (int i = 0; i < count; i++) {
        now_ns += 50 * MS;
        ptl_path_sentinel(&path, now_ns - 40 * MS, false, true, now_ns);
    }
}

static void all_is_silent_then_it_is_over(void **state)
{
    (void)state;
    begin(0);
    answer(20000);
    uint64_t alive_ns = path.alive_ns;
    lose_sentinels(2);
    assert_false(ptl_path_falls_silent(&path, now_ns)); /* chance loses two */
    lose_sentinels(3);
    assert_true(ptl_path_falls_silent(&path, now_ns));
    ptl_path_pause(&path, now_ns);
    assert_false(ptl_path_falls_silent(&path, now_ns)); /* it is known */
    assert_int_equal(path.limit, 0);                    /* the pace was not to blame */
    uint64_t every_ns[3];
    for (int i = 0; i < 3; i++) {
        ptl_path_asked(&path, now_ns);
        every_ns[i] = path.ask_ns - now_ns;
    }
    assert_true(every_ns[0] < every_ns[1] && every_ns[1] < every_ns[2]);
    now_ns += 1000 * MS;
    uint32_t lasted_ms;
    uint64_t sent_ns = now_ns - 20 * MS;
    assert_true(ptl_path_heard(&path, sent_ns, now_ns, MOST, &lasted_ms));
    assert_int_equal(lasted_ms, 1250);
    assert_false(path.paused);
    /* What was sent meanwhile says nothing; what was before and is after does. */
    assert_false(ptl_path_is_bad(&path, alive_ns));
    assert_true(ptl_path_is_bad(&path, alive_ns + 1));
    assert_true(ptl_path_is_bad(&path, sent_ns - 1));
    assert_false(ptl_path_is_bad(&path, now_ns));
}

/* Where very much is sent, very much would be lost until 200 ms have passed. */
static void many_sentinels_say_it_sooner(void **state)
{
    (void)state;
    for (int lost = 3; lost <= 20; lost++) {
        begin(0);
        answer(20000);
        for (int i = 0; i < lost; i++)
            ptl_path_sentinel(&path, now_ns + 1 * MS, false, true, now_ns + 31 * MS);
        assert_int_equal(ptl_path_falls_silent(&path, now_ns + 130 * MS), lost >= 12);
        assert_true(ptl_path_falls_silent(&path, now_ns + 200 * MS));
    }
}

/* Of a bad medium more have to be lost together, and no more than that. */
static void what_chance_loses_together_is_no_silence(void **state)
{
    (void)state;
    static const struct {
        double share;
        int enough;
    } rows[] = {{0, 3}, {0.15, 3}, {0.36, 6}, {0.6, 12}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin(0);
        ptl_path_lose(&path, rows[i].share);
        answer(20000);
        lose_sentinels(rows[i].enough - 1);
        now_ns += 1000 * MS;
        assert_false(ptl_path_falls_silent(&path, now_ns));
        lose_sentinels(1);
        assert_true(ptl_path_falls_silent(&path, now_ns));
    }
}

/* It is there for 50 ms of every half second. */
static void what_is_there_now_and_then_is_met(void **state)
{
    (void)state;
    for (uint64_t from_ms = 0; from_ms < 500; from_ms += 50) {
        begin(0);
        uint64_t begun_ns = now_ns;
        ptl_path_pause(&path, now_ns);
        bool met = false;
        for (int asks = 0; asks < 40 && !met; asks++) {
            now_ns = path.ask_ns;
            met = ((now_ns - begun_ns) / MS + from_ms) % 500 < 50;
            ptl_path_asked(&path, now_ns);
        }
        assert_true(met);
    }
}

/* So long 10,000 a second are asked, or what is allowed, of which the last before `answered_ms` is
 * answered; then nothing for ten seconds. Returns how long that was found to last. */
static uint32_t fall_silent_after(uint64_t ms, uint64_t answered_ms)
{
    for (uint64_t tick = 1; tick <= ms; tick++) {
        uint64_t due_ns;
        now_ns += MS;
        ptl_path_sent(&path, ptl_path_allow(&path, 10, 0, now_ns, &due_ns), now_ns);
        if (tick == answered_ms)
            answer(20000);
    }
    lose_sentinels(5);
    ptl_path_pause(&path, now_ns);
    now_ns += 10000 * MS;
    uint32_t lasted_ms;
    assert_true(ptl_path_heard(&path, now_ns - 20 * MS, now_ns, MOST, &lasted_ms));
    return lasted_ms;
}

static void what_our_pace_may_have_brought_about_is_not_done_again(void **state)
{
    (void)state;
    begin(0);
    uint64_t rates[3];
    for (int i = 0; i < 3; i++) {
        fall_silent_after(300, 300);
        rates[i] = path.pace.rate;
    }
    assert_in_range(rates[0], 1500, 2600); /* a quarter of it */
    assert_true(rates[1] < rates[0] && rates[2] < rates[1]);
    uint64_t struck = path.struck, due_ns;
    for (int i = 0; i < 1000; i++) {
        now_ns += 1000 * MS;
        ptl_path_allow(&path, 1, 0, now_ns, &due_ns);
    }
    assert_true(path.pace.rate <= struck / 2); /* twice is no chance: never again so fast */
}

static void be_banned_after(uint64_t ms)
{
    uint32_t lasted_ms = fall_silent_after(ms + 100, ms);
    ptl_path_spread(&path, 3000, lasted_ms, now_ns);
}

static uint64_t rate_after(uint64_t ms)
{
    uint64_t due_ns;
    now_ns += ms * MS;
    ptl_path_allow(&path, 1, 0, now_ns, &due_ns);
    return path.pace.rate;
}

static void what_is_left_is_spread_where_the_pace_struck_at_once(void **state)
{
    (void)state;
    begin(0);
    be_banned_after(100);
    assert_in_range(path.pace.rate, 570, 600); /* 3,000 in half of that outage */
    assert_in_range(rate_after(5000), 570, 600);
    assert_in_range(rate_after(2000), 640, 680); /* it creeps */
    /* Later it may be others' doing: it begins at a quarter, and is soon as fast as before. */
    begin(0);
    be_banned_after(1000);
    assert_in_range(path.pace.rate, 2000, 2600);
    assert_in_range(rate_after(500), 4000, 5200);
}

/* 2,000 attempts pass within 300 ms, then none in five seconds: a table has been filled, and what
 * expires of it is how fast it may be filled, whatever the pace was when it struck last. */
static void as_much_as_passes_is_asked_again(void **state)
{
    (void)state;
    begin(0);
    uint32_t lasted_ms;
    uint64_t due_ns;
    for (int i = 0; i < 3; i++) {
        for (int tick = 0; tick < 300; tick++) {
            now_ns += MS;
            ptl_path_sent(&path, tick < 200 ? 10 : 0, now_ns);
        }
        answer(20000);
        lose_sentinels(5);
        ptl_path_pause(&path, now_ns);
        path.struck = 300;
        now_ns += 4450 * MS;
        ptl_path_heard(&path, now_ns - 20 * MS, now_ns, MOST, &lasted_ms);
    }
    for (int i = 0; i < 100; i++) {
        now_ns += 1000 * MS;
        ptl_path_allow(&path, 1, 0, now_ns, &due_ns);
        assert_in_range(path.pace.rate, 350, 370); /* nine tenths of 2,000 in five seconds */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_start_doubles_while_nothing_is_lost),
        cmocka_unit_test(what_never_answers_is_asked_gently),
        cmocka_unit_test(a_limit_is_found_and_kept),
        cmocka_unit_test(a_limit_is_kept_where_losses_are_known_late),
        cmocka_unit_test(what_is_lost_at_any_pace_is_no_limit),
        cmocka_unit_test(what_a_bad_medium_loses_is_no_limit),
        cmocka_unit_test(a_limit_behind_a_bad_medium_is_found),
        cmocka_unit_test(a_limit_that_goes_away_is_left_behind),
        cmocka_unit_test(a_loss_of_long_ago_does_not_hold_back),
        cmocka_unit_test(what_is_not_heard_is_asked_no_faster),
        cmocka_unit_test(what_is_not_known_yet_is_no_evidence),
        cmocka_unit_test(a_queue_ends_slow_start),
        cmocka_unit_test(a_loss_while_a_queue_drains_counts),
        cmocka_unit_test(a_link_is_kept_full_and_its_buffer_is_not),
        cmocka_unit_test(all_is_silent_then_it_is_over),
        cmocka_unit_test(many_sentinels_say_it_sooner),
        cmocka_unit_test(what_chance_loses_together_is_no_silence),
        cmocka_unit_test(what_is_there_now_and_then_is_met),
        cmocka_unit_test(what_our_pace_may_have_brought_about_is_not_done_again),
        cmocka_unit_test(as_much_as_passes_is_asked_again),
        cmocka_unit_test(what_is_left_is_spread_where_the_pace_struck_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
