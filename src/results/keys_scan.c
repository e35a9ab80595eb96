/* Objects as portolan prints them, read at sight: of a file of millions of results, all but one in
 * a few hundred. Whatever looks otherwise is left to the JSON reader, which knows what is wrong. */
#include "results/keys.h"

#include "results/objects.h"

#include <string.h>

static bool take(struct ptl_scan *scan, const char *words, size_t length)
{
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, words, length) != 0)
        return false;
    scan->at += length;
    return true;
}

static bool take_null(const struct ptl_key *key, struct ptl_scan *scan)
{
    return key->is_nullable && take(scan, "null", 4);
}

/* A string without escapes, of ASCII; *text is NUL-terminated and lasts as long as the scan. */
static bool take_string(struct ptl_scan *scan, const char **text, size_t max)
{
    if (!take(scan, "\"", 1))
        return false;
    char *to = scan->texts + scan->used;
    size_t room = sizeof(scan->texts) - scan->used, length = 0;
    for (; scan->at < scan->end && *scan->at != '"'; scan->at++) {
        unsigned char c = (unsigned char)*scan->at;
        if (c < 0x20 || c >= 0x80 || c == '\\' || length == max || length + 1 >= room)
            return false;
        to[length++] = (char)c;
    }
    if (length >= room || !take(scan, "\"", 1))
        return false;
    to[length] = '\0';
    scan->used += length + 1;
    *text = to;
    return true;
}

static bool scan_text(const struct ptl_key *key, struct ptl_scan *scan, void *object)
{
    const char *text = NULL;
    if (!take_null(key, scan) && !take_string(scan, &text, key->max))
        return false;
    memcpy((char *)object + key->offset, &text, sizeof(text));
    return true;
}

/* Whole, as ptl_digits writes it. */
static bool take_number(struct ptl_scan *scan, uint64_t *number, uint64_t max)
{
    const char *first = scan->at;
    uint64_t sum = 0;
    for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++) {
        sum = 10 * sum + (uint64_t)(*scan->at - '0');
        if (sum > max)
            return false;
    }
    *number = sum;
    return scan->at > first && (*first != '0' || scan->at == first + 1) && scan->at < scan->end &&
           (*scan->at == ',' || *scan->at == '}');
}

static bool scan_number(const struct ptl_key *key, struct ptl_scan *scan, void *object)
{
    uint64_t number = key->none;
    uint64_t most = key->max > 0 ? key->max : UINT64_MAX >> (64 - 8 * key->bytes);
    if (key->count_bytes > 0 || most > UINT32_MAX)
        return false;
    if (!take_null(key, scan) && !take_number(scan, &number, most))
        return false;
    ptl_key_store(object, key->offset, key->bytes, number);
    return true;
}

static bool scan_port(const struct ptl_key *key, struct ptl_scan *scan, void *object)
{
    uint64_t port;
    if (!take_number(scan, &port, UINT16_MAX) || port == 0)
        return false;
    ptl_key_store(object, key->offset, key->bytes, port);
    return true;
}

static bool scan_word(const struct ptl_key *key, struct ptl_scan *scan, void *object)
{
    const char *text;
    if (!take_string(scan, &text, 64))
        return false;
    for (size_t i = 0; i < key->word_count; i++) {
        if (key->words[i] != NULL && strcmp(text, key->words[i]) == 0) {
            ptl_key_store(object, key->offset, key->bytes, i);
            return true;
        }
    }
    return false;
}

static bool scan_reason(const struct ptl_key *key, struct ptl_scan *scan, void *object)
{
    const char *text;
    uint8_t reason;
    if (!take_string(scan, &text, PTL_REASON_NAME_SIZE) || !ptl_reason_parse(text, &reason))
        return false;
    ptl_key_store(object, key->offset, key->bytes, reason);
    return true;
}

typedef bool scanner(const struct ptl_key *key, struct ptl_scan *scan, void *object);

static scanner *scanner_of(const struct ptl_key_type *type)
{
    static const struct {
        const struct ptl_key_type *type;
        scanner *scan;
    } known[] = {{&ptl_key_text, scan_text},
                 {&ptl_key_number, scan_number},
                 {&ptl_key_word, scan_word},
                 {&ptl_key_port, scan_port},
                 {&ptl_key_reason, scan_reason}};
    for (size_t i = 0; i < PTL_COUNT(known); i++)
        if (known[i].type == type)
            return known[i].scan;
    return NULL;
}

bool ptl_object_scan(const struct ptl_object *object, struct ptl_scan *scan, void *into)
{
    char before = '{';
    for (const struct ptl_key *key = object->keys; key < object->keys + object->count; key++) {
        scanner *value = scanner_of(key->type);
        if (value == NULL || !take(scan, &before, 1) || !take(scan, "\"", 1) ||
            !take(scan, key->name, strlen(key->name)) || !take(scan, "\":", 2) ||
            !value(key, scan, into))
            return false;
        before = ',';
    }
    return take(scan, "}", 1);
}
