/* The kinds of ICMP refusal, by the names that a report gives them. */
#ifndef SIMNET_ICMP_H
#define SIMNET_ICMP_H

#include <stdint.h>

struct icmp_kind {
    const char *name;
    uint8_t type4, code4;
    uint8_t type6, code6; /* the nearest there is */
};

/* NULL: there is no such kind. */
const struct icmp_kind *icmp_kind_find(const char *name);
/* All names, separated by commas, for messages. */
const char *icmp_kind_names(void);

#endif
