#include "support/cmocka_all.h"

#include "simnet/delays.h"

#include <stdlib.h>
#include <string.h>

static uint64_t number(const char *json, const char *key)
{
    const char *at = strstr(json, key);
    assert_non_null(at);
    return strtoull(strchr(at, ':') + 1, NULL, 10);
}

static char *printed(const struct delays *delays)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_true(delays_print(delays, file));
    fclose(file);
    return text;
}

static void nothing_is_all_zeros(void **state)
{
    (void)state;
    struct delays *delays = calloc(1, sizeof(*delays));
    char *json = printed(delays);
    assert_true(number(json, "\"count\"") == 0);
    assert_true(number(json, "\"p50\"") == 0);
    assert_true(number(json, "\"max\"") == 0);
    free(json);
    free(delays);
}

static void within_one_percent(uint64_t value, uint64_t truth)
{
    uint64_t apart = value > truth ? value - truth : truth - value;
    assert_true(apart * 100 <= truth);
}

/* 1 to 100,000 times a unit: each quantile is known. */
static void quantiles_are_right_within_one_percent(void **state)
{
    (void)state;
    const uint64_t units_us[] = {1, 7, 100};
    for (int u = 0; u < 3; u++) {
        struct delays *delays = calloc(1, sizeof(*delays));
        for (uint64_t i = 100000; i > 0; i--)
            delays_add(delays, (int64_t)(i * units_us[u] * 1000));
        char *json = printed(delays);
        assert_true(number(json, "\"count\"") == 100000);
        assert_true(number(json, "\"syn_acks\"") == 100000);
        within_one_percent(number(json, "\"p50\""), 50000 * units_us[u]);
        within_one_percent(number(json, "\"p90\""), 90000 * units_us[u]);
        within_one_percent(number(json, "\"p99\""), 99000 * units_us[u]);
        assert_true(number(json, "\"max\"") == 100000 * units_us[u]);
        free(json);
        free(delays);
    }
}

static void small_delays_are_exact_and_huge_ones_fit(void **state)
{
    (void)state;
    struct delays *delays = calloc(1, sizeof(*delays));
    delays_add(delays, -5);
    for (int i = 0; i < 9; i++)
        delays_add(delays, 255000);
    char *json = printed(delays);
    assert_true(number(json, "\"p50\"") == 255);
    assert_true(number(json, "\"max\"") == 255);
    free(json);
    delays_add(delays, INT64_MAX - 1000);
    json = printed(delays);
    assert_true(number(json, "\"max\"") == (uint64_t)(INT64_MAX - 500) / 1000);
    free(json);
    free(delays);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_all_zeros),
        cmocka_unit_test(quantiles_are_right_within_one_percent),
        cmocka_unit_test(small_delays_are_exact_and_huge_ones_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
