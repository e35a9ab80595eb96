/* What the tests of this storey share. Each test program includes it once. */
#ifndef TESTS_PROFILE_HELPER_H
#define TESTS_PROFILE_HELPER_H

#include <stdarg.h>
#include <stddef.h>

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "profile/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Loads from memory; the messages, a line each, in `out`. NULL when it does not load. */
static inline struct ptl_profile *load_with(const char *text, const struct ptl_setting *settings,
                                            size_t count, struct ptl_buf *out)
{
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    char line[2048];
    enum ptl_status status = ptl_profile_load_text(text, strlen(text), "t.yaml", "", settings,
                                                   count, &profile, &problems);
    ptl_buf_init(out, 1 << 20);
    for (size_t i = 0; i < problems.count; i++)
        ptl_buf_printf(out, "%s\n", ptl_error_print(&problems.items[i], line, sizeof(line)));
    assert_int_equal(status == PTL_OK, profile != NULL);
    assert_int_equal(status == PTL_OK, problems.count == 0);
    ptl_problems_free(&problems);
    return profile;
}

static inline struct ptl_profile *load_good(const char *text)
{
    struct ptl_buf out;
    struct ptl_profile *profile = load_with(text, NULL, 0, &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_non_null(profile);
    ptl_buf_free(&out);
    return profile;
}

static inline void expect_messages(const char *text, const char *messages)
{
    struct ptl_buf out;
    struct ptl_profile *profile = load_with(text, NULL, 0, &out);
    assert_null(profile);
    assert_string_equal(ptl_buf_text(&out), messages);
    ptl_buf_free(&out);
}

/* A new directory, and the current one from now on. */
static inline void enter_directory(char path[64])
{
    strcpy(path, "/tmp/portolan-profile-XXXXXX");
    assert_non_null(mkdtemp(path));
    assert_int_equal(chdir(path), 0);
}

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Loads a file; the messages in `out`. */
static inline struct ptl_profile *load_file(const char *path, struct ptl_buf *out)
{
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    char line[2048];
    ptl_profile_load(path, NULL, 0, &profile, &problems);
    ptl_buf_init(out, 1 << 20);
    for (size_t i = 0; i < problems.count; i++)
        ptl_buf_printf(out, "%s\n", ptl_error_print(&problems.items[i], line, sizeof(line)));
    ptl_problems_free(&problems);
    return profile;
}

static inline char *shown(const struct ptl_profile *profile)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1 << 20);
    ptl_profile_show(profile, &buf);
    char *text = ptl_buf_steal(&buf);
    assert_non_null(text);
    return text;
}

#define BASE "hosts: 127.0.0.1\nports: 22\n"

/* A key as written, and what comes of it: the messages less the file's name, or what is shown. */
struct row {
    const char *yaml;
    const char *messages; /* NULL: it loads */
    const char *shown;    /* NULL: it does not */
};

/* Each row within an otherwise good profile, whose lines come first. */
static inline void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ptl_buf text, expected, out;
        ptl_buf_init(&text, 1 << 20);
        ptl_buf_init(&expected, 1 << 20);
        ptl_buf_printf(&text, "%s%s%s\n",
                       strncmp(rows[i].yaml, "hosts:", 6) ? "hosts: 127.0.0.1\n" : "",
                       strncmp(rows[i].yaml, "ports:", 6) ? "ports: 22\n" : "", rows[i].yaml);
        for (const char *at = rows[i].messages; at && *at; at = strchr(at, '\n') + 1)
            ptl_buf_printf(&expected, "%s%.*s",
                           *at == '/' ? "" : "t.yaml:", (int)(strchr(at, '\n') + 1 - at), at);
        struct ptl_profile *profile = load_with(ptl_buf_text(&text), NULL, 0, &out);
        if (strcmp(ptl_buf_text(&out), ptl_buf_text(&expected)) != 0)
            fail_msg("%s\n%sinstead of\n%s", rows[i].yaml, ptl_buf_text(&out),
                     ptl_buf_text(&expected));
        assert_int_equal(profile != NULL, rows[i].shown != NULL);
        char *all = profile ? shown(profile) : NULL;
        if (all && !strstr(all, rows[i].shown))
            fail_msg("%s\n%sdoes not hold\n%s", rows[i].yaml, all, rows[i].shown);
        free(all);
        ptl_profile_free(profile);
        ptl_buf_free(&text);
        ptl_buf_free(&expected);
        ptl_buf_free(&out);
    }
}

#endif
