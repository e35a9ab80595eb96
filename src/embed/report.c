#include "embed/embed.h"

#include "profile/document.h"
#include "results/judge.h"

#include <stdlib.h>
#include <string.h>

static const char *name_of(int format)
{
    return format == PTL_EMBED_PROFILE  ? "profile"
           : format == PTL_EMBED_EXPECT ? "expect"
                                        : ptl_format_names[format];
}

const char *portolan_format_name(size_t number)
{
    return number < PTL_FORMAT_COUNT ? ptl_format_names[number] : NULL;
}

static enum ptl_status find_format(const char *name, int *format, struct ptl_error *error)
{
    for (*format = 0; *format <= PTL_EMBED_EXPECT; (*format)++)
        if (strcmp(name_of(*format), name) == 0)
            return PTL_OK;
    return ptl_error_set(error, PTL_E_INVALID, "there is no report format \"%.100s\"", name);
}

static enum ptl_status open_report(struct portolan_report *report, const char *path,
                                   const struct ptl_report_options *how, struct ptl_error *error)
{
    return report->format < PTL_FORMAT_COUNT
               ? ptl_report_open((enum ptl_format)report->format, path, how, &report->report, error)
               : ptl_report_open_text(path, how, &report->report, error);
}

enum portolan_status portolan_report_open(const char *format, const char *path,
                                          const struct portolan_report_options *given,
                                          struct portolan_report **report,
                                          struct portolan_problems *problems)
{
    struct portolan_report_options options;
    struct ptl_error error;
    if (ptl_embed_take(&options, sizeof(options), given, "struct portolan_report_options",
                       problems) != PTL_OK)
        return PORTOLAN_INVALID;
    struct portolan_report *new = malloc(sizeof(*new));
    if (new == NULL)
        return ptl_embed_no_memory(problems);
    struct ptl_report_options how = {
        .color = options.color, .live = options.live, .cancel = ptl_embed_cancel(options.stop)};
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = find_format(format, &new->format, &error);
    if (status == PTL_OK)
        status = open_report(new, path, &how, &error);
    ptl_embed_leave(&before);
    if (status != PTL_OK) {
        free(new);
        return ptl_embed_fail(problems, &error);
    }
    *report = new;
    return PORTOLAN_OK;
}

/* The profile that was run, or what was open as a fragment of one. */
static enum ptl_status write_profile(const struct portolan_report *report,
                                     const struct portolan_results *results,
                                     struct ptl_error *error)
{
    struct ptl_buf text;
    enum ptl_status status = PTL_OK;
    ptl_buf_init(&text, PTL_DOCUMENT_MAX);
    if (results->profile == NULL)
        status = ptl_error_set(error, PTL_E_INVALID, "the results were read, and have no profile");
    else if (report->format == PTL_EMBED_EXPECT)
        status = ptl_results_save_expect(results->results, &text, error);
    else
        ptl_profile_show(results->profile->profile, &text);
    if (status == PTL_OK && text.failed)
        status = text.no_memory
                     ? ptl_error_no_memory(error)
                     : ptl_error_set(error, PTL_E_INVALID, "it would be larger than 1 MiB");
    if (status == PTL_OK)
        ptl_report_write_text(report->report, ptl_buf_text(&text), text.length);
    ptl_buf_free(&text);
    return status;
}

enum portolan_status portolan_report_write(struct portolan_report *report,
                                           const struct portolan_results *results,
                                           struct portolan_problems *problems)
{
    struct ptl_error error;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = report->format < PTL_FORMAT_COUNT
                                 ? ptl_report_write(report->report, results->results, &error)
                                 : write_profile(report, results, &error);
    status = ptl_report_end(report->report, status, &error);
    ptl_embed_leave(&before);
    free(report);
    return status == PTL_OK ? PORTOLAN_OK : ptl_embed_fail(problems, &error);
}

void portolan_report_abandon(struct portolan_report *report)
{
    if (report == NULL)
        return;
    ptl_report_abandon(report->report);
    free(report);
}

enum portolan_status portolan_path_expand(const char *pattern,
                                          const struct portolan_path_values *given, char **path,
                                          struct portolan_problems *problems)
{
    struct portolan_path_values values;
    struct ptl_error error;
    if (ptl_embed_take(&values, sizeof(values), given, "struct portolan_path_values", problems) !=
        PTL_OK)
        return PORTOLAN_INVALID;
    struct ptl_expansion expansion = {.profile = values.profile != NULL ? values.profile : "",
                                      .started_ms = values.started_ms,
                                      .shard = values.shard,
                                      .shards = values.shards};
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = ptl_report_expand(pattern, &expansion, path, &error);
    ptl_embed_leave(&before);
    return status == PTL_OK ? PORTOLAN_OK : ptl_embed_fail(problems, &error);
}

char *portolan_path_place(const char *path)
{
    return ptl_report_place(path);
}
