#include "embed/embed.h"

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
