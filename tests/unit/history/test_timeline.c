#include "history/timeline.h"
#include "support/cmocka_all.h"

#include <string.h>
#include <unistd.h>

static void check_pack(const char *seen, const char *partial, const char *expected)
{
    bool is_partial[2048];
    size_t runs = strlen(seen);
    struct ptl_buf buf;
    ptl_buf_init(&buf, 4096);
    for (size_t i = 0; i < runs; i++)
        is_partial[i] = i < strlen(partial) && partial[i] == 'p';
    ptl_timeline_pack(seen, runs, is_partial, &buf);
    assert_string_equal(ptl_buf_text(&buf), expected);
    ptl_buf_free(&buf);
}

static void rows_are_packed_by_stretches(void **state)
{
    (void)state;
    check_pack("", "", "");
    check_pack("o", "", "o");
    check_pack("oo", "", "o2");
    check_pack("oocsso", "", "o2cs2o");
    check_pack("nnoo", "", "n2o2");
    char many[2001];
    memset(many, 'o', 2000);
    many[2000] = '\0';
    check_pack(many, "", "o1JK");
    many[36] = 'c';
    check_pack(many, "", "o10co1IJ");
}

static void what_a_partial_run_did_not_ask_ends_no_stretch(void **state)
{
    (void)state;
    check_pack("oonoo", "..p..", "o5");
    check_pack("oonoo", ".....", "o2no2");
    check_pack("oosoo", "..p..", "o2so2");
    check_pack("nooo", "p...", "no3"); /* there is nothing before it that could go on */
    check_pack("oonncc", "..pp..", "o4c2");
}

/* Two hosts with a port each, by night from a round time on. */
static struct ptl_timeline_host hosts[] = {{"a.example", "192.0.2.1"}, {"b", "192.0.2.2"}};

