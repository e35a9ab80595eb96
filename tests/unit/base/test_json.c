#include "support/cmocka_all.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

static void printed_is(const struct ptl_json *json, const char *expected)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, 100000);
    assert_true(ptl_json_print(json, &buf, false));
    assert_string_equal(ptl_buf_text(&buf), expected);
    ptl_buf_free(&buf);
}

static struct ptl_json *parse(const char *text)
{
    struct ptl_json *json = NULL;
    assert_int_equal(ptl_json_parse(text, strlen(text), NULL, &json, NULL), PTL_OK);
    assert_non_null(json);
    return json;
}

static void every_kind_of_value(void **state)
{
    (void)state;
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "s", "a\"\\\n\x01/\xC3\xA9");
    ptl_json_add_string(json, "null", NULL);
    ptl_json_add_number(json, "most", 1ULL << 53);
    ptl_json_add_number(json, "odd", (1ULL << 53) - 1);
    ptl_json_add_number(json, "zero", 0);
    ptl_json_describe(json, "{'yes': true, 'none': null}");
    struct ptl_json *list = ptl_json_add_array(json, "list");
    ptl_json_add_number(list, NULL, 1);
    ptl_json_add_string(ptl_json_add_object(list, NULL), "k", "v");
    ptl_json_add_array(list, NULL);
    printed_is(
        json,
        "{\"s\":\"a\\\"\\\\\\n\\u0001/\xC3\xA9\",\"null\":null,"
        "\"most\":9007199254740992,\"odd\":9007199254740991,\"zero\":0,\"yes\":true,\"none\":null,"
        "\"list\":[1,{\"k\":\"v\"},[]]}");
    ptl_json_free(json);
    ptl_json_free(NULL);
}

/* What is printed at once is what a value of it prints. */
static void printed_without_a_value(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "a", "\"\\\b\f\n\r\t\x01\x1f\x7f/", "\xC3\xA9\"", "a\xFF\"z\xC3", NULL};
    static const struct {
        double number;
        const char *text;
    } numbers[] = {{0, "0"},
                   {-0.0, "-0"},
                   {1, "1"},
                   {-17, "-17"},
                   {0.1, "0.1"},
                   {1.0 / 3, "0.33333333333333331"},
                   {0.1 + 0.2, "0.3"},
                   {1e15, "1e+15"},
                   {1e22, "1e+22"},
                   {1e-10, "1e-10"},
                   {4711, "4711"},
                   {123456.789, "123456.789"},
                   {1500.25, "1500.25"},
                   {2e300, "2e+300"},
                   {(double)NAN, "null"},
                   {-(double)INFINITY, "null"}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct ptl_json *json = ptl_json_object();
        struct ptl_buf buf;
        ptl_json_add_string(json, "k", texts[i]);
        ptl_buf_init(&buf, 1000);
        ptl_buf_add(&buf, "{\"k\":");
        ptl_json_print_string(texts[i], &buf);
        ptl_buf_add(&buf, "}");
        printed_is(json, ptl_buf_text(&buf));
        ptl_buf_free(&buf);
        ptl_json_free(json);
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct ptl_buf buf;
        ptl_buf_init(&buf, 1000);
        ptl_json_print_double(numbers[i].number, &buf);
        assert_string_equal(ptl_buf_text(&buf), numbers[i].text);
        ptl_buf_free(&buf);
    }
}

static void bytes_that_are_no_utf8_are_mended(void **state)
{
    (void)state;
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "k", "a\xFFz\xC3");
    printed_is(json, "{\"k\":\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"}");
    ptl_json_free(json);
}

/* NULL is what a creation without memory returns: whatever is done with it, the root knows. */
static void what_failed_is_told_at_the_end(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1000);
    assert_false(ptl_json_print(NULL, &buf, false));
    assert_true(buf.failed);
    ptl_buf_reset(&buf);
    assert_null(ptl_json_add_object(NULL, "k"));
    assert_null(ptl_json_add_array(NULL, NULL));
    ptl_json_add_string(NULL, "k", "v");
    ptl_json_add(NULL, NULL, ptl_json_object()); /* freed: a leak otherwise */
    struct ptl_json *json = ptl_json_object();
    struct ptl_json *inner = ptl_json_add_array(ptl_json_add_object(json, "a"), "b");
    ptl_json_add_number(inner, NULL, 1);
    ptl_json_add(inner, NULL, NULL); /* three floors down */
    assert_false(ptl_json_print(json, &buf, false));
    assert_true(buf.failed);
    ptl_json_free(json);
    ptl_buf_free(&buf);
    json = ptl_json_object();
    ptl_buf_init(&buf, 1);
    assert_false(ptl_json_print(json, &buf, false)); /* no room for two bytes */
    assert_true(buf.failed);
    ptl_json_free(json);
    ptl_buf_free(&buf);
}

