#include "support/cmocka_all.h"

#include "results/keys.h"
#include "results/objects.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ptl_result_keys printed[] = {
    {.host = "web.example",
     .ip = "198.18.0.1",
     .port = 443,
     .state = PTL_OPEN,
     .reason = PTL_REASON_SYN_ACK,
     .service = "https",
     .rtt_us = 211,
     .connect_us = 340,
     .attempts = 1,
     .confirmed = "2/3",
     .offset_ms = 12},
    {.host = "2001:db8::1",
     .ip = "2001:db8::1",
     .port = 1,
     .state = PTL_FILTERED,
     .reason = PTL_REASON_NO_RESPONSE,
     .rtt_us = PTL_US_NONE,
     .connect_us = PTL_US_NONE,
     .attempts = 31,
     .offset_ms = UINT32_MAX},
    {.host = "198.18.0.1",
     .ip = "198.18.0.1",
     .port = 65535,
     .state = PTL_ERROR,
     .reason = PTL_REASON_ERRNO + EMFILE,
     .rtt_us = PTL_US_NONE},
};
static char *lines[PTL_COUNT(printed)]; /* as portolan writes them */

/* The caller's. */
static char *print(const struct ptl_result_keys *keys)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, 4096);
    ptl_object_print(&ptl_object_result, keys, &buf);
    char *text = ptl_buf_steal(&buf);
    assert_non_null(text);
    return text;
}

static int print_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < PTL_COUNT(printed); i++)
        lines[i] = print(&printed[i]);
    return 0;
}

static int free_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < PTL_COUNT(printed); i++)
        free(lines[i]);
    return 0;
}

static bool scan_line(struct ptl_scan *scan, const char *text, size_t length,
                      struct ptl_result_keys *keys)
{
    *scan = (struct ptl_scan){.at = text, .end = text + length};
    memset(keys, 0, sizeof(*keys));
    return ptl_object_scan(&ptl_object_result, scan, keys) && scan->at == text + length;
}

/* Whatever is read at sight, the JSON reader reads alike. */
static bool agree(const char *text, size_t length)
{
    struct ptl_scan scan;
    struct ptl_result_keys keys, again = {.host = NULL};
    if (!scan_line(&scan, text, length, &keys))
        return false;
    struct ptl_json *json = NULL;
    struct ptl_origin place = {.line = 1, .column = 1};
    struct ptl_error error;
    assert_int_equal(ptl_json_parse(text, length, NULL, &json, &error), PTL_OK);
    struct ptl_members members = {.json = json, .place = &place, .what = "it", .error = &error};
    ptl_object_read(&ptl_object_result, PTL_KEYS_ALL, &members, &again);
    assert_int_equal(members.status, PTL_OK);
    char *at_sight = print(&keys), *parsed = print(&again);
    assert_string_equal(at_sight, parsed);
    free(at_sight);
    free(parsed);
    ptl_json_free(json);
    return true;
}

static void what_portolan_prints_is_read_at_sight(void **state)
{
    (void)state;
    for (size_t i = 0; i < PTL_COUNT(lines); i++)
        assert_true(agree(lines[i], strlen(lines[i])));
}

/* In memory of its own, so that the address sanitizer sees a step too far. */
static void a_line_without_its_end_is_left_alone(void **state)
{
    (void)state;
    for (size_t length = 0; length < strlen(lines[0]); length++) {
        struct ptl_scan scan;
        struct ptl_result_keys keys;
        char *part = malloc(length + 1UL);
        assert_non_null(part);
        memcpy(part, lines[0], length);
        char *exact = realloc(part, length > 0 ? length : 1);
        assert_non_null(exact);
        assert_false(scan_line(&scan, exact, length, &keys));
        free(exact);
    }
}

static const char *replaced(const char *what, const char *by, char line[2048])
{
    const char *found = strstr(lines[0], what);
    assert_non_null(found);
    snprintf(line, 2048, "%.*s%s%s", (int)(found - lines[0]), lines[0], by, found + strlen(what));
    return line;
}

static void what_looks_otherwise_is_left_alone(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {":443", ": 443"},
        {":443", ":0"},
        {":443", ":0443"},
        {":443", ":65536"},
        {":443", ":443.0"},
        {":443", ":4e2"},
        {":443", ":-443"},
        {":443", ":"},
        {":443", ":99999999999999999999999"},
        {"open", "shut"},
        {"web.example", "w\\u0065b"},
        {"web.example", "w\303\266b"},
        {"\"web.example\"", "null"},
        {"\"attempts\":1", "\"attempts\":32"},
        {"\"attempts\":1", "\"attempts\":null"},
        {"211", "268435455"},
        {"\"ip\"", "\"ep\""},
        {"}", ",\"more\":1}"},
        {"}", ",\"ip\":\"x\"}"},
        {"tcp", "udp"},
        {"syn-ack", "no-reason"},
        {"{", "{ "},
    };
    for (size_t i = 0; i < PTL_COUNT(changes); i++) {
        char line[2048];
        struct ptl_scan scan;
        struct ptl_result_keys keys;
        replaced(changes[i][0], changes[i][1], line);
        assert_false(scan_line(&scan, line, strlen(line), &keys));
    }
    char name[300], line[2048];
    struct ptl_scan scan;
    struct ptl_result_keys keys;
    memset(name, 'n', sizeof(name));
    name[PTL_NAME_BYTES] = '\0';
    replaced("web.example", name, line);
    assert_true(agree(line, strlen(line)));
    name[PTL_NAME_BYTES] = 'n';
    name[PTL_NAME_BYTES + 1] = '\0';
    replaced("web.example", name, line);
    assert_false(scan_line(&scan, line, strlen(line), &keys));
}

static void damage_never_makes_the_two_readers_differ(void **state)
{
    (void)state;
    static const char alphabet[] = "\"\\{},:0123456789nulltrue ./-\x01\x80\n";
    uint32_t random = 1;
    unsigned taken = 0;
    for (unsigned round = 0; round < 200000; round++) {
        char line[512];
        size_t length = strlen(lines[round % PTL_COUNT(lines)]);
        memcpy(line, lines[round % PTL_COUNT(lines)], length + 1);
        for (unsigned change = 0; change <= round % 3; change++) {
            random = random * 1664525U + 1013904223U;
            char new = alphabet[(random >> 8) % (sizeof(alphabet) - 1)];
            line[(random >> 16) % length] = new;
        }
        taken += agree(line, length);
    }
    assert_in_range(taken, 1000, 150000); /* both kinds were there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_portolan_prints_is_read_at_sight),
        cmocka_unit_test(a_line_without_its_end_is_left_alone),
        cmocka_unit_test(what_looks_otherwise_is_left_alone),
        cmocka_unit_test(damage_never_makes_the_two_readers_differ),
    };
    return cmocka_run_group_tests(tests, print_lines, free_lines);
}
