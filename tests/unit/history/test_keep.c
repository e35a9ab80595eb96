/* What stands in the folder, whatever befell the run that wrote it. */
#include "unit/history/nights.h"

#include "support/failing_files.h"

#include "results/read.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

static const char *in(const struct nights *nights, const char *name, char path[400])
{
    snprintf(path, 400, "%s/%s", nights->folder, name);
    return path;
}

static struct ptl_history *read_back(const struct nights *nights)
{
    struct ptl_history *history = NULL;
    struct ptl_error error = {.code = PTL_OK};
    if (ptl_history_read(nights->folder, &history, &error) != PTL_OK)
        fail_msg("%s:%u: %s", error.file, error.line, error.message);
    return history;
}

static long size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (long)info.st_size : -1;
}

static void is_read_as_it_was_kept(void **state)
{
    struct nights *nights = *state;
    char path[400];
    night(nights, "ooc ccc", "");
    night(nights, "occ cco", "+198.18.0.2:443 -198.18.0.1:80 ");
    night(nights, "occ cce", "");
    struct ptl_history *history = read_back(nights);
    assert_int_equal(history->run_count, 3);
    const struct ptl_history_run *run = &history->runs[1];
    assert_int_equal(run->when_ms, NIGHTS_START + NIGHT_MS);
    assert_string_equal(run->file, "20260102T000000.000Z.json.gz");
    assert_true(run->complete && run->estimate.known);
    assert_int_equal(run->targets, 2);
    assert_int_equal(run->states[PTL_OPEN], 2);
    assert_int_equal(run->limited_by, PTL_LIMITED_BY_COUNT);
    assert_int_equal(run->changes.lists[PTL_CHANGED_OPENED].count, 1);
    assert_string_equal(run->changes.since, "2026-01-01T00:00:00.000Z");
    assert_int_equal(history->host_count, 2);
    const struct ptl_history_host *web = &history->hosts[0];
    assert_int_equal(web->row_count, 3); /* the host, 22, 80 */
    assert_int_equal(ptl_history_seen(&web->rows[2], 0), PTL_SIGHT_OPEN);
    assert_int_equal(ptl_history_seen(&web->rows[2], 1), PTL_SIGHT_CLOSED);
    struct ptl_history_port port = ptl_history_port(history, &history->hosts[1].rows[1], 0);
    assert_int_equal(port.first_open, 1);
    assert_int_equal(port.last_open, 1);
    assert_int_equal(port.open, 1);
    assert_int_equal(port.known, 1); /* the last run could not ask */
    ptl_history_free(history);
    struct ptl_results *results = NULL;
    assert_int_equal(
        ptl_results_read(in(nights, "20260102T000000.000Z.json.gz", path), &results, NULL), PTL_OK);
    assert_int_equal(ptl_changes_count(results->changes), 2);
    ptl_results_free(results);
    assert_int_equal(ptl_results_read(in(nights, "latest.json", path), &results, NULL), PTL_OK);
    assert_int_equal(results->run.started_ms, NIGHTS_START + 2 * NIGHT_MS);
    ptl_results_free(results);
}

/* The index ends at every byte that a kill may leave it with: what was whole is read, and the next
 * run mends it, the run that had its results in their place included. */
static void a_line_that_is_cut_is_mended(void **state)
{
    struct nights *nights = *state;
    char path[400];
    night(nights, "ooc ccc", "");
    long first = size_of(in(nights, "index.jsonl", path));
    night(nights, "oco ccc", "+198.18.0.1:443 -198.18.0.1:80 ");
    long second = size_of(path);
    for (long length = second - 1; length >= first; length -= length - first > 40 ? 37 : 1) {
        assert_int_equal(truncate(path, length), 0);
        struct ptl_history *history = read_back(nights);
        assert_int_equal(history->run_count, 1);
        assert_int_equal(history->is_torn, length > first);
        ptl_history_free(history);
        struct model model;
        nights_run(nights, &model, NIGHTS_PLAN, "oco ccc", 1, 0);
        assert_int_equal(ptl_history_keep(nights->folder, model.results, NULL), PTL_OK);
        model_close(&model);
        history = read_back(nights);
        assert_true(history->run_count > 2);
        assert_false(history->is_torn);
        assert_string_equal(history->runs[1].file, "20260102T000000.000Z.json.gz");
        assert_int_equal(history->runs[1].changes.lists[PTL_CHANGED_OPENED].count, 1);
        ptl_history_free(history);
        FILE *index = fopen(path, "r+");
        assert_non_null(index);
        /* As it was before that run. */
        assert_int_equal(ftruncate(fileno(index), second), 0);
        fclose(index);
        char name[400], file[64];
        for (unsigned i = 2; i < nights->count; i++) {
            snprintf(file, sizeof(file), "202601%02uT000000.000Z.json.gz", i + 1);
            unlink(in(nights, file, name));
        }
        nights->count = 2;
    }
}

