#include "support/cmocka_all.h"

#include "target/targets.h"

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

/* Builds from texts, a NULL at the end of each list. */
static struct ptl_targets *build(const char *const *hosts, const char *const *excludes)
{
    struct ptl_named_block blocks[8];
    struct ptl_block left_out[8];
    size_t count = 0, exclude_count = 0;
    for (; hosts[count] != NULL; count++)
        blocks[count] =
            (struct ptl_named_block){.block = block(hosts[count]), .input = hosts[count]};
    for (; excludes != NULL && excludes[exclude_count] != NULL; exclude_count++)
        left_out[exclude_count] = block(excludes[exclude_count]);
    struct ptl_targets *targets = NULL;
    struct ptl_error error = {0};
    if (ptl_targets_build(blocks, count, left_out, exclude_count, &targets, &error) != PTL_OK)
        fail_msg("%s", error.message);
    return targets;
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void check_target(const struct ptl_targets *targets, uint64_t index, const char *address,
                         const char *input)
{
    struct ptl_target target;
    char text[PTL_ADDRESS_SIZE];
    ptl_targets_get(targets, index, &target);
    assert_string_equal(ptl_address_format(&target.address, text), address);
    assert_string_equal(target.input, input);
}

/* Where the addresses of a family end, there is no address behind the last. */
static void the_ends_of_both_families(void **state)
{
    (void)state;
    struct ptl_targets *targets =
        build(TEXTS("255.255.255.250-255.255.255.255",
                    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124", "::1-::4"),
              TEXTS("255.255.255.254", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0", "::2"));
    assert_int_equal(ptl_targets_count(targets), 5 + 15 + 3);
    check_target(targets, 0, "255.255.255.250", "255.255.255.250-255.255.255.255");
    check_target(targets, 4, "255.255.255.255", "255.255.255.250-255.255.255.255");
    check_target(targets, 5, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1",
                 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124");
    check_target(targets, 19, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124");
    check_target(targets, 20, "::1", "::1-::4");
    check_target(targets, 22, "::4", "::1-::4");
    ptl_targets_free(targets);
}

static void all_of_ipv4_is_the_most(void **state)
{
    (void)state;
    struct ptl_targets *targets = build(TEXTS("10.0.0.5", "0.0.0.0/0"), NULL);
    assert_true(ptl_targets_count(targets) == PTL_TARGETS_MAX);
    check_target(targets, 0, "10.0.0.5", "10.0.0.5");
    check_target(targets, 1, "0.0.0.0", "0.0.0.0/0");
    check_target(targets, 10ULL * (1 << 24) + 5, "10.0.0.4", "0.0.0.0/0");
    check_target(targets, 10ULL * (1 << 24) + 6, "10.0.0.6", "0.0.0.0/0");
    check_target(targets, PTL_TARGETS_MAX - 1, "255.255.255.255", "0.0.0.0/0");
    ptl_targets_free(targets);
}

static void nothing_left(void **state)
{
    (void)state;
    struct ptl_targets *targets = build(TEXTS("10.0.0.0/24"), TEXTS("0.0.0.0/0"));
    struct ptl_block out;
    const char *input;
    assert_int_equal(ptl_targets_count(targets), 0);
    assert_false(ptl_targets_segment(targets, 0, &out, &input));
    ptl_targets_free(targets);
    assert_int_equal(ptl_targets_build(NULL, 0, NULL, 0, &targets, NULL), PTL_OK);
    assert_int_equal(ptl_targets_count(targets), 0);
    ptl_targets_free(targets);
    ptl_targets_free(NULL);
}

/* What is cut in two by an exclude is two; what only another entry's edge had cut is one. */
static void segments_are_as_few_as_they_can_be(void **state)
{
    (void)state;
    struct ptl_targets *targets = build(TEXTS("10.0.0.0/24", "10.0.0.128/25", "10.0.0.64/26"),
                                        TEXTS("10.0.0.7", "10.0.0.8-9"));
    struct ptl_block out;
    const char *input;
    char text[PTL_ADDRESS_SIZE];
    assert_true(ptl_targets_segment(targets, 0, &out, &input));
    assert_string_equal(ptl_address_format(&out.last, text), "10.0.0.6");
    assert_true(ptl_targets_segment(targets, 1, &out, &input));
    assert_string_equal(ptl_address_format(&out.first, text), "10.0.0.10");
    assert_string_equal(ptl_address_format(&out.last, text), "10.0.0.255");
    assert_string_equal(input, "10.0.0.0/24");
    assert_false(ptl_targets_segment(targets, 2, &out, &input));
    ptl_targets_free(targets);
}

static void more_than_2_to_the_32_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *message;
    } rows[] = {
        {"2001:db8::/64", "10.0.0.1", "2001:db8::/64: more than 2^32 addresses in all"},
        {"0.0.0.0/0", "::1", "::1: more than 2^32 addresses in all"},
        {"::/0", "10.0.0.1", "::/0: more than 2^32 addresses in all"},
        {"2001:db8::/97", "2001:db9::/96", "2001:db9::/96: more than 2^32 addresses in all"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ptl_named_block hosts[] = {
            {.block = block(rows[i].first), .input = rows[i].first},
            {.block = block(rows[i].second), .input = rows[i].second}};
        struct ptl_targets *targets = NULL;
        struct ptl_error error;
        assert_int_equal(ptl_targets_build(hosts, 2, NULL, 0, &targets, &error), PTL_E_INVALID);
        assert_string_equal(error.message, rows[i].message);
        assert_null(targets);
    }
}

static void every_part_is_as_it_was(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1-5", "127.0.1.9", "::1-::3", "127.0.0.8/30",
                                        NULL};
    static const char *const excludes[] = {"127.0.0.3", NULL};
    struct ptl_targets *whole = build(hosts, excludes);
    uint64_t all = ptl_targets_count(whole);
    assert_int_equal(all, 12);
    for (uint64_t first = 0; first < all; first++) {
        for (uint64_t count = 1; count <= all - first; count++) {
            struct ptl_targets *part = build(hosts, excludes);
            ptl_targets_cut(part, first, count);
            assert_int_equal(ptl_targets_count(part), count);
            struct ptl_block one;
            const char *input;
            uint64_t walked = 0;
            for (size_t i = 0; ptl_targets_segment(part, i, &one, &input); i++)
                walked += ptl_block_count(&one);
            assert_int_equal(walked, count);
            for (uint64_t i = 0; i < count; i++) {
                struct ptl_target expected, got;
                ptl_targets_get(whole, first + i, &expected);
                ptl_targets_get(part, i, &got);
                assert_int_equal(ptl_address_compare(&expected.address, &got.address), 0);
                assert_string_equal(expected.input, got.input);
            }
            ptl_targets_free(part);
        }
    }
    struct ptl_targets *none = build(hosts, excludes);
    ptl_targets_cut(none, 0, 0);
    assert_int_equal(ptl_targets_count(none), 0);
    ptl_targets_free(none);
    ptl_targets_free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exclude_ends_where_it_ends),
        cmocka_unit_test(agrees_with_brute_force),
        cmocka_unit_test(the_ends_of_both_families),
        cmocka_unit_test(all_of_ipv4_is_the_most),
        cmocka_unit_test(nothing_left),
        cmocka_unit_test(segments_are_as_few_as_they_can_be),
        cmocka_unit_test(more_than_2_to_the_32_is_refused),
        cmocka_unit_test(every_part_is_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
