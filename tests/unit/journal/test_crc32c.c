#include "support/cmocka_all.h"

#include "journal/format.h"

#include <string.h>

/* RFC 3720, B.4, and the check value that catalogues of CRCs give. */
static void gives_known_values(void **state)
{
    (void)state;
    uint8_t bytes[32];
    assert_int_equal(ptl_crc32c(0, "123456789", 9), 0xE3069283);
    memset(bytes, 0, sizeof(bytes));
    assert_int_equal(ptl_crc32c(0, bytes, sizeof(bytes)), 0x8A9136AA);
    memset(bytes, 0xFF, sizeof(bytes));
    assert_int_equal(ptl_crc32c(0, bytes, sizeof(bytes)), 0x62A8AB43);
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(ptl_crc32c(0, bytes, sizeof(bytes)), 0x46DD794E);
    assert_int_equal(ptl_crc32c(0, bytes, 0), 0);
}

static void goes_on_anywhere(void **state)
{
    (void)state;
    uint8_t bytes[61];
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 37 + 5);
    uint32_t whole = ptl_crc32c(0, bytes, sizeof(bytes));
    for (size_t cut = 0; cut <= sizeof(bytes); cut++)
        assert_int_equal(ptl_crc32c(ptl_crc32c(0, bytes, cut), bytes + cut, sizeof(bytes) - cut),
                         whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_known_values),
        cmocka_unit_test(goes_on_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
