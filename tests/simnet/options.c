#include "options.h"

#include "address.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, COUNT, SEED, SHARE, DURATION, PATH, ICMP_KIND, PORTS, STATES, FAMILY };

struct row {
    const char *name;
    enum kind kind;
    size_t at;
    uint32_t max; /* of a COUNT */
    const char *value;
    const char *help;
};

#define AT(member) offsetof(struct options, member)

static const struct row rows[] = {
    {"--seed", SEED, AT(seed), 0, "N", "the truth and every draw follow from it (1)"},
    {"--hosts", COUNT, AT(hosts), HOSTS_MAX, "N",
     "live: 198.18.0.1 up and 2001:2::1 up, so many of each (all addresses)"},
    {"--open", SHARE, AT(open), 0, "SHARE", "open ports (0.005)"},
    {"--silent", SHARE, AT(silent), 0, "SHARE", "ports that answer nothing (0)"},
    {"--icmp", SHARE, AT(icmp), 0, "SHARE", "ports refused by ICMP (0)"},
    {"--icmp-kind", ICMP_KIND, AT(icmp_kind), 0, "KIND", "how (port-unreach)"},
    {"--reset", SHARE, AT(reset), 0, "SHARE", "open ports that reset what they accepted (0)"},
    {"--dead", SHARE, AT(dead), 0, "SHARE", "hosts that never answer (0)"},
    {"--all-open", COUNT, AT(all_open), HOSTS_MAX, "N",
     "the first N hosts are open everywhere (0)"},
    {"--rtt", DURATION, AT(rtt_ns), 0, "TIME", "the round trip that a scanner measures (20ms)"},
    {"--jitter", DURATION, AT(jitter_ns), 0, "TIME", "uniform, more or less (0ms)"},
    {"--slow", SHARE, AT(slow), 0, "SHARE", "ports that answer later than the others (0)"},
    {"--slow-rtt", DURATION, AT(slow_rtt_ns), 0, "TIME", "the round trip to those (80ms)"},
    {"--loss", SHARE, AT(loss), 0, "SHARE", "packets lost, each way (0)"},
    {"--syn-rate", COUNT, AT(syn_rate), 1000000000, "N",
     "SYNs a second that a host answers; the rest is dropped (no limit)"},
    {"--syn-rate-hosts", COUNT, AT(syn_rate_hosts), HOSTS_MAX, "N",
     "only the first N hosts have that limit (all)"},
    {"--rtt-to", DURATION, AT(rtt_to_ns), 0, "TIME",
     "each host has a round trip of its own, from --rtt to this"},
    {"--gate", COUNT, AT(gate), 1000000000, "N",
     "SYNs a second that pass to all hosts together; the rest is dropped (no limit)"},
    {"--link", COUNT, AT(link), 1000000000, "N", "SYNs a second that a link carries (no limit)"},
    {"--buffer", COUNT, AT(buffer), 1000000, "N",
     "of them that wait before it; the rest is dropped (300)"},
    {"--table", COUNT, AT(table), 10000000, "N",
     "entries of a connection table: a SYN that nothing answers occupies one (no table)"},
    {"--table-time", DURATION, AT(table_ns), 0, "TIME", "for so long (5s)"},
    {"--outage-at", DURATION, AT(outage_at_ns), 0, "TIME",
     "after the first SYN: nothing passes any more (never)"},
    {"--outage", DURATION, AT(outage_ns), 0, "TIME", "for so long (for ever)"},
    {"--outage-every", DURATION, AT(outage_every_ns), 0, "TIME",
     "and again in each such period (once)"},
    {"--outage-hosts", COUNT, AT(outage_hosts), HOSTS_MAX, "N",
     "only the first N hosts are cut off (all)"},
    {"--stall", DURATION, AT(stall_ns), 0, "TIME",
     "everything waits for the end of each period, so long before (never)"},
    {"--stall-every", DURATION, AT(stall_every_ns), 0, "TIME", "the period (4s)"},
    {"--ban-rate", COUNT, AT(ban_rate), 1000000000, "N",
     "SYNs a second beyond which a host answers nothing to the scanner (no ban)"},
    {"--ban-time", DURATION, AT(ban_ns), 0, "TIME", "for so long (10s)"},
    {"--icmp-rate", COUNT, AT(icmp_rate), 1000000000, "N",
     "ICMP errors a second that a host sends, after six at once (no limit)"},
    {"--refuse", FLAG, AT(refuse), 0, NULL,
     "what --gate, --syn-rate and --outage stop is refused by ICMP, not dropped"},
    {"--truth", PATH, AT(truth_path), 0, "FILE", "write the truth there; needs --hosts"},
    {"--print-truth", FLAG, AT(print_truth), 0, NULL, "print the truth and end; needs --hosts"},
    {"--truth-states", STATES, AT(truth_all), 0, "open|all", "which ports the truth lists (open)"},
    {"--truth-family", FAMILY, AT(truth_family), 0, "ipv4|ipv6|any", "of which hosts (ipv4)"},
    {"--ports", PORTS, AT(ports), 0, "LIST", "which ports the truth covers (1-65535)"},
    {"--delays", PATH, AT(delays_path), 0, "FILE",
     "at the end: the delays given and the counts, one line of JSON"},
    {"--log", PATH, AT(log_path), 0, "FILE",
     "a line for each SYN that is read: nanoseconds, address, port"},
    {"--stats-every", DURATION, AT(stats_every_ns), 0, "TIME", "the same line on standard error"},
    {"--unshare", FLAG, AT(unshare), 0, NULL,
     "make the namespace too; status 77 where that is impossible"},
    {"--help", FLAG, AT(help), 0, NULL, "this"},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

void options_print_help(void)
{
    puts("usage: simnet [OPTIONS] [-- COMMAND ARGUMENTS...]\n"
         "A network of hosts behind a TUN device, in a network namespace. With COMMAND: ends when\n"
         "it ends, with its status. Without: prints \"ready\" and runs until SIGTERM or SIGINT.\n");
    for (size_t i = 0; i < ROWS; i++) {
        char left[48];
        snprintf(left, sizeof(left), "%s %s", rows[i].name,
                 rows[i].value == NULL ? "" : rows[i].value);
        printf("  %-30s %s\n", left, rows[i].help);
    }
    printf("\nKINDs of ICMP: %s\n", icmp_kind_names());
}

static bool parse_count(const char *text, uint64_t max, uint64_t *value)
{
    if (!isdigit((unsigned char)*text))
        return false;
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return *end == '\0' && errno == 0 && *value <= max;
}

static bool parse_decimal(const char *text, const char **end, double *value)
{
    if (!isdigit((unsigned char)*text) && *text != '.')
        return false;
    size_t length = strspn(text, "0123456789.");
    char *stop;
    *value = strtod(text, &stop);
    *end = stop;
    return stop == text + length;
}

static bool parse_duration(const char *text, int64_t *ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    const char *unit;
    double value;
    if (!parse_decimal(text, &unit, &value))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(unit, units[i].name) == 0 && value * units[i].ns <= 60e9) {
            *ns = (int64_t)(value * units[i].ns);
            return true;
        }
    }
    return false;
}

