/*
 * Errors: a typed status as the return value, and the story in a caller-owned struct ptl_error.
 *
 * Every function that can fail returns enum ptl_status and takes `struct ptl_error *error` as its
 * last parameter. The object is untouched on success. NULL is allowed: the status alone is then
 * all there is. A caller that passes an error on adds what it was doing with ptl_error_wrap.
 * The library never prints and never exits.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

enum ptl_status {
    PTL_OK = 0,
    PTL_E_INVALID,   /* an input (profile, hosts file, results file, value) is wrong */
    PTL_E_SYSTEM,    /* a system call failed; sys_errno says how */
    PTL_E_NO_MEMORY, /* memory, or a limit that protects it, ran out */
    PTL_E_OUTPUT,    /* an output could not be written; sys_errno says why */
    PTL_E_CANCELLED, /* the cancel token was triggered */
};

/* Fixed size, no allocation: an error can be told when memory is gone. */
struct ptl_error {
    enum ptl_status code;
    int sys_errno;      /* 0: none */
    unsigned line;      /* 1-based; 0: unknown */
    unsigned column;    /* 1-based; 0: unknown */
    char file[512];     /* "" : none; a longer path keeps its end, after "..." */
    char message[1024]; /* cut at a UTF-8 boundary when longer */
};

/* Where something was written, for messages. `file` is borrowed. */
struct ptl_origin {
    const char *file; /* NULL: none */
    unsigned line;    /* 0: unknown */
    unsigned column;
};

/* Sets `*error` and returns `code`. */
enum ptl_status ptl_error_set(struct ptl_error *error, enum ptl_status code, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));

/* The same of what mostly goes wrong: PTL_E_NO_MEMORY, "out of memory". */
enum ptl_status ptl_error_no_memory(struct ptl_error *error);

/* As ptl_error_set, with an errno value whose text ptl_error_print appends. */
enum ptl_status ptl_error_errno(struct ptl_error *error, enum ptl_status code, int sys_errno,
                                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* PTL_E_INVALID at a place in a file. `origin` may be NULL. */
enum ptl_status ptl_error_at(struct ptl_error *error, const struct ptl_origin *origin,
                             const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the message. Returns error->code; of NULL, which has none, PTL_E_SYSTEM:
 * a caller that may be given NULL returns the status it got. */
enum ptl_status ptl_error_wrap(struct ptl_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes "FILE:LINE:COL: message: strerror" into text, what is absent left out. Returns text. */
const char *ptl_error_print(const struct ptl_error *error, char *text, size_t size);

/*
 * Several errors, in the order they were found. At most PTL_PROBLEMS_MAX are kept; `dropped`
 * counts the rest. Zero-initialise; free with ptl_problems_free. Not for use by several threads.
 */
#define PTL_PROBLEMS_MAX 100
struct ptl_problems {
    struct ptl_error *items;
    size_t count;
    size_t dropped;
};

/* Copies the error in. Where memory is out it counts as dropped: nothing is silent. */
void ptl_problems_add(struct ptl_problems *problems, const struct ptl_error *error);
/* Adds that memory is out; returns PTL_E_NO_MEMORY. */
enum ptl_status ptl_problems_no_memory(struct ptl_problems *problems);
/* Adds those of `found` that are not there yet. */
void ptl_problems_add_new(struct ptl_problems *problems, const struct ptl_problems *found);
/* Formats a PTL_E_INVALID problem at a place and adds it. */
void ptl_problems_at(struct ptl_problems *problems, const struct ptl_origin *origin,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));
void ptl_problems_free(struct ptl_problems *problems);

#endif
