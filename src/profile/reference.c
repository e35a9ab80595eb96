/* docs/profile.md, from the field table. */
#include "base/clock.h"
#include "profile/fields.h"

#include <inttypes.h>

static void add_limits(struct ptl_buf *buf, const struct ptl_field *field)
{
    char least[PTL_DURATION_SIZE], most[PTL_DURATION_SIZE];
    if (field->type == PTL_FIELD_DURATION)
        ptl_buf_printf(buf, "%s to %s", ptl_duration_format(field->min, least),
                       ptl_duration_format(field->max, most));
    else if (field->type == PTL_FIELD_INT)
        ptl_buf_printf(buf, "%" PRIu64 " to %" PRIu64, field->min, field->max);
    else if (field->type == PTL_FIELD_SHARE)
        ptl_buf_add(buf, "0 to 1");
    else if (field->type == PTL_FIELD_EXPECT)
        ptl_buf_printf(buf, "%" PRIu64 " rules", field->max);
    else if (field->type == PTL_FIELD_SHARD)
        ptl_buf_printf(buf, "%" PRIu64 " shards", field->max);
    else if (field->type == PTL_FIELD_EXTENDS)
        ptl_buf_printf(buf, "%" PRIu64 " profiles", field->max);
    else if (field->max)
        ptl_buf_printf(buf, "%" PRIu64 " to %" PRIu64 " bytes", field->min, field->max);
}

static void add_default(struct ptl_buf *buf, const struct ptl_field *field)
{
    if (field->required)
        ptl_buf_add(buf, "required");
    else if (field->fallback != NULL)
        ptl_buf_printf(buf, "`%s`", field->fallback);
    else if (field->fallback_text != NULL)
        ptl_buf_add(buf, field->fallback_text);
}

static void add_row(struct ptl_buf *buf, const struct ptl_field *field, bool has_page)
{
    if (has_page)
        ptl_buf_printf(buf, "| [`%s`](#%s) | %s | ", field->name, field->name, field->type_text);
    else
        ptl_buf_printf(buf, "| `%s` | %s | ", field->name, field->type_text);
    add_default(buf, field);
    ptl_buf_add(buf, " | ");
    add_limits(buf, field);
    ptl_buf_printf(buf, " | %s |\n", field->summary);
}

static void add_table(struct ptl_buf *buf, const struct ptl_field *fields, size_t count,
                      bool has_pages)
{
    ptl_buf_add(buf, "| key | type | default | limits | what it is |\n"
                     "| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++)
        add_row(buf, &fields[i], has_pages);
}

void ptl_profile_reference(struct ptl_buf *buf)
{
    ptl_buf_add(
        buf, "# The profile\n\n"
             "<!-- Written from the field table in src/profile/fields.c; change it there. -->\n\n"
             "A profile is one YAML file (1.2, core schema: `true` and `false` are the only "
             "booleans, numbers are decimal). Unknown keys, duplicate keys, wrong types and "
             "values out of range are errors. Aliases and `<<` work. At most 1 MiB, nested 32 "
             "deep, 100,000 values and 1,000 aliases.\n\n");
    add_table(buf, ptl_fields, ptl_field_count, true);
    for (size_t i = 0; i < ptl_field_count; i++) {
        const struct ptl_field *field = &ptl_fields[i];
        ptl_buf_printf(buf, "\n## %s\n\n", field->name);
        ptl_buf_printf(buf, "%c%s.%s%s\n",
                       field->summary[0] >= 'a' && field->summary[0] <= 'z'
                           ? field->summary[0] - 'a' + 'A'
                           : field->summary[0],
                       field->summary + 1, field->details != NULL ? " " : "",
                       field->details != NULL ? field->details : "");
        if (field->child_count) {
            ptl_buf_add_char(buf, '\n');
            add_table(buf, field->children, field->child_count, false);
        }
        ptl_buf_printf(buf, "\n```yaml\n%s\n```\n", field->example);
    }
}
