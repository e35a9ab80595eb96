#include "profile/document.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct anchor {
    const char *name;
    struct ptl_node *node;
};

struct frame { /* a container being read; its children wait on the stack from `first` */
    struct ptl_node *node;
    size_t first;
};

struct parser {
    yaml_parser_t yaml;
    struct ptl_tree *tree;
    const struct ptl_source *source;
    struct ptl_problems *problems;
    const char *text;
    size_t length;
    struct frame frames[PTL_NODE_DEPTH_MAX];
    unsigned depth;
    struct ptl_node **stack;
    size_t count, capacity;
    struct anchor anchors[PTL_ALIASES_MAX];
    unsigned anchor_count, alias_count;
    unsigned documents;
};

static struct ptl_node place_of(const struct parser *parser, const yaml_mark_t *mark)
{
    return (struct ptl_node){.line = (unsigned)mark->line + 1,
                             .column = (unsigned)mark->column + 1,
                             .source = parser->source};
}

/* Returns false. */
static bool complain(struct parser *parser, const yaml_mark_t *mark, const char *format,
                     const char *what)
{
    struct ptl_node at = place_of(parser, mark);
    struct ptl_origin origin = ptl_node_origin(&at);
    char shown[PTL_SHOWN_SIZE];
    ptl_problems_at(parser->problems, &origin, "%s%s", format,
                    what != NULL ? ptl_shown(what, shown) : "");
    return false;
}

/* Where libyaml stumbles over what people write most, what to write instead. */
static const char *remedy(const struct parser *parser)
{
    const yaml_parser_t *yaml = &parser->yaml;
    if (yaml->problem != NULL && strstr(yaml->problem, "cannot start any token") != NULL &&
        yaml->buffer.pointer < yaml->buffer.last && *yaml->buffer.pointer == '\t')
        return "; this is a tab: use spaces";
    if (yaml->problem != NULL && strstr(yaml->problem, "tab character") != NULL)
        return "; use spaces";
    const char *line = parser->text, *end = parser->text + parser->length;
    for (size_t i = 0; line != NULL && i < yaml->problem_mark.line; i++)
        if ((line = memchr(line, '\n', (size_t)(end - line))) != NULL)
            line++;
    const char *line_end = line != NULL ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    bool is_here =
        line != NULL &&
        memmem(line, (size_t)((line_end != NULL ? line_end : end) - line), "::", 2) != NULL;
    return is_here ? "; put an IPv6 address in quotes" : "";
}

static void complain_syntax(struct parser *parser)
{
    const yaml_parser_t *yaml = &parser->yaml;
    if (yaml->error == YAML_MEMORY_ERROR) {
        parser->tree->failed = true;
        return;
    }
    struct ptl_node at = place_of(parser, &yaml->problem_mark);
    struct ptl_origin origin = ptl_node_origin(&at);
    ptl_problems_at(parser->problems, &origin, "not YAML: %s%s%s%s",
                    yaml->context != NULL ? yaml->context : "", yaml->context != NULL ? ": " : "",
                    yaml->problem != NULL ? yaml->problem : "it cannot be read", remedy(parser));
}

static bool charge(struct parser *parser, const yaml_mark_t *mark, size_t weight)
{
    if (weight > PTL_NODES_MAX - parser->tree->weight)
        return complain(parser, mark, "too many values (100000 at most, aliases expanded)", NULL);
    parser->tree->weight += weight;
    return true;
}

/* Text that many aliases stand for would be read as often. */
static bool charge_text(struct parser *parser, const yaml_mark_t *mark, size_t bytes)
{
    if (bytes > PTL_TEXT_MAX - parser->tree->bytes)
        return complain(parser, mark, "too much text (2 MiB at most, aliases expanded)", NULL);
    parser->tree->bytes += bytes;
    return true;
}

static struct ptl_node *new_node(struct parser *parser, const yaml_event_t *event,
                                 enum ptl_node_kind kind)
{
    if (!charge(parser, &event->start_mark, 1))
        return NULL;
    struct ptl_node at = place_of(parser, &event->start_mark);
    return ptl_node_new(parser->tree, kind, &at);
}

