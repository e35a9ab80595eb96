/* plan --freeze. */
#ifndef CLI_FREEZE_H
#define CLI_FREEZE_H

#include "profile/profile.h"
#include "scan/run.h"

#include <stdbool.h>

/* May the frozen profile go there? False, said: it would replace the profile itself. */
bool freeze_may_go_to(const char *path, const struct ptl_profile *profile);
/*
 * Writes the profile with the targets that it was prepared with, all of them, to `path`, and a list
 * of hosts beside it where they are many. Prints what it wrote, and what is wrong; the status.
 */
int freeze_write(const char *path, const struct ptl_profile *profile,
                 const struct ptl_prepared *prepared);

#endif
