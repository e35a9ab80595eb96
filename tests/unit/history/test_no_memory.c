/* Each allocation refused in turn: it is said, the history reads, and the next run is kept. */
#include "unit/history/nights.h"

#include "support/failing_malloc.h"

#include "history/telling.h"
#include "target/services.h"

struct trial {
    struct nights *nights;
    struct model model;
};

static bool judge(enum ptl_status status)
{
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    return status == PTL_OK;
}

static bool tell(void *context)
{
    static const enum ptl_format formats[] = {PTL_FORMAT_JSON, PTL_FORMAT_CSV, PTL_FORMAT_TEXT};
    const struct trial *trial = context;
    struct ptl_history *history = NULL;
    struct ptl_changes *changes = NULL;
    enum ptl_status status = ptl_history_read(trial->nights->folder, &history, NULL);
    if (status == PTL_OK)
        status = ptl_history_compare(history, trial->model.results, 1, &changes, NULL);
    for (size_t i = 0; i < 3 && status == PTL_OK; i++) {
        struct ptl_telling telling = {.history = history, .folder = "h", .name = "lan"};
        status = ptl_telling_write(&telling, formats[i], "/dev/null", NULL);
    }
    if (changes != NULL)
        ptl_changes_clear(changes);
    free(changes);
    ptl_history_free(history);
    return judge(status);
}

static bool keep(void *context)
{
    const struct trial *trial = context;
    trial->model.results->run.started_ms += NIGHT_MS; /* another one: none is kept twice */
    return judge(ptl_history_keep(trial->nights->folder, trial->model.results, NULL));
}

static bool prune(void *context)
{
    const struct trial *trial = context;
    const struct ptl_history_keep kept = {.all_ms = NIGHT_MS, .daily_ms = NIGHT_MS};
    return judge(ptl_history_prune(trial->nights->folder, &kept, NIGHTS_START + 40 * NIGHT_MS,
                                   false, NULL, NULL, NULL));
}

static void begin(struct trial *trial, struct nights *nights)
{
    trial->nights = nights;
    ptl_service_name(80); /* the system's list is read once */
    night(nights, "ooc ccc", "");
    night(nights, "oco ccc", "+198.18.0.1:443 -198.18.0.1:80 ");
    nights_run(nights, &trial->model, NIGHTS_PLAN, "ooc ocf", 1, 0);
}

static void reading_comparing_telling(void **state)
{
    struct trial trial;
    begin(&trial, *state);
    fail_each(tell, &trial);
    model_close(&trial.model);
}

static void keeping(void **state)
{
    struct trial trial;
    struct ptl_history *history = NULL;
    begin(&trial, *state);
    fail_each(keep, &trial);
    model_close(&trial.model);
    assert_int_equal(ptl_history_read(trial.nights->folder, &history, NULL), PTL_OK);
    assert_true(history->run_count >= 4);
    ptl_history_free(history);
}

static void pruning(void **state)
{
    struct trial trial;
    begin(&trial, *state);
    fail_each(prune, &trial);
    model_close(&trial.model);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nights_begin, nights_end)
    const struct CMUnitTest tests[] = {TEST(reading_comparing_telling), TEST(keeping),
                                       TEST(pruning)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
