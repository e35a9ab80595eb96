/* Types of keys: what a run noted of losses, and the estimate that follows from it. */
#include "results/estimate.h"
#include "results/objects.h"

#include <math.h>
#include <string.h>

/* ---- the evidence ---- */

static const char *const lists[] = {"open", "closed", "silent"};
static const char *const shares[] = {"alike", "blind"};
static const char *const list_abouts[] = {
    "ports found open by attempt 1, 2 and so on whose silence would have counted; the eighth "
    "stands "
    "for all further ones",
    "the same of ports that refused", "ports that nothing answered, by how many attempts they had"};

static const uint64_t *list_of(const struct ptl_evidence *evidence, int list)
{
    const uint64_t *const all[] = {evidence->open, evidence->closed, evidence->silent};
    return all[list];
}

static uint16_t *share_of(struct ptl_sentinels *sentinels, int share)
{
    return share == 0 ? &sentinels->alike : &sentinels->blind;
}

/* Ports that were listened to for longer. */
#define LATE 6
static const char *const lates[LATE] = {"listened",  "open",       "closed",
                                        "waited_ms", "slowest_ms", "reach_ms"};

static uint16_t *late_of(struct ptl_late *late, int member)
{
    uint16_t *const all[LATE] = {&late->listened,  &late->open,       &late->closed,
                                 &late->waited_ms, &late->slowest_ms, &late->reach_ms};
    return all[member];
}

/* Without the zeros at its end. */
static void print_counts(const uint64_t counts[PTL_TRIES], struct ptl_buf *buf)
{
    int count = PTL_TRIES;
    while (count > 0 && counts[count - 1] == 0)
        count--;
    ptl_buf_add_char(buf, '[');
    for (int i = 0; i < count; i++) {
        ptl_buf_add(buf, i > 0 ? "," : "");
        ptl_json_print_number(counts[i], buf);
    }
    ptl_buf_add_char(buf, ']');
}

static void print_evidence(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    struct ptl_evidence evidence;
    memcpy(&evidence, (const char *)object + key->offset, sizeof(evidence));
    for (int i = 0; i < 3; i++) {
        ptl_buf_printf(buf, "%s\"%s\":", i == 0 ? "{" : ",", lists[i]);
        print_counts(list_of(&evidence, i), buf);
    }
    ptl_buf_add(buf, ",\"sentinels\":{\"asked\":");
    ptl_json_print_number(evidence.sentinels.asked, buf);
    ptl_buf_add(buf, ",\"lost\":");
    ptl_json_print_number(evidence.sentinels.lost, buf);
    ptl_buf_add(buf, ",\"slices\":");
    ptl_json_print_number(evidence.sentinels.slices, buf);
    for (int i = 0; i < 2; i++) {
        ptl_buf_printf(buf, ",\"%s\":", shares[i]);
        ptl_json_print_double(*share_of(&evidence.sentinels, i) / (double)PTL_SHARE_ALL, buf);
    }
    ptl_buf_add(buf, "}");
    for (int i = 0; i < LATE && evidence.late.listened > 0; i++) {
        ptl_buf_printf(buf, "%s\"%s\":", i == 0 ? ",\"late\":{" : ",", lates[i]);
        ptl_json_print_number(*late_of(&evidence.late, i), buf);
    }
    ptl_buf_add(buf, evidence.late.listened > 0 ? "}}" : "}");
}

static const struct ptl_json *member(const struct ptl_json *json, const char *key,
                                     struct ptl_members *members)
{
    const struct ptl_json *value = ptl_json_get(json, key);
    if (value == NULL)
        ptl_members_refuse(members, "the key \"%s\" is missing", key);
    return value;
}

static void read_counts(const struct ptl_json *list, const char *key, struct ptl_members *members,
                        uint64_t counts[PTL_TRIES])
{
    const struct ptl_json *one = list != NULL ? ptl_json_first(list) : NULL;
    bool good = ptl_json_type(list) == PTL_JSON_ARRAY;
    for (int i = 0; good && one != NULL; one = ptl_json_next(one), i++)
        good = i < PTL_TRIES && ptl_json_as_number(one, &counts[i]) && counts[i] < 1ULL << 48;
    if (!good)
        ptl_members_refuse(members, "\"%s\" is no list of %d counts at most", key, PTL_TRIES);
}

