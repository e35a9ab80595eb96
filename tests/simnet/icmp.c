#include "icmp.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>

#define DEST4 ICMP_DEST_UNREACH
#define DEST6 ICMP6_DST_UNREACH

static const struct icmp_kind kinds[] = {
    {"port-unreach", DEST4, ICMP_PORT_UNREACH, DEST6, ICMP6_DST_UNREACH_NOPORT},
    {"net-unreach", DEST4, ICMP_NET_UNREACH, DEST6, ICMP6_DST_UNREACH_NOROUTE},
    {"host-unreach", DEST4, ICMP_HOST_UNREACH, DEST6, ICMP6_DST_UNREACH_ADDR},
    {"proto-unreach", DEST4, ICMP_PROT_UNREACH, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER},
    {"source-route-failed", DEST4, ICMP_SR_FAILED, DEST6, ICMP6_DST_UNREACH_NOROUTE},
    {"net-unknown", DEST4, ICMP_NET_UNKNOWN, DEST6, ICMP6_DST_UNREACH_NOROUTE},
    {"host-unknown", DEST4, ICMP_HOST_UNKNOWN, DEST6, ICMP6_DST_UNREACH_ADDR},
    {"net-prohibited", DEST4, ICMP_NET_ANO, DEST6, ICMP6_DST_UNREACH_ADMIN},
    {"host-prohibited", DEST4, ICMP_HOST_ANO, DEST6, ICMP6_DST_UNREACH_ADMIN},
    {"admin-prohibited", DEST4, ICMP_PKT_FILTERED, DEST6, ICMP6_DST_UNREACH_ADMIN},
    {"source-policy", DEST4, ICMP_PKT_FILTERED, DEST6, 5},
    {"reject-route", DEST4, ICMP_NET_UNREACH, DEST6, 6},
    {"time-exceeded", ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, ICMP6_TIME_EXCEEDED,
     ICMP6_TIME_EXCEED_TRANSIT},
    {"parameter-problem", ICMP_PARAMETERPROB, 0, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct icmp_kind *icmp_kind_find(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

const char *icmp_kind_names(void)
{
    static char names[512];
    size_t length = 0;
    for (size_t i = 0; i < KINDS && length < sizeof(names); i++)
        length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
                                   i == 0 ? "" : ", ", kinds[i].name);
    return names;
}
