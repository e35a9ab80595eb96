/* The parts of results.json, for every writer that carries them: the keys of a record, and the
 * lists of the whole run. Memory that is out is told by the buffer. */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "report/writer.h"
#include "results/objects.h"

/* Its texts are those of names, or static. items[0..count) are the kept results of the target. */
struct ptl_target_keys ptl_part_target(const struct ptl_results *results,
                                       const struct ptl_target_counts *counts,
                                       const struct ptl_result *items, size_t count,
                                       struct ptl_target_names *names);
/* `confirmed` is room for one of its texts. */
#define PTL_CONFIRMED_SIZE 8
struct ptl_result_keys ptl_part_result(const struct ptl_row *row,
                                       char confirmed[PTL_CONFIRMED_SIZE]);

/* Appends the list "open_ports". */
void ptl_part_open_ports(const struct ptl_results *results, struct ptl_buf *buf);

/* A list of the results. */
struct ptl_part_list {
    const char *key;
    bool has_lines; /* of results.json: each element has a line of its own */
    size_t count;
    /* Appends the element that begins at *next, and moves that behind it. */
    void (*print)(const struct ptl_results *results, size_t *next, struct ptl_buf *buf);
};
/* The lists, in the order of results.json. Returns how many: those of all results, then those of
 * merged ones. */
#define PTL_PART_LISTS 5
#define PTL_PART_LISTS_OF_ALL 3
size_t ptl_part_lists(const struct ptl_results *results,
                      struct ptl_part_list lists[PTL_PART_LISTS]);
/* Writes `before` the key, the elements, each after `line` and by itself, since there may be many,
 * and what closes the list, after `end` where it is not empty. */
bool ptl_part_write_list(struct ptl_writing *writing, struct ptl_part_list list, const char *line,
                         const char *end, bool (*flush)(struct ptl_writing *writing));

#endif
