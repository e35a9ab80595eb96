/* From nodes to members: one loader a type of field. */
#ifndef PROFILE_VALUES_H
#define PROFILE_VALUES_H

#include "profile/fields.h"
#include "profile/node.h"

struct ptl_loading {
    struct ptl_tree *tree;
    struct ptl_profile *profile;
    struct ptl_problems *problems;
    const char *within; /* the key around the one being read: "report"; NULL: none */
    bool scope_broken;  /* the scope has a problem: what lies outside it means nothing then */
    bool no_memory;
    size_t hosts_bytes; /* of hosts files so far: one bound for all the lists of a profile */
};

/* loaders.c. Loads a mapping's keys into `base` through the rows: unknown keys and wrong values are
 * problems.
 */
void ptl_values_load(struct ptl_loading *loading, const struct ptl_field *fields, size_t count,
                     void *base, const struct ptl_node *mapping);
/* Loads one value through its row. */
void ptl_value_load(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                    const struct ptl_node *node);

/* Appends a copy of the text; false: no memory. */
bool ptl_texts_add(struct ptl_texts *texts, const char *text);
void ptl_texts_free(struct ptl_texts *texts);

/* For the loaders of other files: a problem "NAME FORMAT..." at the node. */
void ptl_value_problem(struct ptl_loading *loading, const struct ptl_field *field,
                       const struct ptl_node *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Wraps an error of a lower storey into a problem at the node. */
void ptl_value_error(struct ptl_loading *loading, const struct ptl_field *field,
                     const struct ptl_node *node, const struct ptl_error *error);

typedef void ptl_value_loader(struct ptl_loading *loading, const struct ptl_field *field,
                              void *base, const struct ptl_node *node);
/* values.c: the types that take one value. */
ptl_value_loader ptl_load_string, ptl_load_share, ptl_load_int, ptl_load_duration, ptl_load_bool,
    ptl_load_enum, ptl_load_address;
/* lists.c: the types that take lists. */
ptl_value_loader ptl_load_hosts, ptl_load_ports, ptl_load_scope, ptl_load_states;
/* shard.c */
ptl_value_loader ptl_load_shard;

/* finish.c: what is left when every key was read. Defaults for what the tree does not say. */
void ptl_finish_defaults(struct ptl_loading *loading, const struct ptl_node *root);
/* What must hold of the whole: hosts and ports are there (where `complete`), ports remain, the
 * literal hosts are inside the scope. */
void ptl_finish_check(struct ptl_loading *loading, const struct ptl_node *root, bool complete);
/* scope_check.c: are the literal hosts, less the literal excludes, inside the scope? Names are for
 * the run. */
void ptl_scope_check(struct ptl_loading *loading, const struct ptl_node *root);

#endif
