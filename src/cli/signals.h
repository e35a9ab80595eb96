/* Signals: the first asks the run to end, with its reports; a second ends at once. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "base/cancel.h"

#include <portolan.h>

/*
 * What SIGINT, SIGTERM and SIGHUP trigger from now on, for good. One that is ignored when this is
 * called stays ignored, for good too. NULL, said: there is none, and a command ends with
 * EXIT_INCOMPLETE.
 */
const struct ptl_cancel *signals_watch(void);
/* The same for the library's public functions. */
struct portolan_stop *signals_stop(void);
/* The number of the first signal that came; 0: none did. */
int signals_caught(void);

#endif
