#include "profile/document.h"

#include "base/text.h"

#include <stdint.h>

/*
 * libyaml compares every %TAG line with all before it, so a file full of them takes minutes.
 * Nobody needs even one here.
 */
#define DIRECTIVES_MAX 16

struct place {
    unsigned line, column; /* 1-based */
};

static size_t character_length(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static uint32_t decode(const unsigned char *at, size_t length)
{
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t value = at[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        value = value << 6 | (at[i] & 0x3F);
    return value;
}

/* YAML's printable set, less the byte order mark. */
static bool is_allowed(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    if (c < 0xA0)
        return c < 0x7F || c == 0x85;
    return c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}

static bool complain(const struct ptl_source *source, struct place place, const char *what,
                     struct ptl_problems *problems)
{
    struct ptl_node at = {.line = place.line, .column = place.column, .source = source};
    struct ptl_origin origin = ptl_node_origin(&at);
    ptl_problems_at(problems, &origin, "%s", what);
    return false;
}

bool ptl_document_check(const struct ptl_source *source, const char *text, size_t length,
                        struct ptl_problems *problems)
{
    const unsigned char *bytes = (const unsigned char *)text;
    struct place place = {1, 1};
    unsigned directives = 0;
    for (size_t i = 0; i < length;) {
        unsigned char first = bytes[i];
        size_t size = character_length(first);
        if (first == 0)
            return complain(source, place, "a NUL byte", problems);
        if (size > length - i || !ptl_text_is_utf8(text + i, size))
            return complain(source, place, "not valid UTF-8", problems);
        uint32_t c = decode(bytes + i, size);
        if (!is_allowed(c))
            return complain(source, place, "a control character", problems);
        if (first == '%' && place.column == 1 && ++directives > DIRECTIVES_MAX)
            return complain(source, place, "too many directives (%)", problems);
        i += size;
        /* The line breaks of libyaml (YAML 1.1), so that its places and ours agree. */
        bool ends_line = c == '\n' || (c == '\r' && !(i < length && bytes[i] == '\n')) ||
                         c == 0x85 || c == 0x2028 || c == 0x2029;
        if (ends_line) {
            place.line++;
            place.column = 1;
        } else {
            place.column++;
        }
    }
    return true;
}
