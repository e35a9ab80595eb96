/* Is a text JSON? Looked at before cJSON sees it, which lets pass what JSON does not, and does not
 * tell a wrong text from memory that ran out. */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include <stddef.h>

#define PTL_JSON_DEPTH_MAX 32
#define PTL_JSON_VALUES_MAX 250000 /* in one text: each takes 64 bytes once parsed */
#define PTL_JSON_NUMBER_MAX 63     /* characters of a number: cJSON takes no more */

/*
 * NULL when the text is exactly one value as RFC 8259 has it, without NUL in its strings, and with
 * depth and count of values within bounds. Else what is wrong, with its *offset. That the text is
 * UTF-8, and that no key stands twice, is not looked at. Any thread.
 */
const char *ptl_json_check(const char *text, size_t length, size_t *offset);

#endif
