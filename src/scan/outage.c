/* The controller's other question: is it there? What was sent while it was not says nothing. */
#include "base/clock.h"
#include "scan/path.h"

#define AT_ONCE_NS 100000000ULL /* no outage of others is likely just then... */
#define AT_ONCE_FLIGHTS 4       /* ...and so many round trips */
#define LEAST_STRUCK 20U        /* attempts a second: less brings no outage about */
#define IN_A_ROW 3              /* sentinels that are lost by chance together hardly ever... */
#define BY_CHANCE 0.0034        /* ...so often, where 0.15 of them are */
#define SILENCE_NS 200000000ULL /* all is silent only after so long... */
#define SILENT_SURELY 12        /* ...unless so many say it */
#define SILENCE_LEAST_NS 50000000ULL
#define ASK_FIRST_MS 50U /* how often a silent path is asked: at first... */
#define ASK_LAST_MS 500U /* ...and at last, in no step with what is there now and then: */
#define ASK_STEP_MS 77U  /* ...each so much sooner, down to half of it */

/* The oldest two, and what is between them, become one: that was long ago, and may be asked again.
 */
static void make_room(struct ptl_path *path)
{
    struct ptl_interval *oldest = &path->bad[path->next_bad];
    struct ptl_interval *next = &path->bad[(path->next_bad + 1) % PTL_PATH_BAD];
    if (oldest->to_ns != 0 && oldest->from_ns < next->from_ns)
        next->from_ns = oldest->from_ns;
}

void ptl_path_add_bad(struct ptl_path *path, uint64_t from_ns, uint64_t to_ns)
{
    struct ptl_interval *last = &path->bad[(path->next_bad + PTL_PATH_BAD - 1) % PTL_PATH_BAD];
    if (last->to_ns >= from_ns && last->to_ns != 0) { /* they touch */
        if (from_ns < last->from_ns)
            last->from_ns = from_ns;
        if (to_ns > last->to_ns)
            last->to_ns = to_ns;
        return;
    }
    make_room(path);
    path->bad[path->next_bad] = (struct ptl_interval){from_ns, to_ns};
    path->next_bad = (uint8_t)((path->next_bad + 1) % PTL_PATH_BAD);
}

bool ptl_path_is_bad(const struct ptl_path *path, uint64_t sent_ns)
{
    for (int i = 0; i < PTL_PATH_BAD; i++)
        if (sent_ns >= path->bad[i].from_ns && sent_ns < path->bad[i].to_ns)
            return true;
    return false;
}

static void count_lost(struct ptl_path *path)
{
    path->lost_in_row = 0;
    for (int i = 0; i < PTL_PATH_LOST; i++)
        path->lost_in_row += path->lost_ns[i] != 0;
}

/* Sentinels sent from then to then, the latter not included, do not count as lost. */
static void forget_lost(struct ptl_path *path, uint64_t from_ns, uint64_t to_ns)
{
    if (path->lost_in_row == 0)
        return;
    for (int i = 0; i < PTL_PATH_LOST; i++)
        if (path->lost_ns[i] >= from_ns && path->lost_ns[i] < to_ns)
            path->lost_ns[i] = 0;
    count_lost(path);
}

void ptl_path_note_lost(struct ptl_path *path, uint64_t sent_ns)
{
    if (sent_ns <= path->alive_ns || ptl_path_is_bad(path, sent_ns))
        return;
    uint64_t *oldest = &path->lost_ns[0];
    for (int i = 1; i < PTL_PATH_LOST; i++)
        if (path->lost_ns[i] < *oldest)
            oldest = &path->lost_ns[i];
    if (*oldest < sent_ns)
        *oldest = sent_ns;
    count_lost(path);
}

void ptl_path_note_alive(struct ptl_path *path, uint64_t sent_ns)
{
    if (sent_ns <= path->alive_ns)
        return;
    path->alive_ns = sent_ns;
    forget_lost(path, 0, sent_ns + 1);
}

void ptl_path_stand_still(struct ptl_path *path, uint64_t from_ns, uint64_t to_ns)
{
    ptl_path_add_bad(path, from_ns, to_ns);
    if (path->heard_ns < to_ns)
        path->heard_ns = to_ns;
    forget_lost(path, from_ns, to_ns);
}

bool ptl_path_is_silent(const struct ptl_path *path)
{
    uint32_t enough = IN_A_ROW;
    double share = path->chance.share, together = share * share * share;
    for (; together > BY_CHANCE; together *= share)
        enough++;
    return path->lost_in_row >= enough;
}

bool ptl_path_falls_silent(const struct ptl_path *path, uint64_t now_ns)
{
    uint64_t wait_ns = 2ULL * ptl_rtt_timeout_us(&path->rtt) * PTL_NS_PER_US;
    uint64_t least_ns = path->lost_in_row >= SILENT_SURELY ? SILENCE_LEAST_NS : SILENCE_NS;
    return !path->paused && ptl_path_is_silent(path) &&
           now_ns - path->heard_ns >= (wait_ns > least_ns ? wait_ns : least_ns);
}

void ptl_path_pause(struct ptl_path *path, uint64_t now_ns)
{
    path->paused = true;
    path->struck = path->slice_rate > LEAST_STRUCK ? path->slice_rate : LEAST_STRUCK;
    uint64_t flights_ns = (uint64_t)path->rtt.srtt_us * PTL_NS_PER_US * AT_ONCE_FLIGHTS;
    path->struck_at_once = path->heard_ns - path->cycle_ns < AT_ONCE_NS + flights_ns;
    path->ask_ns = now_ns;
    path->ask_every_ms = ASK_FIRST_MS;
    path->asked_paused = 0;
}

void ptl_path_asked(struct ptl_path *path, uint64_t now_ns)
{
    path->ask_ns = now_ns + path->ask_every_ms * PTL_NS_PER_MS;
    if (path->ask_every_ms >= ASK_LAST_MS)
        path->ask_ns -= path->asked_paused++ * ASK_STEP_MS % (ASK_LAST_MS / 2) * PTL_NS_PER_MS;
    path->ask_every_ms =
        path->ask_every_ms * 3 / 2 < ASK_LAST_MS ? path->ask_every_ms * 3 / 2 : ASK_LAST_MS;
}