static void pretty_is_the_same_value(void **state)
{
    (void)state;
    struct ptl_json *json = parse("{\"a\":[1,{\"b\":\"c\"}],\"d\":{}}"), *again = NULL;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1000);
    assert_true(ptl_json_print(json, &buf, true));
    assert_non_null(strchr(ptl_buf_text(&buf), '\n'));
    assert_int_equal(ptl_json_parse(buf.data, buf.length, NULL, &again, NULL), PTL_OK);
    printed_is(again, "{\"a\":[1,{\"b\":\"c\"}],\"d\":{}}");
    ptl_json_free(json);
    ptl_json_free(again);
    ptl_buf_free(&buf);
}

static void what_is_read_can_be_taken_apart(void **state)
{
    (void)state;
    struct ptl_json *json =
        parse(" {\"s\": \"t\\u00e9\", \"n\": 9007199254740992, \"d\": -1.5, \"b\": false,"
              " \"z\": null, \"l\": [1, 2]}\r\n\t ");
    const char *text = "untouched";
    uint64_t number = 99;
    double real = 0;
    bool truth = true;
    assert_int_equal(ptl_json_type(json), PTL_JSON_OBJECT);
    assert_int_equal(ptl_json_type(NULL), PTL_JSON_NULL);
    assert_true(ptl_json_as_string(ptl_json_get(json, "s"), &text));
    assert_string_equal(text, "t\xC3\xA9");
    assert_false(ptl_json_as_string(ptl_json_get(json, "n"), &text));
    assert_string_equal(text, "t\xC3\xA9");
    assert_true(ptl_json_as_number(ptl_json_get(json, "n"), &number));
    assert_true(number == 1ULL << 53);
    assert_false(ptl_json_as_number(ptl_json_get(json, "d"), &number));
    assert_true(ptl_json_as_double(ptl_json_get(json, "d"), &real));
    assert_true(real == -1.5);
    assert_true(ptl_json_as_bool(ptl_json_get(json, "b"), &truth));
    assert_false(truth);
    assert_int_equal(ptl_json_type(ptl_json_get(json, "z")), PTL_JSON_NULL);
    assert_null(ptl_json_get(json, "S")); /* keys are told apart by case */
    assert_null(ptl_json_get(NULL, "s"));
    assert_null(ptl_json_get(ptl_json_get(json, "l"), "s"));
    assert_null(ptl_json_get(ptl_json_get(json, "s"), "s"));
    assert_false(ptl_json_as_string(NULL, &text) || ptl_json_as_number(NULL, &number) ||
                 ptl_json_as_bool(NULL, &truth));
    const char *keys = "snbdzl";
    unsigned seen = 0;
    for (const struct ptl_json *at = ptl_json_first(json); at != NULL; at = ptl_json_next(at))
        seen += strchr(keys, *ptl_json_key(at)) != NULL;
    assert_int_equal(seen, 6);
    const struct ptl_json *one = ptl_json_first(ptl_json_get(json, "l"));
    assert_null(ptl_json_key(one));
    assert_null(ptl_json_next(ptl_json_next(one)));
    assert_null(ptl_json_first(NULL));
    ptl_json_free(json);
}

static void only_whole_numbers_in_range_are_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "[0.5]", "[-1]", "[9007199254740994]", "[1e300]", "[\"1\"]", "[1e999]", "[[]]", "[true]"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ptl_json *json = parse(bad[i]);
        uint64_t number = 5;
        assert_false(ptl_json_as_number(ptl_json_first(json), &number));
        assert_true(number == 5);
        ptl_json_free(json);
    }
}

static void refused(const char *text, size_t length, const char *file, const char *expected)
{
    struct ptl_json *json = NULL;
    struct ptl_error error = {0};
    struct ptl_origin origin = {file, 1, 0};
    char printed[2048];
    assert_int_equal(ptl_json_parse(text, length, &origin, &json, &error), PTL_E_INVALID);
    assert_null(json);
    assert_string_equal(ptl_error_print(&error, printed, sizeof(printed)), expected);
}

