/*
 * What our JSON objects hold: a table an object, a row a key. The row drives writing, reading back,
 * the JSON Schema and the reference (docs/keys.md). A new key is one row, the member of the struct
 * that it names, and the place that sets it. Any thread.
 */
#ifndef RESULTS_KEYS_H
#define RESULTS_KEYS_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "target/portset.h"

/* A JSON object being taken apart: what is wrong with it, and where. The first thing that is wrong
 * stays in `status` and *error; after it nothing is refused any more, so that one check at the end
 * is enough. */
struct ptl_members {
    const struct ptl_json *json;
    const struct ptl_origin *place;
    const char *what; /* "a result", for messages */
    enum ptl_status status;
    struct ptl_error *error;
};

/* Says what is wrong, as "WHAT: message". Returns its status. */
enum ptl_status ptl_members_refuse(struct ptl_members *members, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Says that memory is out. Returns that. */
enum ptl_status ptl_members_no_memory(struct ptl_members *members);
/* Sets the bits (NULL: none) of the ports of an array, ascending. Returns how many. */
unsigned ptl_members_ports(struct ptl_members *members, const struct ptl_json *array,
                           const char *key, uint8_t bits[PTL_PORT_BYTES]);

struct ptl_key;

/* What a value is made of. `object` is the struct that the table is of. */
struct ptl_key_type {
    const char *name; /* in the reference */
    void (*print)(const struct ptl_key *key, const void *object, struct ptl_buf *buf);
    /* What is wrong stays in members. NULL: such values are not read back. */
    void (*read)(const struct ptl_key *key, const struct ptl_json *value,
                 struct ptl_members *members, void *object);
    /* For the schema; any may be NULL: JSON's name of it ("integer"), what else holds of each, as
     * ptl_json_describe takes it, and what the row adds to that. */
    const char *json, *limits;
    void (*describe)(const struct ptl_key *key, struct ptl_json *schema);
};
#define PTL_KEY_FROM_0 "{'minimum': 0}"

struct ptl_key {
    const char *name;
    const struct ptl_key_type *type;
    size_t offset, bytes; /* of the member */
    size_t count_at;      /* of lists: where their count lies */
    size_t count_bytes;   /* 0: no count */
    uint64_t max;         /* of a number, of a text's bytes, of a list's elements; 0: no more
                             than the member holds */
    bool is_nullable;     /* null where the member is `none`, or where the count is 0 */
    uint64_t none;        /* a text's none is NULL, a number's this */
    bool is_later;        /* came later: older files of the same version may lack it */
    bool is_promised;     /* the schema asks for it though it came later */
    bool is_asked;        /* known when the run begins */
    bool is_setting;      /* of a run: one of the things that say how it asks */
    bool is_omitted;      /* not written where the member, or the count, is 0 */
    bool is_by_hand;      /* written and read elsewhere; the row tells what it is */
    bool begins_line;     /* written at the beginning of a line */
    bool has_lines;       /* of lists: each element has a line of its own */
    double steps;         /* decimals: rounded to that part of 1; 0: not at all */
    const char *const
        *words; /* those there are, by number; NULL: a number that is written as null */
    size_t word_count;
    const struct ptl_object *object; /* what an object is, or each element of a list */
    const char *about;               /* what it means, in a line */
};

struct ptl_object {
    const char *name; /* of one of them, in messages: "a result" */
    size_t bytes;     /* of the struct */
    const struct ptl_key *keys;
    size_t count;
};

#define PTL_COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* A table of keys of the struct `of`, of which messages call one `what`. */
#define PTL_OBJECT(of, rows, what)                                                                 \
    {                                                                                              \
        .name = (what), .bytes = sizeof(of), .keys = (rows), .count = PTL_COUNT(rows)              \
    }
/* A row of the root of a document, which is written part by part. */
#define PTL_PART(key, type, what, ...)                                                             \
    {                                                                                              \
        key, type, .is_by_hand = true, .about = (what), __VA_ARGS__                                \
    }
#define PTL_WORDS(array) .words = (array), .word_count = PTL_COUNT(array)
#define PTL_AT(type, member)                                                                       \
    .offset = offsetof(type, member), .bytes = sizeof(((const type *)NULL)->member)
#define PTL_COUNT_AT(type, member)                                                                 \
    .count_at = offsetof(type, member), .count_bytes = sizeof(((const type *)NULL)->member)

extern const struct ptl_key_type ptl_key_text;   /* const char *; when read, borrowed of the JSON */
extern const struct ptl_key_type ptl_key_copy;   /* char *, owned; what is read replaces it */
extern const struct ptl_key_type ptl_key_chars;  /* char[] */
extern const struct ptl_key_type ptl_key_number; /* unsigned, of 1 to 8 bytes */
extern const struct ptl_key_type ptl_key_port;   /* the same, from 1 to 65535; null: 0 */
extern const struct ptl_key_type ptl_key_signed; /* int32_t */
extern const struct ptl_key_type ptl_key_decimal; /* double; not finite: null */
extern const struct ptl_key_type ptl_key_share;   /* unsigned: that many of `steps` */
extern const struct ptl_key_type ptl_key_bool;
extern const struct ptl_key_type ptl_key_is;    /* true: the unsigned member is `none` */
extern const struct ptl_key_type ptl_key_word;  /* unsigned: one of words */
extern const struct ptl_key_type ptl_key_time;  /* int64_t: ms since 1970 */
extern const struct ptl_key_type ptl_key_fixed; /* no member: always words[0] */
extern const struct ptl_key_type ptl_key_const; /* the same, and the schema promises it */
extern const struct ptl_key_type ptl_key_texts; /* char **, with a count */

extern const struct ptl_key_type ptl_key_object; /* a struct within the struct */
extern const struct ptl_key_type ptl_key_list;   /* a pointer to structs; when read, allocated */
extern const struct ptl_key_type ptl_key_array;  /* an array of structs within the struct */

/* Which keys of an object. */
enum ptl_keys {
    PTL_KEYS_ALL,
    PTL_KEYS_ASKED, /* those known when the run begins */
    PTL_KEYS_FOUND  /* the others */
};

/* The object; and without its braces. */
void ptl_object_print(const struct ptl_object *object, const void *from, struct ptl_buf *buf);
void ptl_object_print_keys(const struct ptl_object *object, enum ptl_keys which, const void *from,
                           struct ptl_buf *buf);
/* Reads members->json, which members->what names, into the struct: each key has to be there (but
 * later ones), of its type and within its limits. What is wrong stays in members. */
void ptl_object_read(const struct ptl_object *object, enum ptl_keys which,
                     struct ptl_members *members, void *into);
/* The JSON Schema of an object. More keys may come in later versions: none are forbidden. */
void ptl_object_describe(const struct ptl_object *object, struct ptl_json *schema);

/* For types: the member, as the unsigned number that it is. */
uint64_t ptl_key_load(const void *object, size_t offset, size_t bytes);
void ptl_key_store(void *object, size_t offset, size_t bytes, uint64_t number);
/* Of numbers, for types that check or describe more. */
void ptl_key_print_number(const struct ptl_key *key, const void *object, struct ptl_buf *buf);
void ptl_key_read_number(const struct ptl_key *key, const struct ptl_json *value,
                         struct ptl_members *members, void *object);
/* "type": NAME, or null, in a schema. */
void ptl_key_describe_as(const struct ptl_key *key, const char *type, struct ptl_json *schema);
/* Describe what is written in another way as the types above are. */
void ptl_key_describe_object(const struct ptl_key *key, struct ptl_json *schema);
void ptl_key_describe_list(const struct ptl_key *key, struct ptl_json *schema); /* of texts, too */

/* The whole of a JSON Schema, draft-07, of a file whose root is `object`, pretty-printed, with a
 * newline, and named as the first key of the root says; and the tables of all its objects, as
 * Markdown, under that title. */
void ptl_object_schema(const struct ptl_object *object, struct ptl_buf *buf);
void ptl_object_reference(const struct ptl_object *object, const char *title, struct ptl_buf *buf);

/* ---- objects that stand there exactly as ptl_object_print writes them (keys_scan.c) ---- */

struct ptl_scan {
    const char *at, *end; /* what is left of the text; borrowed */
    char texts[1280];     /* those that the object holds, copied */
    size_t used;
};

/*
 * Reads the object at scan->at into the struct, whose texts are the scan's, and moves `at` behind
 * it. Whatever it takes, ptl_object_read takes and reads alike. False: it does not stand there as
 * printed (other order, blanks, escapes, a key that is not of the table, a value of a type that is
 * not read so, the text's end), which need not be wrong; the struct and the scan are spoilt.
 */
bool ptl_object_scan(const struct ptl_object *object, struct ptl_scan *scan, void *into);

#endif
