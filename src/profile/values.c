#include "profile/values.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *member(void *base, const struct ptl_field *field)
{
    return (char *)base + field->offset;
}

void ptl_value_problem(struct ptl_loading *loading, const struct ptl_field *field,
                       const struct ptl_node *node, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    struct ptl_origin origin = ptl_node_origin(node);
    ptl_problems_at(loading->problems, &origin, "%s%s%s %s",
                    loading->within != NULL ? loading->within : "",
                    loading->within != NULL ? "." : "", field->name, text);
}

void ptl_value_error(struct ptl_loading *loading, const struct ptl_field *field,
                     const struct ptl_node *node, const struct ptl_error *error)
{
    if (error->code == PTL_E_NO_MEMORY) {
        loading->no_memory = true;
        return;
    }
    struct ptl_origin origin = ptl_node_origin(node);
    ptl_problems_at(loading->problems, &origin, "%s%s%s: %s",
                    loading->within != NULL ? loading->within : "",
                    loading->within != NULL ? "." : "", field->name, error->message);
}

/* The text of a value that quotes would not mend (an enum, a duration); NULL with a problem. */
static const char *as_text(struct ptl_loading *loading, const struct ptl_field *field,
                           const struct ptl_node *node)
{
    if (node->kind != PTL_NODE_SCALAR)
        ptl_value_problem(loading, field, node, "must be a string, not a %s",
                          node->kind == PTL_NODE_SEQUENCE ? "list" : "mapping");
    else if (ptl_node_is_null(node))
        ptl_value_problem(loading, field, node, "has no value");
    else
        return node->text;
    return NULL;
}

/* The text of a string, or NULL with a problem for what YAML reads as something else. */
static const char *as_string(struct ptl_loading *loading, const struct ptl_field *field,
                             const struct ptl_node *node)
{
    char shown[PTL_SHOWN_SIZE];
    const char *text = as_text(loading, field, node);
    if (text == NULL || !ptl_node_is_other_than_string(node))
        return text;
    ptl_value_problem(loading, field, node, "must be a string: put \"%s\" in quotes",
                      ptl_shown(text, shown));
    return NULL;
}

static void set_string(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                       const char *text)
{
    char **target = member(base, field);
    free(*target);
    *target = strdup(text);
    if (*target == NULL)
        loading->no_memory = true;
}

/* A brace that stands for nothing would stop the run, when it comes to its report. */
static bool is_pattern(const char *path)
{
    for (const char *at = path; *at; at++) {
        if (strncmp(at, "{profile}", 9) == 0 || strncmp(at, "{started}", 9) == 0)
            at += 8;
        else if (strncmp(at, "{shard}", 7) == 0)
            at += 6;
        else if (*at == '{' || *at == '}')
            return false;
    }
    return true;
}

static bool is_word(const struct ptl_node *node, const char *word)
{
    return word != NULL && node->kind == PTL_NODE_SCALAR && strcmp(node->text, word) == 0;
}

static bool is_special(const struct ptl_field *field, const struct ptl_node *node)
{
    return is_word(node, field->special);
}

