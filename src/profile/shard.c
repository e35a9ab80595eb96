/* Which slice of a plan: K/N. */
#include "base/number.h"
#include "profile/values.h"

#include <string.h>

enum ptl_status ptl_shard_parse(const char *text, struct ptl_shard *shard, struct ptl_error *error)
{
    const char *slash = strchr(text, '/');
    uint64_t index = 0, count;
    bool is_auto = strncmp(text, "auto/", 5) == 0;
    bool good = slash != NULL && ptl_number_parse(slash + 1, strlen(slash + 1), &count) &&
                count > 0 && count <= PTL_SHARDS_MAX &&
                (is_auto || (ptl_number_parse(text, (size_t)(slash - text), &index) && index > 0 &&
                             index <= count));
    if (!good)
        return ptl_error_set(error, PTL_E_INVALID,
                             "must be K/N with K from 1 to N, or auto/N, with N at most %d",
                             PTL_SHARDS_MAX);
    *shard = (struct ptl_shard){.index = (uint32_t)index, .count = (uint32_t)count};
    return PTL_OK;
}

void ptl_load_shard(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                    const struct ptl_node *node)
{
    struct ptl_shard *shard = (void *)((char *)base + field->offset);
    struct ptl_error error;
    bool is_text = node->kind == PTL_NODE_SCALAR;
    *shard = (struct ptl_shard){.count = 0};
    if (is_text && strcmp(node->text, field->special) == 0)
        return;
    if (ptl_shard_parse(is_text ? node->text : "", shard, &error) != PTL_OK)
        ptl_value_problem(loading, field, node, "%s", error.message);
}
