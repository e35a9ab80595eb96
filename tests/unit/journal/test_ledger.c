#include "support/cmocka_all.h"

#include "journal/ledger.h"

#include <stdlib.h>
#include <string.h>

#define PROBES 100000U /* some pages */

static uint64_t seed = 7;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)((seed >> 33) % below);
}

/* Beside an array that knows the same. */
static void holds_what_it_is_told(void **state)
{
    (void)state;
    uint8_t *states = malloc(PROBES);
    struct ptl_parked *parked = calloc(PROBES, sizeof(*parked));
    memset(states, PTL_UNPROBED, PROBES);
    struct ptl_ledger *ledger = ptl_ledger_new(PROBES);
    for (int i = 0; i < 2000; i++) {
        uint32_t first = draw(PROBES), count = draw(i % 10 == 0 ? 40000 : 9);
        count = count < PROBES - first ? count : PROBES - first;
        if (i % 3 == 0) {
            struct ptl_parked one = {.asked = (uint8_t)(1 + draw(31)),
                                     .counted = (uint8_t)draw(31)};
            assert_true(ptl_ledger_park(ledger, first, count, one));
            for (uint32_t k = 0; k < count; k++)
                parked[first + k] = one;
        } else {
            enum ptl_state one = (enum ptl_state)draw(3);
            assert_true(ptl_ledger_settle(ledger, first, count, one));
            memset(states + first, (int)one, count);
        }
    }
    for (uint32_t i = 0; i < PROBES; i++) {
        assert_int_equal(ptl_ledger_state(ledger, i), states[i]);
        assert_int_equal(ptl_ledger_parked(ledger, i).asked, parked[i].asked);
        assert_int_equal(ptl_ledger_parked(ledger, i).counted, parked[i].counted);
    }
    for (int i = 0; i < 50; i++) {
        uint32_t first = draw(PROBES), count = draw(PROBES - first);
        uint64_t expected[PTL_STATE_COUNT] = {0}, got[PTL_STATE_COUNT];
        bool any = false;
        for (uint32_t k = first; k < first + count; k++) {
            expected[states[k]]++;
            any = any || parked[k].asked > 0;
        }
        ptl_ledger_count(ledger, first, count, got);
        assert_memory_equal(got, expected, sizeof(got));
        assert_int_equal(ptl_ledger_any_parked(ledger, first, count), any);
    }
    ptl_ledger_free(ledger);
    free(parked);
    free(states);
}

/* Of a run of 2^47 probes, what was not reached costs nothing, and what cannot be is refused. */
static void is_small_where_little_is_known(void **state)
{
    (void)state;
    struct ptl_ledger *ledger = ptl_ledger_new(1ULL << 47);
    assert_int_equal(ptl_ledger_end(ledger), 0);
    assert_int_equal(ptl_ledger_state(ledger, (1ULL << 47) - 1), PTL_UNPROBED);
    assert_int_equal(ptl_ledger_parked(ledger, 1ULL << 46).asked, 0);
    assert_true(ptl_ledger_settle(ledger, 70000, 5, PTL_CLOSED));
    assert_int_equal(ptl_ledger_end(ledger), 70005);
    assert_int_equal(ptl_ledger_state(ledger, 70004), PTL_CLOSED);
    assert_int_equal(ptl_ledger_state(ledger, 70005), PTL_UNPROBED);
    assert_false(ptl_ledger_settle(ledger, 1ULL << 46, 1, PTL_CLOSED));
    assert_false(ptl_ledger_park(ledger, 1ULL << 46, 1, (struct ptl_parked){.asked = 1}));
    ptl_ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_it_is_told),
        cmocka_unit_test(is_small_where_little_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