static bool parse_family(const char *text, unsigned *family)
{
    if (strcmp(text, "ipv4") == 0)
        *family = FAMILY_V4;
    else if (strcmp(text, "ipv6") == 0)
        *family = FAMILY_V6;
    else if (strcmp(text, "any") == 0)
        *family = FAMILY_V4 | FAMILY_V6;
    else
        return false;
    return true;
}

/* The value of one option into its member; false: it is none. */
static bool store(const struct row *row, const char *text, struct options *options)
{
    void *member = (char *)options + row->at;
    uint64_t count;
    const char *end;
    switch (row->kind) {
    case FLAG:
        *(bool *)member = true;
        return true;
    case COUNT:
        if (!parse_count(text, row->max, &count) || count == 0)
            return false;
        *(uint32_t *)member = (uint32_t)count;
        return true;
    case SEED:
        return parse_count(text, UINT64_MAX, member);
    case SHARE:
        return parse_decimal(text, &end, member) && *end == '\0' && *(double *)member <= 1;
    case DURATION:
        return parse_duration(text, member);
    case PATH:
        *(const char **)member = text;
        return true;
    case ICMP_KIND:
        *(const struct icmp_kind **)member = icmp_kind_find(text);
        return *(const struct icmp_kind **)member != NULL;
    case PORTS:
        return ports_parse(text, member);
    case STATES:
        *(bool *)member = strcmp(text, "all") == 0;
        return *(bool *)member || strcmp(text, "open") == 0;
    case FAMILY:
        return parse_family(text, member);
    }
    return false;
}

static const struct row *find(const char *name, size_t length)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

static bool sensible(const struct options *options)
{
    if (options->help)
        return true;
    const char *wrong = NULL;
    if (options->open + options->silent + options->icmp > 1)
        wrong = "--open, --silent and --icmp add up to more than 1";
    else if ((options->print_truth || options->truth_path != NULL) && options->hosts == 0)
        wrong = "the truth is printed for so many hosts: say --hosts N";
    else if (options->print_truth && options->command != NULL)
        wrong = "--print-truth runs no command";
    if (wrong != NULL)
        fprintf(stderr, "simnet: %s\n", wrong);
    return wrong == NULL;
}

bool options_parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){.seed = 1,
                                .open = 0.005,
                                .icmp_kind = icmp_kind_find("port-unreach"),
                                .rtt_ns = 20000000,
                                .slow_rtt_ns = 80000000,
                                .buffer = 300,
                                .table_ns = 5000000000,
                                .stall_every_ns = 4000000000,
                                .ban_ns = 10000000000,
                                .truth_family = FAMILY_V4};
    ports_parse("1-65535", &options->ports);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options->command = i + 1 < argc ? argv + i + 1 : NULL;
            break;
        }
        const char *value = strchr(argv[i], '=');
        size_t length = value != NULL ? (size_t)(value - argv[i]) : strlen(argv[i]);
        const struct row *row = find(argv[i], length);
        if (row == NULL || (row->kind == FLAG && value != NULL)) {
            fprintf(stderr, "simnet: no option \"%s\"; see simnet --help\n", argv[i]);
            return false;
        }
        if (value != NULL)
            value++;
        else if (row->kind != FLAG)
            value = ++i < argc ? argv[i] : "";
        if (!store(row, value, options)) {
            fprintf(stderr, "simnet: %s: \"%s\" is no %s\n", row->name, value, row->value);
            if (row->kind == ICMP_KIND)
                fprintf(stderr, "simnet: one of %s\n", icmp_kind_names());
            return false;
        }
    }
    return sensible(options);
}
