#include "packet.h"

#include <netinet/in.h>
#include <string.h>

#define V4_HEADER 20
#define V6_HEADER 40
#define TCP_HEADER 20
#define ICMP_HEADER 8
#define HOPS 64

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* The sum of the 16-bit words, not yet folded, so that parts can be added up. */
static uint64_t sum(const uint8_t *bytes, size_t length)
{
    uint64_t total = 0;
    size_t i = 0;
    for (; i + 4 <= length; i += 4)
        total += get32(bytes + i);
    if (i + 2 <= length) {
        total += get16(bytes + i);
        i += 2;
    }
    if (i < length)
        total += (uint64_t)bytes[i] << 8;
    return total;
}

static uint16_t folded(uint64_t total)
{
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return (uint16_t)~total;
}

bool packet_parse(const uint8_t *packet, size_t length, struct segment *segment)
{
    if (length < V4_HEADER)
        return false;
    bool v6 = packet[0] >> 4 == 6;
    size_t header = v6 ? V6_HEADER : (size_t)(packet[0] & 15) * 4;
    if (length < header + TCP_HEADER || header < V4_HEADER)
        return false;
    size_t total = v6 ? (size_t)get16(packet + 4) + V6_HEADER : get16(packet + 2);
    if (total > length || total < header + TCP_HEADER || packet[v6 ? 6 : 9] != IPPROTO_TCP)
        return false;
    if (!v6 && (packet[0] >> 4 != 4 || (get16(packet + 6) & 0x3fff) != 0))
        return false;
    const uint8_t *tcp = packet + header;
    size_t data = header + (size_t)(tcp[12] >> 4) * 4;
    if (data > total)
        return false;
    *segment = (struct segment){
        .packet = packet,
        .length = total,
        .target = address_from_bytes(v6, packet + (v6 ? 24 : 16)),
        .source_port = get16(tcp),
        .target_port = get16(tcp + 2),
        .sequence = get32(tcp + 4),
        .acknowledged = get32(tcp + 8),
        .payload = (uint32_t)(total - data),
        .flags = tcp[13],
    };
    return true;
}

/* The IP header of an answer with so many bytes behind it; the sum of its pseudo-header. */
static uint64_t put_ip(const struct segment *segment, uint8_t protocol, size_t length,
                       uint8_t *answer)
{
    const uint8_t *packet = segment->packet;
    if (segment->target.v6) {
        memset(answer, 0, V6_HEADER);
        answer[0] = 6 << 4;
        put16(answer + 4, (uint32_t)length);
        answer[6] = protocol;
        answer[7] = HOPS;
        memcpy(answer + 8, packet + 24, 16);
        memcpy(answer + 24, packet + 8, 16);
        return sum(answer + 8, 32) + length + protocol;
    }
    memset(answer, 0, V4_HEADER);
    answer[0] = 4 << 4 | V4_HEADER / 4;
    put16(answer + 2, (uint32_t)(V4_HEADER + length));
    put16(answer + 6, 0x4000); /* do not fragment: no identification is needed then */
    answer[8] = HOPS;
    answer[9] = protocol;
    memcpy(answer + 12, packet + 16, 4);
    memcpy(answer + 16, packet + 12, 4);
    put16(answer + 10, folded(sum(answer, V4_HEADER)));
    return sum(answer + 12, 8) + length + protocol;
}

size_t packet_tcp(const struct segment *segment, uint8_t flags, uint32_t sequence,
                  uint32_t acknowledge, uint8_t answer[PACKET_ANSWER_MAX])
{
    bool v6 = segment->target.v6, syn = (flags & TCP_SYN) != 0;
    size_t length = TCP_HEADER + (syn ? 4 : 0);
    uint64_t pseudo = put_ip(segment, IPPROTO_TCP, length, answer);
    uint8_t *tcp = answer + (v6 ? V6_HEADER : V4_HEADER);
    memset(tcp, 0, length);
    put16(tcp, segment->target_port);
    put16(tcp + 2, segment->source_port);
    put32(tcp + 4, sequence);
    put32(tcp + 8, acknowledge);
    tcp[12] = (uint8_t)(length / 4 << 4);
    tcp[13] = flags;
    put16(tcp + 14, (flags & TCP_RST) != 0 ? 0 : 65535);
    if (syn) {
        tcp[20] = 2; /* maximum segment size: what fits 1,500 bytes */
        tcp[21] = 4;
        put16(tcp + 22, v6 ? 1440 : 1460);
    }
    put16(tcp + 16, folded(pseudo + sum(tcp, length)));
    return (size_t)(tcp - answer) + length;
}

size_t packet_icmp(const struct segment *segment, const struct icmp_kind *kind,
                   uint8_t answer[PACKET_ANSWER_MAX])
{
    bool v6 = segment->target.v6;
    size_t quote = segment->length < PACKET_QUOTE_MAX ? segment->length : PACKET_QUOTE_MAX;
    size_t length = ICMP_HEADER + quote;
    uint64_t pseudo = put_ip(segment, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, length, answer);
    uint8_t *icmp = answer + (v6 ? V6_HEADER : V4_HEADER);
    memset(icmp, 0, ICMP_HEADER);
    icmp[0] = v6 ? kind->type6 : kind->type4;
    icmp[1] = v6 ? kind->code6 : kind->code4;
    if (v6 && kind->type6 == 4)
        put32(icmp + 4, 6); /* a parameter problem points at the next header field */
    memcpy(icmp + ICMP_HEADER, segment->packet, quote);
    put16(icmp + 2, folded((v6 ? pseudo : 0) + sum(icmp, length)));
    return (size_t)(icmp - answer) + length;
}
