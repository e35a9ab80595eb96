/* What lies between the scanner and all the hosts, or befalls them: limits that they share,
 * outages, a host's ban. One thread. */
#ifndef SIMNET_WIRE_H
#define SIMNET_WIRE_H

#include "address.h"
#include "delays.h"
#include "options.h"

struct wire;

/* NULL: no memory. The options are borrowed. */
struct wire *wire_new(const struct options *options);
void wire_free(struct wire *wire);
/* What becomes of a SYN on its way. */
enum wire_verdict { WIRE_TAKES, WIRE_DROPS, WIRE_REFUSES };

/*
 * A SYN that was read at now_ns: does it reach its host? *delay_ns is how long it was held up. The
 * causes of drops, and of refusals, are counted in `delays`.
 */
enum wire_verdict wire_takes(struct wire *wire, const struct address *target, int64_t now_ns,
                             int64_t *delay_ns, struct delays *delays);
/* Nothing will answer the SYN that was taken last: its entry in the connection table stays. */
void wire_unanswered(struct wire *wire, int64_t now_ns);
/* May the host send another ICMP error? */
bool wire_icmp(struct wire *wire, const struct address *target, int64_t now_ns);

#endif
