/* What lies between the scanner and the hosts, with a time of the test's own. */
#include "support/cmocka_all.h"

#include "simnet/wire.h"

#include <string.h>

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)

static struct options options;
static struct delays delays;
static struct wire *wire;

static void begin(const char *const *words)
{
    char *argv[16] = {NULL};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    assert_true(options_parse(argc, argv, &options));
    memset(&delays, 0, sizeof(delays));
    wire = wire_new(&options);
    assert_non_null(wire);
}

static const struct address *host(uint32_t number)
{
    static struct address address;
    address = (struct address){.low = UINT64_C(0xc6120000) + number};
    return &address;
}

static bool takes(uint32_t number, int64_t at_ns)
{
    int64_t delay_ns;
    return wire_takes(wire, host(number), SECOND + at_ns, &delay_ns, &delays) == WIRE_TAKES;
}

static void a_gate_is_shared_by_all_hosts(void **state)
{
    (void)state;
    begin((const char *const[]){"--gate", "1000", NULL});
    unsigned passed = 0;
    for (int i = 0; i < 10000; i++) /* over a second, to another host each */
        passed += takes(1 + (uint32_t)i, i * SECOND / 10000);
    assert_in_range(passed, 1000, 1020);
    assert_int_equal(delays.dropped_by_gate, 10000 - passed);
    wire_free(wire);
}

static void a_link_delays_then_drops(void **state)
{
    (void)state;
    begin((const char *const[]){"--link", "1000", "--buffer", "5", NULL});
    int64_t delay_ns = 0;
    for (int i = 0; i < 6; i++) {
        assert_int_equal(wire_takes(wire, host(1), SECOND, &delay_ns, &delays), WIRE_TAKES);
        assert_int_equal(delay_ns, (i + 1) * MS);
    }
    assert_false(takes(1, 0));
    assert_int_equal(delays.dropped_by_link, 1);
    assert_true(takes(1, 2 * MS)); /* two have left */
    wire_free(wire);
}

static void a_table_fills_and_empties(void **state)
{
    (void)state;
    begin((const char *const[]){"--table", "2", "--table-time", "1s", NULL});
    assert_true(takes(1, 0));
    assert_true(takes(1, 0)); /* answered: it occupies nothing */
    wire_unanswered(wire, SECOND);
    wire_unanswered(wire, SECOND + 500 * MS);
    assert_false(takes(1, 600 * MS));
    assert_int_equal(delays.dropped_by_table, 1);
    assert_true(takes(1, SECOND));
    wire_free(wire);
}

static void an_outage_has_a_beginning_and_an_end(void **state)
{
    (void)state;
    begin((const char *const[]){"--outage-at", "100ms", "--outage", "50ms", NULL});
    assert_true(takes(1, 0));
    assert_true(takes(1, 99 * MS));
    assert_false(takes(1, 100 * MS));
    assert_false(takes(1, 149 * MS));
    assert_true(takes(1, 150 * MS));
    assert_int_equal(delays.dropped_by_outage, 2);
    wire_free(wire);
    begin((const char *const[]){"--outage-at", "100ms", NULL});
    assert_true(takes(1, 0));
    assert_false(takes(1, 3600 * SECOND));
    wire_free(wire);
}

static void what_a_gate_or_an_outage_stops_may_be_refused(void **state)
{
    (void)state;
    int64_t delay_ns;
    begin((const char *const[]){"--gate", "10", "--refuse", "--outage-at", "5s", NULL});
    assert_int_equal(wire_takes(wire, host(1), SECOND, &delay_ns, &delays), WIRE_TAKES);
    assert_int_equal(wire_takes(wire, host(1), SECOND, &delay_ns, &delays), WIRE_REFUSES);
    assert_int_equal(wire_takes(wire, host(1), 7 * SECOND, &delay_ns, &delays), WIRE_REFUSES);
    assert_int_equal(delays.dropped_by_gate, 1);
    assert_int_equal(delays.dropped_by_outage, 1);
    wire_free(wire);
    begin((const char *const[]){"--gate", "10", NULL});
    assert_int_equal(wire_takes(wire, host(1), SECOND, &delay_ns, &delays), WIRE_TAKES);
    assert_int_equal(wire_takes(wire, host(1), SECOND, &delay_ns, &delays), WIRE_DROPS);
    wire_free(wire);
}

static void a_stall_holds_everything_up(void **state)
{
    (void)state;
    begin((const char *const[]){"--stall", "100ms", "--stall-every", "1s", NULL});
    int64_t delay_ns;
    assert_int_equal(wire_takes(wire, host(1), SECOND, &delay_ns, &delays), WIRE_TAKES);
    assert_int_equal(delay_ns, 0);
    int64_t late_ns = SECOND + 920 * MS;
    assert_int_equal(wire_takes(wire, host(1), late_ns, &delay_ns, &delays), WIRE_TAKES);
    assert_int_equal(delay_ns, 80 * MS);
    wire_free(wire);
}

static void a_ban_is_of_one_host_and_ends(void **state)
{
    (void)state;
    begin((const char *const[]){"--ban-rate", "100", "--ban-time", "2s", NULL});
    unsigned answered = 0;
    for (int i = 0; i < 20; i++)
        answered += takes(1, 0);
    assert_int_equal(answered, 10); /* a tenth of a second's worth */
    assert_true(takes(2, 0));
    assert_false(takes(1, 1999 * MS));
    assert_true(takes(1, 2001 * MS));
    wire_free(wire);
}

static void icmp_errors_are_rationed(void **state)
{
    (void)state;
    begin((const char *const[]){"--icmp-rate", "1", NULL});
    unsigned sent = 0;
    for (int i = 0; i < 20; i++)
        sent += wire_icmp(wire, host(1), SECOND);
    assert_int_equal(sent, 6);
    assert_true(wire_icmp(wire, host(1), 2 * SECOND));
    assert_true(wire_icmp(wire, host(2), SECOND));
    wire_free(wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gate_is_shared_by_all_hosts),
        cmocka_unit_test(a_link_delays_then_drops),
        cmocka_unit_test(a_table_fills_and_empties),
        cmocka_unit_test(an_outage_has_a_beginning_and_an_end),
        cmocka_unit_test(what_a_gate_or_an_outage_stops_may_be_refused),
        cmocka_unit_test(a_stall_holds_everything_up),
        cmocka_unit_test(a_ban_is_of_one_host_and_ends),
        cmocka_unit_test(icmp_errors_are_rationed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
