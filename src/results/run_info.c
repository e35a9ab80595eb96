#include "results/run_info.h"

#include <stdlib.h>

const char *const ptl_limited_by_names[PTL_LIMITED_BY_COUNT] = {"nothing", "local", "target",
                                                                "path", "ceiling"};

void ptl_run_info_free(struct ptl_run_info *info)
{
    free(info->profile);
    free(info->description);
    free(info->file);
    free(info->ports);
    free(info->path.outages);
    free(info->segments);
    free(info->shard.names);
    free(info->shard.options);
    free(info->shards);
    free(info->missing_shards);
}
