#include "host.h"

#include "random.h"

#include <inttypes.h>
#include <stdlib.h>

#define BURST_NS 20000000 /* a host answers 1/50 s worth of SYNs at once */

bool hosts_init(struct hosts *hosts, const struct options *options)
{
    *hosts = (struct hosts){.options = options,
                            .loss_below = random_bound(options->loss),
                            .stream = random_mix(options->seed ^ UINT64_C(0x10553))};
    truth_init(&hosts->truth, options);
    hosts->queue =
        queue_new(options->jitter_ns == 0 && options->slow == 0 && options->rtt_to_ns == 0 &&
                  options->stall_ns == 0 && options->link == 0);
    hosts->wire = wire_new(options);
    hosts->delays = calloc(1, sizeof(*hosts->delays));
    bool limited = options->syn_rate > 0;
    if (limited)
        hosts->limit = limit_new(options->syn_rate, options->syn_rate_hosts, BURST_NS);
    if (hosts->queue != NULL && hosts->wire != NULL && hosts->delays != NULL &&
        (!limited || hosts->limit != NULL))
        return true;
    hosts_free(hosts);
    return false;
}

void hosts_free(struct hosts *hosts)
{
    queue_free(hosts->queue);
    limit_free(hosts->limit);
    wire_free(hosts->wire);
    free(hosts->delays);
}

static bool lost(struct hosts *hosts)
{
    if (hosts->loss_below == 0 || !random_below(random_next(&hosts->stream), hosts->loss_below))
        return false;
    hosts->delays->dropped_by_loss++;
    return true;
}

/* A round trip of its own for each host, where there is a range of them. */
static int64_t host_rtt(const struct hosts *hosts, const struct address *target)
{
    const struct options *options = hosts->options;
    if (options->rtt_to_ns <= options->rtt_ns)
        return options->rtt_ns;
    uint64_t draw = random_mix(hosts->truth.seed ^ random_mix(target->high ^ target->low));
    return options->rtt_ns + (int64_t)(draw % (uint64_t)(options->rtt_to_ns - options->rtt_ns + 1));
}

static int64_t due(struct hosts *hosts, const struct segment *segment, int64_t now_ns)
{
    int64_t jitter_ns = hosts->options->jitter_ns;
    bool slow = truth_slow(&hosts->truth, &segment->target, segment->target_port);
    int64_t rtt_ns = slow ? hosts->options->slow_rtt_ns : host_rtt(hosts, &segment->target);
    rtt_ns += hosts->held_up_ns;
    if (jitter_ns == 0)
        return now_ns + rtt_ns;
    uint64_t span = 2 * (uint64_t)jitter_ns + 1;
    int64_t delay_ns = rtt_ns - jitter_ns + (int64_t)(random_next(&hosts->stream) % span);
    return now_ns + (delay_ns > 0 ? delay_ns : 0);
}

/* Room for an answer that is not lost on its way, or NULL. */
static struct answer *begin(struct hosts *hosts, const struct segment *segment,
                            enum answer_kind kind, int64_t now_ns)
{
    if (lost(hosts))
        return NULL;
    struct answer *answer = queue_add(hosts->queue, due(hosts, segment, now_ns));
    if (answer == NULL) {
        hosts->delays->dropped_by_queue++;
        return NULL;
    }
    answer->read_ns = now_ns;
    answer->kind = (uint8_t)kind;
    return answer;
}

static void send_tcp(struct hosts *hosts, const struct segment *segment, enum answer_kind kind,
                     uint8_t flags, uint32_t sequence, uint32_t acknowledge, int64_t now_ns)
{
    struct answer *answer = begin(hosts, segment, kind, now_ns);
    if (answer != NULL)
        answer->length =
            (uint16_t)packet_tcp(segment, flags, sequence, acknowledge, answer->packet);
}

/* The first sequence number of a host's side: the same for the same connection, so that a SYN
 * sent twice meets one connection, not two. */
static uint32_t first_sequence(const struct hosts *hosts, const struct segment *segment)
{
    uint64_t ports = (uint64_t)segment->source_port << 16 | segment->target_port;
    uint64_t hash = random_mix(hosts->truth.seed ^ segment->target.high);
    return (uint32_t)random_mix(random_mix(hash ^ segment->target.low) ^ ports << 32 ^
                                segment->sequence);
}

