/* Where a diff goes. */
#include "finished/differences.h"

static bool (*const writers[PTL_FORMAT_COUNT])(const struct ptl_diff *, struct ptl_output *) = {
    [PTL_FORMAT_JSON] = ptl_diff_write_json,
    [PTL_FORMAT_TEXT] = ptl_diff_write_text,
};

enum ptl_status ptl_diff_write(const struct ptl_diff *diff, enum ptl_format format,
                               const char *path, struct ptl_error *error)
{
    struct ptl_output *output = NULL;
    enum ptl_status status = ptl_output_open(path, NULL, &output, error);
    if (status != PTL_OK)
        return status;
    return ptl_output_end(output, writers[format](diff, output),
                          "out of memory while the differences were written", error);
}
