#include "base/json.h"

#include <ctype.h>
#include <string.h>

#define WRONG "not valid JSON"

/* What may come next. */
enum wanted { A_VALUE, VALUE_OR_CLOSE, A_KEY, KEY_OR_CLOSE, A_COLON, COMMA_OR_CLOSE, THE_END };

struct check {
    const char *at, *end;
    size_t depth, values;
    uint32_t objects; /* a bit for each depth: is it an object there? */
    enum wanted wanted;
};
_Static_assert(PTL_JSON_DEPTH_MAX <= 32, "a bit each");

static bool is_digit(const struct check *check)
{
    return check->at < check->end && *check->at >= '0' && *check->at <= '9';
}

static bool in_object(const struct check *check)
{
    return check->depth > 0 && (check->objects >> (check->depth - 1) & 1U) != 0;
}

/* At the first digit or the minus. -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static const char *check_number(struct check *check)
{
    if (*check->at == '-')
        check->at++;
    if (!is_digit(check))
        return "a minus without a number";
    if (*check->at++ == '0' && is_digit(check))
        return "a number that begins with 0";
    while (is_digit(check))
        check->at++;
    if (check->at < check->end && *check->at == '.') {
        check->at++;
        if (!is_digit(check))
            return "a number without digits after its point";
        while (is_digit(check))
            check->at++;
    }
    if (check->at < check->end && (*check->at == 'e' || *check->at == 'E')) {
        check->at++;
        if (check->at < check->end && (*check->at == '+' || *check->at == '-'))
            check->at++;
        if (!is_digit(check))
            return "a number without digits in its exponent";
        while (is_digit(check))
            check->at++;
    }
    return NULL;
}

static const char *check_number_whole(struct check *check)
{
    const char *start = check->at, *wrong = check_number(check);
    if (wrong == NULL && check->at - start > PTL_JSON_NUMBER_MAX)
        wrong = "a number that is too long";
    return wrong;
}

/* At the u. False: no four digits follow. */
static bool read_hex(const struct check *check, unsigned *code)
{
    *code = 0;
    if (check->end - check->at < 5)
        return false;
    for (int i = 1; i <= 4; i++) {
        unsigned char c = (unsigned char)check->at[i];
        if (!isxdigit(c))
            return false;
        *code = *code << 4 | ((c & 0xFU) + 9U * (c >> 6)); /* 'a' is 0x61 */
    }
    return true;
}

/* At the u. Two that belong together are one character. */
static const char *check_code(struct check *check)
{
    unsigned code, low;
    if (!read_hex(check, &code))
        return WRONG;
    if (code == 0)
        return "a NUL character in a string"; /* a C string would end there */
    if (code >> 10 == 0x37)                   /* DC00 to DFFF: the second of two */
        return WRONG;
    if (code >> 10 == 0x36) {
        check->at += 5;
        if (check->end - check->at < 2 || memcmp(check->at, "\\u", 2) != 0)
            return WRONG;
        check->at++;
        if (!read_hex(check, &low) || low >> 10 != 0x37)
            return WRONG;
    }
    check->at += 5;
    return NULL;
}

static const char *check_escape(struct check *check)
{
    if (++check->at >= check->end)
        return "a string without its end";
    if (*check->at == 'u')
        return check_code(check);
    if (*check->at == '\0' || strchr("\"\\/bfnrt", *check->at) == NULL)
        return "an unknown escape in a string";
    check->at++;
    return NULL;
}

/* At the opening quote. */
static const char *check_string(struct check *check)
{
    check->at++;
    while (check->at < check->end) {
        const char *wrong = NULL;
        unsigned char c = (unsigned char)*check->at;
        if (c == '"') {
            check->at++;
            return NULL;
        }
        if (c < 0x20)
            return "a control character in a string";
        if (c == '\\')
            wrong = check_escape(check);
        else
            check->at++;
        if (wrong != NULL)
            return wrong;
    }
    return "a string without its end";
}

static const char *check_word(struct check *check)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(check->end - check->at) >= length &&
            memcmp(check->at, words[i], length) == 0) {
            check->at += length;
            return NULL;
        }
    }
    return WRONG;
}

static void end_value(struct check *check)
{
    check->wanted = check->depth > 0 ? COMMA_OR_CLOSE : THE_END;
}

static const char *open_bracket(struct check *check)
{
    bool is_object = *check->at == '{';
    check->values++;
    if (check->depth == PTL_JSON_DEPTH_MAX)
        return "JSON nested too deep";
    uint32_t bit = UINT32_C(1) << check->depth++;
    check->objects = is_object ? check->objects | bit : check->objects & ~bit;
    check->wanted = is_object ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
    check->at++;
    return NULL;
}

static const char *close_bracket(struct check *check)
{
    bool may_close = check->wanted == COMMA_OR_CLOSE || check->wanted == VALUE_OR_CLOSE ||
                     check->wanted == KEY_OR_CLOSE;
    if (!may_close || in_object(check) != (*check->at == '}'))
        return WRONG;
    check->depth--;
    end_value(check);
    check->at++;
    return NULL;
}

static const char *check_value(struct check *check)
{
    char c = *check->at;
    const char *wrong;
    if (check->wanted != A_VALUE && check->wanted != VALUE_OR_CLOSE)
        return WRONG;
    if (c == '[' || c == '{')
        return open_bracket(check);
    if (c == '"')
        wrong = check_string(check);
    else if (c == '-' || is_digit(check))
        wrong = check_number_whole(check);
    else
        wrong = check_word(check);
    end_value(check);
    return wrong;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *check_next(struct check *check)
{
    if (is_blank(*check->at)) {
        check->at++;
        return NULL;
    }
    if (check->wanted == THE_END)
        return "something follows the JSON value";
    switch (*check->at) {
    case ':':
        if (check->wanted != A_COLON)
            return WRONG;
        check->wanted = A_VALUE;
        check->at++;
        return NULL;
    case ',':
        if (check->wanted != COMMA_OR_CLOSE)
            return WRONG;
        check->values++; /* with the brackets: as many as there are values, keys left out */
        check->wanted = in_object(check) ? A_KEY : A_VALUE;
        check->at++;
        return NULL;
    case ']':
    case '}':
        return close_bracket(check);
    case '"':
        if (check->wanted == A_KEY || check->wanted == KEY_OR_CLOSE) {
            check->wanted = A_COLON;
            return check_string(check);
        }
        return check_value(check);
    default:
        return check_value(check);
    }
}

const char *ptl_json_check(const char *text, size_t length, size_t *offset)
{
    struct check check = {.at = text, .end = text + length, .wanted = A_VALUE};
    const char *wrong = NULL;
    while (wrong == NULL && check.at < check.end) {
        wrong = check_next(&check);
        if (check.values > PTL_JSON_VALUES_MAX)
            wrong = "too many values in one record";
    }
    if (wrong == NULL && check.wanted != THE_END)
        wrong = WRONG;
    *offset = (size_t)(check.at - text);
    return wrong;
}
