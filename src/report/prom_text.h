/* Text of Prometheus' exposition format. */
#ifndef REPORT_PROM_TEXT_H
#define REPORT_PROM_TEXT_H

#include "base/buf.h"

/* A label's value: backslash, quote and newline are escaped; UTF-8 is mended, the rest stands. */
void ptl_prom_add_value(struct ptl_buf *line, const char *text);

#endif
