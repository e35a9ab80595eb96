/* comparison.json: a table of keys an object, as a results file has them, and what they write. */
#include "compare/compare.h"
#include "results/objects.h"

#include <string.h>

/* ---- what the variants are measured by ---- */

static void print_address(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    struct ptl_address address;
    char text[PTL_ADDRESS_SIZE];
    memcpy(&address, (const char *)object + key->offset, sizeof(address));
    ptl_json_print_string(ptl_address_format(&address, text), buf);
}

static const struct ptl_key_type address = {"text", print_address, .json = "string"};

static const struct ptl_key port_keys[] = {
    {"ip", &address, PTL_AT(struct ptl_compared_port, address), .about = "address"},
    {"port", &ptl_key_port, PTL_AT(struct ptl_compared_port, port), .about = "port"},
};
static const struct ptl_object port = PTL_OBJECT(struct ptl_compared_port, port_keys, "a port");

static const char *const sources[] = {
    [PTL_REFERENCE_UNION] = "union", [PTL_REFERENCE_EXPECT] = "expect"};
static const struct ptl_key reference_keys[] = {
    {"source", &ptl_key_word, PTL_AT(struct ptl_comparison, reference), PTL_WORDS(sources),
     .about = "the profile's expect, or what any run found open"},
    {"open", &ptl_key_list, PTL_AT(struct ptl_comparison, open),
     PTL_COUNT_AT(struct ptl_comparison, open_count), .object = &port,
     .about = "the open ports, by address and port"},
};
static const struct ptl_object reference =
    PTL_OBJECT(struct ptl_comparison, reference_keys, "reference");

/* ---- ports that changed ---- */

static void print_seen(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    (void)key;
    const struct ptl_flip *flip = object;
    const char *before = "{";
    for (int s = 0; s < PTL_STATE_COUNT; s++) {
        if (flip->seen[s] == 0)
            continue;
        ptl_buf_printf(buf, "%s\"%s\":", before, ptl_state_names[s]);
        ptl_json_print_number(flip->seen[s], buf);
        before = ",";
    }
    ptl_buf_add_char(buf, '}');
}

static void describe_seen(const struct ptl_key *key, struct ptl_json *schema)
{
    ptl_json_add_string(schema, "type", "object");
    ptl_json_add_number(schema, "minProperties", 2);
    ptl_key_word.describe(key, ptl_json_add_object(schema, "propertyNames"));
    ptl_json_describe(schema, "{'additionalProperties': {'type': 'integer', 'minimum': 1}}");
}

static const struct ptl_key_type seen = {"object of numbers", print_seen,
                                         .describe = describe_seen};

#define AT(member) PTL_AT(struct ptl_flip, member)
static const struct ptl_key flip_keys[] = {
    {"host", &ptl_key_text, AT(host), .about = "name, or address"},
    {"ip", &address, AT(at.address), .about = "address"},
    {"port", &ptl_key_port, AT(at.port), .about = "port"},
    {"seen", &seen, .words = ptl_state_names, .word_count = PTL_UNPROBED,
     .about = "how many runs saw it in each state"},
    {"in_reference", &ptl_key_bool, AT(in_reference), .about = "it is a port of the reference"},
    {"variants", &ptl_key_texts, AT(variants), PTL_COUNT_AT(struct ptl_flip, variant_count),
     .about = "those with a run that departs"},
};
#undef AT
static const struct ptl_object flip = PTL_OBJECT(struct ptl_flip, flip_keys, "a flip");

/* ---- what is recommended ---- */

#define AT(member) PTL_AT(struct ptl_comparison, member)
#define COUNTED(member) PTL_COUNT_AT(struct ptl_comparison, member)
static const struct ptl_key recommendation_keys[] = {
    {"variant", &ptl_key_text, AT(recommended), .is_nullable = true,
     .about = "its name; null: none"},
    {"why", &ptl_key_text, AT(why), .about = "for people"},
    {"ties", &ptl_key_texts, AT(ties), COUNTED(tie_count),
     .about = "variants no worse than it, as far as can be told"},
};
static const struct ptl_object recommendation =
    PTL_OBJECT(struct ptl_comparison, recommendation_keys, "recommendation");

/* ---- the whole file ---- */

