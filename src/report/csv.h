/* CSV rows as all outputs of portolan write them: RFC 4180, every field quoted, CRLF. */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "base/buf.h"

#include <stddef.h>

/* Appends one row; ill-formed UTF-8 is mended. A field of more than 1 MiB fails buf, as no memory.
 */
void ptl_csv_row(struct ptl_buf *buf, const char *const *fields, size_t count);

#endif