static bool push(struct parser *parser, struct ptl_node *node)
{
    if (!PTL_ROOM(parser->stack, parser->capacity, parser->count)) {
        parser->tree->failed = true;
        return false;
    }
    parser->stack[parser->count++] = node;
    return true;
}

static bool define_anchor(struct parser *parser, const yaml_event_t *event, const yaml_char_t *name,
                          struct ptl_node *node)
{
    if (name == NULL)
        return true;
    if (parser->anchor_count == PTL_ALIASES_MAX)
        return complain(parser, &event->start_mark, "too many anchors (1000 at most)", NULL);
    char *copy = ptl_tree_copy(parser->tree, (const char *)name, strlen((const char *)name));
    parser->anchors[parser->anchor_count++] = (struct anchor){copy, node};
    return copy != NULL;
}

/* The last anchor of that name counts, as YAML has it. */
static struct ptl_node *find_anchor(const struct parser *parser, const char *name)
{
    for (unsigned i = parser->anchor_count; i-- > 0;)
        if (strcmp(parser->anchors[i].name, name) == 0)
            return parser->anchors[i].node;
    return NULL;
}

static bool is_open(const struct parser *parser, const struct ptl_node *node)
{
    for (unsigned i = 0; i < parser->depth; i++)
        if (parser->frames[i].node == node)
            return true;
    return false;
}

static bool on_alias(struct parser *parser, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct ptl_node *node = find_anchor(parser, name);
    const yaml_mark_t *mark = &event->start_mark;
    if (++parser->alias_count > PTL_ALIASES_MAX)
        return complain(parser, mark, "too many aliases (1000 at most)", NULL);
    if (node == NULL || is_open(parser, node)) {
        complain(parser, mark,
                 node != NULL ? "an alias inside what it stands for: *" : "no such anchor: *",
                 name);
        node = new_node(parser, event, PTL_NODE_BROKEN);
        return node != NULL && push(parser, node);
    }
    if (parser->depth + node->height > PTL_NODE_DEPTH_MAX)
        return complain(parser, mark, "nested too deeply (32 at most)", NULL);
    return charge(parser, mark, node->weight) && charge_text(parser, mark, node->bytes) &&
           push(parser, node);
}

static const char *core_tag(const yaml_char_t *tag)
{
    static const char core[] = "tag:yaml.org,2002:";
    const char *text = (const char *)tag;
    return strncmp(text, core, sizeof(core) - 1) == 0 ? text + sizeof(core) - 1 : "";
}

/* Applies a scalar's tag: !!str quotes it; the others must fit what is written. */
static void tag_scalar(struct parser *parser, const yaml_event_t *event, struct ptl_node *node)
{
    const yaml_char_t *tag = event->data.scalar.tag;
    if (tag == NULL)
        return;
    const char *core = core_tag(tag);
    bool is_string = strcmp((const char *)tag, "!") == 0 || strcmp(core, "str") == 0;
    bool is_other = strcmp(core, "int") == 0 || strcmp(core, "bool") == 0 ||
                    strcmp(core, "null") == 0 || strcmp(core, "float") == 0;
    if (is_string) {
        node->plain = false;
    } else if (is_other) {
        node->plain = true;
        if (ptl_node_is_other_than_string(node))
            return;
        complain(parser, &event->start_mark, "the value does not fit its tag ", (const char *)tag);
        node->kind = PTL_NODE_BROKEN;
    } else {
        complain(parser, &event->start_mark, "unknown tag ", (const char *)tag);
        node->kind = PTL_NODE_BROKEN;
    }
}

static bool on_scalar(struct parser *parser, const yaml_event_t *event)
{
    struct ptl_node *node = new_node(parser, event, PTL_NODE_SCALAR);
    if (node == NULL)
        return false;
    const char *value = (const char *)event->data.scalar.value;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->count = node->bytes = event->data.scalar.length;
    if (!charge_text(parser, &event->start_mark, node->bytes))
        return false;
    node->text = ptl_tree_copy(parser->tree, value, node->count);
    if (node->text == NULL)
        return false;
    if (memchr(value, 0, node->count) != NULL) {
        complain(parser, &event->start_mark, "a NUL character", NULL);
        node->kind = PTL_NODE_BROKEN;
    }
    tag_scalar(parser, event, node);
    return define_anchor(parser, event, event->data.scalar.anchor, node) && push(parser, node);
}

