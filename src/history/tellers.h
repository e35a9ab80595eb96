/* The formats of what is told. `order` is that of hosts. Each false: no memory. */
#ifndef HISTORY_TELLERS_H
#define HISTORY_TELLERS_H

#include "history/telling.h"
#include "report/output.h"

bool ptl_tell_json(const struct ptl_telling *telling, const size_t *order,
                   struct ptl_output *output);
bool ptl_tell_csv(const struct ptl_telling *telling, const size_t *order,
                  struct ptl_output *output);
bool ptl_tell_text(const struct ptl_telling *telling, const size_t *order,
                   struct ptl_output *output);

/* Writes the line out and empties it. False: it has failed. */
bool ptl_tell_flush(struct ptl_buf *line, struct ptl_output *output);

#endif
