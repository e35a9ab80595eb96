/* Today's result as the expectations of tomorrow: a fragment of a profile. */
#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "results/judge.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct ptl_block block;
    const char *name; /* NULL: the block */
    uint32_t rule;
};

struct saving {
    const struct ptl_results *results;
    struct entry *entries;
    size_t entry_count, entry_capacity;
    char **rules; /* the open ports of each, "22,80" */
    size_t rule_count;
    const char **names; /* of all targets, sorted: one that stands twice tells no target */
    size_t name_count;
    size_t segment; /* where the walk is */
    uint64_t segment_first;
    bool no_memory, too_many;
};

static bool is_unique(const struct saving *saving, const char *name)
{
    const char **found = bsearch(&name, saving->names, saving->name_count, sizeof(*saving->names),
                                 ptl_text_order_any_case);
    size_t at = (size_t)(found - saving->names);
    return (at == 0 || strcasecmp(saving->names[at - 1], name) != 0) &&
           (at + 1 == saving->name_count || strcasecmp(saving->names[at + 1], name) != 0);
}

static void add_entry(struct saving *saving, const struct ptl_block *block, const char *name,
                      uint32_t rule)
{
    if (saving->entry_count > 0 && name == NULL) {
        struct entry *before = &saving->entries[saving->entry_count - 1];
        struct ptl_address next = ptl_address_add(&before->block.last, 1);
        if (before->name == NULL && before->rule == rule &&
            before->block.last.family == block->first.family &&
            ptl_address_compare(&next, &block->first) == 0) {
            before->block.last = block->last;
            return;
        }
    }
    if (!PTL_ROOM(saving->entries, saving->entry_capacity, saving->entry_count)) {
        saving->no_memory = true;
        return;
    }
    saving->entries[saving->entry_count++] =
        (struct entry){.block = *block, .name = name, .rule = rule};
}

/* Targets first to past-1 have the open ports of the rule. Called in ascending order. */
static void add_targets(struct saving *saving, uint64_t first, uint64_t past, uint32_t rule)
{
    struct ptl_block block;
    const char *input;
    while (first < past && !saving->no_memory &&
           ptl_targets_segment(saving->results->live, saving->segment, &block, &input)) {
        uint64_t end = saving->segment_first + ptl_block_count(&block);
        if (first >= end) {
            saving->segment_first = end;
            saving->segment++;
            continue;
        }
        struct ptl_target target;
        ptl_targets_get(saving->results->live, first, &target);
        uint64_t until = past < end ? past : end;
        struct ptl_block part = {.first = target.address,
                                 .last = ptl_address_add(&target.address, until - first - 1)};
        bool named = target.is_name && is_unique(saving, input);
        add_entry(saving, &part, named ? input : NULL, rule);
        first = until;
    }
}

/* The rule of a set of ports, made when it is new. Takes `ports` over. */
static uint32_t find_rule(struct saving *saving, char *ports)
{
    for (size_t i = 0; ports != NULL && i < saving->rule_count; i++) {
        if (strcmp(saving->rules[i], ports) == 0) {
            free(ports);
            return (uint32_t)i;
        }
    }
    if (ports == NULL || saving->rule_count == PTL_EXPECT_MAX) {
        saving->no_memory |= ports == NULL;
        saving->too_many |= ports != NULL;
        free(ports);
        return 0;
    }
    saving->rules[saving->rule_count] = ports;
    return (uint32_t)saving->rule_count++;
}

/* The open ports among items[0..count), as a profile writes them. */
static char *list_ports(const struct ptl_result *items, size_t count)
{
    struct ptl_portset *set = ptl_portset_new();
    for (size_t i = 0; set != NULL && i < count; i++)
        if (items[i].state == PTL_OPEN)
            ptl_portset_add_port(set, items[i].port);
    char *text = set != NULL ? ptl_portset_text(set) : NULL;
    ptl_portset_free(set);
    return text;
}

static void collect(struct saving *saving)
{
    const struct ptl_results *results = saving->results;
    uint64_t next = 0;
    for (size_t i = 0; i < results->count && !saving->no_memory && !saving->too_many;) {
        size_t end = i;
        bool any = false;
        uint32_t target = results->items[i].target;
        for (; end < results->count && results->items[end].target == target; end++)
            any |= results->items[end].state == PTL_OPEN;
        if (any) {
            if (next < target)
                add_targets(saving, next, target, find_rule(saving, strdup("")));
            add_targets(saving, target, target + 1ULL,
                        find_rule(saving, list_ports(results->items + i, end - i)));
            next = target + 1ULL;
        }
        i = end;
    }
    if (next < results->summary.targets)
        add_targets(saving, next, results->summary.targets, find_rule(saving, strdup("")));
}

static void print(const struct saving *saving, struct ptl_buf *buf)
{
    char time[PTL_RFC3339_SIZE];
    ptl_buf_printf(buf,
                   "# What was open at %s, by portolan run --save-expect.\n"
                   "# A profile takes it in with \"extends\" and the path of this file.\nexpect:\n",
                   ptl_clock_rfc3339(saving->results->run.started_ms, time));
    for (uint32_t rule = 0; rule < saving->rule_count; rule++) {
        ptl_buf_add(buf, "  - hosts:\n");
        for (size_t i = 0; i < saving->entry_count; i++) {
            const struct entry *entry = &saving->entries[i];
            if (entry->rule != rule)
                continue;
            char block[PTL_BLOCK_SIZE];
            ptl_buf_printf(buf, "      - \"%s\"\n",
                           entry->name != NULL ? entry->name
                                               : ptl_block_format(&entry->block, block));
        }
        if (saving->rules[rule][0] != '\0')
            ptl_buf_printf(buf, "    only: \"%s\"\n", saving->rules[rule]);
        else
            ptl_buf_add(buf, "    only: []\n");
    }
}

enum ptl_status ptl_results_save_expect(const struct ptl_results *results, struct ptl_buf *buf,
                                        struct ptl_error *error)
{
    const uint64_t *states = results->summary.states;
    if (!results->run.complete || results->unresolved_count > 0 || states[PTL_ERROR] > 0 ||
        states[PTL_UNPROBED] > 0)
        return ptl_error_set(error, PTL_E_INVALID,
                             "the run is not complete: what it did not find may be open");
    if (!results->run.states[PTL_OPEN])
        return ptl_error_set(error, PTL_E_INVALID,
                             "the results hold no open port: add open to report.states");
    struct saving saving = {.results = results};
    saving.rules = calloc(PTL_EXPECT_MAX, sizeof(*saving.rules));
    saving.names = ptl_targets_names(results->live, &saving.name_count);
    if (saving.rules == NULL || saving.names == NULL)
        saving.no_memory = true;
    else
        collect(&saving);
    if (!saving.no_memory && !saving.too_many)
        print(&saving, buf);
    ptl_text_list_free(saving.rules, saving.rule_count);
    free(saving.entries);
    free(saving.names);
    if (saving.no_memory || buf->no_memory)
        return ptl_error_no_memory(error);
    if (saving.too_many || buf->failed)
        return ptl_error_set(error, PTL_E_INVALID,
                             "the hosts differ in more ways than a profile can hold");
    return PTL_OK;
}
