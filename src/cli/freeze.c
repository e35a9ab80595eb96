#include "cli/freeze.h"

#include "base/buf.h"
#include "cli/exit.h"
#include "cli/print.h"
#include "profile/freeze.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_MAX_BYTES (1U << 20) /* what a profile may be */
#define LINES_MAX_BYTES (512U << 20)

bool freeze_may_go_to(const char *path, const struct ptl_profile *profile)
{
    char *there = ptl_report_place(path), *here = ptl_report_place(profile->file);
    bool same = there != NULL && here != NULL && strcmp(there, here) == 0 &&
                strcmp(profile->file, "-") != 0 && !ptl_report_is_stdout(path);
    free(there);
    free(here);
    if (same)
        print_line("portolan plan: --freeze %s would replace the profile itself", path);
    return !same;
}

static int write_text(const char *path, const struct ptl_buf *text)
{
    struct ptl_report_options options = {.color = false};
    struct ptl_report *report = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_report_open_text(path, &options, &report, &error);
    if (status == PTL_OK) {
        ptl_report_write_text(report, ptl_buf_text(text), text->length);
        status = ptl_report_close(report, &error);
    }
    if (status != PTL_OK)
        print_error(&error);
    else if (!ptl_report_is_stdout(path))
        print_line("wrote %s", path);
    return status == PTL_OK ? EXIT_DONE : EXIT_OUTPUT;
}

/* The list first: a profile that names a list which is not there would be of no use. */
static int write_both(const char *path, const char *hosts_path, const struct ptl_buf *text,
                      const struct ptl_buf *lines)
{
    int status = EXIT_DONE;
    if (text->failed) {
        print_line("portolan plan: %s is not written: it would be larger than 1 MiB", path);
        return EXIT_INCOMPLETE;
    }
    if (lines->length > 0)
        status = write_text(hosts_path, lines);
    return status == EXIT_DONE ? write_text(path, text) : status;
}

int freeze_write(const char *path, const struct ptl_profile *profile,
                 const struct ptl_prepared *prepared)
{
    struct ptl_buf text, lines;
    struct ptl_error error;
    char *hosts_path = NULL;
    if (prepared->unresolved_count > 0) {
        print_line("portolan plan: %s is not written: not every name resolves", path);
        return EXIT_INCOMPLETE;
    }
    if (asprintf(&hosts_path, "%s.hosts", path) < 0)
        return print_no_memory();
    const char *slash = strrchr(hosts_path, '/');
    struct ptl_freezing freezing = {.profile = profile, .targets = prepared->targets};
    if (!ptl_report_is_stdout(path))
        freezing.hosts_file = slash != NULL ? slash + 1 : hosts_path;
    ptl_buf_init(&text, PROFILE_MAX_BYTES);
    ptl_buf_init(&lines, LINES_MAX_BYTES);
    int result = EXIT_INCOMPLETE;
    if (ptl_profile_freeze(&freezing, &text, &lines, &error) == PTL_OK)
        result = write_both(path, hosts_path, &text, &lines);
    else
        print_error(&error);
    ptl_buf_free(&text);
    ptl_buf_free(&lines);
    free(hosts_path);
    return result;
}
