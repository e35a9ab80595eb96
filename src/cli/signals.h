/* Signals: the first asks the run to end, with its reports; a second ends at once. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "base/cancel.h"

/*
 * SIGINT, SIGTERM and SIGHUP trigger `cancel`, which is kept for good. One that is ignored when
 * this is called stays ignored, for good too.
 */
void signals_watch(struct ptl_cancel *cancel);

#endif
