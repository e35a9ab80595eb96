#include "support/cmocka_all.h"

#include "base/clock.h"

static void durations_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t ms;
    } good[] = {{"500ms", 500}, {"1.5s", 1500}, {"1h", 3600000},
                {"2m", 120000}, {"0.001s", 1},  {"30d", 2592000000}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        uint64_t ms = 0, again = 0;
        char text[PTL_DURATION_SIZE];
        assert_int_equal(ptl_duration_parse(good[i].text, &ms, NULL), PTL_OK);
        assert_true(ms == good[i].ms);
        assert_int_equal(ptl_duration_parse(ptl_duration_format(ms, text), &again, NULL), PTL_OK);
        assert_true(again == ms);
    }
    static const char *const bad[] = {
        "", "5", "-1s", "0.5ms", "1 s", "1.s", "s", "1x", "99999999999999999999d"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint64_t ms;
        assert_int_equal(ptl_duration_parse(bad[i], &ms, NULL), PTL_E_INVALID);
    }
}

static void durations_as_people_read_them(void **state)
{
    (void)state;
    static const struct {
        uint64_t ms;
        const char *text;
    } told[] = {{925300, "15m25s"}, {59999, "59.999s"}, {60000, "1m"}, {90061500, "1d1h1m2s"}};
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        char text[PTL_DURATION_SIZE];
        assert_string_equal(ptl_duration_tell(told[i].ms, text), told[i].text);
    }
}

static void wall_time_is_rfc3339(void **state)
{
    (void)state;
    char text[PTL_RFC3339_SIZE];
    assert_string_equal(ptl_clock_rfc3339(1769860800123, text), "2026-01-31T12:00:00.123Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_as_people_write_them),
        cmocka_unit_test(durations_as_people_read_them),
        cmocka_unit_test(wall_time_is_rfc3339),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
