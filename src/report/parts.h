/* The parts of results.json, for every writer that carries them: the keys of a record, and the
 * lists of the whole run. Memory that is out is told by the buffer. */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "report/writer.h"
#include "results/objects.h"

/* The next target of the walk, as ptl_results_next_target has it. Its texts are those of names, or
 * static. */
bool ptl_part_next_target(const struct ptl_results *results, struct ptl_target_cursor *cursor,
                          struct ptl_target_names *names, struct ptl_target_keys *keys);
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

/* How a format writes a member of its document. */
struct ptl_part_style {
    const char *before, *between, *after; /* the key, key and value, the value */
    bool has_lines;                       /* what has lines of its own gets them */
    const char *end;                      /* ...and so much stands before what closes the list */
    bool (*flush)(struct ptl_writing *writing);
};
/* Appends the member; its list, element by element, since there may be many, is flushed. */
void ptl_part_add(struct ptl_writing *writing, const struct ptl_part_style *style, const char *key,
                  const struct ptl_object *object, const void *from);
bool ptl_part_write_list(struct ptl_writing *writing, const struct ptl_part_style *style,
                         const struct ptl_part_list *list);

#endif
