/* Strict decimal numbers: digits only, no sign, no blank, no leading zero but "0" itself. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when text[0..length) is such a number and fits; then *value is set. */
bool ptl_number_parse(const char *text, size_t length, uint64_t *value);

#define PTL_DIGITS_SIZE 21 /* 2^64 - 1 and the NUL */
/* The decimal digits of `value` with a NUL, within `text`; returns where they start. What
 * snprintf() does, without its cost: reports hold millions of numbers. */
const char *ptl_digits(uint64_t value, char text[PTL_DIGITS_SIZE]);

/* For qsort() and bsearch() of numbers, or of structs that begin with one: uint32_t and uint64_t.
 */
int ptl_number_order(const void *a, const void *b);
int ptl_number_order_64(const void *a, const void *b);

#endif
