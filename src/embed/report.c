#include "embed/embed.h"

#include <stdlib.h>
#include <string.h>

const char *portolan_format_name(size_t number)
{
    return number < PTL_FORMAT_COUNT ? ptl_format_names[number] : NULL;
}

static enum ptl_status find_format(const char *name, enum ptl_format *format,
                                   struct ptl_error *error)
{
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        if (strcmp(ptl_format_names[f], name) == 0) {
            *format = (enum ptl_format)f;
            return PTL_OK;
        }
    }
    return ptl_error_set(error, PTL_E_INVALID, "there is no report format \"%.100s\"", name);
}

enum portolan_status portolan_report_open(const char *format, const char *path,
                                          const struct portolan_report_options *given,
                                          struct portolan_report **report,
                                          struct portolan_problems *problems)
{
    struct portolan_report_options options;
    struct ptl_error error;
    enum ptl_format found = PTL_FORMAT_JSON;
    if (ptl_embed_take(&options, sizeof(options), given, "struct portolan_report_options",
                       problems) != PTL_OK)
        return PORTOLAN_INVALID;
    struct portolan_report *new = malloc(sizeof(*new));
    if (new == NULL)
        return ptl_embed_no_memory(problems);
    struct ptl_report_options how = {
        .color = options.color, .live = options.live, .cancel = ptl_embed_cancel(options.stop)};
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = find_format(format, &found, &error);
    if (status == PTL_OK)
        status = ptl_report_open(found, path, &how, &new->report, &error);
    ptl_embed_leave(&before);
    if (status != PTL_OK) {
        free(new);
        return ptl_embed_fail(problems, &error);
    }
    *report = new;
    return PORTOLAN_OK;
}

enum portolan_status portolan_report_write(struct portolan_report *report,
                                           const struct portolan_results *results,
                                           struct portolan_problems *problems)
{
    struct ptl_error error;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = ptl_report_write(report->report, results->results, &error);
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
