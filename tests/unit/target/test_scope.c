#include "support/cmocka_all.h"

#include "target/scope.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct ptl_scope scope_of(const char *const *entries)
{
    struct ptl_scope scope = {0};
    for (; *entries != NULL; entries++)
        assert_int_equal(ptl_scope_add(&scope, *entries, NULL), PTL_OK);
    return scope;
}

/* `outside`: the first address that is not inside, NULL: all are. */
static void check(const char *const *entries, const char *text, const char *outside)
{
    struct ptl_scope scope = scope_of(entries);
    struct ptl_block block;
    struct ptl_address first;
    bool is_block;
    char out[PTL_ADDRESS_SIZE];
    assert_int_equal(ptl_block_parse(text, &block, &is_block, NULL), PTL_OK);
    bool is_inside = ptl_scope_contains(&scope, &block, &first);
    if (outside == NULL && !is_inside)
        fail_msg("%s: %s is outside", text, ptl_address_format(&first, out));
    if (outside != NULL) {
        assert_false(is_inside);
        assert_string_equal(ptl_address_format(&first, out), outside);
    }
    ptl_scope_free(&scope);
    ptl_scope_free(&scope);
}

#define SCOPE(...) ((const char *const[]){__VA_ARGS__, NULL})

static void loopback_and_any(void **state)
{
    (void)state;
    check(SCOPE("loopback"), "127.0.0.0/8", NULL);
    check(SCOPE("loopback"), "::1", NULL);
    check(SCOPE("loopback"), "::ffff:127.0.0.1", NULL); /* is 127.0.0.1 */
    check(SCOPE("loopback"), "::ffff:10.0.0.1", "10.0.0.1");
    check(SCOPE("loopback"), "126.255.255.255-127.0.0.1", "126.255.255.255");
    check(SCOPE("loopback"), "127.255.255.255-128.0.0.0", "128.0.0.0");
    check(SCOPE("loopback"), "::1-::2", "::2");
    check(SCOPE("loopback"), "10.0.0.1", "10.0.0.1");
    check(SCOPE("any"), "0.0.0.0/0", NULL);
    check(SCOPE("any"), "::/0", NULL);
    check(SCOPE("any"), "::ffff:0:0/96", NULL);
}

static void an_empty_scope_holds_nothing(void **state)
{
    (void)state;
    check(&(const char *const){NULL}, "127.0.0.1", "127.0.0.1");
    check(&(const char *const){NULL}, "::1", "::1");
}

static void the_entries_count_together(void **state)
{
    (void)state;
    check(SCOPE("10.0.0.128/25", "10.0.0.0/25"), "10.0.0.0/24", NULL);
    check(SCOPE("10.0.0.0/26", "10.0.0.32-10.0.0.200", "10.0.0.128/25"), "10.0.0.0/24", NULL);
    check(SCOPE("10.0.0.0-10", "10.0.0.12-255"), "10.0.0.0/24", "10.0.0.11");
    check(SCOPE("10.0.0.0/8", "10.0.0.0/24"), "10.0.0.0/9", NULL); /* the smaller one last */
    check(SCOPE("10.0.0.0/24", "10.0.0.0/8"), "10.0.0.0/9", NULL);
    check(SCOPE("10.0.0.5", "10.0.0.5", "10.0.0.6"), "10.0.0.5-6", NULL);
    check(SCOPE("0.0.0.0/1", "128.0.0.0/1"), "0.0.0.0/0", NULL);
    check(SCOPE("::/1", "8000::/1"), "::/0", NULL);
    check(SCOPE("2001:db8::/65", "2001:db8:0:0:8000::/65"), "2001:db8::/64", NULL);
    check(SCOPE("2001:db8::/64"), "2001:db8::-2001:db8:0:1::", "2001:db8:0:1::");
    check(SCOPE("10.0.0.0/24"), "10.0.0.255-10.0.1.0", "10.0.1.0");
    /* The families are apart: the last of IPv4 has no neighbour in IPv6. */
    check(SCOPE("255.255.255.255", "::"), "255.255.255.255", NULL);
    check(SCOPE("0.0.0.0/0"), "::1", "::1");
    check(SCOPE("::/0"), "10.0.0.1", "10.0.0.1");
    check(SCOPE("::ffff:10.0.0.0/104"), "10.1.2.3", NULL); /* written the long way */
}

