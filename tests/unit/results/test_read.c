#include "support/cmocka_all.h"

#include "report/report.h"
#include "results/read.h"
#include "unit/results/sample.h"

#include <errno.h>
#include <inttypes.h>

static enum ptl_status read_bytes(const void *bytes, size_t count, struct ptl_results **results,
                                  struct ptl_error *error)
{
    char name[] = "/tmp/portolan-test-XXXXXX";
    write_file(name, bytes, count);
    enum ptl_status status = ptl_results_read(name, results, error);
    unlink(name);
    return status;
}

static struct ptl_results *read_good(const char *text)
{
    struct ptl_results *results = NULL;
    struct ptl_error error = {.message = ""};
    if (read_bytes(text, strlen(text), &results, &error) != PTL_OK)
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
    return results;
}

/* What the JSON writer makes of it. The caller's. */
static char *write_json(const struct ptl_results *results)
{
    char name[] = "/tmp/portolan-test-XXXXXX", *text = calloc(1, 1 << 20);
    struct ptl_report_options options = {.color = false};
    struct ptl_report *report = NULL;
    close(mkstemp(name));
    assert_int_equal(ptl_report_open(PTL_FORMAT_JSON, name, &options, &report, NULL), PTL_OK);
    assert_int_equal(ptl_report_write(report, results, NULL), PTL_OK);
    assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    unlink(name);
    return text;
}

static void comes_out_as(const char *in, const char *out)
{
    struct ptl_results *results = read_good(in);
    char *text = write_json(results);
    assert_string_equal(text, out);
    free(text);
    ptl_results_free(results);
}

static void what_is_read_is_written_again(void **state)
{
    (void)state;
    comes_out_as(SAMPLE, SAMPLE);
    /* All other ports of a host together. */
    char *others = with(SAMPLE, "\"port\":80,\"expected\":\"open\",\"state\":\"open\"",
                        "\"port\":null,\"expected\":\"not-open\",\"state\":null");
    comes_out_as(others, others);
    free(others);
}

static void the_model_holds_it(void **state)
{
    (void)state;
    struct ptl_results *results = read_good(SAMPLE);
    assert_int_equal(results->count, 4);
    assert_int_equal(results->items[0].confirm_yes, 2);
    assert_int_equal(results->items[0].confirm_done, 3);
    assert_int_equal(results->items[1].rtt_us, PTL_US_NONE);
    assert_int_equal(results->items[3].target, 1);
    assert_int_equal(results->items[3].reason, PTL_REASON_ERRNO + EMFILE);
    assert_int_equal(results->run.concurrency, PTL_CONCURRENCY_UNLIMITED);
    assert_int_equal(results->run.confirm, 3);
    assert_int_equal(results->targets[1].flags, PTL_TARGET_ALL_OPEN);
    assert_string_equal(ptl_results_service(results, 80), "http");
    assert_null(ptl_results_service(results, 81));
    struct ptl_target_names names;
    ptl_results_names(results, 1, &names);
    assert_string_equal(names.input, "2001:2::/127");
    assert_string_equal(names.host, "2001:2::1");
    assert_string_equal(results->warnings[0], "a \x1b[31mwarning");
    assert_true(results->expectations[1].is_unresolved);
    ptl_results_free(results);
}

#define MERGED                                                                                     \
    " \"merged\": [{\"file\":\"a.json\",\"profile\":\"a\",\"profile_sha256\":\"\",\"started\":"    \
    "\"2026-01-31T12:00:00.000Z\",\"finished\":\"2026-01-31T12:00:01.000Z\",\"elapsed_ms\":1.5,"   \
    "\"complete\":true,\"ports\":\"22\",\"targets\":1,\"probes\":1}],\n"                           \
    " \"disagreements\": [\n"                                                                      \
    "{\"host\":\"2001:2::1\",\"ip\":\"2001:2::1\",\"port\":22,\"protocol\":\"tcp\",\"seen\":[{"    \
    "\"run\":0,\"states\":[\"closed\",\"filtered\"],\"reason\":null},{\"run\":0,\"states\":["      \
    "\"open\"],\"reason\":\"syn-ack\"}]}\n ],\n"

