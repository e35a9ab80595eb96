/* Each allocation refused in turn: paths and the schema. The writers: tests/contract. */
#include "support/failing_malloc.h"

#include "report/csv.h"
#include "report/report.h"
#include "results/objects.h"

#include <stdlib.h>
#include <string.h>

static bool expand(void *context)
{
    (void)context;
    char *path = NULL;
    struct ptl_error error = {0};
    struct ptl_expansion values = {.profile = "lan", .started_ms = 1500000000000};
    enum ptl_status status =
        ptl_report_expand("reports/{profile}-{started}.json", &values, &path, &error);
    assert_int_equal(status, error.code);
    assert_int_equal(status == PTL_OK, path != NULL);
    if (status == PTL_OK)
        assert_string_equal(path, "reports/lan-20170714T024000Z.json");
    else
        assert_int_equal(status, PTL_E_NO_MEMORY);
    free(path);
    return status == PTL_OK;
}

static bool print_schema(void *context)
{
    const char *whole = context;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1 << 20);
    ptl_object_schema(&ptl_object_results, &buf);
    bool failed = buf.failed;
    if (!failed)
        assert_string_equal(ptl_buf_text(&buf), whole);
    ptl_buf_free(&buf);
    return !failed;
}

/* A field of any length is whole, or the row has failed. */
static bool write_long_row(void *context)
{
    const char *long_field = context;
    struct ptl_buf row;
    ptl_buf_init(&row, 1 << 20);
    ptl_csv_row(&row, (const char *const[]){"a", long_field}, 2);
    bool failed = row.failed;
    if (!failed)
        assert_int_equal(row.length, strlen("\"a\",\"\"\r\n") + 2 * strlen(long_field));
    ptl_buf_free(&row);
    return !failed;
}

static void long_rows(void **state)
{
    (void)state;
    char field[5001];
    memset(field, '"', sizeof(field) - 1); /* doubled each */
    field[5000] = '\0';
    fail_each(write_long_row, field);
}

static void paths_and_the_schema(void **state)
{
    (void)state;
    fail_each(expand, NULL);
    struct ptl_buf whole;
    ptl_buf_init(&whole, 1 << 20);
    ptl_object_schema(&ptl_object_results, &whole);
    assert_false(whole.failed);
    fail_each(print_schema, whole.data);
    ptl_buf_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_rows),
        cmocka_unit_test(paths_and_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
