/* The command line of simnet. */
#ifndef SIMNET_OPTIONS_H
#define SIMNET_OPTIONS_H

#include "icmp.h"
#include "ports.h"

#include <stdbool.h>
#include <stdint.h>

enum { FAMILY_V4 = 1, FAMILY_V6 = 2 };

struct options {
    uint64_t seed;
    uint32_t hosts; /* 0: every address is live */
    uint32_t all_open;
    double open, silent, icmp; /* shares of the ports */
    double reset;              /* share of the open ports */
    double slow;               /* share of the ports, whatever they answer */
    double dead;               /* share of the hosts */
    double loss;               /* each way */
    const struct icmp_kind *icmp_kind;
    int64_t rtt_ns, jitter_ns, slow_rtt_ns;
    int64_t rtt_to_ns; /* each host's round trip lies between rtt_ns and this; 0: all have rtt_ns */
    uint32_t gate;     /* SYNs a second for all hosts together; 0: no limit */
    uint32_t link, buffer; /* packets a second, and how many wait; 0: no limit */
    uint32_t table;        /* entries of a connection table; 0: none */
    int64_t table_ns;
    int64_t outage_at_ns, outage_ns, outage_every_ns; /* at 0: none; for 0: it never ends */
    uint32_t outage_hosts;                            /* the first ones; 0: all */
    int64_t stall_ns, stall_every_ns;
    uint32_t ban_rate; /* SYNs a second; 0: no host bans */
    int64_t ban_ns;
    uint32_t icmp_rate;      /* ICMP errors a second of each host; 0: no limit */
    uint32_t syn_rate;       /* SYNs a second a host; 0: no limit */
    uint32_t syn_rate_hosts; /* so many of the first ones; 0: all */
    struct ports ports;      /* what the printed truth covers */
    unsigned truth_family;
    bool refuse; /* what a gate, a rate or an outage stops is refused by ICMP, not dropped */
    bool truth_all;
    bool print_truth;
    bool unshare;
    bool help;
    const char *truth_path;  /* NULL: none */
    const char *delays_path; /* NULL: none */
    const char *log_path;    /* NULL: none */
    int64_t stats_every_ns;  /* 0: never */
    char **command;          /* NULL: none; ends with NULL */
};

/* False: the command line is wrong, and standard error says how. */
bool options_parse(int argc, char **argv, struct options *options);
void options_print_help(void);

#endif
