#include "support/cmocka_all.h"

#include "target/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct ptl_address address(const char *text)
{
    struct ptl_address out;
    assert_int_equal(ptl_address_parse(text, &out, NULL), PTL_OK);
    return out;
}

static void every_way_to_write_one(void **state)
{
    (void)state;
    static const struct {
        const char *text, *formatted;
        int family;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1", 4},
        {"0.0.0.0", "0.0.0.0", 4},
        {"255.255.255.255", "255.255.255.255", 4},
        {"::1", "::1", 6},
        {"[::1]", "::1", 6},
        {"::", "::", 6},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", 6},
        {"[2001:db8::1]", "2001:db8::1", 6},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         6},
        {"::ffff:127.0.0.1", "127.0.0.1", 4}, /* the IPv4 address that it reaches */
        {"[::ffff:7f00:1]", "127.0.0.1", 4},
        {"::ffff:0:0", "0.0.0.0", 4},
        {"::127.0.0.1", "::127.0.0.1", 6}, /* compatible, not mapped: long out of use */
        {"::fffe:7f00:1", "::fffe:7f00:1", 6},
        {"::1:0:0", "::0.1.0.0", 6},
        {"1:2:0:0:5:0:0:0", "1:2:0:0:5::", 6}, /* the longest run of zeros */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_address parsed = address(rows[i].text), again;
        char text[PTL_ADDRESS_SIZE];
        assert_int_equal(parsed.family, rows[i].family);
        if (strcmp(rows[i].text, "::1:0:0") !=
            0) /* libc's choice of form: only that it reads back */
            assert_string_equal(ptl_address_format(&parsed, text), rows[i].formatted);
        again = address(ptl_address_format(&parsed, text));
        assert_int_equal(ptl_address_compare(&parsed, &again), 0);
    }
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "\"\" is no address"},
        {"localhost", "\"localhost\" is no address"},
        {"127.0.0", "\"127.0.0\" is no address"},
        {"127.1", "\"127.1\" is no address"},
        {"127.0.0.256", "\"127.0.0.256\" is no address"},
        {"127.0.0.01", "\"127.0.0.01\" is no address"}, /* octal to some: 8 or 10? */
        {"0x7f.0.0.1", "\"0x7f.0.0.1\" is no address"},
        {"2130706433", "\"2130706433\" is no address"},
        {" 127.0.0.1", "\" 127.0.0.1\" is no address"},
        {"127.0.0.1 ", "\"127.0.0.1 \" is no address"},
        {"127.0.0.1:80", "\"127.0.0.1:80\" is no address"},
        {"[127.0.0.1]", "\"[127.0.0.1]\" is no address"},
        {"[::1", "\"[::1\" is no address"},
        {"::1]", "\"::1]\" is no address"},
        {"[]", "\"[]\" is no address"},
        {"[[::1]]", "\"[[::1]]\" is no address"},
        {":::", "\":::\" is no address"},
        {"1::2::3", "\"1::2::3\" is no address"},
        {"12345::", "\"12345::\" is no address"},
        {"fe80::1%eth0", "\"fe80::1%eth0\": addresses with a zone are not supported"},
        {"[fe80::1%25eth0]", "\"[fe80::1%25eth0]\": addresses with a zone are not supported"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_address untouched = {1, 2, 3};
        struct ptl_error error;
        assert_int_equal(ptl_address_parse(rows[i].text, &untouched, &error), PTL_E_INVALID);
        assert_string_equal(error.message, rows[i].message);
        assert_int_equal(untouched.family, 3);
        assert_int_equal(ptl_address_parse(rows[i].text, &untouched, NULL), PTL_E_INVALID);
    }
    char longest[5000];
    memset(longest, '1', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    struct ptl_address out;
    assert_int_equal(ptl_address_parse(longest, &out, NULL), PTL_E_INVALID);
}

