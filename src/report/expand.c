#include "base/clock.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 4096

/* "20260131T120000Z": a time that sorts and that every file system takes. */
static void add_started(struct ptl_buf *buf, int64_t started_ms)
{
    char time[PTL_RFC3339_SIZE];
    ptl_clock_rfc3339(started_ms, time);
    for (const char *c = time; *c != '\0' && *c != '.'; c++)
        if (*c != '-' && *c != ':')
            ptl_buf_add_char(buf, *c);
    ptl_buf_add_char(buf, 'Z');
}

enum ptl_status ptl_report_expand(const char *pattern, const char *profile_name, int64_t started_ms,
                                  char **path, struct ptl_error *error)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, PATH_BYTES);
    for (const char *at = pattern; *at != '\0'; at++) {
        if (strncmp(at, "{profile}", 9) == 0) {
            if (strchr(profile_name, '/') != NULL) { /* a results file of others may say so */
                ptl_buf_free(&buf);
                return ptl_error_set(error, PTL_E_INVALID,
                                     "report path \"%s\": \"%s\" is no name for a file", pattern,
                                     profile_name);
            }
            ptl_buf_add(&buf, profile_name);
            at += 8;
        } else if (strncmp(at, "{started}", 9) == 0) {
            add_started(&buf, started_ms);
            at += 8;
        } else if (*at == '{' || *at == '}') {
            ptl_buf_free(&buf);
            return ptl_error_set(error, PTL_E_INVALID,
                                 "report path \"%s\": only {profile} and {started} are expanded",
                                 pattern);
        } else {
            ptl_buf_add_char(&buf, *at);
        }
    }
    bool is_long = buf.failed && !buf.no_memory;
    *path = ptl_buf_steal(&buf);
    if (is_long)
        return ptl_error_set(error, PTL_E_INVALID, "report path \"%s\" is too long", pattern);
    return *path != NULL ? PTL_OK : ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
}
