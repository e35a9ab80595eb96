#include "support/cmocka_all.h"
#include "support/failing_malloc.h"

#include "base/array.h"

static void holds_what_was_put_in(void **state)
{
    (void)state;
    unsigned *items = NULL;
    size_t capacity = 0;
    for (unsigned i = 0; i < 10000; i++) {
        assert_true(ptl_array_room((void **)&items, &capacity, i, sizeof(*items)));
        assert_true(capacity > i);
        items[i] = i;
    }
    assert_true(capacity <= 15000);
    for (unsigned i = 0; i < 10000; i++)
        assert_int_equal(items[i], i);
    free(items);
}

static void of_few_no_capacity_is_kept(void **state)
{
    (void)state;
    unsigned *items = NULL;
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(ptl_array_room_for_few((void **)&items, i, sizeof(*items)));
        items[i] = i;
    }
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    unsigned *before = items;
    failing_malloc_arm(1, false);
    assert_false(ptl_array_room_for_few((void **)&items, 1024, sizeof(*items)));
    assert_true(failing_malloc_disarm());
    assert_ptr_equal(items, before);
    free(items);
}

static void is_as_it_was_without_memory(void **state)
{
    (void)state;
    int *items = NULL;
    size_t capacity = 0;
    assert_true(ptl_array_room((void **)&items, &capacity, 0, sizeof(*items)));
    int *before = items;
    size_t full = capacity;
    items[0] = 5;
    failing_malloc_arm(1, false);
    assert_false(ptl_array_room((void **)&items, &capacity, full, sizeof(*items)));
    assert_true(failing_malloc_disarm());
    assert_ptr_equal(items, before);
    assert_int_equal(capacity, full);
    assert_int_equal(items[0], 5);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_was_put_in),
        cmocka_unit_test(of_few_no_capacity_is_kept),
        cmocka_unit_test(is_as_it_was_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