/* What only results that were merged have. */
static void merged_results(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } rows[] = {
        {"\"run\":0", "\"run\":1", "a run that is not among the merged ones"},
        {"[\"closed\",", "[\"shut\",", "unknown state"},
        {"[\"open\"],\"reason\":\"syn-ack\"}", "[],\"reason\":null}", "no list of states"},
        {"\"ip\":\"2001:2::1\",\"port\":22", "\"ip\":\"2001:2::9\",\"port\":22",
         "not among the targets"},
        {"\"seen\":[", "\"seen\":{},\"x\":[", "\"seen\" is no list"},
        {"\"syn-ack\"}]", "\"ack\"}]", "\"reason\" is \"ack\""},
        {"\"file\":\"a.json\",", "", "\"file\" is missing"},
        {"\"port\":22", "\"port\":0", "1 to 65535"},
    };
    char *text = with(SAMPLE, " \"targets\": [", MERGED " \"targets\": [");
    comes_out_as(text, text);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *merged = with(MERGED, rows[i].from, rows[i].to), *wrong = with(text, MERGED, merged);
        struct ptl_results *results = NULL;
        struct ptl_error error = {.message = ""};
        if (read_bytes(wrong, strlen(wrong), &results, &error) != PTL_E_INVALID ||
            strstr(error.message, rows[i].message) == NULL)
            fail_msg("%s: %s", rows[i].to, error.message);
        free(wrong);
        free(merged);
    }
    free(text);
}

/* The order of keys is not promised. */
static void results_may_come_before_what_they_belong_to(void **state)
{
    (void)state;
    comes_out_as("{\"results\": [" SAMPLE_RESULT_1 "," SAMPLE_RESULT_2 "," SAMPLE_RESULT_3
                 "," SAMPLE_RESULT_4 "], \"targets\": [" SAMPLE_TARGET_1 "," SAMPLE_TARGET_2
                 "], \"warnings\": [" SAMPLE_WARNING "], \"expectations\": [" SAMPLE_EXPECTATIONS
                 "], \"open_ports\": [22, 80], \"changes\": " SAMPLE_CHANGES
                 ", \"unresolved\": [" SAMPLE_UNRESOLVED "],\r\n\t\"summary\":" SAMPLE_SUMMARY
                 ",\"run\":" SAMPLE_RUN ",\"tool\":{\"version\":\"9.9.9\",\"name\":\"portolan\"},"
                 "\"schema\":\"portolan-results/1\"}",
                 SAMPLE);
}

static void keys_of_later_versions_are_skipped(void **state)
{
    (void)state;
    static const char *const added[][2] = {
        {"{\"schema\"", "{\"later\": [1, {\"a\": []}, \"x\"], \"schema\""},
        {" \"tool\": {", " \"later\": {\"deep\": [[]]}, \"tool\": {\"later\": null,"},
        {"\"run\": {", "\"run\": {\"later\": true,"},
        {"\"summary\": {", "\"summary\": {\"later\": -1.5e3,"},
        {"{\"input\":\"web", "{\"later\":\"\\u00e4\",\"input\":\"web"},
        {"{\"host\":\"web.example\",\"ip\":\"198.18.0.1\",\"port\":22",
         "{\"later\":[],\"host\":\"web.example\",\"ip\":\"198.18.0.1\",\"port\":22"},
    };
    for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
        char *text = with(SAMPLE, added[i][0], added[i][1]);
        comes_out_as(text, SAMPLE);
        free(text);
    }
}

static void keys_that_came_later_may_be_missing(void **state)
{
    (void)state;
    char *one = with(SAMPLE, "\"confirm\":3,", ""),
         *two = with(one, "\"out_of_memory\":false,", ""),
         *three = with(two, "\"syn_resent\":5,", ""),
         *four = with(three, "\"description\":\"A \\\"bit\\\"\",", "");
    struct ptl_results *results = read_good(four);
    assert_null(results->run.description);
    assert_int_equal(results->run.confirm, 0);
    assert_int_equal(results->summary.syn_resent, 0);
    ptl_results_free(results);
    free(one);
    free(two);
    free(three);
    free(four);
}