void ptl_load_string(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                     const struct ptl_node *node)
{
    const char *text = as_string(loading, field, node);
    if (text == NULL || (node->plain && is_special(field, node)))
        return;
    size_t length = strlen(text);
    bool is_name = field->type == PTL_FIELD_NAME;
    if (is_name &&
        text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")])
        ptl_value_problem(loading, field, node,
                          "may hold only A-Z, a-z, 0-9, \".\", \"_\" and \"-\"");
    else if (is_name && (strcmp(text, ".") == 0 || strcmp(text, "..") == 0))
        ptl_value_problem(loading, field, node, "must not be what folders call themselves, %s",
                          text);
    else if (field->max && (length < field->min || length > field->max))
        ptl_value_problem(loading, field, node,
                          "must be %" PRIu64 " to %" PRIu64 " bytes long, not %zu", field->min,
                          field->max, length);
    else if ((field->type == PTL_FIELD_PATH || field->type == PTL_FIELD_FOLDER) && length == 0)
        ptl_value_problem(loading, field, node, "must be a path, not empty");
    else if (field->type == PTL_FIELD_FOLDER &&
             (text[strcspn(text, "{}")] || strcmp(text, "-") == 0))
        ptl_value_problem(loading, field, node, "must be a folder's path, without { and }");
    else if (field->type == PTL_FIELD_PATH && !is_pattern(text))
        ptl_value_problem(loading, field, node,
                          "may hold no { or } but {profile}, {shard} and {started}");
    else
        set_string(loading, field, base, text);
}

static void set_number(const struct ptl_field *field, void *base, uint64_t value)
{
    uint32_t narrow = (uint32_t)value; /* the row's limits fit the member */
    if (field->bytes == sizeof(narrow))
        memcpy(member(base, field), &narrow, sizeof(narrow));
    else
        memcpy(member(base, field), &value, sizeof(value));
}

/* "0.995": ten-thousandths, without the rounding of a binary fraction. */
static bool parse_share(const char *text, uint64_t *value)
{
    size_t decimals = text[0] != '\0' && text[1] == '.' ? strspn(text + 2, "0123456789") : 0;
    if ((text[0] != '0' && text[0] != '1') || decimals > 4 ||
        text[decimals > 0 ? decimals + 2 : 1] != '\0')
        return false;
    *value = (uint64_t)(text[0] - '0');
    for (size_t i = 0; i < 4; i++)
        *value = *value * 10 + (uint64_t)(i < decimals ? text[i + 2] - '0' : 0);
    return *value <= PTL_SHARE_ONE;
}

void ptl_load_share(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                    const struct ptl_node *node)
{
    uint64_t value = 0;
    if (node->kind != PTL_NODE_SCALAR || !node->plain || !parse_share(node->text, &value))
        ptl_value_problem(loading, field, node,
                          "must be a number from 0 to 1, with four decimals at most");
    else
        set_number(field, base, value);
}

void ptl_load_int(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                  const struct ptl_node *node)
{
    char or_words[64] = "";
    if (field->also != NULL)
        snprintf(or_words, sizeof(or_words), ", %s or %s", field->also, field->special);
    else if (field->special != NULL)
        snprintf(or_words, sizeof(or_words), " or %s", field->special);
    uint64_t value = field->special_value;
    if (is_special(field, node) || is_word(node, field->also)) {
        set_number(field, base, is_special(field, node) ? value : field->also_value);
        return;
    }
    bool is_number =
        node->kind == PTL_NODE_SCALAR && ptl_number_parse(node->text, strlen(node->text), &value);
    bool has_digits_only = node->kind == PTL_NODE_SCALAR && *node->text && *node->text != '0' &&
                           !node->text[strspn(node->text, "0123456789")];
    if (node->kind == PTL_NODE_SCALAR && ptl_node_is_null(node))
        ptl_value_problem(loading, field, node, "has no value");
    else if (is_number && !node->plain)
        ptl_value_problem(loading, field, node, "must be a number%s, without quotes", or_words);
    else if (is_number ? value < field->min || value > field->max : has_digits_only && node->plain)
        ptl_value_problem(loading, field, node, "must be between %" PRIu64 " and %" PRIu64 "%s",
                          field->min, field->max, or_words);
    else if (!is_number)
        ptl_value_problem(loading, field, node, "must be a whole decimal number%s", or_words);
    else
        set_number(field, base, value);
}

/* A number that lacks its unit: what it may have meant, of what is accepted. */
static void ask_for_unit(struct ptl_loading *loading, const struct ptl_field *field,
                         const struct ptl_node *node, uint64_t number)
{
    static const struct {
        const char *name;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}};
    char choices[64] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (number <= field->max / units[i].ms && number * units[i].ms >= field->min)
            used += (size_t)snprintf(choices + used, sizeof(choices) - used, "%s%s%s",
                                     used > 0 ? ", " : ": ", node->text, units[i].name);
    ptl_value_problem(loading, field, node, "needs a unit%s",
                      used > 0 ? choices : ", such as 500ms or 1.5s");
}

