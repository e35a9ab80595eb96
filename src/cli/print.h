/* What the commands say: problems on standard error, data on standard output, and how they end. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "base/buf.h"
#include "base/error.h"

#include <portolan.h>

/* The exit statuses of the contract. A signal ends with 128 and its number. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_DIFFERENT = 1,  /* an expectation failed, a difference was found */
    EXIT_USAGE = 2,      /* the command line is wrong; nothing was sent */
    EXIT_REJECTED = 3,   /* a profile or an input file was rejected; nothing was sent */
    EXIT_INCOMPLETE = 4, /* probes ended in error, names did not resolve, the deadline passed */
    EXIT_OUTPUT = 5,     /* an output could not be written */
};

/* The exit status of a command that ends for an error of that status. */
int exit_of(enum ptl_status status);

/*
 * A line on standard error, as printf. Words, paths and messages that come from outside may be
 * given as they are: control characters come out escaped. Returns false, for who gives up there.
 */
bool print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_error(const struct ptl_error *error);
/* The same; returns the exit status that a command ends with for it. */
int print_failure(const struct ptl_error *error);
/* The same of memory that ran out. */
int print_no_memory(void);
/* Each problem on a line; frees the list. */
void print_problems(struct ptl_problems *problems);

void print_problem(const struct portolan_problem *problem);
/* What a call of the library that came to `status` has found, unless all is well. The exit status
 * that a command ends with for it. */
int print_all(enum portolan_status status, const struct portolan_problems *problems);
/* The same; frees the list. */
int print_found(enum portolan_status status, struct portolan_problems *problems);

/* False where NO_COLOR is set; an empty one does not count (no-color.org). */
bool print_may_color(void);
/* Where standard output is a pipe that does not wait for its reader, what is printed waits. */
void print_patiently(void);
/*
 * Prints a document on standard output, whole or not at all, and frees it: EXIT_DONE, or with a
 * message EXIT_INCOMPLETE where memory ran out, EXIT_OUTPUT where it could not be written.
 */
int print_document(struct ptl_buf *document);
/* Flushes standard output: `status`, or EXIT_OUTPUT with a message when it could not be written. */
int end_output(int status);

#endif