static void check_order(const uint64_t *times, const uint64_t *wanted, size_t count)
{
    struct ptl_timeline_run runs[8] = {{.started_ms = 0}};
    for (size_t i = 0; i < count; i++)
        runs[i].started_ms = times[i];
    ptl_timeline_put_in_order(runs, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(runs[i].started_ms, wanted[i]);
}

/* The dates of all others stay as they are. */
static void a_clock_that_was_wrong_for_a_run(void **state)
{
    static const struct {
        size_t count;
        uint64_t times[6], wanted[6];
    } all[] = {
        {0, {0}, {0}},
        {6, {10, 20, 30, 30, 40, 50}, {10, 20, 30, 30, 40, 50}},
        {6, {10, 20, 30, 0, 40, 50}, {10, 20, 30, 30, 40, 50}},      /* behind */
        {6, {10, 20, 9000, 30, 40, 50}, {10, 20, 30, 30, 40, 50}},   /* ahead */
        {6, {10, 20, 9000, 9010, 30, 40}, {10, 20, 30, 30, 30, 40}}, /* for two */
        {3, {10, 21, 20}, {10, 20, 20}},                             /* two at once */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        check_order(all[i].times, all[i].wanted, all[i].count);
}

static void usual_step(void **state)
{
    (void)state;
    struct ptl_timeline_run runs[5] = {{.started_ms = 1000}};
    struct ptl_timeline timeline = {.runs = runs, .run_count = 1};
    assert_int_equal(ptl_timeline_usual_s(&timeline), 0);
    runs[1].started_ms = runs[0].started_ms + 86400000;
    timeline.run_count = 2;
    assert_int_equal(ptl_timeline_usual_s(&timeline), 0);
    runs[2].started_ms = runs[1].started_ms + 86460000;
    runs[3].started_ms = runs[2].started_ms + 3 * 86400000ULL;
    runs[4].started_ms = runs[3].started_ms - 5; /* a clock that was put back */
    timeline.run_count = 5;
    assert_int_equal(ptl_timeline_usual_s(&timeline), 86460);
}

/* The context is the rows, one after the other. */
static void see(const struct ptl_timeline *timeline, size_t row, char *seen)
{
    const char *rows = timeline->context;
    memcpy(seen, rows + row * timeline->run_count, timeline->run_count);
}

static void only_incomplete_runs_are_partial(void **state)
{
    (void)state;
    struct ptl_timeline_run runs[3] = {{.is_complete = true}, {.open = 0}, {.open = 0}};
    struct ptl_timeline_row rows[2] = {{.host = 0, .port = 22}, {.host = 1, .port = 22}};
    struct ptl_timeline timeline = {.runs = runs,
                                    .run_count = 3,
                                    .rows = rows,
                                    .row_count = 2,
                                    .see = see,
                                    .context = "noo"
                                               "oon"};
    bool is_partial[3];
    char seen[3];
    ptl_timeline_find_partial(&timeline, seen, is_partial);
    assert_false(is_partial[0]); /* a port that the profile did not have yet */
    assert_false(is_partial[1]); /* it asked all the same */
    assert_true(is_partial[2]);
}

static char *page_of(const struct ptl_timeline *timeline, size_t *length)
{
    char path[] = "/tmp/portolan-timeline-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct ptl_output *output;
    assert_int_equal(ptl_output_open(path, NULL, &output, NULL), PTL_OK);
    assert_true(ptl_timeline_write_html(timeline, output));
    assert_int_equal(ptl_output_commit(output, NULL), PTL_OK);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    *length = (size_t)ftell(stream);
    rewind(stream);
    char *text = calloc(1, *length + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, *length, stream), *length);
    fclose(stream);
    close(fd);
    unlink(path);
    return text;
}

static void the_page_holds_the_history(void **state)
{
    (void)state;
    struct ptl_timeline_run runs[3] = {
        {.started_ms = 1767225600000, .open = 1, .speed = 10.4, .is_complete = true},
        {.started_ms = 1767312000000,
         .open = 2,
         .opened = 1,
         .speed = -1,
         .limit = 900,
         .is_complete = true},
        {.started_ms = 1767398400000, .open = 1, .speed = 3}};
    struct ptl_timeline_row rows[2] = {{.host = 0, .port = 22, .service = "ssh"},
                                       {.host = 1, .port = 80}};
    struct ptl_timeline_change changes[1] = {{.run = 1, .host = "b", .port = 80, .what = "opened"}};
    struct ptl_timeline timeline = {.profile = "<lan>",
                                    .written_ms = 1767400000000,
                                    .runs = runs,
                                    .run_count = 3,
                                    .hosts = hosts,
                                    .host_count = 2,
                                    .rows = rows,
                                    .row_count = 2,
                                    .changes = changes,
                                    .change_count = 1,
                                    .see = see,
                                    .context = "ooo"
                                               "con"};
    size_t length;
    char *page = page_of(&timeline, &length);
    const char *const wanted[] = {
        "<title>portolan: the history of &lt;lan&gt;</title>",
        "\"profile\":\"\\u003clan\\u003e\",\n\"written\":1767400000,\n\"median_s\":86400,\n",
        "\"runs\":{\"at\":[1767225600,86400,86400],\n\"complete\":\"110\",\n\"open\":[1,2,1],\n"
        "\"opened\":[0,1,0],\n\"closed\":[0,0,0],\n\"speed\":[10,null,3],\n"
        "\"limit\":[null,900,null]},\n",
        "\"older_changes\":0,\n\"changes\":[\n[1,\"opened\",\"b\",80]],\n",
        "\"left_out\":0,\n\"rows\":[\n[\"a.example\",\"192.0.2.1\",[[22,\"ssh\",\"o3\"]]],\n"
        "[\"b\",\"192.0.2.2\",[[80,\"\",\"co2\"]]]],\n",
        "\"masks\":{\"2\":\"AgAA\"}}</script>"};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (strstr(page, wanted[i]) == NULL)
            fail_msg("the page lacks %s", wanted[i]);
    free(page);
}

/* Far more than fits: what changed last is in the page, what changed first is not. */
static void a_page_has_room_for_the_newest(void **state)
{
    (void)state;
    enum { RUNS = 400, ROWS = 6000, CHANGES = 20000 };
    static struct ptl_timeline_run runs[RUNS];
    static struct ptl_timeline_row rows[ROWS];
    static struct ptl_timeline_change changes[CHANGES];
    char *seen = calloc(ROWS, RUNS);
    assert_non_null(seen);
    for (size_t i = 0; i < RUNS; i++)
        runs[i] = (struct ptl_timeline_run){.started_ms = i * 86400000, .is_complete = true};
    for (size_t i = 0; i < ROWS; i++) {
        char *row = seen + i * RUNS;
        memset(row, PTL_SEEN_OPEN, RUNS);
        /* One by one, up to a run that is later row after row: nothing packs worse. */
        for (size_t run = 0; run <= 200 + i / 50; run += 2)
            row[run] = PTL_SEEN_CLOSED;
        rows[i] = (struct ptl_timeline_row){.host = i < 3000 ? 0 : 1, .port = (uint16_t)(i + 1)};
    }
    for (size_t i = 0; i < CHANGES; i++)
        changes[i] = (struct ptl_timeline_change){
            .run = i / 50, .host = hosts[i % 2].name, .port = (uint16_t)(i + 1), .what = "opened"};
    struct ptl_timeline timeline = {.profile = "much",
                                    .written_ms = RUNS * 86400000ULL,
                                    .runs = runs,
                                    .run_count = RUNS,
                                    .hosts = hosts,
                                    .host_count = 2,
                                    .rows = rows,
                                    .row_count = ROWS,
                                    .changes = changes,
                                    .change_count = CHANGES,
                                    .see = see,
                                    .context = seen};
    size_t length, left_out;
    char *page = page_of(&timeline, &length);
    assert_in_range(length, 1300000, 1500000);
    const char *told = strstr(page, "\"left_out\":");
    assert_non_null(told);
    left_out = strtoul(told + strlen("\"left_out\":"), NULL, 10);
    assert_in_range(left_out, 500, ROWS - 2000);
    assert_non_null(strstr(page, "\n[\"b\",\"192.0.2.2\",["));
    assert_non_null(strstr(page, "[6000,\"\","));
    assert_null(strstr(page, "[[1,\"\","));
    assert_null(strstr(page, ",\"opened\",\"a.example\",1]"));
    assert_non_null(strstr(page, "[399,\"opened\",\"b\",20000]]"));
    free(page);
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_packed_by_stretches),
        cmocka_unit_test(what_a_partial_run_did_not_ask_ends_no_stretch),
        cmocka_unit_test(a_clock_that_was_wrong_for_a_run),
        cmocka_unit_test(usual_step),
        cmocka_unit_test(only_incomplete_runs_are_partial),
        cmocka_unit_test(the_page_holds_the_history),
        cmocka_unit_test(a_page_has_room_for_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
