/* Members of a JSON object that has to have them: present, of their type, within their limits. */
#ifndef RESULTS_MEMBERS_H
#define RESULTS_MEMBERS_H

#include "portolan/error.h"
#include "portolan/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An object being taken apart. The first thing that is wrong stays in `status` and *error; after
 * it every function does nothing but give a zero, so that one check at the end is enough. */
struct ptl_members {
    const struct ptl_json *json;
    const struct ptl_origin *place;
    const char *what; /* "a result", for messages */
    enum ptl_status status;
    struct ptl_error *error;
};

/* Says what is wrong, as "WHAT: message". Returns its status. */
enum ptl_status ptl_members_refuse(struct ptl_members *members, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Any value; NULL when something was wrong. */
const struct ptl_json *ptl_members_get(struct ptl_members *members, const char *key);
/* Never NULL; at most `max` bytes. Borrowed. */
const char *ptl_members_text(struct ptl_members *members, const char *key, size_t max);
/* A string or null (NULL). */
const char *ptl_members_text_or_null(struct ptl_members *members, const char *key, size_t max);
uint64_t ptl_members_number(struct ptl_members *members, const char *key, uint64_t max);
/* A number, or null: `none`. */
uint64_t ptl_members_number_or_null(struct ptl_members *members, const char *key, uint64_t max,
                                    uint64_t none);
double ptl_members_double(struct ptl_members *members, const char *key);
/* A time as RFC 3339 has it, in ms since 1970. */
int64_t ptl_members_time(struct ptl_members *members, const char *key);
bool ptl_members_bool(struct ptl_members *members, const char *key);
/* Which of names[0..count) the string is. */
unsigned ptl_members_word(struct ptl_members *members, const char *key, const char *const *names,
                          size_t count);
/* Sets the bits (NULL: none) of the ports of an array, ascending. Returns how many. */
unsigned ptl_members_ports(struct ptl_members *members, const struct ptl_json *array,
                           const char *key, uint8_t bits[8192]);

#endif
