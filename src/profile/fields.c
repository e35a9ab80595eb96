#include "profile/fields.h"

#include "profile/extends.h"
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
/* How a row begins: the key, what it is, the member that it goes to, and what the reference calls
 * its type. */
#define FIELD_OF(of, key, kind, member, told)                                                      \
    .name = (key), .type = PTL_FIELD_##kind, .offset = offsetof(of, member),                       \
    .bytes = sizeof(((of *)0)->member), .type_text = (told)
#define FIELD(...) FIELD_OF(struct ptl_profile, __VA_ARGS__)
#define EXPECT_FIELD(...) FIELD_OF(struct ptl_expect, __VA_ARGS__)
#define LIMITS(least, most) .min = (least), .max = (most)
#define WORDS(array) .words = (array), .word_count = COUNT(array)
#define CHILDREN(array) .children = (array), .child_count = COUNT(array)

static const struct ptl_field expect_fields[] = {
    {EXPECT_FIELD("hosts", HOSTS, hosts, "hosts"),
     .text_offset = offsetof(struct ptl_expect, hosts_text), .required = true,
     .summary = "the hosts that the rule is about, as in the profile's hosts"},
    {EXPECT_FIELD("open", PORTS, open, "ports"), .summary = "ports that must be open"},
    {EXPECT_FIELD("closed", PORTS, closed, "ports"),
     .summary = "ports that must be closed; filtered or error is inconclusive, not a pass"},
    {EXPECT_FIELD("only", PORTS, only, "ports"),
     .summary = "these ports must be open, and no other"},
};

