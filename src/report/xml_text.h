/* Text from outside in XML 1.0: attribute values and text, never in a comment. */
#ifndef REPORT_XML_TEXT_H
#define REPORT_XML_TEXT_H

#include "base/buf.h"

/*
 * Appends `text` so that it is well-formed in an attribute or an element: & < > " ' as entities;
 * control characters, most of which XML 1.0 cannot hold in any way, as "\xNN", as in the text
 * report; what is no UTF-8, and U+FFFE and U+FFFF, as U+FFFD.
 */
void ptl_xml_add_text(struct ptl_buf *buf, const char *text);
/* ` name="text"` */
void ptl_xml_add_attribute(struct ptl_buf *buf, const char *name, const char *text);

#endif
