#include "scan/shortage.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>

#define PAUSE_NS 1000000U          /* before the first further try; doubled each time... */
#define PAUSE_DOUBLINGS 7          /* ...up to 128 ms: a probe fails for good after 1.8 s */
#define HALVE_EVERY_NS 20000000ULL /* one shortage fails many probes at once: it counts once */
#define GROW_EVERY_NS 20000000ULL

/* ENOSPC: the user's sockets in all epolls together are limited, too (fs.epoll.max_user_watches).
 */
static const int causes[PTL_SHORTAGE_CAUSES] = {EMFILE,        ENFILE, ENOBUFS, ENOMEM,
                                                EADDRNOTAVAIL, EAGAIN, ENOSPC};

static int cause_of(uint8_t reason)
{
    for (int i = 0; i < PTL_SHORTAGE_CAUSES; i++)
        if (reason == PTL_REASON_ERRNO + causes[i])
            return i;
    return -1;
}

bool ptl_shortage_is(uint8_t reason)
{
    return reason >= PTL_REASON_ERRNO && cause_of(reason) >= 0;
}

void ptl_shortage_init(struct ptl_shortage *shortage, struct ptl_permits *permits)
{
    *shortage = (struct ptl_shortage){.permits = permits};
}

uint64_t ptl_shortage_failed(struct ptl_shortage *shortage, uint8_t reason, uint8_t tries,
                             uint64_t now_ns)
{
    shortage->failures[cause_of(reason)]++;
    shortage->failed_ns = now_ns;
    if (shortage->halved_ns == 0 || now_ns >= shortage->halved_ns + HALVE_EVERY_NS) {
        ptl_permits_halve(shortage->permits);
        shortage->halved_ns = now_ns;
    }
    return (uint64_t)PAUSE_NS << (tries < PAUSE_DOUBLINGS ? tries : PAUSE_DOUBLINGS);
}

void ptl_shortage_well(struct ptl_shortage *shortage, uint64_t now_ns)
{
    if (shortage->halved_ns == 0 || now_ns < shortage->halved_ns + GROW_EVERY_NS ||
        now_ns < shortage->grown_ns + GROW_EVERY_NS)
        return;
    ptl_permits_grow(shortage->permits);
    shortage->grown_ns = now_ns;
}

enum ptl_status ptl_shortage_report(const struct ptl_shortage *shortage,
                                    struct ptl_results *results)
{
    if (shortage->halved_ns == 0)
        return PTL_OK;
    if (shortage->permits->lowest < results->run.effective_concurrency)
        results->run.effective_concurrency = shortage->permits->lowest;
    struct ptl_buf text;
    ptl_buf_init(&text, 512);
    for (int i = 0; i < PTL_SHORTAGE_CAUSES; i++) {
        char name[PTL_REASON_NAME_SIZE];
        if (shortage->failures[i] > 0)
            ptl_buf_printf(&text, "%s%s %llu times", text.length > 0 ? ", " : "",
                           ptl_reason_name((uint8_t)(PTL_REASON_ERRNO + causes[i]), name),
                           (unsigned long long)shortage->failures[i]);
    }
    enum ptl_status status = ptl_results_warn(
        results, "this machine could not ask at once (%s): concurrency fell to %u at the lowest",
        ptl_buf_text(&text), shortage->permits->lowest);
    ptl_buf_free(&text);
    return status;
}
