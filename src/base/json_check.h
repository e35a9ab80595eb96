/* What cJSON lets pass and JSON does not: looked for before it sees the text. */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include <stddef.h>

#define PTL_JSON_DEPTH_MAX 32
#define PTL_JSON_VALUES_MAX 250000 /* in one text: each takes 64 bytes once parsed */

/*
 * NULL when strings hold no control character, NUL escape or unknown escape, numbers are written
 * as RFC 8259 says, nothing but blanks stands between values, and depth and count of values are
 * within bounds. Else what is wrong, with its *offset. Pairs of brackets, commas and the like are
 * left to the parser.
 */
const char *ptl_json_check(const char *text, size_t length, size_t *offset);

#endif
