#include "base/json_check.h"

#include <stdbool.h>
#include <string.h>

struct check {
    const char *at, *end;
    size_t depth, values;
};

static bool is_digit(const struct check *check)
{
    return check->at < check->end && *check->at >= '0' && *check->at <= '9';
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

static const char *check_escape(struct check *check)
{
    if (++check->at >= check->end)
        return "a string without its end";
    if (*check->at == '\0' || strchr("\"\\/bfnrtu", *check->at) == NULL)
        return "an unknown escape in a string";
    /* A C string would end there. */
    if (check->end - check->at > 4 && memcmp(check->at, "u0000", 5) == 0)
        return "a NUL character in a string";
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
    while (check->at < check->end && *check->at >= 'a' && *check->at <= 'z')
        check->at++;
    return NULL;
}

static const char *check_next(struct check *check)
{
    char c = *check->at;
    switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case ':':
        check->at++;
        return NULL;
    case ',':
        check->values++; /* with the brackets: as many as there are values, keys left out */
        check->at++;
        return NULL;
    case '"':
        return check_string(check);
    case '[':
    case '{':
        check->values++;
        if (++check->depth > PTL_JSON_DEPTH_MAX)
            return "JSON nested too deep";
        check->at++;
        return NULL;
    case ']':
    case '}':
        check->depth -= check->depth > 0;
        check->at++;
        return NULL;
    default:
        if (c == '-' || is_digit(check))
            return check_number(check);
        return c >= 'a' && c <= 'z' ? check_word(check) : "not valid JSON";
    }
}

const char *ptl_json_check(const char *text, size_t length, size_t *offset)
{
    struct check check = {.at = text, .end = text + length};
    const char *wrong = NULL;
    while (wrong == NULL && check.at < check.end) {
        wrong = check_next(&check);
        if (check.values > PTL_JSON_VALUES_MAX)
            wrong = "too many values in one record";
    }
    *offset = (size_t)(check.at - text);
    return wrong;
}
