#include "wire.h"

#include "limit.h"

#include <stdlib.h>

#define NS_PER_S INT64_C(1000000000)
#define BURST_NS 20000000 /* the gate lets 1/50 s worth pass at once */
#define BAN_NS 100000000  /* a ban is for more than 1/10 s worth at once */
#define ICMP_BURST 6      /* as Linux has it: net.ipv4.icmp_ratelimit */

struct wire {
    const struct options *options;
    int64_t first_ns;   /* when the first SYN came; 0: none did */
    int64_t gate_at_ns; /* GCRA, as in limit.h */
    int64_t link_at_ns; /* when the link will have sent all that is in its buffer */
    int64_t *entries;   /* of the connection table: when each expires, the oldest first */
    uint32_t oldest, used;
    struct limit *bans, *icmp;
    int64_t *banned_until_ns; /* by host */
};

struct wire *wire_new(const struct options *options)
{
    struct wire *wire = calloc(1, sizeof(*wire));
    if (wire == NULL)
        return NULL;
    wire->options = options;
    bool good = true;
    if (options->table > 0)
        good = (wire->entries = calloc(options->table, sizeof(*wire->entries))) != NULL;
    if (options->ban_rate > 0) {
        wire->bans = limit_new(options->ban_rate, 0, BAN_NS);
        wire->banned_until_ns = calloc(HOSTS_MAX + 1, sizeof(*wire->banned_until_ns));
        good = good && wire->bans != NULL && wire->banned_until_ns != NULL;
    }
    if (options->icmp_rate > 0) {
        wire->icmp = limit_new(options->icmp_rate, 0, ICMP_BURST * NS_PER_S / options->icmp_rate);
        good = good && wire->icmp != NULL;
    }
    if (good)
        return wire;
    wire_free(wire);
    return NULL;
}

void wire_free(struct wire *wire)
{
    if (wire == NULL)
        return;
    free(wire->entries);
    limit_free(wire->bans);
    limit_free(wire->icmp);
    free(wire->banned_until_ns);
    free(wire);
}

/* Where in a period of `every_ns` that began with the first SYN; without one, time since then. */
static int64_t phase(const struct wire *wire, int64_t every_ns, int64_t now_ns)
{
    int64_t since_ns = now_ns - wire->first_ns;
    return every_ns > 0 ? since_ns % every_ns : since_ns;
}

static bool in_outage(const struct wire *wire, const struct address *target, int64_t now_ns)
{
    const struct options *options = wire->options;
    if (options->outage_at_ns == 0 ||
        (options->outage_hosts != 0 && address_host(target) > options->outage_hosts))
        return false;
    int64_t at_ns = phase(wire, options->outage_every_ns, now_ns);
    return at_ns >= options->outage_at_ns &&
           (options->outage_ns == 0 || at_ns < options->outage_at_ns + options->outage_ns);
}

/* In a stall everything waits for its end: the last part of each period. */
static int64_t stalled_ns(const struct wire *wire, int64_t now_ns)
{
    const struct options *options = wire->options;
    if (options->stall_ns == 0)
        return 0;
    int64_t at_ns = phase(wire, options->stall_every_ns, now_ns);
    return at_ns >= options->stall_every_ns - options->stall_ns ? options->stall_every_ns - at_ns
                                                                : 0;
}

static bool banned(struct wire *wire, const struct address *target, int64_t now_ns)
{
    if (wire->bans == NULL)
        return false;
    uint32_t host = address_host(target);
    int64_t *until_ns = &wire->banned_until_ns[host <= HOSTS_MAX ? host : 0];
    if (!limit_take(wire->bans, target, now_ns) && now_ns >= *until_ns)
        *until_ns = now_ns + wire->options->ban_ns;
    return now_ns < *until_ns;
}

static bool gate_shut(struct wire *wire, int64_t now_ns)
{
    if (wire->options->gate == 0)
        return false;
    int64_t interval_ns = NS_PER_S / wire->options->gate;
    int64_t at_ns = wire->gate_at_ns > now_ns ? wire->gate_at_ns : now_ns;
    int64_t burst_ns = BURST_NS > interval_ns ? BURST_NS - interval_ns : 0;
    if (at_ns - now_ns > burst_ns)
        return true;
    wire->gate_at_ns = at_ns + interval_ns;
    return false;
}

static bool buffer_full(struct wire *wire, int64_t now_ns, int64_t *delay_ns)
{
    if (wire->options->link == 0)
        return false;
    int64_t interval_ns = NS_PER_S / wire->options->link;
    int64_t at_ns = wire->link_at_ns > now_ns ? wire->link_at_ns : now_ns;
    if (at_ns - now_ns > interval_ns * wire->options->buffer)
        return true;
    wire->link_at_ns = at_ns + interval_ns;
    *delay_ns += wire->link_at_ns - now_ns;
    return false;
}

static bool table_full(struct wire *wire, int64_t now_ns)
{
    while (wire->used > 0 && wire->entries[wire->oldest] <= now_ns) {
        wire->oldest = (wire->oldest + 1) % wire->options->table;
        wire->used--;
    }
    return wire->options->table > 0 && wire->used == wire->options->table;
}

enum wire_verdict wire_takes(struct wire *wire, const struct address *target, int64_t now_ns,
                             int64_t *delay_ns, struct delays *delays)
{
    if (wire->first_ns == 0)
        wire->first_ns = now_ns;
    *delay_ns = stalled_ns(wire, now_ns);
    uint64_t *cause = NULL;
    if (in_outage(wire, target, now_ns))
        cause = &delays->dropped_by_outage;
    else if (gate_shut(wire, now_ns))
        cause = &delays->dropped_by_gate;
    else if (buffer_full(wire, now_ns, delay_ns))
        cause = &delays->dropped_by_link;
    else if (table_full(wire, now_ns))
        cause = &delays->dropped_by_table;
    else if (banned(wire, target, now_ns))
        cause = &delays->dropped_by_ban;
    if (cause == NULL)
        return WIRE_TAKES;
    ++*cause;
    bool may_refuse = cause == &delays->dropped_by_outage || cause == &delays->dropped_by_gate;
    return may_refuse && wire->options->refuse ? WIRE_REFUSES : WIRE_DROPS;
}

void wire_unanswered(struct wire *wire, int64_t now_ns)
{
    if (wire->options->table == 0)
        return;
    wire->entries[(wire->oldest + wire->used) % wire->options->table] =
        now_ns + wire->options->table_ns;
    wire->used++;
}

bool wire_icmp(struct wire *wire, const struct address *target, int64_t now_ns)
{
    return wire->icmp == NULL || limit_take(wire->icmp, target, now_ns);
}
