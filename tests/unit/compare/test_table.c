#include "compare/table.h"

#include "support/cmocka_all.h"

#include <stdio.h>
#include <string.h>

static const struct ptl_table_column columns[] = {
    {"LEFT", 0, true}, {"SPARE", 2, false}, {"N", 1, false}, {"LAST", 0, true}};

struct made {
    const char *const *names;
    const char *spare; /* in the second row */
};

static const char *name_of(const void *context, size_t row)
{
    const struct made *made = context;
    return made->names[row];
}

static void fill(const void *context, size_t row, char cells[][PTL_TABLE_CELL])
{
    const struct made *made = context;
    snprintf(cells[0], PTL_TABLE_CELL, "%s", row == 0 ? "a" : "longer");
    snprintf(cells[1], PTL_TABLE_CELL, "%s", row == 0 ? "1" : made->spare);
    snprintf(cells[2], PTL_TABLE_CELL, "%s", row == 0 ? "7" : "1234567890123456");
    snprintf(cells[3], PTL_TABLE_CELL, "%s", row == 0 ? "" : "end");
}

static void table_is(const char *const names[2], const char *spare, const char *expected)
{
    struct made made = {.names = names, .spare = spare};
    struct ptl_table table = {.title = "NAMES",
                              .columns = columns,
                              .column_count = 4,
                              .row_count = 2,
                              .context = &made,
                              .name = name_of,
                              .fill = fill};
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1U << 16);
    ptl_table_add(&table, &buf);
    assert_false(buf.failed);
    assert_string_equal(ptl_buf_text(&buf), expected);
    ptl_buf_free(&buf);
}

static void test_fits(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "caf\xc3\xa9 six"};
    table_is(names, "22",
             "\n"
             "NAMES     LEFT    SPARE                 N  LAST\n"
             "x         a           1                 7\n"
             "caf\xc3\xa9 six  longer     22  1234567890123456  end\n");
}

/* The highest rank goes first, and no more than has to. */
static void test_leaves_out(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "a name of thirty columns, count"};
    static const char *const fits[] = {"x", "name of thirty columns, count."};
    table_is(fits, "1234567890123456789012345678901",
             "\n"
             "NAMES                           LEFT                   N  LAST\n"
             "x                               a                      7\n"
             "name of thirty columns, count.  longer  1234567890123456  end\n"
             "(no room here for SPARE: --json has all)\n");
    /* One more character, and names stand apart: there is room again. */
    table_is(names, "12345678901234567890123456789",
             "\n"
             "NAMES  LEFT                            SPARE                 N  LAST\n"
             "x\n"
             "       a                                   1                 7\n"
             "a name of thirty columns, count\n"
             "       longer  12345678901234567890123456789  1234567890123456  end\n");
}

/* What comes from outside is shown escaped, and takes the room that it takes then. */
static void test_escapes(void **state)
{
    (void)state;
    static const char *const names[] = {"x", "a\x1b[1m"};
    table_is(names, "22",
             "\n"
             "NAMES     LEFT    SPARE                 N  LAST\n"
             "x         a           1                 7\n"
             "a\\x1B[1m  longer     22  1234567890123456  end\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_leaves_out),
        cmocka_unit_test(test_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