static bool on_start(struct parser *parser, const yaml_event_t *event, enum ptl_node_kind kind)
{
    bool is_mapping = kind == PTL_NODE_MAPPING;
    if (parser->depth == PTL_NODE_DEPTH_MAX)
        return complain(parser, &event->start_mark, "nested too deeply (32 at most)", NULL);
    struct ptl_node *node = new_node(parser, event, kind);
    if (node == NULL)
        return false;
    const yaml_char_t *tag =
        is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    if (tag != NULL && strcmp(core_tag(tag), is_mapping ? "map" : "seq") != 0 &&
        strcmp((const char *)tag, "!") != 0)
        complain(parser, &event->start_mark, "unknown tag ", (const char *)tag);
    const yaml_char_t *anchor =
        is_mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    if (!define_anchor(parser, event, anchor, node) || !push(parser, node))
        return false;
    parser->frames[parser->depth++] = (struct frame){node, parser->count};
    return true;
}

static bool on_end(struct parser *parser)
{
    struct frame *frame = &parser->frames[--parser->depth];
    struct ptl_node *node = frame->node;
    size_t count = parser->count - frame->first;
    struct ptl_node **children = parser->stack + frame->first;
    for (size_t i = 0; i < count; i++) {
        node->weight += children[i]->weight;
        node->bytes += children[i]->bytes;
        if (children[i]->height >= node->height)
            node->height = children[i]->height;
    }
    node->height++;
    parser->count = frame->first;
    if (node->kind == PTL_NODE_MAPPING)
        return ptl_mapping_fill(parser->tree, node, children, count, parser->problems);
    node->items = ptl_tree_alloc(parser->tree, (count + 1) * sizeof(*node->items));
    if (node->items == NULL)
        return false;
    if (count)
        memcpy(node->items, children, count * sizeof(*node->items));
    node->count = count;
    return true;
}

/* False: reading ends here. */
static bool on_event(struct parser *parser, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++parser->documents == 1)
            return true;
        return complain(parser, &event->start_mark, "a second document; a file holds one", NULL);
    case YAML_ALIAS_EVENT:
        return on_alias(parser, event);
    case YAML_SCALAR_EVENT:
        return on_scalar(parser, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(parser, event, PTL_NODE_SEQUENCE);
    case YAML_MAPPING_START_EVENT:
        return on_start(parser, event, PTL_NODE_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(parser);
    default:
        return true;
    }
}

static bool parse(struct parser *parser)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser->yaml, &event)) {
            complain_syntax(parser);
            return false;
        }
        bool at_end = event.type == YAML_STREAM_END_EVENT;
        bool goes_on = on_event(parser, &event);
        yaml_event_delete(&event);
        if (at_end || !goes_on)
            return at_end && goes_on;
    }
}

struct ptl_node *ptl_document_parse(struct ptl_tree *tree, const struct ptl_source *source,
                                    const char *text, size_t length, struct ptl_problems *problems)
{
    if (length > PTL_DOCUMENT_MAX) {
        struct ptl_origin origin = {.file = source->file};
        ptl_problems_at(problems, &origin, "larger than 1 MiB");
        return NULL;
    }
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3; /* libyaml takes the mark off only where it guesses the encoding */
        length -= 3;
    }
    if (!ptl_document_check(source, text, length, problems))
        return NULL;
    struct ptl_node *root = NULL;
    struct parser *parser = calloc(1, sizeof(*parser));
    if (parser == NULL || !yaml_parser_initialize(&parser->yaml)) {
        tree->failed = true;
        free(parser);
        return NULL;
    }
    parser->tree = tree;
    parser->source = source;
    parser->problems = problems;
    parser->text = text;
    parser->length = length;
    yaml_parser_set_encoding(&parser->yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser->yaml, (const unsigned char *)text, length);
    if (parse(parser) && parser->count == 1)
        root = parser->stack[0];
    yaml_parser_delete(&parser->yaml);
    free(parser->stack);
    free(parser);
    return root;
}
