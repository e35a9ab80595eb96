/* CSV rows as all outputs of portolan write them: RFC 4180, every field quoted, CRLF. A row is put
 * together at the end of a buffer, behind rows that have ended. Memory that is out fails the
 * buffer, and so does a field of more than it can hold. */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "base/buf.h"

#include <stdint.h>

/* Another field of the row; ill-formed UTF-8 is mended. */
void ptl_csv_add(struct ptl_buf *buf, const char *text);
void ptl_csv_add_number(struct ptl_buf *buf, uint64_t number);
void ptl_csv_add_decimal(struct ptl_buf *buf, double number, int decimals); /* NAN: empty */
void ptl_csv_add_time(struct ptl_buf *buf, int64_t ms);                     /* since 1970 */
void ptl_csv_end(struct ptl_buf *buf);
/* A whole row of texts. */
void ptl_csv_row(struct ptl_buf *buf, const char *const *fields, size_t count);

#endif
