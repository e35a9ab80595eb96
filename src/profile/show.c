/* The effective profile as YAML that loads again to the same. */
#include "base/clock.h"
#include "profile/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* U+200E to U+200F, U+2028 to U+202E, U+2066 to U+2069 in UTF-8. */
static bool is_break_or_direction(const unsigned char *at)
{
    if (at[0] != 0xE2)
        return false;
    if (at[1] == 0x80)
        return (at[2] >= 0x8E && at[2] <= 0x8F) || (at[2] >= 0xA8 && at[2] <= 0xAE);
    return at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9;
}

/*
 * A double-quoted YAML scalar. Everything that is not printable ASCII or plain UTF-8 is escaped:
 * what a line break is differs between YAML versions, NEL or a BOM is no text to YAML 1.1, and a
 * terminal would obey what turns the direction of writing.
 */
static void add_quoted(struct ptl_buf *buf, const char *text)
{
    ptl_buf_add_char(buf, '"');
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\')
            ptl_buf_printf(buf, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7F)
            ptl_buf_printf(buf, "\\x%02X", *at);
        else if (*at == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F)
            ptl_buf_printf(buf, "\\x%02X", *++at);
        else if (is_break_or_direction(at)) {
            ptl_buf_printf(buf, "\\u20%02X", (at[1] & 1) << 6 | (at[2] & 0x3F));
            at += 2;
        } else if (*at == 0xEF && at[1] == 0xBB && at[2] == 0xBF) {
            ptl_buf_add(buf, "\\uFEFF");
            at += 2;
        } else
            ptl_buf_add_char(buf, (char)*at);
    }
    ptl_buf_add_char(buf, '"');
}

static void add_texts(struct ptl_buf *buf, const struct ptl_texts *texts, const char *indent)
{
    if (texts->count == 0)
        ptl_buf_add(buf, " []");
    for (size_t i = 0; i < texts->count; i++) {
        ptl_buf_printf(buf, "\n%s  - ", indent);
        add_quoted(buf, texts->items[i]);
    }
}

static void add_ports(struct ptl_buf *buf, const struct ptl_portset *set)
{
    if (set == NULL || ptl_portset_count(set) == 0) {
        ptl_buf_add(buf, " []");
        return;
    }
    ptl_buf_add(buf, " \"");
    ptl_portset_format(set, buf);
    ptl_buf_add_char(buf, '"');
}

static uint64_t number_of(const struct ptl_field *field, const void *member)
{
    uint32_t narrow;
    uint64_t value;
    if (field->bytes == sizeof(narrow)) {
        memcpy(&narrow, member, sizeof(narrow));
        return narrow;
    }
    memcpy(&value, member, sizeof(value));
    return value;
}

static void add_number(struct ptl_buf *buf, const struct ptl_field *field, const void *member)
{
    uint64_t value = number_of(field, member);
    char text[PTL_DURATION_SIZE];
    if (field->special != NULL && value == field->special_value)
        ptl_buf_printf(buf, " %s", field->special);
    else if (field->also != NULL && value == field->also_value)
        ptl_buf_printf(buf, " %s", field->also);
    else if (field->type == PTL_FIELD_DURATION)
        ptl_buf_printf(buf, " %s", ptl_duration_format(value, text));
    else if (field->type == PTL_FIELD_ENUM)
        ptl_buf_printf(buf, " %s", field->words[value]);
    else if (field->type == PTL_FIELD_SHARE)
        ptl_buf_printf(buf, " %g", (double)value / PTL_SHARE_ONE);
    else
        ptl_buf_printf(buf, " %" PRIu64, value);
}

static void add_address(struct ptl_buf *buf, const struct ptl_profile *profile)
{
    char text[PTL_ADDRESS_SIZE];
    if (profile->has_source_address)
        ptl_buf_printf(buf, " \"%s\"", ptl_address_format(&profile->source_address, text));
    else
        ptl_buf_add(buf, " none");
}

static void add_shard(struct ptl_buf *buf, const struct ptl_shard *shard)
{
    if (shard->count == 0)
        ptl_buf_add(buf, " none");
    else if (shard->index == 0)
        ptl_buf_printf(buf, " auto/%" PRIu32, shard->count);
    else
        ptl_buf_printf(buf, " %" PRIu32 "/%" PRIu32, shard->index, shard->count);
}

static void add_states(struct ptl_buf *buf, const struct ptl_field *field, const bool *states)
{
    const char *separator = "";
    ptl_buf_add(buf, " [");
    for (size_t i = 0; i < field->word_count; i++) {
        if (!states[i])
            continue;
        ptl_buf_printf(buf, "%s%s", separator, field->words[i]);
        separator = ", ";
    }
    ptl_buf_add_char(buf, ']');
}

static void add_fields(struct ptl_buf *buf, const struct ptl_field *fields, size_t count,
                       const void *base, const char *indent);

/* The first key of a rule stands behind its dash. */
static void add_expects(struct ptl_buf *buf, const struct ptl_field *field,
                        const struct ptl_profile *profile)
{
    if (profile->expect_count == 0)
        ptl_buf_add(buf, " []");
    for (size_t i = 0; i < profile->expect_count; i++) {
        ptl_buf_add(buf, "\n  -");
        add_fields(buf, field->children, field->child_count, &profile->expects[i], "    ");
    }
}

