#include "history/telling.h"

#include <stdlib.h>

#define LINE_MAX_BYTES (64UL << 20)

static ptl_telling_format *const tellers[PTL_FORMAT_COUNT] = {
    [PTL_FORMAT_JSON] = ptl_tell_json, [PTL_FORMAT_CSV] = ptl_tell_csv,
    [PTL_FORMAT_TEXT] = ptl_tell_text, [PTL_FORMAT_HTML] = ptl_tell_html,
    [PTL_FORMAT_PROM] = ptl_tell_prom,
};

enum ptl_status ptl_telling_write(const struct ptl_telling *telling, enum ptl_format format,
                                  const char *path, struct ptl_error *error)
{
    struct ptl_output *output = NULL;
    enum ptl_status status = ptl_output_open(path, NULL, &output, error);
    if (status != PTL_OK)
        return status;
    size_t *order = ptl_telling_order(telling->history);
    struct ptl_buf line;
    ptl_buf_init(&line, LINE_MAX_BYTES);
    bool good = order != NULL && tellers[format](telling, order, &line, output);
    ptl_buf_free(&line);
    free(order);
    return ptl_output_end(output, good, "out of memory while the history was written", error);
}