/* What a run that was killed had kept is what the next one is compared with: its changes are told
 * once. So it is where the whole index is gone. */
static void a_run_without_its_line_is_compared_with(void **state)
{
    struct nights *nights = *state;
    char path[400];
    night(nights, "ooc ccc", "");
    long first = size_of(in(nights, "index.jsonl", path));
    night(nights, "oco ccc", "+198.18.0.1:443 -198.18.0.1:80 ");
    assert_int_equal(truncate(path, first), 0);
    night(nights, "oco cco", "+198.18.0.2:443 ");
    assert_int_equal(unlink(path), 0);
    night(nights, "ooo cco", "+198.18.0.1:80 ");
    struct ptl_history *history = read_back(nights);
    assert_int_equal(history->run_count, 4);
    assert_string_equal(history->runs[3].changes.since, "2026-01-03T00:00:00.000Z");
    ptl_history_free(history);
}

static void a_disk_that_is_full_harms_nothing(void **state)
{
    struct nights *nights = *state;
    char path[400];
    struct ptl_error error = {.code = PTL_OK};
    night(nights, "ooc ccc", "");
    long before = size_of(in(nights, "index.jsonl", path));
    struct model model;
    nights_run(nights, &model, NIGHTS_PLAN, "oco ccc", 1, 0);
    failing_files_arm(FAILING_PWRITE, ENOSPC, 1);
    assert_int_equal(ptl_history_keep(nights->folder, model.results, &error), PTL_E_OUTPUT);
    failing_files_disarm(FAILING_PWRITE);
    assert_int_equal(error.sys_errno, ENOSPC);
    assert_int_equal(size_of(path), before);
    failing_files_arm(FAILING_FDATASYNC, EIO, 1);
    assert_int_equal(ptl_history_keep(nights->folder, model.results, &error), PTL_E_OUTPUT);
    failing_files_disarm(FAILING_FDATASYNC);
    assert_int_equal(size_of(path), before);
    failing_files_shorten(true);
    assert_int_equal(ptl_history_keep(nights->folder, model.results, &error), PTL_OK);
    failing_files_shorten(false);
    model_close(&model);
    struct ptl_history *history = read_back(nights);
    /* Its results were in their place, and got their line: it is not kept again. */
    assert_int_equal(history->run_count, 2);
    ptl_history_free(history);
}

static void what_is_no_index_is_refused_with_its_line(void **state)
{
    struct nights *nights = *state;
    static const struct {
        const char *line, *message;
    } bad[] = {
        {"nonsense\n", "not valid JSON"},
        {"{}\n", "the schema is \"\""},
        {"{\"schema\":\"portolan-index/2\"}\n", "the schema is \"portolan-index/2\""},
        {"{\"schema\":\"portolan-index/1\"}\n", "the key \"when\" is missing"},
        {"\n", "JSON"},
    };
    char path[400];
    night(nights, "ooc ccc", "");
    long length = size_of(in(nights, "index.jsonl", path));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ptl_history *history = NULL;
        struct ptl_error error = {.message = ""};
        assert_int_equal(truncate(path, length), 0);
        FILE *index = fopen(path, "a");
        assert_non_null(index);
        fputs(bad[i].line, index);
        fclose(index);
        assert_int_equal(ptl_history_read(nights->folder, &history, &error), PTL_E_INVALID);
        assert_int_equal(error.line, 2);
        if (strstr(error.message, bad[i].message) == NULL)
            fail_msg("%s: %s", bad[i].line, error.message);
        assert_int_equal(ptl_history_check(nights->folder, NULL), PTL_E_INVALID);
    }
}

/* What lies in the place of the newest run is no place of ours to write to. */
static void a_link_is_not_written_through(void **state)
{
    struct nights *nights = *state;
    char path[400], other[400];
    struct ptl_error error = {.message = ""};
    struct model model;
    night(nights, "ooc ccc", "");
    nights_run(nights, &model, NIGHTS_PLAN, "ooc ccc", 1, 0);
    assert_int_equal(unlink(in(nights, "latest.json", path)), 0);
    fclose(fopen(in(nights, "precious", other), "w"));
    assert_int_equal(symlink("precious", path), 0);
    assert_int_equal(ptl_history_check(nights->folder, &error), PTL_E_OUTPUT);
    assert_non_null(strstr(error.message, "latest.json is no regular file"));
    assert_int_equal(ptl_history_keep(nights->folder, model.results, &error), PTL_E_OUTPUT);
    assert_int_equal(size_of(other), 0);
    model_close(&model);
    struct ptl_history *history = read_back(nights);
    assert_int_equal(history->run_count, 1);
    ptl_history_free(history);
}

