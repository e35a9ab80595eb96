/* The exit statuses of the contract. A signal ends with 128 and its number. */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "base/error.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_DIFFERENT = 1,  /* an expectation failed, a difference was found */
    EXIT_USAGE = 2,      /* the command line is wrong; nothing was sent */
    EXIT_REJECTED = 3,   /* a profile or an input file was rejected; nothing was sent */
    EXIT_INCOMPLETE = 4, /* probes ended in error, names did not resolve, the deadline passed */
    EXIT_OUTPUT = 5,     /* an output could not be written */
};

/* That of a command that ends for such an error. */
int exit_of(enum ptl_status status);

#endif
