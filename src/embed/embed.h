/*
 * What stands behind include/portolan.h: each of its objects holds one of the library's own, and a
 * share in what that one borrows from.
 */
#ifndef EMBED_EMBED_H
#define EMBED_EMBED_H

#include <portolan.h>

#include "base/cancel.h"
#include "base/error.h"
#include "journal/journal.h"
#include "profile/profile.h"
#include "report/report.h"
#include "results/results.h"
#include "scan/run.h"

#include <locale.h>
#include <signal.h>
#include <stdatomic.h>

struct portolan_problems {
    struct ptl_problems found;
};

/* Freed by the last who uses it: results have names of it. */
struct portolan_profile {
    struct ptl_profile *profile;
    atomic_uint users;
    struct portolan_profile *whole; /* NULL: it was loaded; else `profile` is `slice`... */
    struct ptl_profile slice;       /* ...and borrows all but its shard from that one */
};

struct portolan_stop {
    struct ptl_cancel cancel;
};

struct portolan_prepared {
    struct portolan_profile *profile;
    struct ptl_prepared *prepared;
    struct ptl_journal *journal; /* NULL: none */
    bool is_begun;               /* the journal is made */
    struct portolan_stop *ended; /* triggered: the wait for names was ended. NULL: it was not */
};

struct portolan_results {
    struct ptl_results *results;
    struct portolan_profile *profile; /* NULL: they were read back */
    struct ptl_journal *journal;      /* NULL: the run had none */
    struct ptl_past *past;            /* NULL: they were not read from a journal */
};

#define PTL_EMBED_PROFILE PTL_FORMAT_COUNT
#define PTL_EMBED_EXPECT (PTL_FORMAT_COUNT + 1)
struct portolan_report {
    struct ptl_report *report;
    int format; /* enum ptl_format, or one of those above */
};

/* ---- sizes of structs ---- */

/*
 * Copies a struct of options, whose first member is its size, into *own, of `own_size` bytes; what
 * it does not have is zero, and NULL is all zero. PTL_E_INVALID, added to `problems`: it has no
 * size, or asks for what this version does not know.
 */
enum ptl_status ptl_embed_take(void *own, size_t own_size, const void *given, const char *name,
                               struct portolan_problems *problems);
/* Fills in a caller's struct, as much of it as its first member says, from *own; that member stays.
 * False: it has no size. */
bool ptl_embed_give(void *given, const void *own, size_t own_size);
/* How much of the caller's struct ptl_embed_give would fill; 0: it has no size. */
size_t ptl_embed_size(const void *given);

/* ---- problems ---- */

/* Adds an error to the caller's, which may be NULL. Returns its status. */
enum portolan_status ptl_embed_fail(struct portolan_problems *problems,
                                    const struct ptl_error *error);
/* The same where memory ran out. */
enum portolan_status ptl_embed_no_memory(struct portolan_problems *problems);
/* Hands `found` over to the caller's, which may be NULL, and frees it. */
enum portolan_status ptl_embed_tell(struct portolan_problems *problems, struct ptl_problems *found,
                                    enum ptl_status status);

/* ---- the caller's thread ---- */

/* What it had before. */
struct ptl_embed_thread {
    locale_t locale;
    sigset_t blocked, pending;
};

/*
 * Between these two, numbers are written and read as in the C locale, whatever the caller's is, and
 * a write that fails is told by its errno, not by a signal that ends the process. What lies there
 * must not call the caller.
 */
struct ptl_embed_thread ptl_embed_enter(void);
void ptl_embed_leave(const struct ptl_embed_thread *before);

/* ---- objects ---- */

struct portolan_profile *ptl_embed_share(struct portolan_profile *profile);
/* The same profile for another slice, which keeps it alive. NULL: no memory. */
struct portolan_profile *ptl_embed_slice(struct portolan_profile *profile,
                                         const struct ptl_shard *shard);
/* Takes what `parts` hold over, and frees it where memory runs out. */
enum portolan_status ptl_embed_results(const struct portolan_results *parts,
                                       struct portolan_results **made,
                                       struct portolan_problems *problems);
/* Fills the caller's struct from an error; what it points to is borrowed. */
void ptl_embed_problem(const struct ptl_error *error, struct portolan_problem *problem);
const struct ptl_cancel *ptl_embed_cancel(const struct portolan_stop *stop);
/* Of sealed results, or, where only names are asked for, of those of a run that lasts. */
void ptl_embed_result(const struct ptl_results *results, const struct ptl_result *item,
                      struct portolan_result *result);
void ptl_embed_names(const struct ptl_results *results, uint32_t target,
                     struct portolan_names *names);

#endif
