/*
 * timeline KIND FILE: pages of histories that no scan on this machine gives, for the browser tests
 * and for looking at by hand.
 *
 * - office: 90 nights of 4 hosts: a port that opens, one that closes, one that flaps, three nights
 *   missing, two incomplete runs
 * - large: 2,000 nights of 500 hosts with 10 ports each; one answer of a hundred is lost, a run in
 *   forty is incomplete
 * - overfull: more than a page has room for
 * - overdue: the last night is missing, and the one before was incomplete
 * - strange: names that try to be markup
 * - at-once: four runs, of which two begin at once
 * - two, one, nothing: so many runs
 */
#include "history/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_MS 1767225600000ULL /* 2026-01-01 */
#define NIGHT_MS 86400000ULL
#define HOSTILE_1 "</script><script>window.hacked=1</script>"
#define HOSTILE_2 "<img src=x onerror=\"window.hacked=1\">"
#define HOSTILE_3 "\xe2\x80\xaegro.elpmaxe\xe2\x80\xac\xe2\x80\xa8'\"&amp;<!--"

static void *some(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (memory == NULL)
        exit(1);
    return memory;
}

static uint64_t seed = 7;
static unsigned chance(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

struct made {
    struct ptl_timeline_run *runs;
    struct ptl_timeline_host *hosts;
    struct ptl_timeline_row *rows;
    struct ptl_timeline_change *changes;
    char **seen;
    size_t run_count, host_count, row_count, change_count;
};

/* Runs by night, ports that stay open. */
static struct made make(size_t runs, size_t hosts, size_t ports)
{
    static const uint16_t numbers[] = {22, 80, 443, 25, 110, 143, 993, 3306, 5432, 8080};
    static const char *const services[] = {"ssh",   "http",  "https", "smtp",       "pop3",
                                           "imap2", "imaps", "mysql", "postgresql", "http-alt"};
    struct made made = {.run_count = runs, .host_count = hosts, .row_count = hosts * ports};
    made.runs = some(runs, sizeof(*made.runs));
    made.hosts = some(hosts, sizeof(*made.hosts));
    made.rows = some(made.row_count, sizeof(*made.rows));
    made.changes = some(runs * 20, sizeof(*made.changes));
    made.seen = some(made.row_count, sizeof(*made.seen));
    for (size_t i = 0; i < runs; i++)
        made.runs[i] = (struct ptl_timeline_run){.started_ms = START_MS + i * NIGHT_MS + 7200000 +
                                                               chance(60) * 1000,
                                                 .speed = 9000 + chance(2000),
                                                 .limit = i % 7 == 0 ? 0 : 12000 + chance(500),
                                                 .is_complete = true};
    for (size_t i = 0; i < hosts; i++) {
        char name[64], ip[32];
        snprintf(ip, sizeof(ip), "198.18.%zu.%zu", i / 250, i % 250 + 1);
        snprintf(name, sizeof(name), "host-%03zu.example.org", i + 1);
        made.hosts[i] = (struct ptl_timeline_host){.name = strdup(name), .ip = strdup(ip)};
    }
    for (size_t i = 0; i < made.row_count; i++) {
        made.seen[i] = some(runs, 1);
        memset(made.seen[i], PTL_SEEN_OPEN, runs);
        size_t port = i % ports;
        made.rows[i] =
            (struct ptl_timeline_row){.host = i / ports,
                                      .port = port < 10 ? numbers[port] : (uint16_t)(10000 + port),
                                      .service = port < 10 ? services[port] : NULL};
    }
    return made;
}

static void leave_out(struct made *made, size_t run)
{
    memmove(&made->runs[run], &made->runs[run + 1],
            (made->run_count - run - 1) * sizeof(*made->runs));
    for (size_t i = 0; i < made->row_count; i++)
        memmove(&made->seen[i][run], &made->seen[i][run + 1], made->run_count - run);
    made->run_count--;
}

static void cut_short(struct made *made, size_t run, unsigned unasked_percent)
{
    made->runs[run].is_complete = false;
    for (size_t i = 0; i < made->row_count; i++)
        if (chance(100) < unasked_percent)
            made->seen[i][run] = PTL_SEEN_NOTHING;
}

/* Counts each run's open ports, and tells what changed. */
static void tell(struct made *made)
{
    size_t before = 0;
    for (size_t run = 0; run < made->run_count; run++) {
        struct ptl_timeline_run *one = &made->runs[run];
        for (size_t i = 0; i < made->row_count; i++) {
            bool is_open = made->seen[i][run] == PTL_SEEN_OPEN;
            one->open += is_open;
            if (run == 0 || !one->is_complete ||
                is_open == (made->seen[i][before] == PTL_SEEN_OPEN) ||
                made->seen[i][before] == PTL_SEEN_NOTHING)
                continue;
            *(is_open ? &one->opened : &one->closed) += 1;
            if (made->change_count < made->run_count * 20)
                made->changes[made->change_count++] =
                    (struct ptl_timeline_change){.run = run,
                                                 .host = made->hosts[made->rows[i].host].name,
                                                 .port = made->rows[i].port,
                                                 .what = is_open ? "opened" : "closed"};
        }
        if (one->is_complete)
            before = run;
    }
}

static void set(struct made *made, size_t row, size_t from, size_t to, char seen)
{
    memset(made->seen[row] + from, seen, to - from);
}

static struct made office(void)
{
    struct made made = make(90, 4, 4);
    set(&made, 3, 0, 41, PTL_SEEN_CLOSED);
    set(&made, 6, 70, 90, PTL_SEEN_SILENT);
    for (size_t run = 5; run < 90; run += 9)
        set(&made, 9, run, run + 1, PTL_SEEN_SILENT);
    set(&made, 12, 0, 30, PTL_SEEN_NOTHING);
    set(&made, 12, 60, 61, PTL_SEEN_NOT_OPEN);
    set(&made, 15, 10, 12, PTL_SEEN_PERHAPS);
    cut_short(&made, 50, 40);
    cut_short(&made, 77, 80);
    leave_out(&made, 61);
    leave_out(&made, 20);
    leave_out(&made, 20);
    return made;
}

static struct made many(size_t runs, size_t hosts, unsigned lost_in, size_t incomplete_each)
{
    struct made made = make(runs, hosts, 10);
    for (size_t i = 0; i < made.row_count; i++) {
        if (chance(3) == 0)
            set(&made, i, 0, 1 + chance((unsigned)runs - 1), PTL_SEEN_CLOSED);
        if (chance(4) == 0)
            set(&made, i, chance((unsigned)runs), runs, PTL_SEEN_CLOSED);
        for (size_t run = 0; run < runs; run++)
            if (chance(lost_in) == 0)
                made.seen[i][run] = PTL_SEEN_SILENT;
    }
    for (size_t run = 17; run < runs; run += incomplete_each)
        cut_short(&made, run, 50);
    for (size_t run = 100; run + 100 < made.run_count; run += 300)
        leave_out(&made, run);
    return made;
}

static struct made strange(void)
{
    struct made made = make(6, 3, 2);
    static const char *const names[] = {HOSTILE_1, HOSTILE_2, HOSTILE_3};
    for (size_t i = 0; i < 3; i++)
        made.hosts[i].name = names[i];
    made.rows[1].service = HOSTILE_2;
    set(&made, 0, 0, 2, PTL_SEEN_CLOSED);
    set(&made, 3, 3, 6, PTL_SEEN_SILENT);
    set(&made, 5, 4, 6, PTL_SEEN_SILENT);
    return made;
}

static struct made overdue(void)
{
    struct made made = make(8, 2, 3);
    cut_short(&made, 6, 50);
    leave_out(&made, 7);
    return made;
}

static void see(const struct ptl_timeline *timeline, size_t row, char *seen)
{
    const struct made *made = timeline->context;
    memcpy(seen, made->seen[row], made->run_count);
}

int main(int argc, char **argv)
{
    const char *kind = argc == 3 ? argv[1] : "";
    struct made made = {0};
    if (strcmp(kind, "office") == 0)
        made = office();
    else if (strcmp(kind, "large") == 0)
        made = many(2000, 500, 100, 40);
    else if (strcmp(kind, "overfull") == 0)
        made = many(2000, 900, 20, 3);
    else if (strcmp(kind, "overdue") == 0)
        made = overdue();
    else if (strcmp(kind, "strange") == 0)
        made = strange();
    else if (strcmp(kind, "two") == 0)
        made = make(2, 2, 2);
    else if (strcmp(kind, "at-once") == 0) {
        made = make(4, 2, 2);
        made.runs[2].started_ms = made.runs[1].started_ms;
    } else if (strcmp(kind, "one") == 0)
        made = make(1, 2, 2);
    else if (strcmp(kind, "nothing") == 0)
        made = make(0, 0, 0);
    else
        return 2;
    tell(&made);
    size_t nights =
        made.run_count == 0 ? 0 : (made.runs[made.run_count - 1].started_ms - START_MS) / NIGHT_MS;
    struct ptl_timeline timeline = {.profile = strcmp(kind, "strange") == 0 ? HOSTILE_1 : kind,
                                    .written_ms = START_MS + nights * NIGHT_MS + 28800000 +
                                                  (strcmp(kind, "overdue") == 0 ? 2 * NIGHT_MS : 0),
                                    .runs = made.runs,
                                    .run_count = made.run_count,
                                    .hosts = made.hosts,
                                    .host_count = made.host_count,
                                    .rows = made.rows,
                                    .row_count = made.row_count,
                                    .changes = made.changes,
                                    .change_count = made.change_count,
                                    .see = see,
                                    .context = &made};
    struct ptl_output *output;
    if (ptl_output_open(argv[2], NULL, &output, NULL) != PTL_OK)
        return 1;
    bool good = ptl_timeline_write_html(&timeline, output);
    return ptl_output_commit(output, NULL) == PTL_OK && good ? 0 : 1;
}
