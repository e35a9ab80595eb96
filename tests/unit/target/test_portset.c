#include "support/cmocka_all.h"

#include "target/portset.h"
#include "target/services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void formatted_is(const struct ptl_portset *set, const char *expected)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1 << 20);
    ptl_portset_format(set, &buf);
    assert_string_equal(ptl_buf_text(&buf), expected);
    ptl_buf_free(&buf);
}

static void every_way_to_write_a_list(void **state)
{
    (void)state;
    static const struct {
        const char *text, *formatted;
        unsigned count;
    } rows[] = {
        {"22", "22", 1},
        {"1", "1", 1},
        {"65535", "65535", 1},
        {"1-65535", "1-65535", 65535},
        {"80-80", "80", 1},
        {"1-1024,8080", "1-1024,8080", 1025},
        {" 443 ,\t80 , 22 ", "22,80,443", 3},
        {"5,1-3,2-4", "1-5", 5}, /* overlaps and neighbours are one */
        {"1,3,5", "1,3,5", 3},
        {"63-64,127-129", "63-64,127-129", 5}, /* across the words of the set */
        {"64-191", "64-191", 128},
        {"80,80,80-81,80", "80-81", 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_portset *set = ptl_portset_new();
        assert_int_equal(ptl_portset_add(set, rows[i].text, NULL), PTL_OK);
        assert_int_equal(ptl_portset_count(set), rows[i].count);
        formatted_is(set, rows[i].formatted);
        struct ptl_portset *again = ptl_portset_new();
        assert_int_equal(ptl_portset_add(again, rows[i].formatted, NULL), PTL_OK);
        formatted_is(again, rows[i].formatted);
        ptl_portset_free(again);
        ptl_portset_free(set);
    }
}

/* Every range, against ports added one by one. */
static void ranges_are_their_ports(void **state)
{
    (void)state;
    uint32_t random = 7;
    for (int round = 0; round < 300; round++) {
        random = random * 1664525 + 1013904223;
        unsigned a = 1 + (random >> 8) % 65535;
        random = random * 1664525 + 1013904223;
        unsigned b = round % 2 ? a + (random >> 8) % 130 : 1 + (random >> 8) % 65535;
        unsigned first = a < b ? a : b, last = a < b ? b : a;
        last = last > 65535 ? 65535 : last;
        char text[32];
        snprintf(text, sizeof(text), "%u-%u", first, last);
        struct ptl_portset *set = ptl_portset_new();
        assert_int_equal(ptl_portset_add(set, text, NULL), PTL_OK);
        assert_int_equal(ptl_portset_count(set), last - first + 1);
        for (unsigned port = 0; port <= 65535; port++)
            if (ptl_portset_contains(set, (uint16_t)port) != (port >= first && port <= last))
                fail_msg("%s: port %u", text, port);
        ptl_portset_free(set);
    }
}

static void services_by_name(void **state)
{
    (void)state;
    if (!ptl_services_available())
        without("this system has no list of services (package netbase)");
    struct ptl_portset *set = ptl_portset_new();
    assert_int_equal(ptl_portset_add(set, "ssh, 1-3,https,iso-tsap", NULL), PTL_OK);
    formatted_is(set, "1-3,22,102,443"); /* iso-tsap is a name, not a range */
    struct ptl_error error;
    assert_int_equal(ptl_portset_add(set, "1-http", &error), PTL_E_INVALID);
    assert_string_equal(error.message, "\"1-http\" is no port, range or known service");
    assert_int_equal(ptl_portset_add(set, "SSH", &error), PTL_E_INVALID);
    assert_string_equal(error.message, "\"SSH\" is no port, range or known service");
    ptl_portset_free(set);
}

/* The piece that is wrong is named, and nothing of the list is added. */
static void a_wrong_piece_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "an empty piece in the list of ports"},
        {"  ", "an empty piece in the list of ports"},
        {",", "an empty piece in the list of ports"},
        {"1,,2", "an empty piece in the list of ports"},
        {"1,2,", "an empty piece in the list of ports"},
        {",1", "an empty piece in the list of ports"},
        {"0", "\"0\": a port is 1 to 65535"},
        {"65536", "\"65536\": a port is 1 to 65535"},
        {"80,99999", "\"99999\": a port is 1 to 65535"},
        {"1-65536", "\"1-65536\": a port is 1 to 65535"},
        {"0-5", "\"0-5\": a port is 1 to 65535"},
        {"5-1", "\"5-1\" ends before it begins"},
        {"080", "\"080\" is no port, range or service"},
        {"-", "\"-\" is no port, range or service"},
        {"-80", "\"-80\" is no port, range or service"},
        {"80-", "\"80-\" is no port, range or service"},
        {"1-2-3", "\"1-2-3\" is no port, range or service"},
        {"1--3", "\"1--3\" is no port, range or service"},
        {"18446744073709551617", "\"18446744073709551617\" is no port, range or service"},
    };
    struct ptl_portset *set = ptl_portset_new();
    ptl_portset_add_port(set, 7);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_error error = {0};
        char text[64];
        snprintf(text, sizeof(text), "%s", rows[i].text);
        if (ptl_portset_add(set, text, &error) != PTL_E_INVALID ||
            strcmp(error.message, rows[i].message) != 0)
            fail_msg("\"%s\": %s", rows[i].text, error.message);
        assert_int_equal(ptl_portset_add(set, text, NULL), PTL_E_INVALID);
        formatted_is(set, "7");
    }
    struct ptl_error error;
    assert_int_equal(ptl_portset_add(set, "9,1 - 5", &error), PTL_E_INVALID);
    assert_int_equal(ptl_portset_add(set, "9,\x1B[2J", &error), PTL_E_INVALID);
    char text[200];
    memset(text, 'a', sizeof(text));
    for (size_t length = 62; length <= 65; length++) { /* at the limit of a piece */
        text[length] = '\0';
        assert_int_equal(ptl_portset_add(set, text, &error), PTL_E_INVALID);
        text[length] = 'a';
    }
    text[199] = '\0';
    assert_int_equal(ptl_portset_add(set, text, &error), PTL_E_INVALID);
    assert_string_equal(error.message, "\"aaaaaaaaaaaaaaaaaaaa...\" is no port, range or service");
    formatted_is(set, "7");
    ptl_portset_free(set);
}