/* Cut anywhere, it is refused with a place; not even the last bracket can be missing. */
static void truncated_at_every_byte(void **state)
{
    (void)state;
    size_t whole = strlen(SAMPLE) - 1; /* less the last newline */
    for (size_t length = 0; length < whole; length++) {
        struct ptl_results *results = NULL;
        struct ptl_error error = {.message = ""};
        if (read_bytes(SAMPLE, length, &results, &error) != PTL_E_INVALID)
            fail_msg("accepted when cut at byte %zu", length);
        assert_true(error.line > 0 && error.column > 0 && error.message[0] != '\0');
    }
}

/* Every byte in turn made another: never a crash, and what is accepted can be written. */
static void one_byte_changed(void **state)
{
    (void)state;
    static const char others[] = {'\0', '"', '\\', '9', '}', ',', '\xFF', ' '};
    char *text = strdup(SAMPLE);
    size_t length = strlen(text);
    for (size_t at = 0; at < length; at++) {
        char was = text[at];
        text[at] = others[at % sizeof(others)];
        struct ptl_results *results = NULL;
        struct ptl_error error = {.message = ""};
        if (read_bytes(text, length, &results, &error) == PTL_OK) {
            free(write_json(results));
            ptl_results_free(results);
        } else {
            assert_true(error.line > 0 && error.message[0] != '\0');
        }
        text[at] = was;
    }
    free(text);
}

