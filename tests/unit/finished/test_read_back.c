/* diff and merge of files that nobody wrote on purpose, and without memory. */
#include "support/cmocka_all.h"

#include "finished/differences.h"
#include "finished/merge.h"
#include "report/report.h"
#include "results/read.h"
#include "support/failing_malloc.h"
#include "unit/results/sample.h"

#include <inttypes.h>

#define MUTATIONS 4000

/* xorshift64*, from a fixed seed: what fails once fails again. */
static uint64_t random_state;
static uint32_t below(uint32_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 0x2545F4914F6CDD1DULL) >> 32) % limit;
}

static enum ptl_status read_bytes(const void *bytes, size_t count, struct ptl_results **results)
{
    char name[] = "/tmp/portolan-test-XXXXXX";
    struct ptl_error error = {.message = ""};
    write_file(name, bytes, count);
    enum ptl_status status = ptl_results_read(name, results, &error);
    unlink(name);
    if (status != PTL_OK)
        assert_true(status == PTL_E_NO_MEMORY || error.line > 0);
    return status;
}

/* Pieces that a results file is made of, put where they do not belong. */
static const char *const pieces[] = {"0",
                                     "22",
                                     "65535",
                                     "-1",
                                     "1e3",
                                     "null",
                                     "true",
                                     "[]",
                                     "{}",
                                     "\"\"",
                                     "\"open\"",
                                     "\"closed\"",
                                     "\"filtered\"",
                                     "\"error\"",
                                     "\"80\"",
                                     "\"1-9\"",
                                     "\"::1\"",
                                     ",",
                                     ":",
                                     "]",
                                     "}",
                                     "\\u0041"};

/* One change, as an accident or somebody's hand would make it. Returns the new length. */
static size_t mutate(char *text, size_t length, size_t room)
{
    size_t at = below((uint32_t)length), count = 1 + below(40);
    const char *piece = pieces[below(sizeof(pieces) / sizeof(pieces[0]))];
    if (at + count > length)
        count = length - at;
    switch (below(5)) {
    case 0: /* bytes lost */
        memmove(text + at, text + at + count, length - at - count);
        return length - count;
    case 1: /* bytes twice */
        if (length + count > room)
            return length;
        memmove(text + at + count, text + at, length - at);
        return length + count;
    case 2: /* a digit for a digit: what stays well-formed gets furthest */
        for (; at < length && (text[at] < '0' || text[at] > '9'); at++)
            ;
        if (at < length)
            text[at] = (char)('0' + below(10));
        return length;
    case 3: /* a value for a value */
        for (; at < length && text[at] != ':'; at++)
            ;
        count = at < length ? strcspn(text + at + 1, ",]}\n") : 0;
        if (at == length || length - count + strlen(piece) > room)
            return length;
        memmove(text + at + 1 + strlen(piece), text + at + 1 + count, length - at - 1 - count);
        memcpy(text + at + 1, piece, strlen(piece));
        return length - count + strlen(piece);
    default:
        text[at] = (char)below(256);
        return length;
    }
}

static void write_report(const struct ptl_results *results, enum ptl_format format,
                         const char *path)
{
    struct ptl_report_options options = {.color = false};
    struct ptl_report *report = NULL;
    assert_int_equal(ptl_report_open(format, path, &options, &report, NULL), PTL_OK);
    assert_int_equal(ptl_report_write(report, results, NULL), PTL_OK);
    assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
}

/* What portolan writes, it reads, and there is no difference between the two. */
static void comes_back(const struct ptl_results *results, enum ptl_format format)
{
    char name[] = "/tmp/portolan-test-XXXXXX";
    struct ptl_results *again = NULL;
    struct ptl_error error = {.message = ""};
    struct ptl_diff *diff = NULL;
    close(mkstemp(name));
    write_report(results, format, name);
    if (ptl_results_read(name, &again, &error) != PTL_OK)
        fail_msg("%s:%u:%u: %s", name, error.line, error.column, error.message);
    unlink(name);
    assert_int_equal(ptl_diff_new(results, "a", again, "b", &diff, NULL), PTL_OK);
    assert_false(ptl_diff_is_different(diff));
    ptl_diff_free(diff);
    ptl_results_free(again);
}

static void compare_and_merge(const struct ptl_results *a, const struct ptl_results *b)
{
    struct ptl_diff *diff = NULL;
    const struct ptl_results *runs[] = {a, b};
    static const char *const names[] = {"a.json", "b.json"};
    struct ptl_results *merged = NULL;
    assert_int_equal(ptl_diff_new(a, "a", b, "b", &diff, NULL), PTL_OK);
    assert_int_equal(ptl_diff_write(diff, PTL_FORMAT_JSON, "/dev/null", NULL), PTL_OK);
    assert_int_equal(ptl_diff_write(diff, PTL_FORMAT_TEXT, "/dev/null", NULL), PTL_OK);
    ptl_diff_free(diff);
    assert_int_equal(ptl_merge(runs, names, 2, &merged, NULL), PTL_OK);
    comes_back(merged, PTL_FORMAT_JSON);
    comes_back(merged, PTL_FORMAT_JSONL);
    ptl_results_free(merged);
}