/* As many separate blocks as there may be, added in no order: each is found, each gap is seen, and
 * once the gaps are filled they are one. */
static void a_long_scope(void **state)
{
    (void)state;
    struct ptl_scope scope = {0};
    struct ptl_address outside;
    char text[32];
    for (unsigned i = 0; i < PTL_SCOPE_MAX; i++) {
        unsigned at = i * 7919 % PTL_SCOPE_MAX * 2;
        snprintf(text, sizeof(text), "10.0.%u.%u", at / 256, at % 256);
        assert_int_equal(ptl_scope_add(&scope, text, NULL), PTL_OK);
    }
    assert_int_equal(scope.count, PTL_SCOPE_MAX);
    struct ptl_error error;
    assert_int_equal(ptl_scope_add(&scope, "10.9.9.9", &error), PTL_E_INVALID);
    assert_string_equal(error.message, "more than 10000 separate blocks");
    for (unsigned at = 0; at < 2 * PTL_SCOPE_MAX; at++) {
        struct ptl_address address = {.low = 0x0A000000 + at, .family = 4};
        struct ptl_block block = {address, address};
        assert_int_equal(ptl_scope_contains(&scope, &block, &outside), at % 2 == 0);
    }
    for (unsigned at = 1; at < 2 * PTL_SCOPE_MAX; at += 2) {
        snprintf(text, sizeof(text), "10.0.%u.%u", at / 256, at % 256);
        assert_int_equal(ptl_scope_add(&scope, text, NULL), PTL_OK);
    }
    assert_int_equal(scope.count, 1);
    assert_true(ptl_block_count(&scope.blocks[0]) == 2ULL * PTL_SCOPE_MAX);
    assert_int_equal(ptl_scope_add(&scope, "any", NULL), PTL_OK);
    assert_int_equal(scope.count, 2); /* one a family */
    ptl_scope_free(&scope);
}

/* Blocks of a small space, against a table of its addresses. */
static void agrees_with_brute_force(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 500; round++) {
        struct ptl_scope scope = {0};
        bool inside[66] = {false};
        for (int i = 0; i < 6; i++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            unsigned a = (random >> 40) % 64, b = a + (random >> 50) % 12;
            char text[64];
            b = b > 63 ? 63 : b;
            snprintf(text, sizeof(text), "10.0.0.%u-%u", a, b);
            assert_int_equal(ptl_scope_add(&scope, text, NULL), PTL_OK);
            for (unsigned at = a; at <= b; at++)
                inside[at] = true;
        }
        for (unsigned a = 0; a < 64; a++) {
            unsigned b = a;
            while (inside[b])
                b++;
            struct ptl_block block = {{.low = 0x0A000000 + a, .family = 4},
                                      {.low = 0x0A000000 + 64, .family = 4}};
            struct ptl_address outside;
            assert_false(ptl_scope_contains(&scope, &block, &outside));
            assert_int_equal(outside.low, 0x0A000000 + b);
        }
        ptl_scope_free(&scope);
    }
}

static void wrong_entries(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"web.example",
         "\"web.example\": scope takes addresses, CIDR, \"loopback\" and \"any\", no names"},
        {"Loopback",
         "\"Loopback\": scope takes addresses, CIDR, \"loopback\" and \"any\", no names"},
        {"10.0.0.0/33", "\"10.0.0.0/33\": the prefix length must be 0 to 32"},
        {"", "\"\" is no address"},
        {"fe80::%eth0", "\"fe80::%eth0\": addresses with a zone are not supported"},
    };
    struct ptl_scope scope = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_error error;
        assert_int_equal(ptl_scope_add(&scope, rows[i].text, &error), PTL_E_INVALID);
        assert_string_equal(error.message, rows[i].message);
        assert_int_equal(ptl_scope_add(&scope, rows[i].text, NULL), PTL_E_INVALID);
    }
    assert_int_equal(scope.count, 0);
    ptl_scope_free(&scope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_and_any),
        cmocka_unit_test(an_empty_scope_holds_nothing),
        cmocka_unit_test(the_entries_count_together),
        cmocka_unit_test(a_long_scope),
        cmocka_unit_test(agrees_with_brute_force),
        cmocka_unit_test(wrong_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