static const struct {
    const char *from, *to, *message;
    unsigned line;
} wrongs[] = {
    {"results/1", "results/2", "reads \"portolan-results/1\" only", 1},
    {"portolan-results/1", "portolan-comparison/1", "no results of portolan", 1},
    {"\"schema\"", "\"scheme\"", "\"schema\" is missing", 1},
    {" \"run\":", " \"rum\":", "\"run\" is missing", 22},
    {"{\"schema", "[\"schema", "begin with {", 1},
    {"\n ]}\n", "\n ]}\n{}", "something follows", 23},
    {"\n ]}\n", "\n ],}\n", "a value was expected", 22},
    {"\"open_ports\": [22,80],\n", "\"open_ports\": [22,80],\n\"open_ports\": [22,80],\n",
     "\"open_ports\" stands twice", 6},
    {"\"port\":22", "\"port\":22,\"port\":22", "\"port\" stands twice", 18},
    {"\"port\":22", "\"port\":0", "1 to 65535", 18},
    {"\"port\":22", "\"port\":65536", "more than 65535", 18},
    {"\"port\":22", "\"port\":-1", "no whole number", 18},
    {"\"port\":22", "\"port\":22.5", "no whole number", 18},
    {"\"port\":22", "\"port\":022", "begins with 0", 18},
    {"\"port\":22", "\"port\":\"22\"", "no whole number", 18},
    {"\"port\":22", "\"port\":23", "not among the ports", 18},
    {"\"port\":80,\"protocol\"", "\"port\":22,\"protocol\"", "twice, or out of order", 19},
    {"\"port\":22,", "", "\"port\" is missing", 18},
    {"\"tcp\"", "\"udp\"", "\"protocol\" is \"udp\"", 18},
    {"\"state\":\"open\",\"reason\"", "\"state\":\"ajar\",\"reason\"", "\"state\" is \"ajar\"", 18},
    {"\"state\":\"open\",\"reason\"", "\"state\":\"unprobed\",\"reason\"", "\"state\" is", 18},
    {"\"state\":\"open\",\"reason\"", "\"state\":\"closed\",\"reason\"", "the states of the run",
     18},
    {"\"syn-ack\"", "\"sin-ack\"", "\"reason\" is \"sin-ack\"", 18},
    {"\"2/3\"", "\"3/2\"", "\"confirmed\" is \"3/2\"", 18},
    {"\"2/3\"", "\"2/3 \"", "\"confirmed\" is \"2/3 \"", 18},
    {"\"attempts\":1", "\"attempts\":32", "more than 31", 18},
    {"\"rtt_us\":25", "\"rtt_us\":268435455", "more than 268435454", 18},
    {"\"rtt_us\":25", "\"rtt_us\":true", "no whole number", 18},
    {"EMFILE\",\"service\":\"ssh\"", "EMFILE\",\"service\":\"sh\"", "another service", 21},
    {"\"2001:2::1\",\"port\"", "\"2001:2::2\",\"port\"", "not among the targets", 21},
    {"\"2001:2::1\",\"port\"", "\"2001:0002::1\",\"port\"", "no address in its usual form", 21},
    {"{\"host\":\"2001:2::1\"", "{\"host\":\"other\"", "something else before", 21},
    {SAMPLE_TARGET_2, SAMPLE_TARGET_1, "stands twice among the targets", 15},
    {SAMPLE_TARGET_1 ",\n" SAMPLE_TARGET_2, SAMPLE_TARGET_2 ",\n" SAMPLE_TARGET_1,
     "out of the order", 21},
    {SAMPLE_RESULT_3 ",\n" SAMPLE_RESULT_4, SAMPLE_RESULT_4 ",\n" SAMPLE_RESULT_3, "in two places",
     21},
    {",\n" SAMPLE_RESULT_4, "", "1 probes are counted as error, and 0", 4},
    {",\n" SAMPLE_TARGET_2, "", "not among the targets", 20},
    {"\"open\":2,\"closed\":2", "\"open\":2,\"closed\":1", "add up to 5", 4},
    {"\"targets\":2,", "\"targets\":3,", "are not 6 probes", 4},
    {"\"closed\":2,\"filtered\":0", "\"closed\":1,\"filtered\":0", "do not add up to its ports", 4},
    {"\"open\":2,\"closed\":0,\"filtered\":1", "\"open\":2,\"closed\":1,\"filtered\":0",
     "do not agree", 4},
    {"\"open_ports\":[22,80]", "\"open_ports\":[80,22]", "ascending", 14},
    {"\"open_ports\":[22,80]", "\"open_ports\":[22,80,81]", "3 open ports are listed", 14},
    {"\"open_ports\": [22,80]", "\"open_ports\": [22]", "\"open_ports\" holds other ports", 4},
    {"\"open_ports\": [22,80]", "\"open_ports\": {}", "no list", 5},
    {"\"gave_up\":false", "\"gave_up\":0", "neither true nor false", 14},
    {"\"all-open\"", "\"odd\"", "\"suspicious\" is \"odd\"", 15},
    {"\"silent\":[0,1],\"sentinels\":{\"asked\":5", "\"silent\":[0,9],\"sentinels\":{\"asked\":5",
     "tells of more ports", 4},
    {"\"silent\":[0,1],\"sentinels\":{\"asked\":5",
     "\"silent\":[0,65536],\"sentinels\":{\"asked\":5", "tells of more ports", 14},
    {"\"open\":[0,1],\"closed\":[2]", "\"open\":[1,9],\"closed\":[2]", "tells of more ports", 4},
    {"\"open\":[0,1],\"closed\":[2]", "\"open\":{},\"closed\":[2]", "\"open\" is no list", 4},
    {"\"open\":[0,1],\"closed\":[2]", "\"open\":[0,0,0,0,0,0,0,0,1],\"closed\":[2]",
     "\"open\" is no list of 8", 4},
    {"\"open\":[0,1],\"closed\":[2]", "\"closed\":[2]", "\"open\" is missing", 4},
    {"\"asked\":5,\"lost\":2", "\"asked\":5,\"lost\":6", "\"lost\" is no whole number up to 5", 14},
    {"\"alike\":0.125", "\"alike\":1.5", "\"alike\" is no number from 0 to 1", 14},
    {"12:00:00.000Z", "12:00:00Z", "no time like", 3},
    {"2026-01-31", "2026-02-31", "no time like", 3},
    {"\"22,80-81\"", "\"22,80,81\"", "\"ports\" is no list", 3},
    {"\"22,80-81\"", "\"ssh,80-81\"", "\"ports\" is no list", 3},
    {"[\"open\",\"filtered\"", "[\"open\",\"open\"", "\"states\" holds", 3},
    {"\"unlimited\"", "\"endless\"", "no whole number", 3},
    {"\"stopped_by\":null", "\"stopped_by\":\"me\"", "\"stopped_by\" is \"me\"", 3},
    {"\"elapsed_ms\":1500.25", "\"elapsed_ms\":1e999", "no number from 0", 3},
    {"\"pool\"", "\"poll\"", "\"engine\" is \"poll\"", 3},
    {SAMPLE_WARNING, "17", "warnings: one is no string", 8},
    {"\"index\":2", "\"index\":4", "\"shard\" is 4 of 3", 3},
    {"\"index\":2", "\"index\":0", "\"shard\" is 0 of 3", 3},
    {"\"count\":3", "\"count\":100001", "\"count\"", 3},
    {"\"shard\":{", "\"shard\":7,\"x\":{", "\"index\" is missing", 3},
    {"\"plan_sha256\":\"01", "\"plan_sha256\":\"", "is no SHA-256", 3},
    {"{\"input\":\"gone.example\",", "{", "\"input\" is missing", 7},
    {"\"ip\":null", "\"ip\":\"198.18.0.9\"", "not among the targets", 4},
    {"{\"host\":\"gone.example\"", "{\"host\":\"lost.example\"", "not among the unresolved", 4},
    {"\"pass\":1,", "\"pass\":2,", "2 expectations counted as pass", 4},
    {"\"expected\":\"open\",\"state\":\"open\"", "\"expected\":\"open\",\"state\":null",
     "\"state\" is null", 10},
    {"\"port\":81,\"expected\":\"open\",\"state\":\"unprobed\"",
     "\"port\":null,\"expected\":\"open\",\"state\":null", "\"state\" is null", 11},
    {"\"port\":81,\"expected\"", "\"port\":0,\"expected\"", "1 to 65535", 11},
    {"\"verdict\":\"pass\"", "\"verdict\":\"passed\"", "\"verdict\" is \"passed\"", 10},
    {"web.example", "web\nexample", "control character", 10},
    {"web.example", "web\\u0000example", "NUL", 10},
    {"web.example",
     "web\xFF"
     "example",
     "UTF-8", 10},
    {"web.example", "web\\xexample", "unknown escape", 10},
    {"\"results\": [", "\"results\": {", "'[' was expected", 17},
    {"\"tool\": {",
     "\"tool\": {\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],",
     "too deep", 2},
    {"\"targets\": [", "\"targets\": [null,", "no object", 13},
};

