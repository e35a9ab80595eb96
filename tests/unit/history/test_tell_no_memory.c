/* Memory that runs out while a page or metrics are written: nothing is left of them, and it is
 * said. */
#include "support/failing_malloc.h"
#include "unit/history/nights.h"

#include "history/telling.h"

struct writing {
    struct ptl_telling telling;
    enum ptl_format format;
    char path[400];
};

static bool write_once(void *context)
{
    const struct writing *writing = context;
    struct ptl_error error = {.code = PTL_OK};
    enum ptl_status status =
        ptl_telling_write(&writing->telling, writing->format, writing->path, &error);
    if (status == PTL_OK)
        return unlink(writing->path) == 0;
    assert_int_equal(status, PTL_E_NO_MEMORY);
    assert_int_not_equal(access(writing->path, F_OK), 0);
    return false;
}

static void each_allocation(void **state)
{
    struct nights *nights = *state;
    struct ptl_history *history = NULL;
    static const enum ptl_format formats[] = {PTL_FORMAT_HTML, PTL_FORMAT_PROM};
    night(nights, "ooc ccc", "");
    night(nights, "occ cco", "+198.18.0.2:443 -198.18.0.1:80 ");
    night(nights, "ouu uuu", "");
    assert_int_equal(ptl_history_read(nights->folder, &history, NULL), PTL_OK);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct writing writing = {.telling = {.history = history,
                                              .folder = nights->folder,
                                              .name = "lan",
                                              .now_ms = NIGHTS_START + 10 * NIGHT_MS},
                                  .format = formats[i]};
        snprintf(writing.path, sizeof(writing.path), "%s/written", nights->folder);
        fail_each(write_once, &writing);
    }
    ptl_history_free(history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_allocation, nights_begin, nights_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
