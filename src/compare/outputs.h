/* The outputs of a comparison that do not fit one buffer. */
#ifndef COMPARE_OUTPUTS_H
#define COMPARE_OUTPUTS_H

#include "compare/compare.h"
#include "report/output.h"
#include "results/keys.h"

/* Writes the page: the frame of report/page.h around the JSON. False: memory ran out. */
bool ptl_comparison_write_html(const struct ptl_comparison *comparison, struct ptl_output *output);

/* Of struct ptl_compared_variant, in comparison.json (variant_keys.c). */
extern const struct ptl_object ptl_object_variant;

#endif
