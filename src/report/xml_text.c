#include "report/xml_text.h"

#include "base/text.h"

#include <string.h>

void ptl_xml_add_text(struct ptl_buf *buf, const char *text)
{
    struct ptl_buf printable;
    ptl_buf_init(&printable, buf->max);
    ptl_text_add_printable(&printable, text);
    if (printable.failed)
        buf->failed = true;
    for (const char *at = ptl_buf_text(&printable); *at != '\0'; at++) {
        static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
        static const char special[] = "&<>\"'";
        const char *found = strchr(special, *at);
        if (found != NULL) {
            ptl_buf_add(buf, entities[found - special]);
        } else if (strncmp(at, "\xEF\xBF\xBE", 3) == 0 || strncmp(at, "\xEF\xBF\xBF", 3) == 0) {
            ptl_buf_add(buf, "\xEF\xBF\xBD");
            at += 2;
        } else {
            ptl_buf_add_char(buf, *at);
        }
    }
    ptl_buf_free(&printable);
}

void ptl_xml_add_attribute(struct ptl_buf *buf, const char *name, const char *text)
{
    ptl_buf_printf(buf, " %s=\"", name);
    ptl_xml_add_text(buf, text);
    ptl_buf_add_char(buf, '"');
}
