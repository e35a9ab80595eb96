#include "base/text.h"

#include "base/array.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"
#define WORD_MAX 64 /* longer words are not compared: nothing we know is so long */

/* The length of the well-formed sequence at bytes, 0 when ill-formed (RFC 3629). */
static size_t sequence(const unsigned char *bytes, size_t length, uint32_t *code)
{
    unsigned char lead = bytes[0];
    *code = lead;
    if (lead < 0x80)
        return 1;
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || need > length)
        return 0;
    *code = lead & (0xFFU >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (bytes[i] & 0x3FU);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    return *code >= least[need] && *code <= 0x10FFFF && !surrogate ? need : 0;
}

/* How many bytes from here on are ASCII: nearly all text is, and this sees eight at a time. */
static size_t count_ascii(const unsigned char *bytes, size_t length)
{
    size_t count = 0;
    for (uint64_t eight; length - count >= sizeof(eight); count += sizeof(eight)) {
        memcpy(&eight, bytes + count, sizeof(eight));
        if ((eight & 0x8080808080808080ULL) != 0)
            break;
    }
    while (count < length && bytes[count] < 0x80)
        count++;
    return count;
}

bool ptl_text_is_utf8(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    while (length > 0) {
        uint32_t code;
        size_t step = count_ascii(at, length);
        if (step == 0)
            step = sequence(at, length, &code);
        if (step == 0)
            return false;
        at += step;
        length -= step;
    }
    return true;
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x200E || code == 0x200F ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

#define PIECE 64 /* so much is added at a time: of a text without room, what has room */

static void add_mended(struct ptl_buf *buf, const char *text, bool printable)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *clean = at; /* from here on nothing was to be mended, nor was it added */
    size_t length = strlen(text);
    while (length > 0) {
        uint32_t code = 0;
        size_t step = printable ? 0 : count_ascii(at, length);
        if (step == 0)
            step = sequence(at, length, &code);
        if (step == 0 || (printable && is_control(code))) {
            ptl_buf_add_bytes(buf, clean, (size_t)(at - clean));
            if (step == 0)
                ptl_buf_add(buf, REPLACEMENT);
            else
                ptl_buf_printf(buf, code < 0x80 ? "\\x%02X" : "\\u{%04X}", (unsigned)code);
            step = step == 0 ? 1 : step;
            clean = at + step;
        }
        at += step;
        length -= step;
        if ((size_t)(at - clean) >= PIECE) {
            ptl_buf_add_bytes(buf, clean, (size_t)(at - clean));
            clean = at;
        }
    }
    ptl_buf_add_bytes(buf, clean, (size_t)(at - clean));
}

void ptl_text_add_printable(struct ptl_buf *buf, const char *text)
{
    add_mended(buf, text, true);
}

static void add_formatted(struct ptl_buf *buf, const char *format, va_list arguments)
{
    char *text;
    if (vasprintf(&text, format, arguments) < 0) {
        buf->failed = true;
        return;
    }
    ptl_text_add_printable(buf, text);
    free(text);
}

void ptl_text_printf(struct ptl_buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(buf, format, arguments);
    va_end(arguments);
}

void ptl_text_line(struct ptl_buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(buf, format, arguments);
    va_end(arguments);
    ptl_buf_add_char(buf, '\n');
}

void ptl_text_add_base64(struct ptl_buf *buf, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i + 2 < count; i += 3) {
        unsigned group = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            ptl_buf_add_char(buf, digits[group >> shift & 63]);
    }
}

int ptl_text_width(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

void ptl_text_add_utf8(struct ptl_buf *buf, const char *text)
{
    add_mended(buf, text, false);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein, optimal string alignment, on three rows. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned cost = a[i - 1] != b[j - 1];
            now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *ptl_text_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word);
    if (length > WORD_MAX)
        return NULL;
    unsigned within = length / 3 < 1 ? 1 : (unsigned)(length / 3);
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        if (other > WORD_MAX)
            continue;
        unsigned apart = distance(word, length, candidates[i], other);
        if (apart <= within) {
            nearest = candidates[i];
            within = apart;
            if (apart == 0)
                break;
            within--;
        }
    }
    return nearest;
}

void ptl_text_list_free(char **list, size_t count)
{
    for (size_t i = 0; list != NULL && i < count; i++)
        free(list[i]);
    free(list);
}

bool ptl_text_list_add(char ***list, size_t *count, const char *format, va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0)
        return false;
    bool is_known = false;
    for (size_t i = 0; i < *count && !is_known; i++)
        is_known = strcmp((*list)[i], text) == 0;
    if (is_known || !PTL_ROOM_FOR_FEW(*list, *count)) {
        free(text);
        return is_known;
    }
    (*list)[(*count)++] = text;
    return true;
}

int ptl_text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int ptl_text_order_any_case(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}
