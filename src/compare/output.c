/* A comparison's way to its destination. */
#include "compare/compare.h"
#include "report/page.h"

static void (*const writers[PTL_FORMAT_COUNT])(const struct ptl_comparison *, struct ptl_buf *) = {
    [PTL_FORMAT_JSON] = ptl_comparison_json,
    [PTL_FORMAT_CSV] = ptl_comparison_csv,
    [PTL_FORMAT_TEXT] = ptl_comparison_text,
};

/* False: memory ran out. */
static bool write_buffered(const struct ptl_comparison *comparison, enum ptl_format format,
                           struct ptl_output *output)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, PTL_COMPARISON_MAX);
    writers[format](comparison, &buf);
    bool good = ptl_output_write_line(output, &buf);
    ptl_buf_free(&buf);
    return good;
}

/* The page: what comparison.json says, drawn by src/report/web/compare.js. False: memory ran out.
 */
static bool write_html(const struct ptl_comparison *comparison, struct ptl_output *output)
{
    struct ptl_buf json, scratch;
    ptl_buf_init(&json, PTL_COMPARISON_MAX);
    ptl_buf_init(&scratch, 64U * 1024);
    ptl_comparison_json(comparison, &json);
    bool good =
        !json.failed && ptl_page_begin(output, &scratch, PTL_PAGE_COMPARE, "a comparison", "");
    if (good) {
        ptl_page_open_data(output, "data");
        ptl_page_flush(output, &json);
        ptl_page_close_data(output);
        ptl_page_end(output, PTL_PAGE_COMPARE);
    }
    ptl_buf_free(&scratch);
    ptl_buf_free(&json);
    return good;
}

enum ptl_status ptl_comparison_write(const struct ptl_comparison *comparison,
                                     enum ptl_format format, struct ptl_output *output,
                                     struct ptl_error *error)
{
    bool good = format == PTL_FORMAT_HTML ? write_html(comparison, output)
                                          : write_buffered(comparison, format, output);
    return ptl_output_end(output, good, "the comparison is too large to be written", error);
}