static void what_is_no_json_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "r.json:1: not valid JSON"},
        {"  \n ", "r.json:2: not valid JSON"},
        {"{\n\"a\": 1,\n}", "r.json:3: not valid JSON"},
        {"{\"a\" 1}", "r.json:1: not valid JSON"},
        {"[1,\n2", "r.json:2: not valid JSON"},
        {"[1,]", "r.json:1: not valid JSON"},
        {"nul", "r.json:1: not valid JSON"},
        {"\"open", "r.json:1: a string without its end"},
        {"[\"\\x\"]", "r.json:1: an unknown escape in a string"},
        {"[\"a\tb\"]", "r.json:1: a control character in a string"},
        {"[01]", "r.json:1: a number that begins with 0"},
        {"[-]", "r.json:1: a minus without a number"},
        {"[1.]", "r.json:1: a number without digits after its point"},
        {"[1e+]", "r.json:1: a number without digits in its exponent"},
        {"[+1]", "r.json:1: not valid JSON"},
        {"[1,\v2]", "r.json:1: not valid JSON"},
        {"\xEF\xBB\xBF[]", "r.json:1: not valid JSON"},
        {"[\"\\ud800\"]", "r.json:1: not valid JSON"},
        {"[\"\\ud800\\ud800\"]", "r.json:1: not valid JSON"},
        {"{\"a\"}", "r.json:1: not valid JSON"},
        {"{\"a\":}", "r.json:1: not valid JSON"},
        {"{1: 2}", "r.json:1: not valid JSON"},
        {"]", "r.json:1: not valid JSON"},
        {"[true false]", "r.json:1: not valid JSON"},
        {"[truefalse]", "r.json:1: not valid JSON"},
        {"[1000000000000000000000000000000000000000000000000000000000000000]",
         "r.json:1: a number that is too long"},
        {"[NaN]", "r.json:1: not valid JSON"},
        {"[truex]", "r.json:1: not valid JSON"},
        {"[1 2]", "r.json:1: not valid JSON"},
        {"[1}", "r.json:1: not valid JSON"},
        {"{\"a\"]", "r.json:1: not valid JSON"},
        {"{\"a\":\n}", "r.json:2: not valid JSON"},
        {"{\"a\", 1}", "r.json:1: not valid JSON"},
        {"{1: 1}", "r.json:1: not valid JSON"},
        {"[,1]", "r.json:1: not valid JSON"},
        {"[]]", "r.json:1: something follows the JSON value"},
        {"[\"\\u12g4\"]", "r.json:1: not valid JSON"},
        {"[\"\\ud800\\u0041\"]", "r.json:1: not valid JSON"},
        {"[\"\\udc00\"]", "r.json:1: not valid JSON"},
        {"[\"\\u12", "r.json:1: not valid JSON"},
        {"{'a': 1}", "r.json:1: not valid JSON"},
        {"{} {}", "r.json:1: something follows the JSON value"},
        {"[]\n\nx", "r.json:3: something follows the JSON value"},
        {"{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}", "r.json:1: the key \"c\" stands twice"},
        {"{\"a\": 1, \"a\": 1}", "r.json:1: the key \"a\" stands twice"},
        {"[\"a\xFF\"]", "r.json:1: not valid UTF-8"},
        {"[\"a\\u0000b\"]", "r.json:1: a NUL character in a string"},
        {"[\n{\"a\\u0000b\": 1}]", "r.json:2: a NUL character in a string"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        refused(rows[i].text, strlen(rows[i].text), "r.json", rows[i].message);
    refused("[]\0", 3, "r.json", "r.json:1: something follows the JSON value");
    ptl_json_free(parse("[\"\\\\u0000\", \"\\\\\"]"));         /* a backslash and no NUL */
    struct ptl_json *json = parse("[{\"a\": 1}, {\"a\": 1}]"); /* twice, in two objects */
    ptl_json_free(json);
}

