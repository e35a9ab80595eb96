/*
 * What every report format has to hold to, whatever it looks like. Each test runs over every
 * writer and over results of every kind: nothing open, an interrupted run, names that did not
 * resolve, IPv6, and text that nobody should have let in.
 */
#include "support/failing_malloc.h"
#include "unit/results/model.h"

#include "base/text.h"
#include "report/report.h"
#include "report/writer.h"
#include "results/live.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOSTILE                                                                                    \
    "=cmd|'x'!A0\x1B[31m<b>&\"'\\\r\n\t\x01\x7f\xc2\x9b\xe2\x80\xae]]>--%s{}\xff\xc3(\xed\xa0\x80"

static char directory[] = "/tmp/portolan-writers-XXXXXX";

/* ---- results ---- */

static enum ptl_state mixed(uint32_t target, uint16_t port)
{
    return (enum ptl_state)((target + port) % PTL_UNPROBED);
}

static enum ptl_state closed(uint32_t target, uint16_t port)
{
    (void)target;
    (void)port;
    return PTL_CLOSED;
}

static enum ptl_state half(uint32_t target, uint16_t port)
{
    return target > 0 ? PTL_UNPROBED : port % 7 == 0 ? PTL_OPEN : PTL_CLOSED;
}

static const struct kind {
    const char *name, *yaml, *unresolved;
    enum ptl_state (*state_of)(uint32_t target, uint16_t port);
    bool hostile;
} kinds[] = {
    {"normal",
     "hosts: [127.0.0.1, 127.0.0.2]\nports: 1-100\nreport: {states: [open, closed, filtered]}\n"
     "expect: [{hosts: 127.0.0.1, open: [4, 5], closed: 9, only: '4,8'}]\n",
     NULL, mixed, false},
    {"nothing", "hosts: 127.0.0.1\nports: 1-100\n", NULL, closed, false},
    {"interrupted", "hosts: 127.0.0.1-40\nports: 1-100\nexpect: [{hosts: 127.0.0.3, closed: 7}]\n",
     NULL, half, false},
    {"unresolved",
     "hosts: [127.0.0.1, gone.example]\nports: 1-10\n"
     "expect: [{hosts: gone.example, open: 7}]\n",
     "gone.example", mixed, false},
    {"no target", "hosts: [gone.example]\nports: 1-10\n", "gone.example", mixed, false},
    {"ipv6", "hosts: ['::1', '2001:2::/126', 127.0.0.1]\nports: 1-100\nscope: [any]\n", NULL, mixed,
     false},
    {"hostile",
     "hosts: [127.0.0.1, 127.0.0.2]\nports: 1-20\nreport: {states: [open, closed, filtered]}\n"
     "expect: [{hosts: 127.0.0.1, open: 5}]\n",
     HOSTILE, mixed, true},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Names that no profile would take: those that a name service or a foreign file might bring. */
static void make_hostile(struct model *model)
{
    struct ptl_results *results = model->results;
    struct ptl_named_block blocks[2] = {{.input = HOSTILE, .is_name = true},
                                        {.input = HOSTILE "2", .is_name = true}};
    for (int i = 0; i < 2; i++)
        blocks[i].block = ptl_hosts_get(&model->profile->hosts, i).block;
    ptl_targets_free(results->live);
    results->live = NULL;
    assert_int_equal(ptl_targets_build(blocks, 2, NULL, 0, &results->live, NULL), PTL_OK);
    free(results->run.profile);
    free(results->run.file);
    results->run.profile = strdup(HOSTILE);
    results->run.file = strdup(HOSTILE);
    assert_int_equal(ptl_results_warn(results, "%s", HOSTILE), PTL_OK);
}

static void open_kind(struct model *model, const struct kind *kind)
{
    assert_int_equal(model_open(model, kind->yaml, kind->unresolved), PTL_OK);
    struct ptl_results *results = model->results;
    if (kind->hostile)
        make_hostile(model);
    results->run.ports = strdup("1-100");
    results->run.started_ms = 1767225600000;
    results->run.finished_ms = 1767225601500;
    results->run.elapsed_ms = 1500.25;
    strcpy(results->run.tool_version, "0.0.0");
    for (uint32_t target = 0; target < model->targets; target++)
        model_scan(model, target, kind->state_of);
    for (size_t i = 0; i < results->count; i++) /* found in another order than they are listed */
        results->items[i].offset_ms = (uint32_t)((i * 7919) % 500);
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
}

/* ---- writing ---- */

static char *path_of(const char *name, enum ptl_format format)
{
    char *path;
    assert_true(asprintf(&path, "%s/%s.%s", directory, name, ptl_format_names[format]) > 0);
    return path;
}

static char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(1U << 20);
    assert_non_null(bytes);
    *length = fread(bytes, 1, (1U << 20) - 1, file);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

static char *write_report(enum ptl_format format, const struct ptl_results *results, size_t *length)
{
    struct ptl_report_options options = {.color = true}; /* a file is no terminal */
    struct ptl_report *report = NULL;
    char *path = path_of("report", format);
    assert_int_equal(ptl_report_open(format, path, &options, &report, NULL), PTL_OK);
    assert_int_equal(ptl_report_write(report, results, NULL), PTL_OK);
    assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
    char *bytes = read_all(path, length);
    unlink(path);
    free(path);
    return bytes;
}

/* ---- the contract ---- */

static void test_every_format_has_a_writer(void **state)
{
    (void)state;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        const struct ptl_writer *writer = ptl_writers[f];
        assert_non_null(writer);
        assert_non_null(writer->begin);
        assert_non_null(writer->result);
        assert_non_null(writer->end);
    }
}