static void what_is_wrong_is_told_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        char *text = with(SAMPLE, wrongs[i].from, wrongs[i].to);
        struct ptl_results *results = NULL;
        struct ptl_error error = {.message = ""};
        enum ptl_status status = read_bytes(text, strlen(text), &results, &error);
        if (status != PTL_E_INVALID || strstr(error.message, wrongs[i].message) == NULL ||
            error.line != wrongs[i].line)
            fail_msg("%s -> %s: status %d, line %u: %s", wrongs[i].from, wrongs[i].to, status,
                     error.line, error.message);
        free(text);
    }
}

static void what_was_not_begun_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *value, *message;
    } bad[] = {
        {"7", "untouched: the key \"count\""},
        {"{\"count\":1}", "untouched: the key \"ranges\""},
        {"{\"count\":1,\"ranges\":{}}", "untouched: \"ranges\" is no list"},
        {"{\"count\":1,\"ranges\":[]}", "untouched: 1 targets in 0 ranges"},
        {"{\"count\":0,\"ranges\":[\"10.0.0.1\"]}", "untouched: 0 targets in 1 ranges"},
        {"{\"count\":1,\"ranges\":[7]}", "untouched: a range is no"},
        {"{\"count\":1,\"ranges\":[\"web\"]}", "untouched: a range is no"},
        {"{\"count\":1,\"ranges\":[\"10.0.0.1-10.0.0.1\"]}", "untouched: a range is no"},
        {"{\"count\":1,\"ranges\":[\"10.0.0.0/24\"]}", "untouched: a range is no"},
        {"{\"count\":2,\"ranges\":[\"10.0.0.2\",\"10.0.0.1\"]}", "out of the order"},
        {"{\"count\":2,\"ranges\":[\"10.0.0.1-10.0.0.5\",\"10.0.0.5\"]}", "out of the order"},
        {"{\"count\":1,\"ranges\":[\"10.0.0.1\"]}", "and 1 untouched"}, /* of few, all are listed */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char key[200];
        snprintf(key, sizeof(key), "\"untouched\": %s, \"targets\": [", bad[i].value);
        char *text = with(SAMPLE, "\"targets\": [", key);
        struct ptl_results *results = NULL;
        struct ptl_error error = {.message = ""};
        assert_int_equal(read_bytes(text, strlen(text), &results, &error), PTL_E_INVALID);
        if (strstr(error.message, bad[i].message) == NULL)
            fail_msg("%s: %s", bad[i].value, error.message);
        free(text);
    }
}