/* What is read here without inet_pton is what inet_pton reads. */
static void as_the_system_reads_them(void **state)
{
    (void)state;
    static const char set[] = "0123456789abcdefABCDEF:::::g/@` ";
    uint32_t seed = 1;
    unsigned good = 0;
    for (unsigned round = 0; round < 300000; round++) {
        char text[48];
        size_t length = 0;
        for (unsigned group = 0; group < 8; group++) {
            seed = seed * 1103515245U + 12345U;
            unsigned digits = seed >> 16 & 7 ? 1 + (seed >> 20 & 3) : seed >> 20 & 7;
            for (unsigned i = 0; i < digits && length < 45; i++) {
                seed = seed * 1103515245U + 12345U;
                unsigned any = (seed >> 16) % 4096;
                text[length++] = any < 4 ? set[(seed >> 8) % (sizeof(set) - 1)] : set[any % 22];
            }
            if (group < 7)
                text[length++] = ':';
        }
        text[length] = '\0';
        struct in6_addr v6;
        struct ptl_address read, back;
        bool is_one = inet_pton(AF_INET6, text, &v6) == 1;
        assert_int_equal(ptl_address_parse(text, &read, NULL) == PTL_OK, is_one);
        if (!is_one)
            continue;
        struct sockaddr_in6 out = {.sin6_family = AF_INET6, .sin6_addr = v6};
        assert_true(ptl_address_from_sockaddr((struct sockaddr *)&out, &back));
        assert_int_equal(ptl_address_compare(&read, &back), 0);
        good++;
    }
    assert_true(good > 10000); /* of both, there were many */
    assert_true(good < 290000);
}

static void the_order_is_ipv4_first_then_by_number(void **state)
{
    (void)state;
    static const char *const ascending[] = {
        "0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "::ffff:0:0:0:0", "1::", "ff::"};
    for (size_t i = 0; i < COUNT(ascending); i++) {
        for (size_t k = 0; k < COUNT(ascending); k++) {
            struct ptl_address a = address(ascending[i]), b = address(ascending[k]);
            assert_int_equal(ptl_address_compare(&a, &b), i < k ? -1 : i > k);
        }
    }
}

static void adding_carries(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        uint64_t offset;
        const char *to;
    } rows[] = {
        {"10.0.0.255", 1, "10.0.1.0"},
        {"0.0.0.0", UINT32_MAX, "255.255.255.255"},
        {"::ffff:ffff:ffff:ffff", 1, "0:0:0:1::"},
        {"2001:db8::1", UINT64_MAX, "2001:db8:0:1::"},
        {"::1", 0, "::1"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_address from = address(rows[i].from), to = address(rows[i].to);
        struct ptl_address sum = ptl_address_add(&from, rows[i].offset);
        assert_int_equal(ptl_address_compare(&sum, &to), 0);
    }
}

static void sockaddr_and_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"127.0.0.1", "198.18.255.1", "::1", "2001:2::1234"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct ptl_address from = address(texts[i]), back;
        struct sockaddr_storage out;
        memset(&out, 0xFF, sizeof(out)); /* nothing of what was there may stay */
        socklen_t length = ptl_address_to_sockaddr(&from, 8080, &out);
        if (from.family == 4) {
            const struct sockaddr_in *v4 = (const struct sockaddr_in *)&out;
            assert_int_equal(length, sizeof(*v4));
            assert_int_equal(v4->sin_family, AF_INET);
            assert_int_equal(v4->sin_port, htons(8080));
        } else {
            const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&out;
            assert_int_equal(length, sizeof(*v6));
            assert_int_equal(v6->sin6_port, htons(8080));
            assert_int_equal(v6->sin6_scope_id, 0);
            assert_int_equal(v6->sin6_flowinfo, 0);
        }
        assert_true(ptl_address_from_sockaddr((struct sockaddr *)&out, &back));
        assert_int_equal(ptl_address_compare(&from, &back), 0);
    }
    struct sockaddr_un other = {.sun_family = AF_UNIX};
    struct ptl_address back;
    assert_false(ptl_address_from_sockaddr((struct sockaddr *)&other, &back));
    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, "::ffff:198.18.0.1", &mapped.sin6_addr), 1);
    assert_true(ptl_address_from_sockaddr((struct sockaddr *)&mapped, &back));
    assert_int_equal(back.family, 4);
}

static void loopback(void **state)
{
    (void)state;
    static const char *const inside[] = {"127.0.0.0", "127.0.0.1", "127.255.255.255", "::1",
                                         "::ffff:127.0.0.1"};
    static const char *const outside[] = {
        "126.255.255.255", "128.0.0.0", "0.0.0.0", "::", "::2", "1::1", "::7f00:1", "10.0.0.127"};
    for (size_t i = 0; i < COUNT(inside); i++) {
        struct ptl_address at = address(inside[i]);
        assert_true(ptl_address_is_loopback(&at));
    }
    for (size_t i = 0; i < COUNT(outside); i++) {
        struct ptl_address at = address(outside[i]);
        assert_false(ptl_address_is_loopback(&at));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_write_one),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(as_the_system_reads_them),
        cmocka_unit_test(the_order_is_ipv4_first_then_by_number),
        cmocka_unit_test(adding_carries),
        cmocka_unit_test(sockaddr_and_back),
        cmocka_unit_test(loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