static bool is_data(enum ptl_format format)
{
    return format == PTL_FORMAT_CSV || format == PTL_FORMAT_PROM;
}

/* Valid UTF-8 in whole lines, whatever went in; and control characters only where the format's
 * rules for data let them stand. */
static void test_text_is_clean(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct model model;
        open_kind(&model, &kinds[k]);
        for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
            size_t length;
            char *bytes = write_report((enum ptl_format)f, model.results, &length);
            assert_int_equal(strlen(bytes), length); /* no NUL */
            if (length == 0 && f != PTL_FORMAT_HOSTPORT)
                fail_msg("%s, %s: the file is empty", kinds[k].name, ptl_format_names[f]);
            assert_true(length == 0 || bytes[length - 1] == '\n');
            assert_true(ptl_text_is_utf8(bytes, length));
            for (size_t i = 0; i < length && !is_data((enum ptl_format)f); i++)
                if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\n')
                    fail_msg("%s, %s: byte 0x%02x at %zu", kinds[k].name, ptl_format_names[f],
                             (unsigned char)bytes[i], i);
            free(bytes);
        }
        model_close(&model);
    }
}

/* What a terminal would obey does not reach the text, with and without colours. */
static void test_text_report_obeys_nobody(void **state)
{
    (void)state;
    struct model model;
    open_kind(&model, &kinds[KINDS - 1]);
    assert_true(kinds[KINDS - 1].hostile);
    size_t length;
    char *bytes = write_report(PTL_FORMAT_TEXT, model.results, &length);
    assert_null(strchr(bytes, '\x1b'));
    assert_null(strchr(bytes, '\x7f'));
    assert_null(strstr(bytes, "\xc2\x9b"));
    assert_null(strstr(bytes, "\xe2\x80\xae"));
    assert_non_null(strstr(bytes, "\\x1B[31m<b>&\"'"));
    free(bytes);
    model_close(&model);
}

static void test_the_same_results_are_the_same_bytes(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct model model;
        open_kind(&model, &kinds[k]);
        for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
            size_t length, again;
            char *one = write_report((enum ptl_format)f, model.results, &length);
            char *two = write_report((enum ptl_format)f, model.results, &again);
            assert_int_equal(length, again);
            assert_memory_equal(one, two, length);
            free(one);
            free(two);
        }
        model_close(&model);
    }
}

/* State lives in the instance: two of one format, turn by turn, are what each is alone. */
static void write_row(const struct ptl_writer *writer, struct ptl_writing *writing, size_t i)
{
    const struct ptl_results *results = writing->results;
    struct ptl_target_names names;
    struct ptl_row row = {.result = &results->items[i], .names = &names};
    ptl_results_names(results, row.result->target, &names);
    ptl_reason_name(row.result->reason, row.reason);
    assert_true(writer->result(writing, &row));
    writing->written++;
}

