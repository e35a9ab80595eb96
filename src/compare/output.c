/* A comparison's way to its destination. */
#include "report/output.h"
#include "compare/compare.h"
#include "report/page.h"

#include <stdlib.h>

struct ptl_comparison_output {
    enum ptl_format format;
    struct ptl_output *output;
};

static void (*const writers[PTL_FORMAT_COUNT])(const struct ptl_comparison *, struct ptl_buf *) = {
    [PTL_FORMAT_JSON] = ptl_comparison_json,
    [PTL_FORMAT_CSV] = ptl_comparison_csv,
    [PTL_FORMAT_TEXT] = ptl_comparison_text,
};

enum ptl_status ptl_comparison_open(enum ptl_format format, const char *path,
                                    const struct ptl_cancel *cancel,
                                    struct ptl_comparison_output **output, struct ptl_error *error)
{
    struct ptl_comparison_output *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    new->format = format;
    struct ptl_output_options how = {.cancel = cancel};
    enum ptl_status status = ptl_output_open(path, &how, &new->output, error);
    if (status != PTL_OK) {
        free(new);
        return status;
    }
    *output = new;
    return PTL_OK;
}

/* False: memory ran out. */
static bool write_buffered(struct ptl_comparison_output *output,
                           const struct ptl_comparison *comparison)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, PTL_COMPARISON_MAX);
    writers[output->format](comparison, &buf);
    bool good = ptl_output_write_line(output->output, &buf);
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

enum ptl_status ptl_comparison_write(struct ptl_comparison_output *output,
                                     const struct ptl_comparison *comparison,
                                     struct ptl_error *error)
{
    bool good = output->format == PTL_FORMAT_HTML ? write_html(comparison, output->output)
                                                  : write_buffered(output, comparison);
    if (!good) {
        ptl_comparison_abandon(output);
        return ptl_error_set(error, PTL_E_NO_MEMORY, "the comparison is too large to be written");
    }
    enum ptl_status status = ptl_output_commit(output->output, error);
    free(output);
    return status;
}

void ptl_comparison_abandon(struct ptl_comparison_output *output)
{
    if (output == NULL)
        return;
    ptl_output_abandon(output->output);
    free(output);
}
