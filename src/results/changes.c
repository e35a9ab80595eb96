#include "results/changes.h"

#include "base/array.h"
#include "results/objects.h"

#include <stdlib.h>
#include <string.h>

const char *const ptl_change_kinds[PTL_CHANGE_KINDS] = {
    "opened", "closed", "perhaps_closed", "flapping",
    "come",   "gone",   "perhaps_gone",   "flapping_hosts"};

#define AT(member) PTL_AT(struct ptl_changed, member)
#define HOST_KEYS                                                                                  \
    {"host", &ptl_key_copy, AT(host), .max = PTL_NAME_BYTES, .about = "name, or address"},         \
    {                                                                                              \
        "ip", &ptl_key_chars, AT(ip), .about = "address"                                           \
    }
#define STATE_WORDS .words = ptl_state_names, .word_count = PTL_ERROR
static const struct ptl_key port_keys[] = {
    HOST_KEYS,
    {"port", &ptl_key_port, AT(port), .about = "port"},
    {"service", &ptl_key_copy, AT(service), .max = PTL_NAME_BYTES, .is_nullable = true,
     .about = "what usually listens there; null: not known"},
    {"was", &ptl_key_states, AT(was), STATE_WORDS, .is_nullable = true,
     .about = "states that it can have been in; null: not known"},
    {"is", &ptl_key_states, AT(is), STATE_WORDS, .is_nullable = true,
     .about = "states that it can be in now; null: not known"},
};
static const struct ptl_key host_keys[] = {HOST_KEYS};
#undef AT
static const struct ptl_object changed_port =
                                   PTL_OBJECT(struct ptl_changed, port_keys, "a changed port"),
                               changed_host =
                                   PTL_OBJECT(struct ptl_changed, host_keys, "a changed host");

#define COUNT(kind) &ptl_key_number, PTL_AT(struct ptl_changes, lists[kind].all)
#define ITEMS(kind)                                                                                \
    &ptl_key_list, PTL_AT(struct ptl_changes, lists[kind].items),                                  \
        PTL_COUNT_AT(struct ptl_changes, lists[kind].count), .max = PTL_CHANGES_LISTED,            \
                                                             .about = "the same, listed"
#define LIST(kind, word, of, what)                                                                 \
    {word "_count", COUNT(kind), .about = what},                                                   \
    {                                                                                              \
        word, ITEMS(kind), .object = &of                                                           \
    }
#define LATER_LIST(kind, word, of, what)                                                           \
    {word "_count", COUNT(kind), .about = what, .is_later = true, .is_promised = true},            \
    {                                                                                              \
        word, ITEMS(kind), .object = &of, .is_later = true, .is_promised = true                    \
    }
static const struct ptl_key changes_keys[] = {
    {"since", &ptl_key_chars, PTL_AT(struct ptl_changes, since), .is_nullable = true,
     .about = "start of the last complete run of the same hosts and ports; null: there is none"},
    {"after", &ptl_key_number, PTL_AT(struct ptl_changes, after),
     .about = "runs that have to see a change: changes_after of the profile"},
    {"fails", &ptl_key_bool, PTL_AT(struct ptl_changes, fails), .is_later = true,
     .is_promised = true,
     .about = "what opened, closed, came or went ends the run with status 1: --fail-on-change"},
    LIST(PTL_CHANGED_OPENED, "opened", changed_port, "ports that are open, and were not"),
    LIST(PTL_CHANGED_CLOSED, "closed", changed_port, "ports that were open, and are not"),
    LIST(PTL_CHANGED_PERHAPS_CLOSED, "perhaps_closed", changed_port,
         "ports that were open and are silent, as some that are open may be"),
    LIST(PTL_CHANGED_FLAPPING, "flapping", changed_port,
         "ports that opened or closed three times in the last ten complete runs"),
    LIST(PTL_CHANGED_COME, "come", changed_host, "hosts that answer, and did not"),
    LIST(PTL_CHANGED_GONE, "gone", changed_host, "hosts that answered, and do not"),
    LATER_LIST(PTL_CHANGED_PERHAPS_GONE, "perhaps_gone", changed_host,
               "hosts that answered and are silent, as some that are there may be"),
    LATER_LIST(PTL_CHANGED_FLAPPING_HOST, "flapping_hosts", changed_host,
               "hosts that came or went three times in the last ten complete runs"),
};
const struct ptl_object ptl_object_changes =
    PTL_OBJECT(struct ptl_changes, changes_keys, "changes");

bool ptl_changes_add(struct ptl_changes *changes, enum ptl_change_kind kind,
                     const struct ptl_changed *one)
{
    struct ptl_changed_list *list = &changes->lists[kind];
    size_t listed = 0;
    for (int i = 0; i < PTL_CHANGE_KINDS; i++)
        listed += changes->lists[i].count;
    list->all++;
    if (listed >= PTL_CHANGES_LISTED)
        return true;
    struct ptl_changed copy = *one;
    copy.host = strdup(one->host);
    copy.service = one->service != NULL ? strdup(one->service) : NULL;
    if (copy.host == NULL || (one->service != NULL && copy.service == NULL) ||
        !PTL_ROOM_FOR_FEW(list->items, list->count)) {
        free(copy.host);
        free(copy.service);
        return false;
    }
    list->items[list->count++] = copy;
    return true;
}

uint64_t ptl_changes_count(const struct ptl_changes *changes)
{
    return changes->lists[PTL_CHANGED_OPENED].all + changes->lists[PTL_CHANGED_CLOSED].all +
           changes->lists[PTL_CHANGED_COME].all + changes->lists[PTL_CHANGED_GONE].all;
}

void ptl_changes_clear(struct ptl_changes *changes)
{
    for (int i = 0; i < PTL_CHANGE_KINDS; i++) {
        struct ptl_changed_list *list = &changes->lists[i];
        for (size_t k = 0; k < list->count; k++) {
            free(list->items[k].host);
            free(list->items[k].service);
        }
        free(list->items);
    }
    *changes = (struct ptl_changes){.after = 0};
}
