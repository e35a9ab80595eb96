#include "support/failing_malloc.h"

#include "support/failing_calls.h"

#include "scan/bells.h"

#include <errno.h>
#include <poll.h>

static bool rings(const struct ptl_bells *bells, uint32_t worker)
{
    struct pollfd fd = {.fd = bells->items[worker].fd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static unsigned count_ringing(const struct ptl_bells *bells)
{
    unsigned count = 0;
    for (uint32_t worker = 0; worker < bells->count; worker++)
        count += rings(bells, worker);
    return count;
}

static void one_hungry_at_a_time(void **state)
{
    (void)state;
    struct ptl_bells bells;
    assert_true(ptl_bells_init(&bells, 5));
    assert_int_equal(count_ringing(&bells), 0);
    ptl_bells_ring_hungry(&bells); /* nobody is */
    assert_int_equal(count_ringing(&bells), 0);
    ptl_bells_set_hungry(&bells, 1, true);
    ptl_bells_set_hungry(&bells, 3, true);
    ptl_bells_set_hungry(&bells, 3, true); /* once more is no more */
    assert_int_equal(bells.hungry, 2);
    ptl_bells_ring_hungry(&bells);
    assert_int_equal(count_ringing(&bells), 1);
    assert_int_equal(bells.hungry, 1); /* one that was called is not called again */
    ptl_bells_ring_hungry(&bells);
    assert_true(rings(&bells, 1) && rings(&bells, 3));
    ptl_bells_ring_hungry(&bells);
    assert_int_equal(count_ringing(&bells), 2);
    ptl_bells_clear(&bells, 1);
    assert_false(rings(&bells, 1));
    assert_true(rings(&bells, 3));
    ptl_bells_clear(&bells, 1); /* nothing to clear: no wait either */
    ptl_bells_set_hungry(&bells, 4, true);
    ptl_bells_set_hungry(&bells, 4, false); /* found something by itself */
    ptl_bells_ring_hungry(&bells);
    assert_false(rings(&bells, 4));
    assert_int_equal(bells.hungry, 0);
    ptl_bells_free(&bells);
}

static void all_of_them(void **state)
{
    (void)state;
    struct ptl_bells bells;
    assert_true(ptl_bells_init(&bells, 3));
    ptl_bells_set_hungry(&bells, 0, true);
    for (int i = 0; i < 10; i++)
        ptl_bells_ring_all(&bells);
    assert_int_equal(count_ringing(&bells), 3);
    for (uint32_t worker = 0; worker < 3; worker++)
        ptl_bells_clear(&bells, worker);
    assert_int_equal(count_ringing(&bells), 0); /* however often it rang */
    ptl_bells_free(&bells);
    ptl_bells_free(&bells);
}

static void without_descriptors_or_memory(void **state)
{
    (void)state;
    struct ptl_bells bells;
    for (unsigned long nth = 1; nth <= 4; nth++) {
        failing_calls_arm(FAILING_EVENTFD, EMFILE, nth, false);
        errno = 0;
        bool made = ptl_bells_init(&bells, 3);
        int error = errno;
        failing_calls_disarm();
        assert_int_equal(made, nth == 4);
        if (!made)
            assert_int_equal(error, EMFILE);
        assert_int_equal(bells.count, nth - 1); /* what was opened is closed again, and no more */
        ptl_bells_free(&bells);
    }
    failing_malloc_arm(1, false);
    assert_false(ptl_bells_init(&bells, 3));
    failing_malloc_disarm();
    ptl_bells_free(&bells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_hungry_at_a_time),
        cmocka_unit_test(all_of_them),
        cmocka_unit_test(without_descriptors_or_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