static void test_two_at_a_time(void **state)
{
    (void)state;
    struct model models[2];
    open_kind(&models[0], &kinds[0]);
    open_kind(&models[1], &kinds[5]);
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        const struct ptl_writer *writer = ptl_writers[f];
        assert_non_null(writer);
        char *bytes[2][2]; /* alone, in turns */
        size_t lengths[2][2];
        for (int turns = 0; turns < 2; turns++) {
            struct ptl_writing writings[2] = {{.results = models[0].results},
                                              {.results = models[1].results}};
            char *paths[2] = {path_of("a", (enum ptl_format)f), path_of("b", (enum ptl_format)f)};
            size_t most = models[0].results->count > models[1].results->count
                              ? models[0].results->count
                              : models[1].results->count;
            for (int w = 0; w < 2; w++) {
                ptl_buf_init(&writings[w].line, 16U << 20);
                assert_int_equal(ptl_output_open(paths[w], NULL, &writings[w].output, NULL),
                                 PTL_OK);
            }
            for (int w = 0; w < 2; w++)
                assert_true(writer->begin(&writings[w]));
            for (size_t i = 0; i < (turns ? most : 0); i++)
                for (int w = 0; w < 2; w++)
                    if (i < models[w].results->count)
                        write_row(writer, &writings[w], i);
            for (int w = 0; w < (turns ? 0 : 2); w++)
                for (size_t i = 0; i < models[w].results->count; i++)
                    write_row(writer, &writings[w], i);
            for (int w = 0; w < 2; w++) {
                assert_true(writer->end(&writings[w]));
                assert_int_equal(ptl_output_commit(writings[w].output, NULL), PTL_OK);
                ptl_buf_free(&writings[w].line);
                bytes[turns][w] = read_all(paths[w], &lengths[turns][w]);
                unlink(paths[w]);
                free(paths[w]);
            }
        }
        for (int w = 0; w < 2; w++) {
            assert_int_equal(lengths[0][w], lengths[1][w]);
            assert_memory_equal(bytes[0][w], bytes[1][w], lengths[0][w]);
            free(bytes[0][w]);
            free(bytes[1][w]);
        }
    }
    model_close(&models[0]);
    model_close(&models[1]);
}

/* A live report, told in pieces, is what the same results are when they are written at once. */
static void test_live_is_the_same(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct model model;
        open_kind(&model, &kinds[k]);
        struct ptl_results *results = model.results;
        for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
            struct ptl_report_options options = {.live = true};
            struct ptl_report *report = NULL;
            char *path = path_of("live", (enum ptl_format)f);
            size_t length, again;
            char *once = write_report((enum ptl_format)f, results, &length);
            assert_int_equal(ptl_report_open((enum ptl_format)f, path, &options, &report, NULL),
                             PTL_OK);
            assert_int_equal(ptl_report_is_live(report), ptl_writers[f]->by_time);
            if (ptl_report_is_live(report)) {
                uint32_t *order = ptl_results_by_time(results);
                ptl_report_found(report, results, NULL, 0);
                struct stat info;
                assert_int_equal(stat(path, &info), 0);
                assert_true(info.st_size > 0); /* the first line can be read by now */
                results->watermark_ms = 300;
                for (size_t i = 0; i < results->count; i++)
                    if (results->items[order[i]].offset_ms < 300)
                        ptl_report_found(report, results, &results->items[order[i]], 1);
                free(order);
            }
            assert_int_equal(ptl_report_write(report, results, NULL), PTL_OK);
            assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
            results->watermark_ms = 0;
            char *pieces = read_all(path, &again);
            assert_int_equal(length, again);
            assert_memory_equal(once, pieces, length);
            unlink(path);
            free(path);
            free(once);
            free(pieces);
        }
        model_close(&model);
    }
}

static void expect_content(const char *path, const char *wanted)
{
    size_t length;
    char *bytes = read_all(path, &length);
    assert_string_equal(bytes, wanted);
    free(bytes);
}

