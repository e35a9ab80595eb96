/*
 * A cancel token: set once, from a signal handler or any thread; seen by all. It owns an eventfd,
 * so that a poll() can wait for it.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include "base/error.h"

#include <stdatomic.h>

struct ptl_cancel {
    atomic_int cause; /* 0: not cancelled; else what ptl_cancel_trigger was given */
    int fd;           /* readable once cancelled */
};

enum ptl_status ptl_cancel_init(struct ptl_cancel *cancel, struct ptl_error *error);
/* Async-signal-safe. The first cause stays. `cause` is not 0: a signal's number, say. */
void ptl_cancel_trigger(struct ptl_cancel *cancel, int cause);
/* 0, or the cause. Any thread. NULL is never cancelled. */
int ptl_cancel_cause(const struct ptl_cancel *cancel);
void ptl_cancel_free(struct ptl_cancel *cancel);

#endif