/* A key that was not given and has no default to write. */
static bool is_absent(const struct ptl_field *field, const void *member)
{
    const void *pointer = NULL;
    if (field->type == PTL_FIELD_EXTENDS)
        return true; /* it is merged in */
    if (field->type == PTL_FIELD_PATH || field->type == PTL_FIELD_FOLDER)
        memcpy(&pointer, member, sizeof(pointer));
    else if (field->type == PTL_FIELD_PORTS && field->bytes == sizeof(pointer))
        memcpy(&pointer, member, sizeof(pointer));
    else
        return false;
    return pointer == NULL && field->fallback_text == NULL && field->fallback == NULL;
}

static void add_value(struct ptl_buf *buf, const struct ptl_field *field, const void *base,
                      const char *indent)
{
    const char *member = (const char *)base + field->offset;
    const struct ptl_profile *profile = base;
    const struct ptl_texts *texts = (const void *)((const char *)base + field->text_offset);
    const void *pointer = NULL;
    char deeper[16];
    switch (field->type) {
    case PTL_FIELD_NAME:
    case PTL_FIELD_STRING:
    case PTL_FIELD_PATH:
    case PTL_FIELD_FOLDER:
        memcpy(&pointer, member, sizeof(pointer));
        ptl_buf_add_char(buf, ' ');
        if (pointer == NULL)
            ptl_buf_add(buf, field->special);
        else
            add_quoted(buf, pointer);
        break;
    case PTL_FIELD_DURATION:
    case PTL_FIELD_INT:
    case PTL_FIELD_SHARE:
    case PTL_FIELD_ENUM:
        add_number(buf, field, member);
        break;
    case PTL_FIELD_BOOL:
        ptl_buf_add(buf, *(const bool *)member ? " true" : " false");
        break;
    case PTL_FIELD_ADDRESS:
        add_address(buf, profile);
        break;
    case PTL_FIELD_HOSTS:
        add_texts(buf, texts, indent);
        break;
    case PTL_FIELD_PORTS:
        memcpy(&pointer, member, sizeof(pointer));
        add_ports(buf, pointer);
        break;
    case PTL_FIELD_SCOPE:
        add_texts(buf, &profile->scope_text, indent);
        break;
    case PTL_FIELD_STATES:
        add_states(buf, field, (const void *)member);
        break;
    case PTL_FIELD_MAPPING:
        snprintf(deeper, sizeof(deeper), "%s  ", indent);
        add_fields(buf, field->children, field->child_count, base, deeper);
        break;
    case PTL_FIELD_SHARD:
        add_shard(buf, (const void *)member);
        break;
    case PTL_FIELD_EXPECT:
        add_expects(buf, field, profile);
        break;
    case PTL_FIELD_EXTENDS:
        break;
    }
}

static void add_fields(struct ptl_buf *buf, const struct ptl_field *fields, size_t count,
                       const void *base, const char *indent)
{
    for (size_t i = 0; i < count; i++) {
        if (is_absent(&fields[i], (const char *)base + fields[i].offset))
            continue;
        ptl_buf_printf(buf, "\n%s%s:", indent, fields[i].name);
        add_value(buf, &fields[i], base, indent);
    }
}

static void add_entries(struct ptl_buf *buf, const struct ptl_hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        char text[PTL_ADDRESS_SIZE];
        ptl_buf_add(buf, host.text);
        if (host.is_known)
            ptl_buf_printf(buf, "=%s", ptl_address_format(&host.block.first, text));
        ptl_buf_add_char(buf, '\n');
    }
}

/* Lists of hosts by what stands in them, files included; ports less those that are excluded. */
static void add_decisive(struct ptl_buf *buf, const struct ptl_field *field,
                         const struct ptl_profile *profile)
{
    if (field->type == PTL_FIELD_HOSTS)
        add_entries(buf, (const void *)((const char *)profile + field->offset));
    else if (field->type == PTL_FIELD_PORTS)
        ptl_portset_format(profile->ports, buf);
    else
        add_value(buf, field, profile, "");
}

const struct ptl_field *ptl_field_deciding(size_t number)
{
    for (size_t i = 0; i < ptl_field_count; i++) {
        size_t rows = ptl_fields[i].type == PTL_FIELD_MAPPING ? ptl_fields[i].child_count : 1;
        for (size_t row = 0; row < rows; row++) {
            const struct ptl_field *field = ptl_fields[i].type == PTL_FIELD_MAPPING
                                                ? &ptl_fields[i].children[row]
                                                : &ptl_fields[i];
            if (field->decides && number-- == 0)
                return field;
        }
    }
    return NULL;
}

bool ptl_profile_decides(const struct ptl_profile *profile, size_t number, const char **key,
                         struct ptl_buf *value)
{
    const struct ptl_field *field = ptl_field_deciding(number);
    if (field == NULL)
        return false;
    *key = field->name;
    if (value != NULL)
        add_decisive(value, field, profile);
    return true;
}

void ptl_profile_show(const struct ptl_profile *profile, struct ptl_buf *buf)
{
    ptl_buf_add(buf, "# portolan profile 1");
    add_fields(buf, ptl_fields, ptl_field_count, profile, "");
    ptl_buf_add_char(buf, '\n');
}
