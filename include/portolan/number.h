/* Strict decimal numbers: digits only, no sign, no blank, no leading zero but "0" itself. */
#ifndef PORTOLAN_NUMBER_H
#define PORTOLAN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when text[0..length) is such a number and fits; then *value is set. */
bool ptl_number_parse(const char *text, size_t length, uint64_t *value);

/* Multiplies and adds with overflow checks: false when the result does not fit. */
bool ptl_size_multiply(size_t a, size_t b, size_t *product);

#endif
