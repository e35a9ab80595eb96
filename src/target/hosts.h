/*
 * A host list as written: blocks of addresses and names, in order, each with the place it came
 * from. Nothing is expanded. Constant once built.
 */
#ifndef TARGET_HOSTS_H
#define TARGET_HOSTS_H

#include "base/error.h"
#include "target/address.h"

#include <stddef.h>

#define PTL_HOSTS_MAX 1000000                  /* entries of one list */
#define PTL_HOSTS_FILES_MAX ((size_t)64 << 20) /* bytes of all its files */

struct ptl_host {
    const char *text; /* as written: "10.0.0.0/24", "web.example"; no two entries share it */
    bool is_name;     /* true: a name to resolve; block is then empty */
    struct ptl_block block;
    const char *file; /* where it was written; NULL: unknown. Owned by the list, as is text */
    unsigned line, column;
};

struct ptl_host_slot;  /* an entry as it is kept: 24 bytes, since there may be a million */
struct ptl_host_wide;  /* an address of IPv6 */
struct ptl_host_texts; /* what many of them are called, in one piece that stays where it is */

struct ptl_hosts {
    struct ptl_host_slot *slots;
    size_t count;
    size_t capacity;
    struct ptl_host_wide *wide; /* the first addresses of IPv6, and the last ones of blocks */
    size_t wide_count, wide_capacity;
    struct ptl_host_texts **texts;
    size_t text_count, text_capacity;
    char **files; /* the names that entries borrow */
    size_t file_count;
    size_t file_bytes; /* read so far, of at most PTL_HOSTS_FILES_MAX */
    bool is_exclude;   /* set before the first add: 0.0.0.0 and :: may be left out, 0.0.0.0/8 say */
};

/* Zero-initialise before the first add. */
void ptl_hosts_free(struct ptl_hosts *hosts);
/* number < count. Its texts live as long as the list. */
struct ptl_host ptl_hosts_get(const struct ptl_hosts *hosts, size_t number);
/*
 * Adds one entry: address, CIDR, range, name (RFC 1123 labels, or with underscores), or
 * "file: PATH" (also "file:PATH"), one entry a line, "#" comments, no nesting of files; PATH is
 * relative to `base_dir` ("" or NULL: the current directory); named pipes and devices are refused.
 * Every wrong entry becomes a problem with its own file, line and column; the good ones are kept.
 * 0.0.0.0 and :: are refused, but for excludes.
 */
void ptl_hosts_add(struct ptl_hosts *hosts, const char *text, const struct ptl_origin *origin,
                   const char *base_dir, struct ptl_problems *problems);

/*
 * Are there blocks that are written with host bits, as 10.0.0.5/24 is? Then `first` is the first of
 * them, and `out` says so of it and how many more there are.
 */
#define PTL_HOST_BITS_SIZE 256
bool ptl_hosts_with_bits(const struct ptl_hosts *hosts, struct ptl_host *first,
                         char out[PTL_HOST_BITS_SIZE]);

#endif
