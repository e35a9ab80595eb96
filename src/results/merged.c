#include "results/merged.h"

#include "portolan/array.h"

#include <stdlib.h>
#include <string.h>

enum ptl_status ptl_results_add_merged(struct ptl_results *results,
                                       const struct ptl_merged_run *run)
{
    if (!ptl_array_room_for_few((void **)&results->merged, results->merged_count, sizeof(*run)))
        return PTL_E_NO_MEMORY;
    struct ptl_merged_run *new = &results->merged[results->merged_count++];
    *new = *run;
    new->file = strdup(run->file);
    new->profile = strdup(run->profile);
    new->ports = strdup(run->ports);
    bool good = new->file != NULL &&new->profile != NULL &&new->ports != NULL;
    return good ? PTL_OK : PTL_E_NO_MEMORY;
}

enum ptl_status ptl_results_add_disagreement(struct ptl_results *results,
                                             const struct ptl_disagreement *one)
{
    if (!ptl_array_room_for_few((void **)&results->disagreements, results->disagreement_count,
                                sizeof(*one)))
        return PTL_E_NO_MEMORY;
    results->disagreements[results->disagreement_count++] = *one;
    return PTL_OK;
}

void ptl_results_free_merged(struct ptl_results *results)
{
    for (size_t i = 0; i < results->merged_count; i++) {
        free(results->merged[i].file);
        free(results->merged[i].profile);
        free(results->merged[i].ports);
    }
    free(results->merged);
    free(results->disagreements);
}
