#include "report/prom_text.h"

#include "base/text.h"

void ptl_prom_add_value(struct ptl_buf *line, const char *text)
{
    struct ptl_buf mended;
    ptl_buf_init(&mended, line->max);
    ptl_text_add_utf8(&mended, text);
    if (mended.failed)
        line->failed = true;
    for (const char *at = ptl_buf_text(&mended); *at != '\0'; at++) {
        if (*at == '\\' || *at == '"')
            ptl_buf_add_char(line, '\\');
        if (*at == '\n')
            ptl_buf_add(line, "\\n");
        else
            ptl_buf_add_char(line, *at);
    }
    ptl_buf_free(&mended);
}