/* Bounded: depth, length of a record, values in it. */
static void hostile_files_are_refused(void **state)
{
    (void)state;
    struct ptl_buf text;
    ptl_buf_init(&text, 64U << 20);
    static const char *const fillers[] = {"[", "{\"a\":", "\"aaaaaaaaaaaaaaaa", "[],[],[],", "1"};
    static const char *const messages[] = {"longer than 8 MiB", "longer than 8 MiB",
                                           "longer than 8 MiB", "too many values",
                                           "longer than 8 MiB"};
    for (size_t i = 0; i < 5; i++) {
        ptl_buf_reset(&text);
        ptl_buf_add(&text, i == 3 ? "{\"tool\": [" : "{\"tool\": ");
        size_t times = i == 3 ? 100000 : (10U << 20) / strlen(fillers[i]);
        for (size_t k = 0; k < times; k++)
            ptl_buf_add(&text, fillers[i] + (i == 2 && k > 0));
        if (i == 3)
            ptl_buf_add(&text, "0]}");
        struct ptl_results *results = NULL;
        struct ptl_error error = {.message = ""};
        assert_int_equal(read_bytes(text.data, text.length, &results, &error), PTL_E_INVALID);
        if (strstr(error.message, messages[i]) == NULL)
            fail_msg("%s: %s", fillers[i], error.message);
    }
    ptl_buf_free(&text);
}

/* An older portolan listed every warning; of more than fit the first are read, the rest counted. */
static void many_warnings_are_read(void **state)
{
    (void)state;
    struct ptl_buf list;
    ptl_buf_init(&list, 64U << 20);
    for (int i = 0; i < 20000; i++)
        ptl_buf_printf(&list, "%s\"%d\"", i > 0 ? "," : "", i);
    char *text = with(SAMPLE, SAMPLE_WARNING, ptl_buf_text(&list));
    struct ptl_results *results = read_good(text);
    assert_int_equal(results->warning_count, PTL_WARNINGS_LISTED);
    assert_string_equal(results->warnings[998], "998");
    assert_string_equal(results->warnings[999], "19001 more warnings are left out");
    char *again = write_json(results);
    comes_out_as(again, again);
    free(again);
    ptl_results_free(results);
    free(text);
    ptl_buf_free(&list);
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    struct ptl_results *results = NULL;
    struct ptl_error error = {.message = ""};
    assert_int_equal(ptl_results_read("/no/such/file.json", &results, &error), PTL_E_INVALID);
    assert_int_equal(error.sys_errno, ENOENT);
    assert_int_equal(ptl_results_read("/tmp", &results, &error), PTL_E_INVALID);
    assert_int_equal(error.sys_errno, EISDIR);
    assert_null(results);
}

/* The sample as lines, results as they were found. */
static char *lines(void)
{
    static const char *const objects[][2] = {
        {"result", SAMPLE_RESULT_4}, {"result", SAMPLE_RESULT_2}, {"result", SAMPLE_RESULT_1},
        {"result", SAMPLE_RESULT_3}, {"target", SAMPLE_TARGET_1}, {"target", SAMPLE_TARGET_2}};
    struct ptl_buf text;
    ptl_buf_init(&text, 1U << 20);
    ptl_buf_add(&text, SAMPLE_LINES);
    for (size_t i = 0; i < 6; i++)
        ptl_buf_printf(&text, "{\"type\":\"%s\",%s\n", objects[i][0], objects[i][1] + 1);
    ptl_buf_add(&text, "{\"type\":\"summary\",\"run\":" SAMPLE_RUN ",\"summary\":" SAMPLE_SUMMARY
                       ",\"open_ports\":[22,80],\"changes\":" SAMPLE_CHANGES
                       ",\"unresolved\":[" SAMPLE_UNRESOLVED "],\"warnings\":[" SAMPLE_WARNING
                       "],\"expectations\":[" SAMPLE_EXPECTATIONS "]}\n");
    return ptl_buf_steal(&text);
}

