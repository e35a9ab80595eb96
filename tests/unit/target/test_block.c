#include "support/cmocka_all.h"

#include "target/address.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct ptl_block block(const char *text)
{
    struct ptl_block out;
    bool is_block = false;
    struct ptl_error error = {0};
    if (ptl_block_parse(text, &out, &is_block, &error) != PTL_OK || !is_block)
        fail_msg("%s is no block: %s", text, error.message);
    return out;
}

static void every_way_to_write_one(void **state)
{
    (void)state;
    static const struct {
        const char *text, *first, *last;
        uint64_t count;
    } rows[] = {
        {"10.0.0.1", "10.0.0.1", "10.0.0.1", 1},
        {"[::1]", "::1", "::1", 1},
        /* CIDR: every address of the block, the first and the last too; host bits are cleared */
        {"10.0.0.0/24", "10.0.0.0", "10.0.0.255", 256},
        {"10.0.0.77/24", "10.0.0.0", "10.0.0.255", 256},
        {"10.0.0.77/32", "10.0.0.77", "10.0.0.77", 1},
        {"10.0.0.77/31", "10.0.0.76", "10.0.0.77", 2},
        {"255.1.2.3/0", "0.0.0.0", "255.255.255.255", 1ULL << 32},
        {"2001:db8::5/120", "2001:db8::", "2001:db8::ff", 256},
        {"[2001:db8::5]/128", "2001:db8::5", "2001:db8::5", 1},
        {"2001:db8::/65", "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff", 1ULL << 63},
        {"2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", UINT64_MAX},
        {"2001:db8::/63", "2001:db8::", "2001:db8:0:1:ffff:ffff:ffff:ffff", UINT64_MAX},
        {"1::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", UINT64_MAX},
        /* mapped: the IPv4 block, its prefix counted from the IPv6 side */
        {"::ffff:10.0.0.9/120", "10.0.0.0", "10.0.0.255", 256},
        {"::ffff:10.0.0.9/128", "10.0.0.9", "10.0.0.9", 1},
        {"::ffff:0:0/96", "0.0.0.0", "255.255.255.255", 1ULL << 32},
        /* both kinds of range */
        {"10.0.0.1-20", "10.0.0.1", "10.0.0.20", 20},
        {"10.0.0.0-255", "10.0.0.0", "10.0.0.255", 256},
        {"10.0.0.7-7", "10.0.0.7", "10.0.0.7", 1},
        {"10.0.0.250-10.0.1.5", "10.0.0.250", "10.0.1.5", 12},
        {"0.0.0.1-255.255.255.255", "0.0.0.1", "255.255.255.255", UINT32_MAX},
        {"::1-::10", "::1", "::10", 16},
        {"[::1]-[::10]", "::1", "::10", 16},
        {"::ffff:10.0.0.1-9", "10.0.0.1", "10.0.0.9", 9},
        {"::ffff:10.0.0.1-10.0.0.9", "10.0.0.1", "10.0.0.9", 9},
        {"2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::", "2001:db8:0:0:ffff:ffff:ffff:ffff",
         "2001:db8:0:1::", 2},
        {"0:0:0:1::-0:0:0:2::", "0:0:0:1::", "0:0:0:2::", UINT64_MAX},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_block parsed = block(rows[i].text);
        struct ptl_block ends[] = {block(rows[i].first), block(rows[i].last)};
        if (ptl_address_compare(&parsed.first, &ends[0].first) != 0 ||
            ptl_address_compare(&parsed.last, &ends[1].first) != 0 ||
            ptl_block_count(&parsed) != rows[i].count)
            fail_msg("%s was not understood", rows[i].text);
    }
}

static void what_may_be_a_name_is_none(void **state)
{
    (void)state;
    static const char *const names[] = {
        "localhost",   "web-01",           "a.example",       "x",           "10.0.0.1-backup",
        "10.0.0.1-5a", "10-0-0-1.example", "1.2.3.4.example", "_srv.example"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct ptl_block out;
        bool is_block = true;
        assert_int_equal(ptl_block_parse(names[i], &out, &is_block, NULL), PTL_OK);
        assert_false(is_block);
    }
}