static void files_with_changes(void **state)
{
    (void)state;
    size_t length = strlen(SAMPLE), room = 2 * length, accepted = 0;
    struct ptl_results *good = NULL;
    char *text = malloc(room);
    assert_int_equal(read_bytes(SAMPLE, length, &good), PTL_OK);
    random_state = 20260131;
    for (int i = 0; i < MUTATIONS; i++) {
        size_t now = length;
        memcpy(text, SAMPLE, length);
        for (uint32_t changes = 1 + below(3); changes > 0 && now > 0; changes--)
            now = mutate(text, now, room);
        struct ptl_results *results = NULL;
        if (read_bytes(text, now, &results) != PTL_OK)
            continue;
        accepted++;
        for (int format = 0; format < PTL_FORMAT_COUNT; format++)
            write_report(results, (enum ptl_format)format, "/dev/null");
        comes_back(results, PTL_FORMAT_JSON);
        compare_and_merge(good, results);
        compare_and_merge(results, good);
        ptl_results_free(results);
    }
    /* If none came through, the mutations would test the first check only. */
    assert_true(accepted > MUTATIONS / 50);
    free(text);
    ptl_results_free(good);
}

struct both {
    const struct ptl_results *runs[2];
    char name[32]; /* of a file */
};

static bool read_once(void *context)
{
    const struct both *both = context;
    struct ptl_results *results = NULL;
    enum ptl_status status = ptl_results_read(both->name, &results, NULL);
    if (status != PTL_OK)
        assert_int_equal(status, PTL_E_NO_MEMORY);
    ptl_results_free(results);
    return status == PTL_OK;
}

static bool diff_once(void *context)
{
    const struct both *both = context;
    struct ptl_diff *diff = NULL;
    enum ptl_status status = ptl_diff_new(both->runs[0], "a", both->runs[1], "b", &diff, NULL);
    if (status == PTL_OK) {
        assert_int_equal(diff->changes[PTL_DIFFERENCE_PERHAPS_CLOSED], 1);
        status = ptl_diff_write(diff, PTL_FORMAT_JSON, "/dev/null", NULL);
        if (status == PTL_OK)
            status = ptl_diff_write(diff, PTL_FORMAT_TEXT, "/dev/null", NULL);
        ptl_diff_free(diff);
    }
    if (status != PTL_OK)
        assert_int_equal(status, PTL_E_NO_MEMORY);
    return status == PTL_OK;
}

static bool merge_once(void *context)
{
    const struct both *both = context;
    static const char *const names[] = {"a.json", "b.json"};
    struct ptl_results *merged = NULL;
    enum ptl_status status = ptl_merge(both->runs, names, 2, &merged, NULL);
    if (status == PTL_OK) {
        assert_int_equal(merged->disagreement_count, 2);
        ptl_results_free(merged);
    }
    if (status != PTL_OK)
        assert_int_equal(status, PTL_E_NO_MEMORY);
    return status == PTL_OK;
}

/* The sample with port 80 of its first host filtered: two parts, and a difference, if that
 * run, of which little is known, did not miss it. */
static char *make_other(void)
{
    static const char *const changes[][2] = {
        {"\"state\":\"open\",\"reason\":\"syn-ack\",\"service\":\"http\"",
         "\"state\":\"filtered\",\"reason\":\"no-response\",\"service\":\"http\""},
        {"\"open\":2,\"closed\":0,\"filtered\":1", "\"open\":1,\"closed\":0,\"filtered\":2"},
        {"\"open\":2,\"closed\":2,\"filtered\":1", "\"open\":1,\"closed\":2,\"filtered\":2"},
        {"\"open_ports\": [22,80]", "\"open_ports\": [22]"},
        {"\"open_ports\":[22,80]", "\"open_ports\":[22]"},
    };
    char *text = with(SAMPLE, "", "");
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        char *next = with(text, changes[i][0], changes[i][1]);
        free(text);
        text = next;
    }
    return text;
}

/* Each allocation fails in turn: an error, no crash, no leak, nothing lost in silence. */
static void without_memory(void **state)
{
    (void)state;
    struct ptl_results *a = NULL, *b = NULL;
    char *other = make_other();
    struct both both = {.name = "/tmp/portolan-test-XXXXXX"};
    write_file(both.name, other, strlen(other));
    assert_int_equal(read_bytes(SAMPLE, strlen(SAMPLE), &a), PTL_OK);
    assert_int_equal(ptl_results_read(both.name, &b, NULL), PTL_OK);
    both.runs[0] = a;
    both.runs[1] = b;
    fail_each(read_once, &both);
    fail_each(diff_once, &both);
    fail_each(merge_once, &both);
    unlink(both.name);
    ptl_results_free(a);
    ptl_results_free(b);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_with_changes),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