static void lines_are_the_same_results(void **state)
{
    (void)state;
    char *text = lines();
    comes_out_as(text, SAMPLE);
    /* Keys in another order: the last line is then taken whole. */
    char *other = with(text, "{\"type\":\"summary\",", "{ \"type\" : \"summary\",");
    comes_out_as(other, SAMPLE);
    free(other);
    other = with(text, "{\"type\":\"result\",", "{\"type\":\"later\"}\n{\"type\":\"result\",");
    comes_out_as(other, SAMPLE);
    free(other);
    free(text);
}

/* A run that was killed: the first line says what was asked, the others are taken as far as they
 * go. */
static void lines_that_are_cut_are_read(void **state)
{
    (void)state;
    char *text = lines();
    size_t whole = strlen(text) - 1, head = (size_t)(strchr(text, '\n') - text);
    size_t most = 0;
    for (size_t length = 0; length < whole; length++) {
        struct ptl_results *results = NULL;
        struct ptl_error error = {.message = ""};
        enum ptl_status status = read_bytes(text, length, &results, &error);
        if (length < head ? status != PTL_E_INVALID : status != PTL_OK)
            fail_msg("cut at byte %zu: status %d: %s", length, status, error.message);
        if (length < head)
            continue;
        assert_true(results->count >= most); /* a longer piece never tells less */
        most = results->count;
        assert_true(results->run.cut && !results->run.complete);
        assert_int_equal(results->run.stopped_by, PTL_STOP_NONE);
        assert_string_equal(results->warnings[results->warning_count - 1],
                            "the lines of the run end without its summary: it was killed, or is "
                            "still running; targets without a line are not known");
        char *again = write_json(results);
        comes_out_as(again, again);
        free(again);
        ptl_results_free(results);
    }
    assert_int_equal(most, 4);
    free(text);
}

/* What was not found is not known to be closed. */
static void what_is_cut_off_is_unprobed(void **state)
{
    (void)state;
    char *text = lines();
    *strstr(text, "{\"type\":\"target\"") = '\0';
    struct ptl_results *results = read_good(text);
    assert_int_equal(results->count, 4);
    assert_int_equal(results->summary.targets, 2);
    assert_int_equal(results->summary.states[PTL_UNPROBED], results->summary.probes - 4);
    assert_int_equal(results->target_count, 2);
    assert_true(results->summary.attempts >= 4);
    ptl_results_free(results);
    free(text);
}

/* The end of the file is no excuse for what is wrong before it. */
static void lines_that_are_wrong_are_refused(void **state)
{
    (void)state;
    char *text = lines();
    *strstr(text, "{\"type\":\"summary\"") = '\0';
    static const char *const tails[] = {"7", "{\"type\":\"result\"}", "{\"type\":\"run\"}",
                                        "{\"type\":\"target\",\"ip\":}", "]"};
    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
        char *wrong;
        struct ptl_results *results = NULL;
        assert_true(asprintf(&wrong, "%s%s", text, tails[i]) > 0);
        if (read_bytes(wrong, strlen(wrong), &results, NULL) != PTL_E_INVALID)
            fail_msg("accepted: %s", tails[i]);
        free(wrong);
    }
    free(text);
}

static void lines_with_a_result_twice(void **state)
{
    (void)state;
    char *text = lines(),
         *twice = with(text, "\"port\":80,\"protocol\"", "\"port\":22,\"protocol\"");
    struct ptl_results *results = NULL;
    struct ptl_error error = {.message = ""};
    assert_int_equal(read_bytes(twice, strlen(twice), &results, &error), PTL_E_INVALID);
    assert_non_null(strstr(error.message, "another service"));
    char *same = with(twice, "\"service\":\"http\"", "\"service\":\"ssh\"");
    assert_int_equal(read_bytes(same, strlen(same), &results, &error), PTL_E_INVALID);
    assert_non_null(strstr(error.message, "two results"));
    free(same);
    free(twice);
    free(text);
}

