#include "support/cmocka_all.h"

#include "results/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every row lies within its struct, stands once, and says what it means. */
static void is_sound(const struct ptl_object *object)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct ptl_key *key = &object->keys[i];
        assert_non_null(key->about);
        assert_true(key->about[0] != '\0');
        assert_true(key->type->describe != NULL || key->type->json != NULL);
        if (!key->is_by_hand) {
            assert_non_null(key->type->print);
            assert_true(key->offset + key->bytes <= object->bytes);
            assert_true(key->count_at + key->count_bytes <= object->bytes);
        }
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(key->name, object->keys[j].name);
        if (key->object != NULL)
            is_sound(key->object);
    }
}

static void the_tables_of_results_are_sound(void **state)
{
    (void)state;
    is_sound(&ptl_object_results);
}

struct thing {
    const char *text;
    char *copy;
    char name[8];
    uint8_t small;
    uint16_t port;
    uint64_t count;
    uint32_t most; /* where count is not 0 */
    double part;
    bool truth;
    uint8_t word;
    int64_t when_ms;
    uint32_t added;
};

static const char *const words[] = {"zero", "one"};
#define AT(member) PTL_AT(struct thing, member)
static const struct ptl_key keys[] = {
    {"text", &ptl_key_text, AT(text), .is_nullable = true, .max = 10},
    {"copy", &ptl_key_copy, AT(copy), .is_asked = true},
    {"name", &ptl_key_chars, AT(name)},
    {"small", &ptl_key_number, AT(small)},
    {"port", &ptl_key_port, AT(port), .is_nullable = true},
    {"count", &ptl_key_number, AT(count)},
    {"most", &ptl_key_number, AT(most), PTL_COUNT_AT(struct thing, count), .is_nullable = true},
    {"part", &ptl_key_decimal, AT(part), .steps = 100},
    {"truth", &ptl_key_bool, AT(truth), .is_omitted = true},
    {"word", &ptl_key_word, AT(word), PTL_WORDS(words)},
    {"when", &ptl_key_time, AT(when_ms)},
    {"added", &ptl_key_number, AT(added), .is_later = true},
};
static const struct ptl_object object = PTL_OBJECT(struct thing, keys, "a thing");

#define FULL                                                                                       \
    "{\"text\":\"a\\\"b\",\"copy\":\"c\",\"name\":\"seven..\",\"small\":255,\"port\":22,"          \
    "\"count\":2,\"most\":9,\"part\":0.33,\"truth\":true,\"word\":\"one\","                        \
    "\"when\":\"2026-01-31T12:00:00.000Z\",\"added\":5}"
#define LEAST                                                                                      \
    "{\"text\":null,\"copy\":\"\",\"name\":\"\",\"small\":0,\"port\":null,\"count\":0,"            \
    "\"most\":null,\"part\":0,\"word\":\"zero\",\"when\":\"1970-01-01T00:00:00.000Z\","            \
    "\"added\":0}"

/* The message; "" where all is well. */
static const char *read_thing(const char *text, struct thing *thing, struct ptl_json **json)
{
    static struct ptl_error error;
    struct ptl_origin place = {.line = 1, .column = 1};
    struct ptl_members members = {.place = &place, .what = object.name, .error = &error};
    assert_int_equal(ptl_json_parse(text, strlen(text), NULL, json, NULL), PTL_OK);
    members.json = *json;
    error.message[0] = '\0';
    ptl_object_read(&object, PTL_KEYS_ALL, &members, thing);
    return error.message;
}

static void what_is_read_is_printed_again(void **state)
{
    (void)state;
    static const char *const texts[] = {FULL, LEAST};
    for (size_t i = 0; i < PTL_COUNT(texts); i++) {
        struct thing thing = {.text = ""};
        struct ptl_json *json = NULL;
        struct ptl_buf buf;
        assert_string_equal(read_thing(texts[i], &thing, &json), "");
        ptl_buf_init(&buf, 1000);
        ptl_object_print(&object, &thing, &buf);
        assert_string_equal(ptl_buf_text(&buf), texts[i]);
        ptl_buf_reset(&buf);
        ptl_object_print_keys(&object, PTL_KEYS_ASKED, &thing, &buf);
        assert_string_equal(ptl_buf_text(&buf), i == 0 ? "\"copy\":\"c\"" : "\"copy\":\"\"");
        ptl_buf_free(&buf);
        ptl_json_free(json);
        free(thing.copy);
    }
}

static void keys_may_stand_in_any_order_and_later_ones_be_missing(void **state)
{
    (void)state;
    struct thing thing = {.text = ""};
    struct ptl_json *json = NULL;
    assert_string_equal(
        read_thing("{\"when\":\"1970-01-01T00:00:00.001Z\",\"unknown\":[],\"word\":\"one\","
                   "\"part\":1,\"most\":0,\"count\":0,\"port\":1,\"small\":1,\"name\":\"n\","
                   "\"copy\":\"c\",\"text\":null}",
                   &thing, &json),
        "");
    assert_int_equal(thing.when_ms, 1);
    assert_int_equal(thing.port, 1);
    assert_int_equal(thing.added, 0);
    ptl_json_free(json);
    free(thing.copy);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } wrongs[] = {
        {"\"small\":255,", "", "a thing: the key \"small\" is missing"},
        {"\"small\":255", "\"small\":256", "\"small\" is 256, more than 255"},
        {"\"small\":255", "\"small\":null", "\"small\" is no whole number"},
        {"\"port\":22", "\"port\":0", "\"port\" is 0"},
        {"\"port\":22", "\"port\":65536", "more than 65535"},
        {"\"most\":9", "\"most\":null", "\"most\" is no whole number"},
        {"\"count\":2", "\"count\":0", "\"most\" is 9, more than 0"},
        {"a\\\"b", "abcdefghijk", "\"text\" is longer than 10 bytes"},
        {"seven..", "eight...", "\"name\" is longer than 7 bytes"},
        {"\"c\"", "null", "\"copy\" is no string"},
        {"0.33", "-1", "\"part\" is no number from 0 on"},
        {"true", "1", "\"truth\" is neither true nor false"},
        {"\"one\"", "\"two\"", "\"word\" is \"two\", which is none"},
        {"12:00:00.000Z", "12:00", "\"when\" is no time"},
    };
    for (size_t i = 0; i < PTL_COUNT(wrongs); i++) {
        struct thing thing = {.text = ""};
        struct ptl_json *json = NULL;
        char text[500];
        const char *at = strstr(FULL, wrongs[i].from);
        assert_non_null(at);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - FULL), FULL, wrongs[i].to,
                 at + strlen(wrongs[i].from));
        const char *message = read_thing(text, &thing, &json);
        if (strstr(message, wrongs[i].message) == NULL)
            fail_msg("%s: %s", wrongs[i].to, message);
        ptl_json_free(json);
        free(thing.copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_of_results_are_sound),
        cmocka_unit_test(what_is_read_is_printed_again),
        cmocka_unit_test(keys_may_stand_in_any_order_and_later_ones_be_missing),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
