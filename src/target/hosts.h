/*
 * A host list as written: blocks of addresses and names, in order, each with the place it came
 * from. Nothing is expanded. Constant once built.
 */
#ifndef TARGET_HOSTS_H
#define TARGET_HOSTS_H

#include "base/error.h"
#include "target/address.h"

#define PTL_HOSTS_MAX 1000000                  /* entries of one list */
#define PTL_HOSTS_FILES_MAX ((size_t)64 << 20) /* bytes of all its files */

struct ptl_host {
    const char *text; /* as written: "10.0.0.0/24", "web.example"; no two entries share it */
    bool is_name;     /* true: a name; block is then empty... */
    bool is_known;    /* ...but for one that came with its address, which the text lacks */
    struct ptl_block block;
    const char *file; /* where it was written; NULL: unknown. Owned by the list, as is text */
    unsigned line, column;
};

struct ptl_host_texts; /* records of many entries, in one piece that stays where it is */

struct ptl_hosts {
    uint32_t *records; /* of each entry: the number of its piece, and where in it, 16 bits each */
    size_t count;
    size_t capacity;
    struct ptl_host_texts **texts;
    size_t text_count, text_capacity;
    char **files; /* the names that entries borrow */
    size_t file_count;
    size_t file_bytes;                 /* read so far, of at most PTL_HOSTS_FILES_MAX */
    size_t with_bits, first_with_bits; /* how many have host bits set, and the first one's number */
    bool is_exclude; /* set before the first add: 0.0.0.0 and :: may be left out, 0.0.0.0/8 say */
};

/* Zero-initialise before the first add. */
void ptl_hosts_free(struct ptl_hosts *hosts);
/* number < count. Its texts live as long as the list. A block of IPv6 is read from its text anew,
 * so ask once for each entry. */
struct ptl_host ptl_hosts_get(const struct ptl_hosts *hosts, size_t number);
/*
 * Adds one entry: address, CIDR, range, name (RFC 1123 labels, or with underscores), NAME=ADDRESS,
 * a name that is not looked up, or "file: PATH" (also "file:PATH"), one entry a line, "#" comments,
 * no nesting of files; PATH is relative to `base_dir` ("" or NULL: the current directory); named
 * pipes and devices are refused. Every wrong entry becomes a problem with its own file, line and
 * column; the good ones are kept. 0.0.0.0 and :: are refused, but for excludes.
 */
void ptl_hosts_add(struct ptl_hosts *hosts, const char *text, const struct ptl_origin *origin,
                   const char *base_dir, struct ptl_problems *problems);

/* Is the host a name whose addresses have to be looked up? */
static inline bool ptl_host_is_to_resolve(const struct ptl_host *host)
{
    return host->is_name && !host->is_known;
}

/* Is the host a block that is written with host bits, as 10.0.0.5/24 is? */
bool ptl_host_has_bits(const struct ptl_host *host);
/*
 * Are there such blocks? Then `first` is the first of them, and `out` says so of it and how many
 * more there are.
 */
#define PTL_HOST_BITS_SIZE 256
bool ptl_hosts_with_bits(const struct ptl_hosts *hosts, struct ptl_host *first,
                         char out[PTL_HOST_BITS_SIZE]);

/* For hosts.c: keeps a copy of the entry, with its text and its file's name; ptl_hosts_get gives it
 * back and ptl_hosts_free frees it (host_records.c). False: no memory, and the list is as it was.
 */
bool ptl_hosts_keep(struct ptl_hosts *hosts, const struct ptl_host *host);

#endif
