/* Text of Prometheus' exposition format. */
#ifndef REPORT_PROM_TEXT_H
#define REPORT_PROM_TEXT_H

#include "base/buf.h"

#include <stdint.h>

/* Where metrics go. Every name begins with the prefix, every series has the label `profile`. */
struct ptl_prom {
    struct ptl_buf *line;
    const char *prefix;
    const char *profile;
};

/* What a metric is; its series follow. */
void ptl_prom_head(const struct ptl_prom *prom, const char *name, const char *help);
/* `NAME{profile="..."`: the caller adds further labels, then `} VALUE`. */
void ptl_prom_series(const struct ptl_prom *prom, const char *name);
/* `,NAME="..."`: backslash, quote and newline are escaped; UTF-8 is mended, the rest stands. */
void ptl_prom_label(const struct ptl_prom *prom, const char *name, const char *text);
/* A series that has one more label. */
void ptl_prom_count(const struct ptl_prom *prom, const char *name, const char *label,
                    const char *text, uint64_t count);
/* A metric of one series. */
void ptl_prom_gauge(const struct ptl_prom *prom, const char *name, const char *help, double value);

#endif
