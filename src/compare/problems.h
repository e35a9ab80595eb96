/* Problems of several variants, of which many are the same. */
#ifndef COMPARE_PROBLEMS_H
#define COMPARE_PROBLEMS_H

#include "portolan/error.h"

/* Adds those of `found` that are not there yet. */
void ptl_problems_add_new(struct ptl_problems *problems, const struct ptl_problems *found);

#endif
