#include "base/clock.h"

#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t ptl_clock_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * PTL_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t ptl_clock_thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * PTL_NS_PER_S + (uint64_t)now.tv_nsec;
}

int64_t ptl_clock_wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *ptl_clock_rfc3339(int64_t wall_ms, char text[PTL_RFC3339_SIZE])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    char date[PTL_RFC3339_SIZE - 8];
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, PTL_RFC3339_SIZE, "%s.%03dZ", date, (int)(wall_ms % 1000));
    return text;
}

bool ptl_clock_parse_rfc3339(const char *text, int64_t *wall_ms)
{
    struct tm utc = {.tm_sec = 0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    if (rest == NULL || rest[0] != '.' || strspn(rest + 1, "0123456789") != 3)
        return false;
    int64_t parsed = (int64_t)timegm(&utc) * 1000 + strtol(rest + 1, NULL, 10);
    char again[PTL_RFC3339_SIZE];
    /* strptime is lenient (signs, blanks, a 31st of February): what comes back tells. */
    if (parsed < 0 || utc.tm_year > 9999 - 1900 ||
        strcmp(ptl_clock_rfc3339(parsed, again), text) != 0)
        return false;
    *wall_ms = parsed;
    return true;
}

static const struct {
    const char *name;
    uint64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

enum ptl_status ptl_duration_parse(const char *text, uint64_t *ms, struct ptl_error *error)
{
    size_t whole_length = strspn(text, "0123456789");
    const char *rest = text + whole_length;
    size_t fraction_length = 0;
    if (*rest == '.') {
        fraction_length = strspn(rest + 1, "0123456789");
        rest += 1 + fraction_length;
    }
    uint64_t whole, unit = 0;
    for (int i = 0; i < UNITS; i++)
        if (strcmp(rest, units[i].name) == 0)
            unit = units[i].ms;
    bool is_form = ptl_number_parse(text, whole_length, &whole) &&
                   (text[whole_length] != '.' || (fraction_length > 0 && fraction_length <= 9));
    if (is_form && *rest == '\0')
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" has no unit: write %sms or %ss", text,
                             text, text);
    if (!is_form || unit == 0)
        return ptl_error_set(
            error, PTL_E_INVALID,
            "\"%s\" is no duration: a number and ms, s, m, h or d, such as 500ms or 1.5s", text);
    uint64_t value, fraction = 0, scale = 1;
    for (size_t i = 0; i < fraction_length; i++) {
        fraction = fraction * 10 + (uint64_t)(text[whole_length + 1 + i] - '0');
        scale *= 10;
    }
    if (__builtin_mul_overflow(whole, unit, &value) ||
        __builtin_add_overflow(value, fraction * unit / scale, &value))
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" is too long", text);
    if (fraction * unit % scale != 0)
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" is not in whole milliseconds", text);
    *ms = value;
    return PTL_OK;
}

const char *ptl_duration_tell(uint64_t ms, char text[PTL_DURATION_SIZE])
{
    if (ms < 60000)
        return ptl_duration_format(ms, text);
    uint64_t seconds = ms / 1000 + (ms % 1000 >= 500);
    uint64_t values[] = {seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60};
    int length = 0;
    for (int i = 0; i < 4; i++)
        if (values[i] > 0)
            length += snprintf(text + length, (size_t)(PTL_DURATION_SIZE - length), "%" PRIu64 "%c",
                               values[i], "dhms"[i]);
    return text;
}

const char *ptl_duration_format(uint64_t ms, char text[PTL_DURATION_SIZE])
{
    int unit = 0;
    for (int i = 1; i < UNITS && ms > 0; i++)
        if (ms % units[i].ms == 0)
            unit = i;
    if (unit == 0 && ms > 1000) {
        int length =
            snprintf(text, PTL_DURATION_SIZE, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
        while (text[length - 1] == '0')
            length--;
        strcpy(text + length, "s");
    } else {
        snprintf(text, PTL_DURATION_SIZE, "%" PRIu64 "%s", ms / units[unit].ms, units[unit].name);
    }
    return text;
}
