/* A run weighed against the history before it: what of it is news. One thread. */
#ifndef HISTORY_WEIGH_H
#define HISTORY_WEIGH_H

#include "finished/view.h"
#include "history/index.h"

/* What complete runs of one plan tell of a row, one after the other. */
struct ptl_row_course {
    bool is_known, is_open; /* as it was told: what was seen often enough */
    unsigned streak;        /* runs that have seen it otherwise since */
    enum ptl_sight last;    /* that was known */
    enum ptl_sight last_open;
    bool was_open;   /* when it was last beyond doubt */
    size_t flips[3]; /* the last places in the row of runs at which that changed */
    size_t flip_count;
};
/*
 * Goes on with what the run of that place (from 0) tells; `after` is the profile's changes_after. A
 * port that is silent as one that is open may be has changed once two runs have seen it so. True:
 * it has changed, and is_open is the news.
 */
bool ptl_row_course_step(struct ptl_row_course *course, enum ptl_sight seen, uint32_t after,
                         size_t place);
/* Did it change three times in the ten runs that end with that place? */
bool ptl_row_course_is_flapping(const struct ptl_row_course *course, size_t place);

/* Fills what changed, and what differs from the last line. Either may be NULL. Errors:
 * PTL_E_NO_MEMORY, PTL_E_INVALID. */
enum ptl_status ptl_history_weigh(const struct ptl_history *history,
                                  const struct ptl_results *results, uint32_t after,
                                  struct ptl_changes *changes, struct ptl_sightings *seen,
                                  struct ptl_error *error);

/*
 * What a run heard of ports that answer, told by those that answered the run before (heard.c). The
 * estimate of a run is as good as its sentinels, of which a small network has a few; what became of
 * all that is known to be there proves more. Of hosts of which anything answers: each of the two
 * pairs has at least those that were missed.
 */
struct ptl_run_heard {
    uint64_t open, open_silent; /* ports that were open in the run before */
    uint64_t all, all_silent;   /* all ports */
};
/* `before` is the run of the history that is compared with. */
struct ptl_run_heard ptl_heard_of(const struct ptl_history *history, size_t before,
                                  const struct ptl_view *view);
/* The chance, at most, that so many ports which answer were missed, all of them. 1: nothing is
 * known. */
double ptl_heard_chance(const struct ptl_run_heard *heard, uint64_t ports);
/*
 * The same of the ports of one host, by what became of them in these runs, of which it was missed
 * in some: silent in one, and open before and after. 0: in none, and nothing speaks against what
 * the run itself tells. A host may lose more than all others do, which it tells nobody while it is
 * silent.
 */
double ptl_heard_past_chance(const struct ptl_history_host *host, const size_t *runs, size_t count,
                             uint64_t ports);

#endif
