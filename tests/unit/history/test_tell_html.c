/* The page and the metrics of a history that was kept and read. */
#include "unit/history/nights.h"

#include "history/telling.h"

#include <string.h>

/* What is written of the nights from `first` on; the caller's. */
static char *written(const struct nights *nights, size_t first, enum ptl_format format)
{
    char path[400], *text;
    struct ptl_history *history = NULL;
    assert_int_equal(ptl_history_read(nights->folder, &history, NULL), PTL_OK);
    struct ptl_telling telling = {.history = history,
                                  .folder = nights->folder,
                                  .name = "l\"n",
                                  .first = first,
                                  .now_ms = NIGHTS_START + 10 * NIGHT_MS};
    snprintf(path, sizeof(path), "%s/written", nights->folder);
    assert_int_equal(ptl_telling_write(&telling, format, path, NULL), PTL_OK);
    ptl_history_free(history);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    text = calloc(1, 2000000);
    assert_non_null(text);
    assert_true(fread(text, 1, 1999999, stream) < 1999999);
    fclose(stream);
    return text;
}

static void check_has(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("it lacks %s", wanted);
}

static void four_nights(struct nights *nights)
{
    night(nights, "ooc ccc", "");
    night(nights, "occ cco", "+198.18.0.2:443 -198.18.0.1:80 ");
    night(nights, "ouu uuu", "");
    night(nights, "occ ccf", "-198.18.0.2:443 ");
}

static void the_page_has_a_track_for_each_port_that_was_open(void **state)
{
    struct nights *nights = *state;
    four_nights(nights);
    char *page = written(nights, 0, PTL_FORMAT_HTML);
    check_has(page, "\"written\":1768089600,\n\"median_s\":86400,");
    check_has(page, "\"at\":[1767225600,86400,86400,86400],\n\"complete\":\"1101\",\n"
                    "\"open\":[2,2,1,1],\n\"opened\":[0,1,0,0],\n\"closed\":[0,1,0,1],");
    check_has(page, "[1,\"opened\",\"198.18.0.2\",443],\n[1,\"closed\",\"198.18.0.1\",80],\n"
                    "[3,\"closed\",\"198.18.0.2\",443]],");
    /* The night that was cut short is told by its mask: of the three rows it asked the first. */
    check_has(page, "\"rows\":[\n[\"198.18.0.1\",\"198.18.0.1\",[[22,\"ssh\",\"o4\"],"
                    "[80,\"http\",\"oc3\"]]],\n"
                    "[\"198.18.0.2\",\"198.18.0.2\",[[443,\"https\",\"uo2u\"]]]],");
    check_has(page, "\"masks\":{\"2\":\"BgAA\"}");
    free(page);
}

static void what_was_before_the_first_run_is_not_told(void **state)
{
    struct nights *nights = *state;
    four_nights(nights);
    char *page = written(nights, 1, PTL_FORMAT_HTML);
    check_has(page, "\"at\":[1767312000,86400,86400],");
    check_has(page, "[[22,\"ssh\",\"o3\"]]");
    check_has(page, "[[443,\"https\",\"o2u\"]]");
    check_has(page, "[2,\"closed\",\"198.18.0.2\",443]],");
    assert_null(strstr(page, "[80,\"http\"")); /* it was open before that */
    free(page);
}

static void the_metrics_tell_of_the_last_complete_run(void **state)
{
    struct nights *nights = *state;
    four_nights(nights);
    night(nights, "ouu uuu", "");
    char *text = written(nights, 0, PTL_FORMAT_PROM);
    check_has(text, "portolan_history_runs{profile=\"l\\\"n\"} 5\n");
    check_has(text, "portolan_history_last_run_timestamp_seconds{profile=\"l\\\"n\"} 1767571201\n");
    check_has(text,
              "portolan_history_last_complete_timestamp_seconds{profile=\"l\\\"n\"} 1767484801\n");
    check_has(text, "portolan_history_interval_seconds{profile=\"l\\\"n\"} 86400\n");
    check_has(text, "portolan_history_open_ports{profile=\"l\\\"n\"} 1\n");
    check_has(text, "portolan_history_changes{profile=\"l\\\"n\",change=\"closed\"} 1\n");
    check_has(text, "portolan_history_changes{profile=\"l\\\"n\",change=\"opened\"} 0\n");
    free(text);
}

static void before_the_first_complete_run_its_age_is_beyond_measure(void **state)
{
    struct nights *nights = *state;
    char *text = written(nights, 0, PTL_FORMAT_PROM);
    check_has(text, "portolan_history_runs{profile=\"l\\\"n\"} 0\n");
    check_has(text, "portolan_history_last_complete_timestamp_seconds{profile=\"l\\\"n\"} 0\n");
    assert_null(strstr(text, "last_run"));
    assert_null(strstr(text, "interval"));
    assert_null(strstr(text, "open_ports"));
    free(text);
    text = written(nights, 0, PTL_FORMAT_HTML);
    check_has(text, "\"at\":[],");
    free(text);
    night(nights, "ouu uuu", "");
    text = written(nights, 0, PTL_FORMAT_PROM);
    check_has(text, "portolan_history_last_complete_timestamp_seconds{profile=\"l\\\"n\"} 0\n");
    check_has(text, "last_run_timestamp_seconds{profile=\"l\\\"n\"} 1767225601\n");
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, nights_begin, nights_end)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_page_has_a_track_for_each_port_that_was_open),
        TEST(what_was_before_the_first_run_is_not_told),
        TEST(the_metrics_tell_of_the_last_complete_run),
        TEST(before_the_first_complete_run_its_age_is_beyond_measure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