#define REPORT(word, key, what)                                                                    \
    {FIELD(#key, PATH, report_paths[PTL_FORMAT_##word], "path"),                                   \
     .summary = what ": its path, or `-` for standard output"},
static const struct ptl_field report_fields[] = {
    PTL_FORMATS(REPORT){
        FIELD("states", STATES, report_states, "list of open, closed, filtered, error"),
        .words = ptl_state_names,
        .word_count = PTL_UNPROBED, /* a probe that was not made has no result to keep */
        .decides = true, .fallback = "[open]",
        .summary = "which states the results keep; `error` is always kept"},
};
_Static_assert(COUNT(report_fields) == PTL_FORMAT_COUNT + 1, "a row for every format");

#define KEPT                                                                                       \
    LIMITS(1000, 36500ULL * 24 * 3600 * 1000), .special = "forever",                               \
                                               .special_value = PTL_KEPT_FOREVER
static const struct ptl_field keep_fields[] = {
    {FIELD("all", DURATION, history_all_ms, "duration"), KEPT, .fallback = "30d",
     .summary = "how long every run is kept"},
    {FIELD("daily", DURATION, history_daily_ms, "duration"), KEPT, .fallback = "400d",
     .summary = "how long one run a day is kept"},
};

static const struct ptl_field history_fields[] = {
    {FIELD("dir", FOLDER, history_dir, "path"), .special = "none", .fallback = "none",
     .summary = "the folder: runs of this profile are kept in `DIR/NAME`"},
    {FIELD("keep", MAPPING, history_all_ms, "{all, daily}"),
     .fallback_text = "`{all: 30d, daily: 400d}`",
     .summary = "how long results files are kept; `forever` is a duration here; the index is kept "
                "whole",
     CHILDREN(keep_fields)},
    {FIELD("changes_after", INT, changes_after, "int"), LIMITS(1, 2), .fallback = "1",
     .summary = "2: a port has changed once two complete runs have seen it so, or `confirm` has"},
};

/* Hosts and ports first, then how, then what comes out: the order of `show` and of the pages. */
const struct ptl_field ptl_fields[] = {
    {FIELD("name", NAME, name, "string"), LIMITS(1, PTL_NAME_MAX), .is_own = true,
     .fallback_text = "the file's stem",
     .summary = "what the profile is called, in reports and in `{profile}`",
     .details = "1 to 64 of `A-Za-z0-9._-`. A profile that extends this one does not inherit it: "
                "variants of one profile would all write to the same `{profile}`.",
     .example = "name: office-lan"},
    {FIELD("description", STRING, description, "string"), .max = 1024, .is_own = true,
     .fallback = "\"\"", .summary = "one line for `portolan list`",
     .details = "At most 1,024 bytes. A profile that extends this one does not inherit it.",
     .example = "description: Every machine in the office"},
    {.name = "extends",
     .type = PTL_FIELD_EXTENDS,
     .max = PTL_PARENTS_MAX,
     .type_text = "path, or list of them",
     .fallback_text = "none",
     .summary = "a profile to start from, or several; what is written here goes over them",
     .details =
         "Relative to this profile. Scalars and lists replace, maps merge by key. Of several, each "
         "goes over those before it, with all that it has from parents of its own: eight deep at "
         "most, 64 in all. A parent may lack `hosts` and `ports`. Its `name` and `description` "
         "are its own and are not inherited.",
     .example = "extends: [base.yaml, slow.yaml]"},
    {FIELD("hosts", HOSTS, hosts, "string or list"),
     .text_offset = offsetof(struct ptl_profile, hosts_text), .required = true, .decides = true,
     .is_of_plan = true,
     .summary = "what to scan: addresses, names, CIDR blocks, ranges, files of these",
     .details = "An entry is an address, a name, `NAME=ADDRESS` (a name that is not looked up), a "
                "CIDR block (every address of it), a range "
                "(`10.0.0.1-20` or `ADDRESS-ADDRESS`), or `file: PATH`, a file with one entry a "
                "line and `#` comments, relative to this profile (no device, no named pipe). A "
                "string may hold several, parted by "
                "commas. At most 2^32 addresses.",
     .example = "hosts: [127.0.0.1, 10.0.0.0/24, 10.0.1.1-20, \"file: more-hosts.txt\"]"},
    {FIELD("exclude_hosts", HOSTS, exclude_hosts, "string or list"),
     .text_offset = offsetof(struct ptl_profile, exclude_hosts_text), .is_exclude = true,
     .decides = true, .is_of_plan = true, .fallback = "[]",
     .summary = "what to leave out, written as `hosts`",
     .details = "A name here that does not resolve stops the run before anything is sent.",
     .example = "exclude_hosts: 10.0.0.13"},
    {FIELD("ports", PORTS, all_ports, "int, string or list"), .required = true, .decides = true,
     .is_of_plan = true, .summary = "which TCP ports: numbers, ranges, service names",
     .details =
         "1 to 65535; `all` is all of them. Names are those of the system's list of services.",
     .example = "ports: \"1-1024,8080,https\""},
    {FIELD("exclude_ports", PORTS, exclude_ports, "int, string or list"), .fallback_text = "none",
     .summary = "ports to leave out, written as `ports`", .example = "exclude_ports: [25, 9100]"},
    {FIELD("scope", SCOPE, scope, "CIDR, `loopback`, `any`, or a list"), .fallback = "[loopback]",
     .summary = "the addresses this profile may touch; anything outside stops the run",
     .details = "Every resolved address must be inside, or nothing is sent and the error says "
                "which line to add. `loopback` is 127.0.0.0/8 and ::1. `::ffff:a.b.c.d` counts as "
                "the IPv4 address that it reaches.",
     .example = "scope: [loopback, 10.0.0.0/16]"},
    {FIELD("source_address", ADDRESS, source_address, "address"), .special = "none",
     .decides = true, .fallback = "none", .summary = "the local address to connect from",
     .details = "It is bound without taking a port.", .example = "source_address: 10.0.0.5"},
    {FIELD("address_family", ENUM, address_family, "any, ipv4, ipv6"), WORDS(ptl_family_names),
     .decides = true, .is_of_plan = true, .fallback = "any",
     .summary = "which addresses of a name to use", .example = "address_family: ipv4"},
    {FIELD("resolve", ENUM, resolve, "first, all"), WORDS(ptl_resolve_names), .decides = true,
     .is_of_plan = true, .fallback = "first",
     .summary = "the first address of a name, or all of them, in the order of addresses",
     .example = "resolve: all"},
    {FIELD("timeout", DURATION, timeout_ms, "duration"), LIMITS(1, 60000), .decides = true,
     .fallback = "900ms", .summary = "how long one attempt waits for an answer",
     .details =
         "A number and a unit: `500ms`, `1.5s`. Under one second an attempt is exactly one "
         "SYN; beyond, the kernel sends more of its own. With `adaptive_timeout` this is the "
         "ceiling. What comes later is no answer; whether anything does is seen by a sample, and "
         "told (estimates.md).",
     .example = "timeout: 500ms"},
    {FIELD("adaptive_timeout", BOOL, adaptive_timeout, "bool"), .decides = true, .fallback = "true",
     .summary = "shorten the timeout to what each target's answers take",
     .details =
         "`timeout` is then the ceiling, 100 ms the floor, doubled for each further attempt; "
         "a port's last attempt waits four round trips of the run at least. "
         "docs/accuracy.md says how the wait is found.",
     .example = "adaptive_timeout: false"},
    {FIELD("retries", INT, retries, "int"), .max = 10, .decides = true, .fallback = "1",
     .summary = "further attempts where nothing answered",
     .details = "Never after a refusal. 0 means one attempt, whatever else is set.",
     .example = "retries: 2"},
    {FIELD("adaptive", BOOL, adaptive, "bool"), .decides = true, .fallback = "true",
     .summary = "congestion control, for each target and for what all of them share",
     .details = "Lowers the pace at which is asked where ports that have answered do not answer "
                "again, raises it where they do, and asks silent ports again where loss is proven "
                "(`loss_retries`).",
     .example = "adaptive: false"},
    {FIELD("loss_retries", INT, loss_retries, "int"), .max = 20, .decides = true, .fallback = "4",
     .summary = "attempts beyond `retries` on a target where loss is proven",
     .example = "loss_retries: 8"},
    {FIELD("min_recall", SHARE, min_recall_e4, "number"), .fallback = "0",
     .summary = "the least share of a target's open ports that has to be found, at 95 %",
     .details = "Where less is certain, its silent ports are asked again, up to eight times in all "
                "and within `deadline`. If that does not help, the run ends with status 4. "
                "docs/estimates.md says what the share is estimated from. 0: nothing is asked for.",
     .example = "min_recall: 0.99"},
    {FIELD("confirm", INT, confirm, "int"), .max = 10, .decides = true, .fallback = "0",
     .summary = "how many times more every open port is probed", .example = "confirm: 2"},
    {FIELD("give_up_after", INT, give_up_after, "int"), .max = UINT32_MAX, .decides = true,
     .fallback = "0",
     .summary = "probes of a target without any answer before the rest is left; 0: never",
     .details = "The rest of the target stays `unprobed`, and it is flagged `gave_up`.",
     .example = "give_up_after: 200"},
    {FIELD("per_target", INT, per_target, "int"), .max = 1000000, .fallback = "0",
     .summary = "most probes waiting on one target; 0: no ceiling of its own",
     .example = "per_target: 50"},
    {FIELD("outage", DURATION, outage_ms, "duration"), LIMITS(1000, 24ULL * 3600 * 1000),
     .fallback = "60s", .summary = "how long a run waits when what had answered has fallen silent",
     .details =
         "Meanwhile it asks only ports that have answered before, and goes on when one does. "
         "After so long it ends with status 4, and what is in doubt stays `unprobed`. A "
         "single target that falls silent is left so, and the others are scanned.",
     .example = "outage: 5m"},
    {FIELD("concurrency", INT, concurrency, "int, `auto` or `unlimited`"), LIMITS(1, 1000000),
     .special = "unlimited", .special_value = PTL_CONCURRENCY_UNLIMITED, .also = "auto",
     .also_value = PTL_CONCURRENCY_AUTO,
     .fallback_text = "`auto` (`events`: unlimited, `threads`: 512)",
     .summary = "how many probes may wait for an answer at once",
     .details = "A number bounds all that waits, overdue attempts included: set it to spare a "
                "firewall's table. It is clamped, with a warning, to what descriptors (and, for "
                "`threads`, threads) allow. `auto` starts with 128 and finds what the network "
                "bears; without `adaptive`, and in `threads`, it is 512.",
     .example = "concurrency: 2000"},
    {FIELD("workers", INT, workers, "int"), .max = 1024, .fallback = "0",
     .summary = "event-loop threads of the `pool` engine; 0: one per usable CPU",
     .example = "workers: 2"},
    {FIELD("engine", ENUM, engine, "sequential, threads, events, pool"), WORDS(ptl_engine_names),
     .fallback = "pool", .summary = "the strategy that carries the probes out",
     .details = "`sequential`: one connect at a time. `threads`: a thread for each connect, "
                "`concurrency` of them. `events`: one event loop, everything in flight at once "
                "unless `concurrency` is set. `pool`: `workers` event loops that share "
                "`concurrency` permits.",
     .example = "engine: events"},
    {FIELD("rate", INT, rate, "int"), .max = 10000000, .fallback = "0",
     .summary = "attempts a second, at most; 0: no limit",
     .details = "Of all slices together, where the plan is cut (`shard`).",
     .example = "rate: 1000"},
    {FIELD("order", ENUM, order, "interleaved, sequential, random"), WORDS(ptl_order_names),
     .decides = true, .fallback = "interleaved", .summary = "the order of the probes",
     .details = "`interleaved`: the next host first, within a window of at most 4,096 hosts. "
                "`sequential`: host by host. `random`: a permutation that `seed` repeats.",
     .example = "order: random"},
    {FIELD("seed", INT, seed, "int"), .max = 1ULL << 52, .decides = true, .fallback = "0",
     .summary = "makes `order: random` repeatable; 0: drawn, and recorded", .example = "seed: 42"},
    {FIELD("deadline", DURATION, deadline_ms, "duration"), LIMITS(1000, 30ULL * 24 * 3600 * 1000),
     .special = "none", .fallback = "none", .summary = "how long the whole run may take",
     .example = "deadline: 2h"},
    {FIELD("journal", PATH, journal, "path"), .special = "none", .fallback = "none",
     .summary = "a file that holds what is settled while the run lasts, so that it can go on",
     .details = "Relative to the current directory; `{profile}` and `{shard}` expand. `run "
                "--resume` goes on "
                "with the run in it, or begins one; without it a run that is not finished is "
                "refused. It is removed once the reports are written. docs/outputs.md tells more.",
     .example = "journal: \"{profile}.journal\""},
    {FIELD("shard", SHARD, shard, "K/N or auto/N"), .max = PTL_SHARDS_MAX, .special = "none",
     .fallback = "none", .summary = "which slice of the plan is scanned: number K, from 1, of N",
     .details =
         "N slices are disjoint and together the plan, whatever the order: of consecutive targets, "
         "or of the ports of one target where there are fewer targets than slices. `auto` takes K "
         "from whatever starts one process a slice: Slurm, Kubernetes, AWS Batch, Cloud Run, GNU "
         "parallel or GitLab. `rate` is that of the whole scan, of which a slice takes its N-th. A "
         "slice never ends with status 1: what `expect` says is judged once all are merged.",
     .example = "shard: 3/8"},
    {FIELD("history", MAPPING, history_dir, "{dir, keep, changes_after}"), .fallback_text = "none",
     .summary = "where runs are kept, each compared with the last complete one",
     .details = "`dir` is relative to the current directory, and made where it is missing. "
                "`run --history DIR` is the same as `dir`. docs/history.md tells more.",
     .example = "history:\n  dir: /var/lib/portolan\n  keep: {all: 30d, daily: 400d}",
     CHILDREN(history_fields)},
    {FIELD("expect", EXPECT, expects, "list of {hosts, open, closed, only}"), .max = PTL_EXPECT_MAX,
     .fallback = "[]", .summary = "what must be found, or the run ends with status 1",
     .details = "A rule names hosts of this profile and at least one of `open`, `closed` and "
                "`only`; their ports must be among those scanned. A port under `open` that is "
                "closed or filtered is a failure, one in error or unprobed is inconclusive. A "
                "port under `closed` that is open is a failure, one that is filtered, in error or "
                "unprobed is inconclusive. Of the ports that `only` does not list, one that is "
                "open is a failure, one in error or unprobed is inconclusive. A host that does "
                "not resolve is inconclusive. `--allow-inconclusive` lets these pass; "
                "`--save-expect` writes such a list from a run.",
     .example = "expect:\n  - hosts: 127.0.0.1\n    only: [22]", CHILDREN(expect_fields)},
    {FIELD("report", MAPPING, report_paths, "{json, csv, text, ...: path; states: list}"),
     .fallback_text = "text to `-`", .summary = "where the results go, and which of them",
     .details = "Paths are relative to the current directory, and missing folders are made; "
                "`{profile}`, `{shard}` (03-of-16) and `{started}` expand.",
     .example = "report:\n  json: \"{profile}.json\"\n  text: \"-\"\n  states: [open, closed]",
     CHILDREN(report_fields)},
};
const size_t ptl_field_count = COUNT(ptl_fields);

bool ptl_profile_key(size_t number, const char **key, const char **summary)
{
    if (number >= ptl_field_count)
        return false;
    *key = ptl_fields[number].name;
    *summary = ptl_fields[number].summary;
    return true;
}