/* Beyond 65,536 targets not all are listed; what is keeps its order. */
static void many_targets_are_listed_in_part(void **state)
{
    (void)state;
    struct ptl_buf text;
    ptl_buf_init(&text, 1U << 20);
    static const char head[] =
        "{\"schema\":\"portolan-results/1\",\"tool\":{\"name\":\"portolan\",\"version\":\"1\"},"
        "\"open_ports\":[80],\"unresolved\":[],\"warnings\":[],\"expectations\":[],"
        "\"summary\":{\"targets\":70000,\"probes\":70000,\"open\":1,\"closed\":2,\"filtered\":"
        "69997,"
        "\"error\":0,\"unprobed\":0,\"retried\":0,\"attempts\":1,\"syn_resent\":0,\"probes_per_"
        "second\":1,"
        "\"peak_in_flight\":1,\"rtt_us\":{\"count\":0,\"min\":null,\"p50\":null,\"p90\":null,"
        "\"p99\":null,\"max\":null}},\n";
    char *run = with(SAMPLE_RUN, "\"22,80-81\"", "\"80\""),
         *states = with(run, "\"filtered\"", "\"closed\"");
    ptl_buf_printf(&text, "%s\"run\":%s,\n\"targets\":[", head, states);
    ptl_buf_add(&text, "{\"input\":\"198.18.0.0/15\",\"host\":\"198.18.9.9\",\"ip\":\"198.18.9.9\","
                       "\"open_ports\":[80],\"open\":1,\"closed\":0,\"filtered\":0,\"error\":0,"
                       "\"unprobed\":0,\"gave_up\":false,\"suspicious\":null}],\"results\":[");
    static const char *const ips[] = {"198.18.1.1", "198.18.9.9", "198.18.200.1"};
    for (int i = 0; i < 3; i++)
        ptl_buf_printf(&text,
                       "%s{\"host\":\"%s\",\"ip\":\"%s\",\"port\":80,\"protocol\":\"tcp\","
                       "\"state\":\"%s\",\"reason\":\"%s\",\"service\":null,\"rtt_us\":null,"
                       "\"connect_us\":1,\"attempts\":1,\"confirmed\":null,\"offset_ms\":1}",
                       i > 0 ? "," : "", ips[i], ips[i], i == 1 ? "open" : "closed",
                       i == 1 ? "syn-ack" : "conn-refused");
    ptl_buf_add(&text, "]}");
    struct ptl_results *results = read_good(ptl_buf_text(&text));
    for (uint32_t i = 0; i < 3; i++) {
        struct ptl_target_names names;
        assert_int_equal(results->items[i].target, i);
        ptl_results_names(results, i, &names);
        assert_string_equal(names.ip, ips[i]);
    }
    assert_int_equal(results->target_count, 1);
    char *again = write_json(results);
    comes_out_as(again, again);
    free(again);
    ptl_results_free(results);
    free(states);
    free(run);
    ptl_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written_again),
        cmocka_unit_test(the_model_holds_it),
        cmocka_unit_test(merged_results),
        cmocka_unit_test(results_may_come_before_what_they_belong_to),
        cmocka_unit_test(keys_of_later_versions_are_skipped),
        cmocka_unit_test(keys_that_came_later_may_be_missing),
        cmocka_unit_test(truncated_at_every_byte),
        cmocka_unit_test(one_byte_changed),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(hostile_files_are_refused),
        cmocka_unit_test(many_warnings_are_read),
        cmocka_unit_test(what_was_not_begun_is_checked),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(lines_are_the_same_results),
        cmocka_unit_test(lines_that_are_cut_are_read),
        cmocka_unit_test(what_is_cut_off_is_unprobed),
        cmocka_unit_test(lines_that_are_wrong_are_refused),
        cmocka_unit_test(lines_with_a_result_twice),
        cmocka_unit_test(many_targets_are_listed_in_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
