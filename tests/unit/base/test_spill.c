#include "support/cmocka_all.h"
#include "support/failing_malloc.h"

#include "base/spill.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT 3000000U /* of 8 bytes: beyond PTL_SPILL_BYTES */

static size_t open_descriptors(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 64; fd++) {
        struct stat status;
        count += fstat(fd, &status) == 0;
    }
    return count;
}

static void fill(struct ptl_spill *spill, uint64_t **items, size_t *capacity, unsigned from,
                 unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        assert_true(ptl_spill_room(spill, (void **)items, capacity, i, sizeof(**items)));
        assert_true(*capacity > i);
        (*items)[i] = i * 7919ULL;
        if (i % 100000 == 0)
            ptl_spill_rest(spill);
    }
}

static void holds(const uint64_t *items, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (items[i] != i * 7919ULL)
            fail_msg("item %u is %llu", i, (unsigned long long)items[i]);
}

/* VmRSS, in bytes. */
static size_t resident(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void large_arrays_lie_in_files(void **state)
{
    (void)state;
    size_t before = open_descriptors();
    struct ptl_spill *spill = ptl_spill_new();
    assert_non_null(spill);
    uint64_t *items = NULL, *others = NULL;
    size_t capacity = 0, other_capacity = 0;
    fill(spill, &items, &capacity, 0, COUNT);
    fill(spill, &others, &other_capacity, 0, 1000); /* small: in memory */
    assert_int_equal(open_descriptors(), before + 1);
    ptl_spill_settle(spill);
    assert_int_equal(open_descriptors(), before);
    holds(items, COUNT);
    size_t full = resident();
    ptl_spill_rest(spill);
    assert_true(full - resident() > COUNT * sizeof(*items) * 9 / 10);
    holds(items, COUNT);
    holds(others, 1000);
    /* It grows on all the same, in memory. */
    fill(spill, &items, &capacity, COUNT, 2 * COUNT);
    holds(items, 2 * COUNT);
    ptl_spill_drop(spill, items);
    ptl_spill_drop(spill, others);
    ptl_spill_drop(spill, NULL);
    ptl_spill_free(spill);
    assert_int_equal(open_descriptors(), before);
}

static void without_a_folder_they_stay_in_memory(void **state)
{
    (void)state;
    char *old = getenv("TMPDIR");
    char *kept = old != NULL ? strdup(old) : NULL;
    setenv("TMPDIR", "/no/such/folder", 1);
    size_t before = open_descriptors();
    struct ptl_spill *spill = ptl_spill_new();
    uint64_t *items = NULL;
    size_t capacity = 0;
    fill(spill, &items, &capacity, 0, COUNT);
    assert_int_equal(open_descriptors(), before);
    holds(items, COUNT);
    ptl_spill_drop(spill, items);
    ptl_spill_free(spill);
    if (kept != NULL)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
}

static void no_spill_is_plain_memory(void **state)
{
    (void)state;
    uint64_t *items = NULL;
    size_t capacity = 0;
    fill(NULL, &items, &capacity, 0, 10000);
    holds(items, 10000);
    ptl_spill_settle(NULL);
    ptl_spill_drop(NULL, items);
}

static void more_arrays_than_files_stay_in_memory(void **state)
{
    (void)state;
    enum { MANY = PTL_SPILL_ARRAYS + 1, ITEMS = 600000 };
    size_t before = open_descriptors();
    struct ptl_spill *spill = ptl_spill_new();
    uint64_t *items[MANY] = {NULL};
    size_t capacities[MANY] = {0};
    for (unsigned a = 0; a < MANY; a++)
        fill(spill, &items[a], &capacities[a], 0, ITEMS);
    assert_int_equal(open_descriptors(), before + PTL_SPILL_ARRAYS);
    for (unsigned a = 0; a < MANY; a++) {
        holds(items[a], ITEMS);
        ptl_spill_drop(spill, items[a]);
    }
    ptl_spill_free(spill);
}

static void without_memory_the_array_is_as_it_was(void **state)
{
    (void)state;
    struct ptl_spill *spill = ptl_spill_new();
    uint64_t *items = NULL;
    size_t capacity = 0;
    fill(spill, &items, &capacity, 0, 100);
    size_t count = capacity;
    fill(spill, &items, &capacity, 100, (unsigned)count);
    uint64_t *was = items;
    failing_malloc_arm(1, false);
    assert_false(ptl_spill_room(spill, (void **)&items, &capacity, count, sizeof(*items)));
    assert_true(failing_malloc_disarm());
    assert_ptr_equal(items, was);
    assert_int_equal(capacity, count);
    holds(items, (unsigned)count);
    ptl_spill_drop(spill, items);
    ptl_spill_free(spill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_arrays_lie_in_files),
        cmocka_unit_test(without_a_folder_they_stay_in_memory),
        cmocka_unit_test(no_spill_is_plain_memory),
        cmocka_unit_test(more_arrays_than_files_stay_in_memory),
        cmocka_unit_test(without_memory_the_array_is_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
