/* Types of keys: what a run noted of losses, and the estimate that follows from it. */
#include "results/estimate.h"
#include "results/objects.h"

#include <math.h>
#include <string.h>

/* ---- what evidence is made of ---- */

/* Without the zeros at its end. */
static void print_counts(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    uint64_t counts[PTL_TRIES];
    int count = PTL_TRIES;
    memcpy(counts, (const char *)object + key->offset, sizeof(counts));
    while (count > 0 && counts[count - 1] == 0)
        count--;
    ptl_buf_add_char(buf, '[');
    for (int i = 0; i < count; i++) {
        ptl_buf_add(buf, i > 0 ? "," : "");
        ptl_json_print_number(counts[i], buf);
    }
    ptl_buf_add_char(buf, ']');
}

static void read_counts(const struct ptl_key *key, const struct ptl_json *value,
                        struct ptl_members *members, void *object)
{
    uint64_t counts[PTL_TRIES] = {0};
    const struct ptl_json *one = ptl_json_first(value);
    bool good = ptl_json_type(value) == PTL_JSON_ARRAY;
    for (int i = 0; good && one != NULL; one = ptl_json_next(one), i++)
        good = i < PTL_TRIES && ptl_json_as_number(one, &counts[i]) && counts[i] < 1ULL << 48;
    if (!good)
        ptl_members_refuse(members, "\"%s\" is no list of %d counts at most", key->name, PTL_TRIES);
    memcpy((char *)object + key->offset, counts, sizeof(counts));
}

static void describe_counts(const struct ptl_key *key, struct ptl_json *schema)
{
    (void)key;
    ptl_json_describe(schema, "{'items': {'type': 'integer', 'minimum': 0}, 'maxItems': %d}",
                      PTL_TRIES);
}

static const struct ptl_key_type counts = {"list of numbers", print_counts, read_counts,
                                           .describe = describe_counts, .json = "array"};

/* No more than were asked. */
static void read_lost(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    uint64_t asked = ((const struct ptl_sentinels *)object)->asked;
    ptl_key_read_number(key, value, members, object);
    if (ptl_key_load(object, key->offset, key->bytes) > asked)
        ptl_members_refuse(members, "\"%s\" is no whole number up to %llu", key->name,
                           (unsigned long long)asked);
}

static void describe_short(const struct ptl_key *key, struct ptl_json *schema)
{
    ptl_json_add_number(schema, "maximum", key->max);
}

static const struct ptl_key_type lost = {"number", ptl_key_print_number, read_lost,
                                         .json = "integer", .limits = PTL_KEY_FROM_0};
static const struct ptl_key_type brief = {
    "number",          ptl_key_print_number,     ptl_key_read_number,
    .json = "integer", .limits = PTL_KEY_FROM_0, .describe = describe_short};

/* ---- the evidence ---- */

#define AT(member) PTL_AT(struct ptl_sentinels, member)
static const struct ptl_key sentinel_keys[] = {
    {"asked", &ptl_key_number, AT(asked), .max = UINT32_MAX,
     .about = "ports that had answered, asked again while silence counted"},
    {"lost", &lost, AT(lost),
     .about = "those lost, as they weigh by how much was sent at that speed"},
    {"slices", &ptl_key_number, AT(slices), .max = UINT32_MAX,
     .about = "tenths of a second in which one was asked"},
    {"alike", &ptl_key_share, AT(alike), .steps = PTL_SHARE_ALL,
     .about = "how alike losses of one slice are: 0 as chance has it, 1 all or none"},
    {"blind", &ptl_key_share, AT(blind), .steps = PTL_SHARE_ALL,
     .about = "share of the attempts that were sent at a speed of which no sentinel tells"},
};
#undef AT
static const struct ptl_object sentinels =
    PTL_OBJECT(struct ptl_sentinels, sentinel_keys, "evidence");

#define AT(member) PTL_AT(struct ptl_late, member), .max = UINT16_MAX
static const struct ptl_key late_keys[] = {
    {"listened", &brief, AT(listened),
     .about = "ports whose first attempt was listened to for longer than any was waited for"},
    {"open", &brief, AT(open), .about = "of them, ports that were found open so late"},
    {"closed", &brief, AT(closed), .about = "the same of ports that refused"},
    {"waited_ms", &brief, AT(waited_ms),
     .about = "how long their attempts were waited for, at least"},
    {"slowest_ms", &brief, AT(slowest_ms), .about = "how long the latest answer took"},
    {"reach_ms", &brief, AT(reach_ms),
     .about = "how long the others were listened to, by the median"},
};
#undef AT
static const struct ptl_object late = PTL_OBJECT(struct ptl_late, late_keys, "evidence");

#define AT(member) PTL_AT(struct ptl_resets_sent, member), .max = UINT32_MAX
static const struct ptl_key reset_keys[] = {
    {"count", &ptl_key_number, AT(count),
     .about = "no more answers of open ports than so many were late"},
    {"apart", &ptl_key_number, AT(apart),
     .about = "of them, those sent while no open port answered: late answers, or noise"},
};
#undef AT
static const struct ptl_object resets = PTL_OBJECT(struct ptl_resets_sent, reset_keys, "evidence");

