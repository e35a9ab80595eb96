/*
 * THE field table: one row a key. It drives loading, --set, defaults, limits, `show`, the JSON
 * Schema and docs/profile.md. A new field is one row here, one member of its struct, and its use.
 */
#ifndef PROFILE_FIELDS_H
#define PROFILE_FIELDS_H

#include "profile/profile.h"

enum ptl_field_type {
    PTL_FIELD_NAME,     /* a string of A-Za-z0-9._-, min to max long */
    PTL_FIELD_STRING,   /* a string, min to max bytes */
    PTL_FIELD_PATH,     /* a path, not empty */
    PTL_FIELD_FOLDER,   /* the same, in which nothing expands */
    PTL_FIELD_EXTENDS,  /* a path, or max of them, gone once the parents are merged in */
    PTL_FIELD_DURATION, /* min to max milliseconds, or the special word */
    PTL_FIELD_BOOL,     /* */
    PTL_FIELD_INT,      /* min to max, or the special word */
    PTL_FIELD_SHARE,    /* 0 to 1, four decimals at most; kept as ten-thousandths */
    PTL_FIELD_ENUM,     /* one of words */
    PTL_FIELD_ADDRESS,  /* one address, or the special word */
    PTL_FIELD_HOSTS,    /* one entry or a list */
    PTL_FIELD_PORTS,    /* one entry or a list */
    PTL_FIELD_SCOPE,    /* a list of scope entries */
    PTL_FIELD_STATES,   /* a list of words, into an array of bool */
    PTL_FIELD_MAPPING,  /* a mapping of children, into the same struct */
    PTL_FIELD_SHARD,    /* K/N or auto/N, or the special word */
    PTL_FIELD_EXPECT,   /* a list of mappings of children, each a struct ptl_expect */
};

struct ptl_field {
    const char *name;
    enum ptl_field_type type;
    size_t offset;      /* of the member */
    size_t bytes;       /* its size */
    size_t text_offset; /* PTL_FIELD_HOSTS: of the struct ptl_texts beside it */
    uint64_t min, max;  /* limits of a number, a duration in ms, or a length */
    const char *const *words;
    size_t word_count;
    const char *special;    /* a word that stands for a number: "unlimited", "none" */
    uint64_t special_value; /* that number */
    const char *also;       /* another such word; NULL: none */
    uint64_t also_value;
    bool required;             /* in the end: a parent may lack it */
    bool is_exclude;           /* PTL_FIELD_HOSTS: what is left out may hold what is no target */
    bool decides;              /* what a run finds: a run of another value does not go on */
    bool is_of_plan;           /* of those: says what is asked, the others how */
    bool is_own;               /* says something of its file alone: not inherited by `extends` */
    const char *fallback;      /* the default, as YAML; NULL: none, or told by fallback_text */
    const char *fallback_text; /* how the reference tells the default where fallback does not */
    const char *type_text;
    const char *summary; /* one line, for lists and the table of the reference */
    const char *details; /* a paragraph; NULL: the summary says it all */
    const char *example; /* YAML, valid within any profile */
    const struct ptl_field *children;
    size_t child_count;
};

extern const struct ptl_field ptl_fields[];
extern const size_t ptl_field_count;
/* The rows that decide, one after the other; NULL past the last. Static. */
const struct ptl_field *ptl_field_deciding(size_t number);

#define PTL_NAME_MAX 64

#endif