/* Nor is anything read that only bears such a name: a pipe would be waited for. */
static void what_only_bears_such_a_name_is_left_alone(void **state)
{
    struct nights *nights = *state;
    char path[400];
    assert_int_equal(mkfifo(in(nights, "20200101T000000.000Z.json.gz", path), 0600), 0);
    assert_int_equal(symlink("/dev/zero", in(nights, "20200102T000000.000Z.json.gz", path)), 0);
    fclose(fopen(in(nights, "20200103T000000.000Z.json.gz", path), "w"));
    alarm(60);
    night(nights, "ooc ccc", "");
    alarm(0);
    struct ptl_history *history = read_back(nights);
    assert_int_equal(history->run_count, 1);
    ptl_history_free(history);
    assert_int_equal(size_of(path), 0);
}

/* ---- what goes ---- */

static void tell_gone(void *context, const struct ptl_history_run *run, uint64_t bytes)
{
    char *told = context;
    assert_true(bytes > 0);
    sprintf(told + strlen(told), "%.8s ", run->file);
}

static void prune(const struct nights *nights, int64_t night, bool dry, const char *expected)
{
    const struct ptl_history_keep keep = {.all_ms = 2 * NIGHT_MS, .daily_ms = 5 * NIGHT_MS};
    char told[2000] = "";
    assert_int_equal(ptl_history_prune(nights->folder, &keep, NIGHTS_START + night * NIGHT_MS, dry,
                                       tell_gone, told, NULL),
                     PTL_OK);
    assert_string_equal(told, expected);
}

static void what_is_old_goes_and_nothing_else(void **state)
{
    struct nights *nights = *state;
    char path[400], other[400];
    for (int i = 0; i < 7; i++)
        night(nights, "ooc ccc", "");
    /* Not ours: another name, a link, a folder. */
    fclose(fopen(in(nights, "20260101T000000.json.gz", path), "w"));
    fclose(fopen(in(nights, "20200101T000000.000Z.json.gz", path), "w"));
    prune(nights, 6, true, "20260101 ");
    prune(nights, 6, false, "20260101 ");
    prune(nights, 6, false, "");
    struct ptl_history *history = read_back(nights);
    assert_int_equal(history->run_count, 7); /* the index keeps them all */
    ptl_history_free(history);
    assert_int_equal(unlink(in(nights, "20260102T000000.000Z.json.gz", path)), 0);
    assert_int_equal(symlink(in(nights, "latest.json", other), path), 0);
    prune(nights, 900, false, "20260103 20260104 20260105 20260106 ");
    assert_true(size_of(path) > 0);
    assert_true(size_of(in(nights, "20260107T000000.000Z.json.gz", path)) > 0);
    assert_int_equal(size_of(in(nights, "20260101T000000.json.gz", path)), 0);
    assert_int_equal(size_of(in(nights, "20200101T000000.000Z.json.gz", path)), 0);
}

static void a_day_keeps_its_last_complete_run(void **state)
{
    struct nights *nights = *state;
    char told[2000] = "";
    for (int i = 0; i < 4; i++) { /* four runs a day, 1 ms apart but for the day */
        struct model model;
        nights->count = 0;
        nights_run(nights, &model, NIGHTS_PLAN, i == 3 ? "oou ccc" : "ooc ccc", 1, 0);
        model.results->run.started_ms = NIGHTS_START + i;
        assert_int_equal(ptl_history_keep(nights->folder, model.results, NULL), PTL_OK);
        model_close(&model);
    }
    nights->count = 4;
    night(nights, "ooc ccc", "");
    const struct ptl_history_keep keep = {.all_ms = NIGHT_MS, .daily_ms = PTL_KEPT_FOREVER};
    assert_int_equal(ptl_history_prune(nights->folder, &keep, NIGHTS_START + 9 * NIGHT_MS, false,
                                       tell_gone, told, NULL),
                     PTL_OK);
    assert_string_equal(told, "20260101 20260101 20260101 ");
    char path[400];
    assert_true(size_of(in(nights, "20260101T000000.002Z.json.gz", path)) > 0);
}

/* One that holds the lock is waited for: see that it was taken at all. */
static void whoever_keeps_holds_the_lock(void **state)
{
    struct nights *nights = *state;
    char path[400];
    night(nights, "ooc ccc", "");
    int fd = open(in(nights, "index.jsonl", path), O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    pid_t child = fork();
    if (child == 0) {
        usleep(200000);
        _exit(0);
    }
    /* The child has the descriptor, and so the lock, until it ends. */
    close(fd);
    night(nights, "ooc ccc", "");
    fd = open(path, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0); /* it ended before the run was kept */
    close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nights_begin, nights_end)
    const struct CMUnitTest tests[] = {
        TEST(is_read_as_it_was_kept),
        TEST(a_line_that_is_cut_is_mended),
        TEST(a_run_without_its_line_is_compared_with),
        TEST(a_disk_that_is_full_harms_nothing),
        TEST(what_is_no_index_is_refused_with_its_line),
        TEST(a_link_is_not_written_through),
        TEST(what_only_bears_such_a_name_is_left_alone),
        TEST(what_is_old_goes_and_nothing_else),
        TEST(a_day_keeps_its_last_complete_run),
        TEST(whoever_keeps_holds_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
