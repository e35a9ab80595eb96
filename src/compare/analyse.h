/* The parts of ptl_analyse that are long enough for a file of their own. */
#ifndef COMPARE_ANALYSE_H
#define COMPARE_ANALYSE_H

#include "compare/world.h"

/* Fills in the machine, the options and the variants' settings. False: no memory. */
bool ptl_describe(const struct ptl_gathered *gathered, struct ptl_comparison *comparison);

/* Fills in the runs of a variant, and the connect times of all of them. False: no memory. */
bool ptl_measure_runs(const struct ptl_world *world, size_t number,
                      struct ptl_compared_variant *variant);

#endif
