/* CSV rows as all outputs of portolan write them: RFC 4180, every field quoted, CRLF. */
#ifndef PORTOLAN_CSV_H
#define PORTOLAN_CSV_H

#include "portolan/buf.h"

#include <stddef.h>

/* Appends one row; fields longer than 1,024 bytes are cut, ill-formed UTF-8 is mended. */
void ptl_csv_row(struct ptl_buf *buf, const char *const *fields, size_t count);

#endif
