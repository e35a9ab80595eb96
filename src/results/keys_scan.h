/* Reading objects that stand there exactly as ptl_object_print writes them. Any thread. */
#ifndef RESULTS_KEYS_SCAN_H
#define RESULTS_KEYS_SCAN_H

#include "results/keys.h"

#include <stdbool.h>
#include <stddef.h>

struct ptl_scan {
    const char *at, *end; /* what is left of the text; borrowed */
    char texts[1280];     /* those that the object holds, copied */
    size_t used;
};

/*
 * Reads the object at scan->at into the struct, whose texts are the scan's, and moves `at` behind
 * it. Whatever it takes, ptl_object_read takes and reads alike. False: it does not stand there as
 * printed (other order, blanks, escapes, a key that is not of the table, a value of a type that is
 * not read so, the text's end), which need not be wrong; the struct and the scan are spoilt.
 */
bool ptl_object_scan(const struct ptl_object *object, struct ptl_scan *scan, void *into);

#endif