static void what_was_meant_as_one_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"10.0.0.0/33", "\"10.0.0.0/33\": the prefix length must be 0 to 32"},
        {"10.0.0.0/", "\"10.0.0.0/\": the prefix length must be 0 to 32"},
        {"10.0.0.0/-1", "\"10.0.0.0/-1\": the prefix length must be 0 to 32"},
        {"10.0.0.0/08", "\"10.0.0.0/08\": the prefix length must be 0 to 32"},
        {"10.0.0.0/8/8", "\"10.0.0.0/8/8\": the prefix length must be 0 to 32"},
        {"10.0.0.0/255.0.0.0", "\"10.0.0.0/255.0.0.0\": the prefix length must be 0 to 32"},
        {"10.0.0.0/99999999999999999999",
         "\"10.0.0.0/99999999999999999999\": the prefix length must be 0 to 32"},
        {"2001:db8::/129", "\"2001:db8::/129\": the prefix length must be 0 to 128"},
        {"::ffff:10.0.0.0/95", "\"::ffff:10.0.0.0/95\": the prefix length must be 96 to 128"},
        {"::ffff:10.0.0.0/8", "\"::ffff:10.0.0.0/8\": the prefix length must be 96 to 128"},
        {"web/24", "\"web/24\": \"web\" is no address"},
        {"/24", "\"/24\": \"\" is no address"},
        {"10.0.0/24", "\"10.0.0/24\": \"10.0.0\" is no address"},
        {"fe80::1%lo/64", "\"fe80::1%lo/64\": \"fe80::1%lo\": addresses with a zone are not "
                          "supported"},
        {"10.0.0.1-256", "\"10.0.0.1-256\": the last octet must be 0 to 255"},
        {"10.0.0.1-007", "\"10.0.0.1-007\": the last octet must be 0 to 255"},
        {"10.0.0.1-", "\"10.0.0.1-\": the last octet must be 0 to 255"},
        {"10.0.0.9-1", "\"10.0.0.9-1\" ends before it begins"},
        {"10.0.0.9-10.0.0.8", "\"10.0.0.9-10.0.0.8\" ends before it begins"},
        {"10.0.0.1-10.0.0", "\"10.0.0.1-10.0.0\": \"10.0.0\" is no address"},
        {"10.0.0.1-10.0.0.2-3", "\"10.0.0.1-10.0.0.2-3\": \"10.0.0.2-3\" is no address"},
        {"10.0.0.1-::1", "\"10.0.0.1-::1\" goes from IPv4 to IPv6"},
        {"::1-10.0.0.1", "\"::1-10.0.0.1\" goes from IPv6 to IPv4"},
        {"::1-5", "\"::1-5\": \"5\" is no address"},
        {"::9-::1", "\"::9-::1\" ends before it begins"},
        {"", "\"\" is no address"},
        {"-", "\"-\" is no address"},
        {"10", "\"10\" is no address"},
        {"10.0.0", "\"10.0.0\" is no address"},
        {"10.0-1.0.1", "\"10.0-1.0.1\" is no address"},
        {"1.2.3.4.5", "\"1.2.3.4.5\" is no address"},
        {"10.0.0.1:80", "\"10.0.0.1:80\" is no address"},
        {"[::1]:80", "\"[::1]:80\" is no address"},
        {"[web]", "\"[web]\" is no address"},
        {"::1%lo", "\"::1%lo\": addresses with a zone are not supported"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_block out;
        struct ptl_error error = {0};
        bool is_block;
        if (ptl_block_parse(rows[i].text, &out, &is_block, &error) != PTL_E_INVALID ||
            strcmp(error.message, rows[i].message) != 0)
            fail_msg("%s: %s", rows[i].text, error.message);
        /* Without an error to fill the status is the same. */
        assert_int_equal(ptl_block_parse(rows[i].text, &out, &is_block, NULL), PTL_E_INVALID);
    }
    char text[300];
    memset(text, '1', sizeof(text));
    strcpy(text + 60, "/8");
    struct ptl_block out;
    struct ptl_error error;
    bool is_block;
    assert_int_equal(ptl_block_parse(text, &out, &is_block, &error), PTL_E_INVALID);
    assert_non_null(strstr(error.message, "/8\" is no address block"));
    memset(text + 60, '-', 3);
    strcpy(text + 63, "5");
    assert_int_equal(ptl_block_parse(text, &out, &is_block, &error), PTL_E_INVALID);
}

static void inside_another(void **state)
{
    (void)state;
    static const struct {
        const char *outer, *inner;
        bool is_inside;
    } rows[] = {
        {"10.0.0.0/24", "10.0.0.0/24", true},
        {"10.0.0.0/24", "10.0.0.255", true},
        {"10.0.0.0/24", "10.0.1.0", false},
        {"10.0.0.0/24", "9.255.255.255", false},
        {"10.0.0.0/24", "10.0.0.9-10.0.1.0", false},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "10.0.0.1", false},
        {"::/0", "::ffff:10.0.0.1", false},
        {"::/0", "ffff::/16", true},
        {"2001:db8::/64", "2001:db8:0:1::", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_block outer = block(rows[i].outer), inner = block(rows[i].inner);
        assert_int_equal(ptl_block_contains(&outer, &inner), rows[i].is_inside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_write_one),
        cmocka_unit_test(what_may_be_a_name_is_none),
        cmocka_unit_test(what_was_meant_as_one_is_refused),
        cmocka_unit_test(inside_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
