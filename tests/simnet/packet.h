/* Packets: what the scanner sent, read; what a host answers, built. Nothing here does any I/O. */
#ifndef SIMNET_PACKET_H
#define SIMNET_PACKET_H

#include "address.h"
#include "icmp.h"

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

#define PACKET_QUOTE_MAX 96 /* of the packet that an ICMP error is about */
#define PACKET_ANSWER_MAX (40 + 8 + PACKET_QUOTE_MAX) /* IPv6, ICMP, the quote */

/* A TCP segment from the scanner. */
struct segment {
    const uint8_t *packet; /* from the IP header on; borrowed */
    size_t length;
    struct address target;
    uint16_t source_port, target_port;
    uint32_t sequence, acknowledged;
    uint32_t payload; /* bytes of data */
    uint8_t flags;
};

/* False: no whole TCP segment, or a fragment. */
bool packet_parse(const uint8_t *packet, size_t length, struct segment *segment);

/* Both return the length of the answer, from the target to the sender of the segment. A SYN is
 * answered with a maximum segment size. */
size_t packet_tcp(const struct segment *segment, uint8_t flags, uint32_t sequence,
                  uint32_t acknowledge, uint8_t answer[PACKET_ANSWER_MAX]);
size_t packet_icmp(const struct segment *segment, const struct icmp_kind *kind,
                   uint8_t answer[PACKET_ANSWER_MAX]);

#endif