static uint64_t read_number(const struct ptl_json *json, const char *key, uint64_t max,
                            struct ptl_members *members)
{
    uint64_t number = 0;
    const struct ptl_json *value = member(json, key, members);
    if (value != NULL && (!ptl_json_as_number(value, &number) || number > max))
        ptl_members_refuse(members, "\"%s\" is no whole number up to %llu", key,
                           (unsigned long long)max);
    return number;
}

static uint16_t read_share(const struct ptl_json *json, const char *key,
                           struct ptl_members *members)
{
    double share = 0;
    const struct ptl_json *value = member(json, key, members);
    if (value != NULL && (!ptl_json_as_double(value, &share) || !(share >= 0 && share <= 1)))
        ptl_members_refuse(members, "\"%s\" is no number from 0 to 1", key);
    return (uint16_t)(members->status == PTL_OK ? lround(share * PTL_SHARE_ALL) : 0);
}

/* An older file, and a run in which nothing was listened to, has none. */
static void read_late(const struct ptl_json *json, struct ptl_members *members,
                      struct ptl_late *late)
{
    for (int i = 0; i < LATE && json != NULL; i++)
        *late_of(late, i) = (uint16_t)read_number(json, lates[i], UINT16_MAX, members);
    if (members->status == PTL_OK && late->open + late->closed > late->listened)
        ptl_members_refuse(members, "more ports answered late than were listened to");
}

static void read_evidence(const struct ptl_key *key, const struct ptl_json *value,
                          struct ptl_members *members, void *object)
{
    struct ptl_evidence evidence = {.sentinels = {.asked = 0}};
    struct ptl_members inner = *members;
    inner.what = key->name;
    uint64_t *const counts[] = {evidence.open, evidence.closed, evidence.silent};
    for (int i = 0; i < 3; i++)
        read_counts(member(value, lists[i], &inner), lists[i], &inner, counts[i]);
    const struct ptl_json *json = member(value, "sentinels", &inner);
    struct ptl_sentinels *sentinels = &evidence.sentinels;
    sentinels->asked = read_number(json, "asked", UINT32_MAX, &inner);
    sentinels->lost = read_number(json, "lost", sentinels->asked, &inner);
    sentinels->slices = (uint32_t)read_number(json, "slices", UINT32_MAX, &inner);
    for (int i = 0; i < 2; i++)
        *share_of(sentinels, i) = read_share(json, shares[i], &inner);
    read_late(ptl_json_get(value, "late"), &inner, &evidence.late);
    members->status = inner.status;
    memcpy((char *)object + key->offset, &evidence, sizeof(evidence));
    ptl_key_store(object, key->count_at, key->count_bytes, 1);
}

static struct ptl_json *describe_member(struct ptl_json *properties, const char *name,
                                        const char *about, const char *type)
{
    struct ptl_json *schema = ptl_json_add_object(properties, name);
    ptl_json_add_string(schema, "description", about);
    ptl_json_add_string(schema, "type", type);
    return schema;
}

static void require(struct ptl_json *schema, const char *const *names, size_t count)
{
    struct ptl_json *required = ptl_json_add_array(schema, "required");
    for (size_t i = 0; i < count; i++)
        ptl_json_add_string(required, NULL, names[i]);
}

static void describe_late(struct ptl_json *properties)
{
    static const char *const abouts[LATE] = {
        "ports whose first attempt was listened to for longer than any was waited for",
        "of them, ports that were found open so late",
        "the same of ports that refused",
        "how long their attempts were waited for, at least",
        "how long the latest answer took",
        "how long the others were listened to, by the median"};
    struct ptl_json *late =
        describe_member(properties, "late", "a sample of the silent ports", "object");
    require(late, lates, LATE);
    properties = ptl_json_add_object(late, "properties");
    for (int i = 0; i < LATE; i++) {
        struct ptl_json *one = describe_member(properties, lates[i], abouts[i], "integer");
        ptl_json_add_number(one, "minimum", 0);
        ptl_json_add_number(one, "maximum", UINT16_MAX);
    }
}