static const char *const portolan[] = {"portolan"};
static const struct ptl_key tool_keys[] = {
    {"name", &ptl_key_fixed, PTL_WORDS(portolan), .about = "always portolan"},
    {"version", &ptl_key_chars, AT(tool_version), .about = "version that compared"},
};
static const struct ptl_object tool = PTL_OBJECT(struct ptl_comparison, tool_keys, "tool");

static const struct ptl_key machine_keys[] = {
    {"cpus", &ptl_key_number, AT(cpus), .about = "that the program may use"},
    {"kernel", &ptl_key_text, AT(kernel), .about = "its name and release"},
    {"memory_kb", &ptl_key_number, AT(memory_kb), .about = "of the whole machine"},
};
static const struct ptl_object machine = PTL_OBJECT(struct ptl_comparison, machine_keys, "machine");

static const struct {
    const char *name;
    double level, least_difference;
} speed_test = {"Mann-Whitney, two-sided, corrected by Holm", PTL_PACE_LEVEL, PTL_SAME_SPEED};

#undef AT
#define AT(member)                                                                                 \
    .offset = offsetof(__typeof__(speed_test), member), .bytes = sizeof(speed_test.member)
static const struct ptl_key test_keys[] = {
    {"name", &ptl_key_text, AT(name), .about = "how speeds are told apart"},
    {"level", &ptl_key_decimal, AT(level),
     .about = "how often a comparison without a difference finds one"},
    {"least_difference", &ptl_key_decimal, AT(least_difference),
     .about = "share of the time below which nobody has a reason to choose"},
};
#undef AT
static const struct ptl_object test = PTL_OBJECT(speed_test, test_keys, "test");

static void print_test(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    (void)object;
    ptl_object_print(key->object, &speed_test, buf);
}

static const struct ptl_key_type tested = {"object", print_test,
                                           .describe = ptl_key_describe_object};

#define AT(member) PTL_AT(struct ptl_comparison, member)
static const char *const schemas[] = {"portolan-comparison/1"};
static const struct ptl_key comparison_keys[] = {
    {"schema", &ptl_key_const, PTL_WORDS(schemas), .about = "name and version of the format"},
    {"tool", &ptl_key_object, .object = &tool, .about = "what wrote it"},
    {"machine", &ptl_key_object, .object = &machine, .about = "what it ran on"},
    {"started", &ptl_key_time, AT(started_ms), .about = "when the first run began"},
    {"finished", &ptl_key_time, AT(finished_ms), .about = "when the last one ended"},
    {"complete", &ptl_key_bool, AT(complete),
     .about = "every round of every variant was run, and none failed"},
    {"repeat", &ptl_key_number, AT(repeat), .about = "counted rounds"},
    {"warmup", &ptl_key_number, AT(warmup), .about = "rounds before them that are not counted"},
    {"pause_ms", &ptl_key_number, AT(pause_ms), .about = "before each run but the first"},
    {"test", &tested, .object = &test, .about = "how speeds are told apart"},
    {"warnings", &ptl_key_texts, AT(warnings), COUNTED(warning_count), .about = "for people"},
    {"reference", &ptl_key_object, .object = &reference, .begins_line = true,
     .about = "the open ports that runs are measured by"},
    {"recommendation", &ptl_key_object, .object = &recommendation, .begins_line = true,
     .about = "which variant to use"},
    {"variants", &ptl_key_list, AT(variants), COUNTED(variant_count), .has_lines = true,
     .begins_line = true, .object = &ptl_object_variant, .about = "what was compared"},
    {"flips_total", &ptl_key_number, AT(flips_total), .begins_line = true,
     .about = "ports that runs saw in different states, those not listed too"},
    {"flips_of_open", &ptl_key_number, AT(flips_of_open), .begins_line = true,
     .about = "those of them that any run saw open"},
    {"flips", &ptl_key_list, AT(flips), COUNTED(flip_count), .has_lines = true, .begins_line = true,
     .object = &flip,
     .about = "up to 1,000 of them, those of open ports first, then by address and port"},
};
const struct ptl_object ptl_object_comparison =
    PTL_OBJECT(struct ptl_comparison, comparison_keys, "a comparison");

void ptl_comparison_json(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    ptl_object_print(&ptl_object_comparison, comparison, buf);
    ptl_buf_add_char(buf, '\n');
}
