/* Merging the shards of a plan, as far as the command line has to do with it. */
#ifndef CLI_MERGE_SHARDS_H
#define CLI_MERGE_SHARDS_H

#include "cli/options.h"
#include "results/results.h"

/* What a word names: its head, or the whole of what can be read once only. */
struct merge_input {
    struct ptl_results *results;
    bool is_whole;
};

/* Reads what the words name, file by file; writes the whole; says what is missing. Returns an exit
 * status. */
int merge_shards(const struct arguments *arguments, const struct merge_input *inputs);

#endif
