/* The outputs of a comparison that do not fit one buffer. */
#ifndef STUDY_OUTPUTS_H
#define STUDY_OUTPUTS_H

#include "portolan/compare.h"
#include "report/output.h"

/* Writes the page: the frame of report/page.h around the JSON. False: memory ran out. */
bool ptl_comparison_write_html(const struct ptl_comparison *comparison, struct ptl_output *output);

#endif