void ptl_load_duration(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                       const struct ptl_node *node)
{
    if (is_special(field, node)) {
        set_number(field, base, field->special_value);
        return;
    }
    uint64_t ms, number;
    if (node->kind == PTL_NODE_SCALAR &&
        ptl_number_parse(node->text, strlen(node->text), &number)) {
        ask_for_unit(loading, field, node, number);
        return;
    }
    const char *text = as_text(loading, field, node);
    if (text == NULL)
        return;
    struct ptl_error error = {0};
    if (ptl_duration_parse(text, &ms, &error) != PTL_OK) {
        ptl_value_error(loading, field, node, &error);
    } else if (ms < field->min || ms > field->max) {
        char least[PTL_DURATION_SIZE], most[PTL_DURATION_SIZE];
        ptl_value_problem(
            loading, field, node, "must be between %s and %s%s%s",
            ptl_duration_format(field->min, least), ptl_duration_format(field->max, most),
            field->special != NULL ? ", or " : "", field->special != NULL ? field->special : "");
    } else {
        set_number(field, base, ms);
    }
}

void ptl_load_bool(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                   const struct ptl_node *node)
{
    bool is_plain = node->kind == PTL_NODE_SCALAR && node->plain;
    bool is_true = is_plain && strcmp(node->text, "true") == 0;
    if (is_true || (is_plain && strcmp(node->text, "false") == 0))
        *(bool *)member(base, field) = is_true;
    else
        ptl_value_problem(loading, field, node, "must be true or false");
}

void ptl_load_enum(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                   const struct ptl_node *node)
{
    const char *text = as_text(loading, field, node);
    if (text == NULL)
        return;
    for (size_t i = 0; i < field->word_count; i++) {
        if (strcmp(text, field->words[i]) == 0) {
            set_number(field, base, i);
            return;
        }
    }
    const char *near = strlen(text) <= PTL_NAME_MAX
                           ? ptl_text_nearest(text, field->words, field->word_count)
                           : NULL;
    char shown[PTL_SHOWN_SIZE];
    ptl_value_problem(loading, field, node, "must be one of %s, not \"%s\"%s%s%s", field->type_text,
                      ptl_shown(text, shown), near != NULL ? "; did you mean \"" : "",
                      near != NULL ? near : "", near != NULL ? "\"?" : "");
}
_Static_assert(sizeof(enum ptl_engine) == sizeof(uint32_t), "set_number stores enums");

/* Multicast, or the broadcast of every link: no connection comes from one. */
static bool is_for_many(const struct ptl_address *address)
{
    return address->family == 4 ? address->low >> 28 == 0xE || address->low == UINT32_MAX
                                : address->high >> 56 == 0xFF;
}

void ptl_load_address(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                      const struct ptl_node *node)
{
    loading->profile->has_source_address = false;
    if (is_special(field, node))
        return;
    const char *text = as_text(loading, field, node);
    struct ptl_error error = {0};
    if (text == NULL)
        return;
    struct ptl_address *address = member(base, field);
    if (ptl_address_parse(text, address, &error) != PTL_OK)
        ptl_value_error(loading, field, node, &error);
    else if (address->high == 0 && address->low == 0)
        ptl_value_problem(loading, field, node,
                          "must be an address of this machine, or none: the system chooses");
    else if (is_for_many(address))
        ptl_value_problem(loading, field, node, "must be an address of this machine, not %s",
                          address->low == UINT32_MAX && address->family == 4 ? "broadcast"
                                                                             : "multicast");
    else
        loading->profile->has_source_address = true;
}
