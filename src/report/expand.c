#include "base/clock.h"
#include "base/number.h"
#include "report/report.h"

#include <inttypes.h>
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

/* As many digits as the last one has, so that names sort as the slices do. */
static void add_shard(struct ptl_buf *buf, uint32_t shard, uint32_t shards)
{
    char last[PTL_DIGITS_SIZE];
    int width = snprintf(last, sizeof(last), "%" PRIu32, shards);
    if (shards > 0)
        ptl_buf_printf(buf, "%0*" PRIu32 "-of-%s", width, shard, last);
    else
        ptl_buf_add(buf, "1-of-1");
}

/* A results file of others may say anything. */
static bool is_file_name(const char *name)
{
    return strchr(name, '/') == NULL && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

enum ptl_status ptl_report_expand(const char *pattern, const struct ptl_expansion *values,
                                  char **path, struct ptl_error *error)
{
    const char *profile_name = values->profile;
    struct ptl_buf buf;
    ptl_buf_init(&buf, PATH_BYTES);
    for (const char *at = pattern; *at != '\0'; at++) {
        if (strncmp(at, "{profile}", 9) == 0) {
            if (!is_file_name(profile_name)) {
                ptl_buf_free(&buf);
                return ptl_error_set(error, PTL_E_INVALID,
                                     "report path \"%s\": \"%s\" is no name for a file", pattern,
                                     profile_name);
            }
            ptl_buf_add(&buf, profile_name);
            at += 8;
        } else if (strncmp(at, "{started}", 9) == 0) {
            add_started(&buf, values->started_ms);
            at += 8;
        } else if (strncmp(at, "{shard}", 7) == 0) {
            add_shard(&buf, values->shard, values->shards);
            at += 6;
        } else if (*at == '{' || *at == '}') {
            ptl_buf_free(&buf);
            return ptl_error_set(
                error, PTL_E_INVALID,
                "report path \"%s\": only {profile}, {shard} and {started} are expanded", pattern);
        } else {
            ptl_buf_add_char(&buf, *at);
        }
    }
    bool is_long = buf.failed && !buf.no_memory;
    *path = ptl_buf_steal(&buf);
    if (is_long)
        return ptl_error_set(error, PTL_E_INVALID, "report path \"%s\" is too long", pattern);
    return *path != NULL ? PTL_OK : ptl_error_no_memory(error);
}
