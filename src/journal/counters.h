/* The counters of a journal's data, as numbers in an order that only grows. */
#ifndef JOURNAL_COUNTERS_H
#define JOURNAL_COUNTERS_H

#include "base/buf.h"
#include "journal/bytes.h"
#include "journal/journal.h"

/* How many there are, and they. */
void ptl_counters_put(struct ptl_buf *buf, const struct ptl_journal_counters *counters);
/* Reads the counters that are there; a later version may have more, which are skipped, and an older
 * one fewer, which stay as they are: but evidence is there as a whole, or not at all. What is wrong
 * stays in bytes. */
void ptl_counters_get(struct ptl_bytes *bytes, struct ptl_journal_counters *counters);

#endif
