#include "report/writer.h"

const struct ptl_writer *const ptl_writers[PTL_FORMAT_COUNT] = {
    [PTL_FORMAT_JSON] = &ptl_writer_json,
    [PTL_FORMAT_CSV] = &ptl_writer_csv,
    [PTL_FORMAT_TEXT] = &ptl_writer_text,
};

bool ptl_writing_flush(struct ptl_writing *writing)
{
    if (writing->line.failed)
        return false;
    ptl_output_write(writing->output, ptl_buf_text(&writing->line), writing->line.length);
    ptl_buf_reset(&writing->line);
    return true;
}
