#include "support/cmocka_all.h"

#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void digits_only(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {{"0", 0}, {"7", 7}, {"65535", 65535}, {"18446744073709551615", UINT64_MAX}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        uint64_t value = 99;
        assert_true(ptl_number_parse(good[i].text, strlen(good[i].text), &value));
        assert_true(value == good[i].value);
    }
    static const char *const bad[] = {"",    "00",       "01",
                                      "-1",  "+1",       " 1",
                                      "1 ",  "1e3",      "0x1",
                                      "1.0", "1_0",      "18446744073709551616",
                                      "1\n", "\xD9\xA1", "99999999999999999999999999"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint64_t value = 99;
        assert_false(ptl_number_parse(bad[i], strlen(bad[i]), &value));
        assert_true(value == 99);
    }
}

static void the_length_counts_not_the_nul(void **state)
{
    (void)state;
    uint64_t value;
    assert_true(ptl_number_parse("80-90", 2, &value));
    assert_true(value == 80);
    assert_false(ptl_number_parse("80-90", 3, &value));
    assert_false(ptl_number_parse("80", 0, &value));
    assert_false(ptl_number_parse("8\0"
                                  "0",
                                  3, &value));
}

static void digits_are_what_printf_prints(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 9, 10, 99, 65535, UINT32_MAX, 1ULL << 53, UINT64_MAX};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char text[PTL_DIGITS_SIZE], wanted[32];
        snprintf(wanted, sizeof(wanted), "%" PRIu64, values[i]);
        assert_string_equal(ptl_digits(values[i], text), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_only),
        cmocka_unit_test(the_length_counts_not_the_nul),
        cmocka_unit_test(digits_are_what_printf_prints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
