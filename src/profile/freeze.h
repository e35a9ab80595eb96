/* A profile that means the same targets everywhere and at any time. */
#ifndef PROFILE_FREEZE_H
#define PROFILE_FREEZE_H

#include "base/buf.h"
#include "base/cancel.h"
#include "base/error.h"
#include "profile/profile.h"
#include "target/targets.h"

#define PTL_FROZEN_INLINE 10000 /* entries that stand in the profile itself */

/* What is to be frozen. Borrowed. */
struct ptl_freezing {
    const struct ptl_profile *profile;
    const struct ptl_targets *targets; /* what its hosts were resolved to, less what is excluded */
    const struct ptl_cancel *cancel;   /* NULL: none */
    const char *hosts_file; /* where more entries will stand, seen from the profile; NULL: in it */
};

/*
 * Appends the profile as ptl_profile_show does, but with the targets in place of hosts and
 * exclude_hosts: names as NAME=ADDRESS, and no file, unless there are more entries than
 * PTL_FROZEN_INLINE: these are the lines of hosts_file, appended to `lines`. Names in `expect` that
 * label no target are resolved, to the addresses of theirs that are targets. One thread.
 * PTL_E_INVALID: such a name does not resolve; PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_profile_freeze(const struct ptl_freezing *freezing, struct ptl_buf *buf,
                                   struct ptl_buf *lines, struct ptl_error *error);

#endif
