/*
 * What a run heard of ports that answer, told by those that answered the run before. The estimate
 * of a run is as good as its sentinels, of which a small network has a few; what became of all that
 * is known to be there proves more. One thread.
 */
#ifndef HISTORY_HEARD_H
#define HISTORY_HEARD_H

#include "finished/view.h"
#include "history/history.h"

#include <stdint.h>

/* Of hosts of which anything answers. Each of the two pairs has at least those that were missed. */
struct ptl_heard {
    uint64_t open, open_silent; /* ports that were open in the run before */
    uint64_t all, all_silent;   /* all ports */
};
/* `before` is the run of the history that is compared with. */
struct ptl_heard ptl_heard_of(const struct ptl_history *history, size_t before,
                              const struct ptl_view *view);
/* The chance, at most, that so many ports which answer were missed, all of them. 1: nothing is
 * known. */
double ptl_heard_chance(const struct ptl_heard *heard, uint64_t ports);
/*
 * The same of the ports of one host, by what became of them in these runs, of which it was missed
 * in some: silent in one, and open before and after. 0: in none, and nothing speaks against what
 * the run itself tells. A host may lose more than all others do, which it tells nobody while it is
 * silent.
 */
double ptl_heard_past_chance(const struct ptl_history_host *host, const size_t *runs, size_t count,
                             uint64_t ports);

#endif