/* What was there stays until the new report is whole, and its mode after that. */
static void test_replaces_as_a_whole(void **state)
{
    (void)state;
    struct model model;
    open_kind(&model, &kinds[0]);
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        struct ptl_report_options options = {.color = false};
        struct ptl_report *report = NULL;
        char *path = path_of("old", (enum ptl_format)f);
        FILE *file = fopen(path, "w");
        fputs("old", file);
        fclose(file);
        chmod(path, 0640);
        ptl_report_abandon(NULL);
        assert_int_equal(ptl_report_open((enum ptl_format)f, path, &options, &report, NULL),
                         PTL_OK);
        assert_int_equal(ptl_report_write(report, model.results, NULL), PTL_OK);
        expect_content(path, "old");
        ptl_report_abandon(report);
        expect_content(path, "old");
        options.live = true;
        assert_int_equal(ptl_report_open((enum ptl_format)f, path, &options, &report, NULL),
                         PTL_OK);
        expect_content(path, "old");
        ptl_report_abandon(report);
        expect_content(path, "old");
        free(write_report((enum ptl_format)f, model.results, &(size_t){0}));
        assert_int_equal(ptl_report_open((enum ptl_format)f, path, &options, &report, NULL),
                         PTL_OK);
        assert_int_equal(ptl_report_write(report, model.results, NULL), PTL_OK);
        assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
        struct stat info;
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 07777, 0640);
        assert_true(info.st_size != 3);
        unlink(path);
        /* A new one that is given up leaves nothing, live or not. */
        for (int live = 0; live < 2; live++) {
            options.live = live != 0;
            assert_int_equal(ptl_report_open((enum ptl_format)f, path, &options, &report, NULL),
                             PTL_OK);
            ptl_report_abandon(report);
            assert_int_equal(stat(path, &info), -1);
        }
        free(path);
    }
    model_close(&model);
}

static void test_a_full_disk_is_told(void **state)
{
    (void)state;
    struct model model;
    open_kind(&model, &kinds[0]);
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        for (int live = 0; live < 2; live++) {
            struct ptl_report_options options = {.live = live != 0};
            struct ptl_report *report = NULL;
            struct ptl_error error = {.code = PTL_OK};
            assert_int_equal(
                ptl_report_open((enum ptl_format)f, "/dev/full", &options, &report, &error),
                PTL_OK);
            assert_int_equal(ptl_report_write(report, model.results, &error), PTL_OK);
            assert_int_equal(ptl_report_close(report, &error), PTL_E_OUTPUT);
            assert_non_null(strstr(error.message, "/dev/full"));
            assert_int_equal(
                ptl_report_open((enum ptl_format)f, "/dev/null/x", &options, &report, &error),
                PTL_E_OUTPUT);
        }
    }
    model_close(&model);
}

struct attempt {
    enum ptl_format format;
    const struct ptl_results *results;
    const char *path;
};

static bool try_to_write(void *context)
{
    const struct attempt *attempt = context;
    struct ptl_report_options options = {.color = false};
    struct ptl_report *report = NULL;
    struct ptl_error error = {.code = PTL_OK};
    enum ptl_status status =
        ptl_report_open(attempt->format, attempt->path, &options, &report, &error);
    if (status == PTL_OK) {
        status = ptl_report_write(report, attempt->results, &error);
        if (status == PTL_OK)
            status = ptl_report_close(report, &error);
        else
            ptl_report_abandon(report);
    }
    /* No memory for a path shows as an output that cannot be opened, with ENOMEM. */
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY || status == PTL_E_OUTPUT);
    assert_true(status != PTL_E_OUTPUT || error.sys_errno == ENOMEM);
    return status == PTL_OK;
}

static void test_no_memory_is_told_and_nothing_is_half_written(void **state)
{
    (void)state;
    static const char *const small =
        "hosts: [127.0.0.1, '::1']\nports: 20-23\nexpect: [{hosts: 127.0.0.1, open: 21}]\n";
    struct kind kind = {"small", small, "gone.example", mixed, false};
    struct model model;
    open_kind(&model, &kind);
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        struct attempt attempt = {.format = (enum ptl_format)f, .results = model.results};
        char *path = path_of("memory", (enum ptl_format)f);
        attempt.path = path;
        free(write_report((enum ptl_format)f, model.results, &(size_t){0})); /* services are read */
        fail_each(try_to_write, &attempt);
        size_t length, wanted;
        char *written = read_all(path, &length);
        char *whole = write_report((enum ptl_format)f, model.results, &wanted);
        assert_int_equal(length, wanted);
        assert_memory_equal(written, whole, length);
        free(written);
        free(whole);
        unlink(path);
        free(path);
    }
    model_close(&model);
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) == NULL;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory); /* fails where a test left a file behind */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_has_a_writer),
        cmocka_unit_test(test_text_is_clean),
        cmocka_unit_test(test_text_report_obeys_nobody),
        cmocka_unit_test(test_the_same_results_are_the_same_bytes),
        cmocka_unit_test(test_two_at_a_time),
        cmocka_unit_test(test_live_is_the_same),
        cmocka_unit_test(test_replaces_as_a_whole),
        cmocka_unit_test(test_a_full_disk_is_told),
        cmocka_unit_test(test_no_memory_is_told_and_nothing_is_half_written),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
