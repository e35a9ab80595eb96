#include "support/cmocka_all.h"

#include "base/permute.h"

#include <stdlib.h>

static void every_count_is_a_bijection(void **state)
{
    (void)state;
    const uint64_t counts[] = {1, 2, 3, 7, 64, 1000, 65535};
    for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
        struct ptl_permute permute;
        ptl_permute_init(&permute, counts[c], 99);
        char *seen = calloc(counts[c], 1);
        for (uint64_t i = 0; i < counts[c]; i++) {
            uint64_t value = ptl_permute_forward(&permute, i);
            assert_true(value < counts[c]);
            assert_int_equal(seen[value]++, 0);
            assert_true(ptl_permute_inverse(&permute, value) == i);
        }
        free(seen);
    }
}

static void the_whole_ipv4_space_too(void **state)
{
    (void)state;
    struct ptl_permute permute;
    ptl_permute_init(&permute, 1ULL << 32, 5);
    for (uint64_t i = 0; i < 1ULL << 32; i += 104729 * 17)
        assert_true(ptl_permute_inverse(&permute, ptl_permute_forward(&permute, i)) == i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_count_is_a_bijection),
        cmocka_unit_test(the_whole_ipv4_space_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
