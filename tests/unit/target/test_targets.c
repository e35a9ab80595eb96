#include "support/cmocka_all.h"

#include "portolan/targets.h"

#include <string.h>

static struct ptl_block block(const char *text)
{
    struct ptl_block out;
    bool is_block = false;
    assert_int_equal(ptl_block_parse(text, &out, &is_block, NULL), PTL_OK);
    assert_true(is_block);
    return out;
}

static void an_exclude_ends_where_it_ends(void **state)
{
    (void)state;
    struct ptl_named_block hosts[] = {{.block = block("127.0.0.0/24"), .input = "a"},
                                      {.block = block("127.0.0.5"), .input = "b"}};
    struct ptl_block exclude = block("127.0.0.0-9");
    struct ptl_targets *targets = NULL;
    assert_int_equal(ptl_targets_build(hosts, 2, &exclude, 1, &targets, NULL), PTL_OK);
    assert_int_equal(ptl_targets_count(targets), 246);
    struct ptl_target first;
    char text[PTL_ADDRESS_SIZE];
    ptl_targets_get(targets, 0, &first);
    assert_string_equal(ptl_address_format(&first.address, text), "127.0.0.10");
    ptl_targets_free(targets);
}

/* Pseudo-random blocks in a space of 64 addresses, against the plainest way to do it. */
static void agrees_with_brute_force(void **state)
{
    (void)state;
    uint64_t random = 42;
    for (int round = 0; round < 500; round++) {
        struct ptl_named_block hosts[6];
        struct ptl_block excludes[3];
        static const char *const names[] = {"0", "1", "2", "3", "4", "5"};
        int owner[64];
        memset(owner, -1, sizeof(owner));
        for (int i = 0; i < 9; i++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            uint64_t a = (random >> 40) % 64, b = (random >> 50) % 64;
            struct ptl_block range = {.first = {.low = a < b ? a : b, .family = 4},
                                      .last = {.low = a < b ? b : a, .family = 4}};
            range.first.low += 0x7F000000;
            range.last.low += 0x7F000000;
            for (uint64_t at = a < b ? a : b; at <= (a < b ? b : a); at++)
                owner[at] = i >= 6 ? -1 : owner[at] < 0 ? i : owner[at];
            if (i < 6)
                hosts[i] = (struct ptl_named_block){.block = range, .input = names[i]};
            else
                excludes[i - 6] = range;
        }
        struct ptl_targets *targets = NULL;
        assert_int_equal(ptl_targets_build(hosts, 6, excludes, 3, &targets, NULL), PTL_OK);
        uint64_t index = 0;
        for (int entry = 0; entry < 6; entry++) {
            for (uint64_t at = 0; at < 64; at++) {
                if (owner[at] != entry)
                    continue;
                struct ptl_target target;
                ptl_targets_get(targets, index++, &target);
                assert_int_equal(target.address.low, 0x7F000000 + at);
                assert_string_equal(target.input, names[entry]);
            }
        }
        assert_int_equal(ptl_targets_count(targets), index);
        ptl_targets_free(targets);
    }
}

static void more_than_2_to_the_32_is_refused(void **state)
{
    (void)state;
    struct ptl_named_block hosts[] = {{.block = block("2001:db8::/64"), .input = "x"}};
    struct ptl_targets *targets = NULL;
    struct ptl_error error;
    assert_int_equal(ptl_targets_build(hosts, 1, NULL, 0, &targets, &error), PTL_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exclude_ends_where_it_ends),
        cmocka_unit_test(agrees_with_brute_force),
        cmocka_unit_test(more_than_2_to_the_32_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
