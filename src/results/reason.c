#include "results/results.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {
    [PTL_REASON_SYN_ACK] = "syn-ack",
    [PTL_REASON_CONN_REFUSED] = "conn-refused",
    [PTL_REASON_NO_RESPONSE] = "no-response",
    [PTL_REASON_NET_UNREACH] = "net-unreach",
    [PTL_REASON_HOST_UNREACH] = "host-unreach",
    [PTL_REASON_PROTO_UNREACH] = "proto-unreach",
    [PTL_REASON_PORT_UNREACH] = "port-unreach",
    [PTL_REASON_NET_PROHIBITED] = "net-prohibited",
    [PTL_REASON_HOST_PROHIBITED] = "host-prohibited",
    [PTL_REASON_ADMIN_PROHIBITED] = "admin-prohibited",
    [PTL_REASON_TIME_EXCEEDED] = "time-exceeded",
    [PTL_REASON_PARAMETER_PROBLEM] = "parameter-problem",
    [PTL_REASON_PACKET_TOO_BIG] = "packet-too-big",
    [PTL_REASON_SOURCE_ROUTE_FAILED] = "source-route-failed",
    [PTL_REASON_UNKNOWN_ICMP] = "unknown-icmp",
};

const char *ptl_reason_name(uint8_t reason, char text[PTL_REASON_NAME_SIZE])
{
    const char *name = NULL;
    if (reason < sizeof(words) / sizeof(words[0]))
        name = words[reason];
    else if (reason >= PTL_REASON_ERRNO)
        name = strerrorname_np(reason - PTL_REASON_ERRNO);
    if (name != NULL)
        memccpy(text, name, '\0', PTL_REASON_NAME_SIZE); /* all are shorter */
    else
        snprintf(text, PTL_REASON_NAME_SIZE, "errno-%d", reason - PTL_REASON_ERRNO);
    return text;
}

bool ptl_reason_parse(const char *text, uint8_t *reason)
{
    char name[PTL_REASON_NAME_SIZE];
    for (unsigned r = 0; r < sizeof(words) / sizeof(words[0]); r++) {
        if (strcmp(words[r], text) == 0) {
            *reason = (uint8_t)r;
            return true;
        }
    }
    for (unsigned r = PTL_REASON_ERRNO; r <= UINT8_MAX; r++) {
        if (strcmp(ptl_reason_name((uint8_t)r, name), text) == 0) {
            *reason = (uint8_t)r;
            return true;
        }
    }
    return false;
}