/* By ICMP, unless the host has sent too many such errors already. */
static void refuse(struct hosts *hosts, const struct segment *segment, int64_t now_ns)
{
    if (!wire_icmp(hosts->wire, &segment->target, now_ns)) {
        hosts->delays->icmp_withheld++;
        wire_unanswered(hosts->wire, now_ns);
        return;
    }
    struct answer *answer = begin(hosts, segment, ANSWER_ICMP, now_ns);
    if (answer != NULL)
        answer->length = (uint16_t)packet_icmp(segment, hosts->options->icmp_kind, answer->packet);
}

static void receive_syn(struct hosts *hosts, const struct segment *segment, int64_t now_ns)
{
    switch (truth_port(&hosts->truth, &segment->target, segment->target_port)) {
    case TRUTH_SILENT:
        hosts->delays->silent++;
        wire_unanswered(hosts->wire, now_ns);
        return;
    case TRUTH_OPEN:
        send_tcp(hosts, segment, ANSWER_SYN_ACK, TCP_SYN | TCP_ACK, first_sequence(hosts, segment),
                 segment->sequence + 1, now_ns);
        return;
    case TRUTH_ICMP:
        refuse(hosts, segment, now_ns);
        return;
    case TRUTH_CLOSED:
        send_tcp(hosts, segment, ANSWER_RST, TCP_RST | TCP_ACK, 0,
                 segment->sequence + segment->payload + 1, now_ns);
    }
}

/* What follows a handshake. A service that resets does so once it has the third packet; any other
 * acknowledges data and ends when the scanner does. */
static void receive_later(struct hosts *hosts, const struct segment *segment, int64_t now_ns)
{
    enum truth_state state = truth_port(&hosts->truth, &segment->target, segment->target_port);
    if ((segment->flags & TCP_ACK) == 0 || state == TRUTH_SILENT || state == TRUTH_ICMP)
        return;
    if (state == TRUTH_CLOSED ||
        truth_resets(&hosts->truth, &segment->target, segment->target_port)) {
        send_tcp(hosts, segment, ANSWER_RST, TCP_RST, segment->acknowledged, 0, now_ns);
        return;
    }
    uint8_t fin = segment->flags & TCP_FIN;
    if (segment->payload > 0 || fin != 0)
        send_tcp(hosts, segment, ANSWER_OTHER, TCP_ACK | fin, segment->acknowledged,
                 segment->sequence + segment->payload + (fin != 0), now_ns);
}

void hosts_receive(struct hosts *hosts, const uint8_t *packet, size_t length, int64_t now_ns)
{
    struct segment segment;
    if (!packet_parse(packet, length, &segment) || !address_inside(&segment.target))
        return;
    if ((segment.flags & TCP_RST) != 0)
        return;
    bool syn = (segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    hosts->delays->syns += syn;
    if (syn && hosts->log != NULL) {
        char text[ADDRESS_TEXT_SIZE];
        fprintf(hosts->log, "%" PRId64 " %s %u\n", now_ns, address_text(&segment.target, text),
                segment.target_port);
    }
    if (lost(hosts))
        return;
    hosts->held_up_ns = 0;
    enum wire_verdict verdict = WIRE_TAKES;
    if (syn)
        verdict =
            wire_takes(hosts->wire, &segment.target, now_ns, &hosts->held_up_ns, hosts->delays);
    if (verdict == WIRE_REFUSES)
        refuse(hosts, &segment, now_ns);
    if (verdict != WIRE_TAKES)
        return;
    if (!truth_alive(&hosts->truth, &segment.target)) {
        hosts->delays->dead += syn;
        if (syn)
            wire_unanswered(hosts->wire, now_ns);
        return;
    }
    if (!syn) {
        receive_later(hosts, &segment, now_ns);
        return;
    }
    if (hosts->limit != NULL && !limit_take(hosts->limit, &segment.target, now_ns)) {
        hosts->delays->dropped_by_rate++;
        if (hosts->options->refuse)
            refuse(hosts, &segment, now_ns);
        return;
    }
    receive_syn(hosts, &segment, now_ns);
}