/* As much of it as a profile may hold: it must not cost a port at a time. */
static void a_long_list(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1 << 20);
    while (buf.length < (1 << 20) - 10)
        ptl_buf_add(&buf, "1-65535,");
    ptl_buf_add(&buf, "1");
    struct ptl_portset *set = ptl_portset_new();
    assert_int_equal(ptl_portset_add(set, ptl_buf_text(&buf), NULL), PTL_OK);
    assert_int_equal(ptl_portset_count(set), 65535);
    ptl_portset_free(set);
    ptl_buf_free(&buf);
}

static void single_ports(void **state)
{
    (void)state;
    struct ptl_portset *set = ptl_portset_new();
    formatted_is(set, "");
    ptl_portset_add_port(set, 0); /* no port */
    assert_int_equal(ptl_portset_count(set), 0);
    ptl_portset_add_port(set, 65535);
    ptl_portset_add_port(set, 65535);
    ptl_portset_add_port(set, 1);
    assert_int_equal(ptl_portset_count(set), 2);
    assert_true(ptl_portset_contains(set, 1) && ptl_portset_contains(set, 65535));
    assert_false(ptl_portset_contains(set, 0) || ptl_portset_contains(set, 2));
    ptl_portset_free(set);
    ptl_portset_free(NULL);
}

static void taking_out_and_sealing(void **state)
{
    (void)state;
    struct ptl_portset *set = ptl_portset_new(), *out = ptl_portset_new();
    assert_int_equal(ptl_portset_add(set, "1-10,100,65535", NULL), PTL_OK);
    assert_int_equal(ptl_portset_add(out, "2-9,50,65535", NULL), PTL_OK);
    ptl_portset_remove_set(set, out);
    formatted_is(set, "1,10,100");
    assert_int_equal(ptl_portset_count(set), 3);
    const uint16_t *ports = ptl_portset_seal(set);
    assert_int_equal(ports[0], 1);
    assert_int_equal(ports[1], 10);
    assert_int_equal(ports[2], 100);
    assert_ptr_equal(ptl_portset_seal(set), ports); /* built once */
    ptl_portset_remove_set(out, out);
    assert_int_equal(ptl_portset_count(out), 0);
    assert_non_null(ptl_portset_seal(out)); /* of no port: no memory is what NULL means */
    ptl_portset_free(set);
    ptl_portset_free(out);
}

static void parts_by_place(void **state)
{
    (void)state;
    struct ptl_portset *set = ptl_portset_new();
    assert_int_equal(ptl_portset_add(set, "22,80-83,65535", NULL), PTL_OK);
    assert_non_null(ptl_portset_seal(set));
    static const struct {
        unsigned first, count;
        const char *formatted;
    } rows[] = {{0, 1, "22"}, {0, 6, "22,80-83,65535"}, {1, 3, "80-82"}, {4, 2, "83,65535"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptl_portset *part = ptl_portset_part(set, rows[i].first, rows[i].count);
        formatted_is(part, rows[i].formatted);
        assert_int_equal(ptl_portset_count(part), rows[i].count);
        ptl_portset_free(part);
    }
    ptl_portset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_write_a_list),
        cmocka_unit_test(ranges_are_their_ports),
        cmocka_unit_test(services_by_name),
        cmocka_unit_test(a_wrong_piece_changes_nothing),
        cmocka_unit_test(a_long_list),
        cmocka_unit_test(single_ports),
        cmocka_unit_test(taking_out_and_sealing),
        cmocka_unit_test(parts_by_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
