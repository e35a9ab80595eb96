#include "support/cmocka_all.h"

#include "base/clock.h"
#include "scan/pass.h"

#include <string.h>

#define MS PTL_NS_PER_MS

static struct ptl_served served;
static uint64_t now_ns, stream;

static void begin(void)
{
    memset(&served, 0, sizeof(served));
    now_ns = 1000 * MS;
    stream = 1;
}

static bool draw(double share)
{
    stream = stream * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(stream >> 33) / (double)(1ULL << 31) < share;
}

/* A pass over so many ports of which each answers with that chance. Returns what it took, in ms. */
static uint64_t by_chance(unsigned ports, double share, uint64_t fastest_ns)
{
    uint64_t from_ns = now_ns;
    ptl_served_begin(&served, fastest_ns, now_ns);
    for (unsigned i = 0; i < ports; i++) {
        now_ns += ptl_served_rest_ns(&served, 2 * MS, now_ns);
        if (draw(share))
            ptl_served_found(&served);
    }
    return (now_ns - from_ns) / MS;
}

/* A pass over ports of which the first `limited` answer so many times a second in all, and the rest
 * never. Returns how many did not. */
static unsigned with_a_limit(unsigned limited, unsigned ports, double rate, uint64_t fastest_ns)
{
    double tokens = 5;
    uint64_t then_ns = now_ns;
    unsigned left = limited;
    ptl_served_begin(&served, fastest_ns, now_ns);
    for (unsigned i = 0; i < ports; i++) {
        now_ns += ptl_served_rest_ns(&served, 2 * MS, now_ns);
        if (i >= limited)
            continue;
        tokens += (double)(now_ns - then_ns) * rate / (double)PTL_NS_PER_S;
        tokens = tokens > 5 ? 5 : tokens;
        then_ns = now_ns;
        if (tokens < 1)
            continue;
        tokens--;
        left--;
        ptl_served_found(&served);
    }
    return left;
}

static void a_limit_is_found_and_kept_to(void **state)
{
    (void)state;
    begin();
    unsigned left = with_a_limit(1000, 3000, 200, MS / 2);
    assert_true(left > 0 && left < 500);
    assert_true(served.limited);
    assert_in_range(served.most, 180, 230);
    left = with_a_limit(left, left + 2000, 200, MS / 2);
    assert_in_range(left, 0, 60);
    assert_int_equal(with_a_limit(left, left + 2000, 200, MS / 2), 0);
}

/* Whoever shared the limit is done: what gets through is more by now. */
static void a_limit_that_grows_is_noticed(void **state)
{
    (void)state;
    begin();
    unsigned left = with_a_limit(500, 1500, 50, 4 * MS);
    assert_true(served.limited);
    assert_in_range(served.most, 45, 60);
    uint64_t from_ns = now_ns;
    with_a_limit(left + 2000, left + 2000, 1000, MS / 2);
    assert_true(served.most > 500);
    assert_true((now_ns - from_ns) / MS < 15000); /* of 40 s at the old pace */
}

/* The ports behind those with a limit are passed quickly, and a pass without any of them is soon as
 * fast as it may be. */
static void what_only_drops_is_passed_quickly(void **state)
{
    (void)state;
    begin();
    with_a_limit(1000, 3000, 200, MS / 2);
    assert_true(served.limited);
    uint64_t took_ms = by_chance(4000, 0, MS / 2);
    assert_in_range(took_ms, 2000, 2600);
}

static void losses_of_chance_slow_nothing_down(void **state)
{
    (void)state;
    begin();
    for (int pass = 0; pass < 3; pass++) {
        uint64_t took_ms = by_chance(30000, 0.01, 60000);
        assert_in_range(took_ms, 1800, 2400); /* 1.8 s, and two trials */
    }
    assert_false(served.limited);
    assert_int_equal(served.by_chance, 2);
}

static void a_pass_that_is_not_held_back(void **state)
{
    (void)state;
    begin();
    assert_int_equal(by_chance(1000, 0.5, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_is_found_and_kept_to),
        cmocka_unit_test(a_limit_that_grows_is_noticed),
        cmocka_unit_test(what_only_drops_is_passed_quickly),
        cmocka_unit_test(losses_of_chance_slow_nothing_down),
        cmocka_unit_test(a_pass_that_is_not_held_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
