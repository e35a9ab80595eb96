/* The page of a comparison: what comparison.json says, drawn by src/report/web/compare.js. */
#include "compare/outputs.h"
#include "report/page.h"

bool ptl_comparison_write_html(const struct ptl_comparison *comparison, struct ptl_output *output)
{
    struct ptl_buf json, scratch;
    ptl_buf_init(&json, PTL_COMPARISON_MAX);
    ptl_buf_init(&scratch, 64U * 1024);
    ptl_comparison_json(comparison, &json);
    bool good = !json.failed &&
                ptl_page_begin(output, &scratch, PTL_PAGE_COMPARE, "portolan: a comparison");
    if (good) {
        ptl_page_open_data(output, "data");
        ptl_page_write_json(output, ptl_buf_text(&json), json.length);
        ptl_page_close_data(output);
        ptl_page_end(output, PTL_PAGE_COMPARE);
    }
    ptl_buf_free(&scratch);
    ptl_buf_free(&json);
    return good;
}
