/* Tables for people that fit a terminal: what there is no room for is left out, and named. */
#ifndef COMPARE_TABLE_H
#define COMPARE_TABLE_H

#include "base/buf.h"

#include <stdint.h>

#define PTL_TABLE_WIDTH 80
#define PTL_TABLE_CELL 32
#define PTL_TABLE_COLUMNS 12

struct ptl_table_column {
    const char *title;
    uint8_t rank; /* the highest is left out first; 0 always stays */
    bool is_left; /* aligned to the left */
};

struct ptl_table {
    const char *title; /* above the names of the rows */
    const struct ptl_table_column *columns;
    size_t column_count;
    size_t row_count;
    const void *context;
    /* What the row is called; from outside, so it is shown escaped. */
    const char *(*name)(const void *context, size_t row);
    void (*fill)(const void *context, size_t row, char cells[][PTL_TABLE_CELL]);
};

/* Adds the table. Where a name is too long for a column each stands on a line of its own, above its
 * row. */
void ptl_table_add(const struct ptl_table *table, struct ptl_buf *buf);

#endif