#define AT(member) PTL_AT(struct ptl_evidence, member)
static const struct ptl_key evidence_keys[] = {
    {"open", &counts, AT(open),
     .about = "ports found open by attempt 1, 2 and so on whose silence would have counted; the "
              "eighth stands for all further ones"},
    {"closed", &counts, AT(closed), .about = "the same of ports that refused"},
    {"silent", &counts, AT(silent),
     .about = "ports that nothing answered, by how many attempts they had"},
    {"sentinels", &ptl_key_object, AT(sentinels), .object = &sentinels,
     .about = "what was lost of them"},
    /* An older file, and a run in which nothing was listened to, has none. */
    {"late", &ptl_key_object, AT(late), PTL_COUNT_AT(struct ptl_evidence, late.listened),
     .object = &late, .is_omitted = true, .about = "a sample of the silent ports"},
    /* A target has none, nor has an older file, nor where the kernel tells nothing. */
    {"resets", &ptl_key_object, AT(resets), PTL_COUNT_AT(struct ptl_evidence, resets.is_known),
     .object = &resets, .is_omitted = true,
     .about = "of a run: resets that this machine sent for what no socket waited for"},
};
#undef AT
static const struct ptl_object evidence_object =
    PTL_OBJECT(struct ptl_evidence, evidence_keys, "evidence");

static void print_evidence(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    ptl_object_print(&evidence_object, (const char *)object + key->offset, buf);
}

static void read_evidence(const struct ptl_key *key, const struct ptl_json *value,
                          struct ptl_members *members, void *object)
{
    struct ptl_evidence evidence = {.sentinels = {.asked = 0}};
    struct ptl_members inner = *members;
    inner.json = value;
    inner.what = key->name;
    ptl_object_read(&evidence_object, PTL_KEYS_ALL, &inner, &evidence);
    evidence.resets.is_known = inner.status == PTL_OK && ptl_json_get(value, "resets") != NULL;
    if (evidence.resets.apart > evidence.resets.count)
        ptl_members_refuse(&inner, "more resets were sent apart than at all");
    if (evidence.late.open + evidence.late.closed > evidence.late.listened)
        ptl_members_refuse(&inner, "more ports answered late than were listened to");
    members->status = inner.status;
    memcpy((char *)object + key->offset, &evidence, sizeof(evidence));
    ptl_key_store(object, key->count_at, key->count_bytes, 1);
}

static void describe_evidence(const struct ptl_key *key, struct ptl_json *schema)
{
    (void)key;
    ptl_object_describe(&evidence_object, schema);
}

const struct ptl_key_type ptl_key_evidence = {"object", print_evidence, read_evidence,
                                              .describe = describe_evidence};

/* ---- the estimate: it follows from the evidence, so it is not read back ---- */

static void print_level(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    (void)key, (void)object;
    ptl_buf_printf(buf, "%g", PTL_ESTIMATE_LEVEL);
}

static const struct ptl_key_type level = {"decimal", print_level, .json = "number"};

#define AT(member) PTL_AT(struct ptl_estimate, member)
static const struct ptl_key estimate_keys[] = {
    {"missed_open", &ptl_key_decimal, AT(missed), .steps = 100, .is_nullable = true,
     .about = "open ports among the silent, as expected; null: no telling"},
    {"missed_open_at_most", &ptl_key_number, AT(missed_at_most),
     PTL_COUNT_AT(struct ptl_estimate, known), .is_nullable = true,
     .about = "no more than so many, at that level"},
    {"recall_at_least", &ptl_key_decimal, AT(recall_at_least), .is_nullable = true,
     .about = "share of the open ports that was found, at that level"},
    {"level", &level, AT(known), .about = "how sure the bounds are"},
    {"basis", &ptl_key_word, AT(basis), PTL_WORDS(ptl_basis_names),
     .about = "what it rests on, or why there is none"},
};
#undef AT
static const struct ptl_object estimate_object =
    PTL_OBJECT(struct ptl_estimate, estimate_keys, "estimate");

void ptl_estimate_print(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    struct ptl_estimate estimate;
    memcpy(&estimate, (const char *)object + key->offset, sizeof(estimate));
    estimate.recall_at_least = floor(estimate.recall_at_least * 10000) / 10000;
    if (!estimate.known)
        estimate.missed = estimate.recall_at_least = NAN;
    ptl_object_print(&estimate_object, &estimate, buf);
}

void ptl_estimate_describe(const struct ptl_key *key, struct ptl_json *schema)
{
    (void)key;
    ptl_object_describe(&estimate_object, schema);
}

const struct ptl_key_type ptl_key_estimate = {"object", ptl_estimate_print,
                                              .describe = ptl_estimate_describe};