/* What is passed over must be JSON all the same, and nothing else. */
static void what_is_looked_at_is_not_taken(void **state)
{
    (void)state;
    static const char *const good[] = {"1", "true", " [] ", "{\"a\":1,\"a\":1}",
                                       "\"\\ud83d\\ude00\""};
    static const char *const bad[] = {"", "1 1", "tru", "[1,]", "\"\xFF\"", "{\"a\":1,}"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(ptl_json_look(good[i], strlen(good[i]), NULL, NULL), PTL_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ptl_json_look(bad[i], strlen(bad[i]), NULL, NULL), PTL_E_INVALID);
}

/* Memory is never said to have run out where a text is wrong, and what is taken is whole. */
static void changed_texts_are_json_or_refused(void **state)
{
    (void)state;
    static const char seed_text[] = "{\"a\": [1, -2.5e+3, {\"b\": \"c\\n\\u00e9\\ud83d\\ude00\", "
                                    "\"d\": {}}, []], \"e\": null, \"f\": true, \"g\": false}";
    static const char signs[] = "{}[],:\"\\ud8309eE+-. tfn\x01\n";
    uint64_t random = 1;
    unsigned taken = 0;
    for (int round = 0; round < 100000; round++) {
        char text[sizeof(seed_text)];
        size_t length = sizeof(seed_text) - 1;
        memcpy(text, seed_text, sizeof(text));
        for (uint64_t change = 0; change <= random % 3; change++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            size_t at = (size_t)(random >> 33) % length;
            if ((random >> 60) < 3 && length > 20)
                memmove(text + at, text + at + 1, --length - at);
            else
                text[at] = signs[(random >> 45) % (sizeof(signs) - 1)];
        }
        struct ptl_json *json = NULL;
        struct ptl_error error = {0};
        enum ptl_status status = ptl_json_parse(text, length, NULL, &json, &error);
        assert_true(status == PTL_OK || status == PTL_E_INVALID);
        taken += status == PTL_OK;
        ptl_json_free(json);
    }
    assert_in_range(taken, 1000, 99000);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char text[200001];
    for (size_t depth = 31; depth <= 33; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        if (depth <= 32)
            ptl_json_free(parse(text));
        else
            refused(text, 2 * depth, "f", "f:1: JSON nested too deep");
    }
    memset(text, '[', 200000);
    refused(text, 200000, "f", "f:1: JSON nested too deep");
    for (size_t i = 0; i < 200000; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    refused(text, 200000, "f", "f:1: JSON nested too deep");
    ptl_json_free(parse("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"]"));
}

/* The length counts: the text need not end in NUL. Under a sanitizer one byte more would show. */
static void the_text_needs_no_end(void **state)
{
    (void)state;
    char text[4] = {'[', '1', '2', ']'};
    struct ptl_json *json = NULL;
    assert_int_equal(ptl_json_parse(text, 4, NULL, &json, NULL), PTL_OK);
    printed_is(json, "[12]");
    ptl_json_free(json);
    struct ptl_error error;
    assert_int_equal(ptl_json_parse(text, 3, NULL, &json, &error), PTL_E_INVALID);
    text[0] = '1';
    assert_int_equal(ptl_json_parse(text, 3, NULL, &json, &error), PTL_OK);
    printed_is(json, "112");
    ptl_json_free(json);
}

/* An object of many keys must not cost their square. */
static void many_keys(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 8 << 20);
    ptl_buf_add_char(&buf, '{');
    for (unsigned i = 0; i < 200000; i++)
        ptl_buf_printf(&buf, "\"key%u\":%u,", i, i);
    ptl_buf_add(&buf, "\"last\":0}");
    assert_false(buf.failed);
    struct ptl_json *json = NULL;
    assert_int_equal(ptl_json_parse(buf.data, buf.length, NULL, &json, NULL), PTL_OK);
    ptl_json_free(json);
    buf.length -= strlen("\"last\":0}");
    ptl_buf_add(&buf, "\"key77\":0}");
    refused(buf.data, buf.length, "f", "f:1: the key \"key77\" stands twice");
    ptl_buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value),
        cmocka_unit_test(printed_without_a_value),
        cmocka_unit_test(bytes_that_are_no_utf8_are_mended),
        cmocka_unit_test(what_failed_is_told_at_the_end),
        cmocka_unit_test(pretty_is_the_same_value),
        cmocka_unit_test(what_is_read_can_be_taken_apart),
        cmocka_unit_test(only_whole_numbers_in_range_are_numbers),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_line),
        cmocka_unit_test(what_is_looked_at_is_not_taken),
        cmocka_unit_test(changed_texts_are_json_or_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(the_text_needs_no_end),
        cmocka_unit_test(many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
