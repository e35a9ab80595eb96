/*
 * How the entries of a host list are kept: a record each, of few bytes, since there may be a
 * million of them. One thread at a time.
 */
#ifndef TARGET_HOST_RECORDS_H
#define TARGET_HOST_RECORDS_H

#include "target/hosts.h"

#include <stdbool.h>

/* Keeps a copy of the entry, with its text and its file's name; ptl_hosts_get gives it back and
 * ptl_hosts_free frees it. False: no memory, and the list is as it was. */
bool ptl_hosts_keep(struct ptl_hosts *hosts, const struct ptl_host *host);

#endif