static void describe_evidence(const struct ptl_key *key, struct ptl_json *schema)
{
    static const char *const all[] = {"open", "closed", "silent", "sentinels"},
                             *const counts[] = {"asked", "lost", "slices", "alike", "blind"},
                             *const abouts[] = {
                                 "ports that had answered, asked again while silence counted",
                                 "those lost, as they weigh by how much was sent at that speed",
                                 "tenths of a second in which one was asked",
                                 "how alike losses of one slice are: 0 as chance has it, 1 all or "
                                 "none",
                                 "share of the attempts that were sent at a speed of which no "
                                 "sentinel tells"};
    (void)key;
    ptl_json_add_string(schema, "type", "object");
    require(schema, all, PTL_COUNT(all));
    struct ptl_json *properties = ptl_json_add_object(schema, "properties");
    for (int i = 0; i < 3; i++) {
        struct ptl_json *list = describe_member(properties, lists[i], list_abouts[i], "array");
        struct ptl_json *items = ptl_json_add_object(list, "items");
        ptl_json_add_string(items, "type", "integer");
        ptl_json_add_number(items, "minimum", 0);
        ptl_json_add_number(list, "maxItems", PTL_TRIES);
    }
    struct ptl_json *sentinels =
        describe_member(properties, "sentinels", "what was lost of them", "object");
    require(sentinels, counts, PTL_COUNT(counts));
    describe_late(properties);
    properties = ptl_json_add_object(sentinels, "properties");
    for (size_t i = 0; i < PTL_COUNT(counts); i++)
        ptl_json_add_number(
            describe_member(properties, counts[i], abouts[i], i < 3 ? "integer" : "number"),
            "minimum", 0);
}

const struct ptl_key_type ptl_key_evidence = {"object", print_evidence, read_evidence,
                                              describe_evidence};

/* ---- the estimate: it follows from the evidence, so it is not read back ---- */

void ptl_estimate_print(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    struct ptl_estimate estimate;
    memcpy(&estimate, (const char *)object + key->offset, sizeof(estimate));
    if (estimate.known) {
        ptl_buf_add(buf, "{\"missed_open\":");
        ptl_json_print_double(round(estimate.missed * 100) / 100, buf);
        ptl_buf_add(buf, ",\"missed_open_at_most\":");
        ptl_json_print_number(estimate.missed_at_most, buf);
        ptl_buf_add(buf, ",\"recall_at_least\":");
        ptl_json_print_double(floor(estimate.recall_at_least * 10000) / 10000, buf);
    } else {
        ptl_buf_add(buf,
                    "{\"missed_open\":null,\"missed_open_at_most\":null,\"recall_at_least\":null");
    }
    ptl_buf_printf(buf, ",\"level\":%g,\"basis\":\"%s\"}", PTL_ESTIMATE_LEVEL,
                   ptl_basis_names[estimate.basis]);
}

void ptl_estimate_describe(const struct ptl_key *key, struct ptl_json *schema)
{
    static const struct {
        const char *name, *type, *about;
    } numbers[] = {
        {"missed_open", "number", "open ports among the silent, as expected; null: no telling"},
        {"missed_open_at_most", "integer", "no more than so many, at that level"},
        {"recall_at_least", "number", "share of the open ports that was found, at that level"},
    };
    static const char *const all[] = {"missed_open", "missed_open_at_most", "recall_at_least",
                                      "level", "basis"};
    (void)key;
    ptl_json_add_string(schema, "type", "object");
    require(schema, all, PTL_COUNT(all));
    struct ptl_json *properties = ptl_json_add_object(schema, "properties");
    for (size_t i = 0; i < PTL_COUNT(numbers); i++) {
        struct ptl_json *one = ptl_json_add_object(properties, numbers[i].name);
        ptl_json_add_string(one, "description", numbers[i].about);
        struct ptl_json *either = ptl_json_add_array(one, "type");
        ptl_json_add_string(either, NULL, numbers[i].type);
        ptl_json_add_string(either, NULL, "null");
        ptl_json_add_number(one, "minimum", 0);
    }
    describe_member(properties, "level", "how sure the bounds are", "number");
    struct ptl_json *basis = ptl_json_add_object(properties, "basis");
    ptl_json_add_string(basis, "description", "what it rests on, or why there is none");
    struct ptl_json *words = ptl_json_add_array(basis, "enum");
    for (int i = 0; i < PTL_BASIS_COUNT; i++)
        ptl_json_add_string(words, NULL, ptl_basis_names[i]);
}

const struct ptl_key_type ptl_key_estimate = {"object", ptl_estimate_print, NULL,
                                              ptl_estimate_describe};
