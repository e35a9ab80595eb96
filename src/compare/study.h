/* The rounds of a study, whoever carries the runs out. */
#ifndef COMPARE_STUDY_H
#define COMPARE_STUDY_H

#include "compare/compare.h"
#include "compare/record.h"

/* What was known of a variant before its first run. */
struct ptl_planned {
    struct ptl_targets *targets;
    struct ptl_judge *judge; /* of what the profile expects; NULL: nothing */
    uint64_t targets_hash;   /* ptl_record_hash */
    uint64_t probes;
    uint32_t effective_concurrency, workers;
};

/* What one counted run left. */
struct ptl_seen {
    size_t variant;
    struct ptl_record *record;
};

/* All that a study gathered, for ptl_analyse. */
struct ptl_gathered {
    const struct ptl_variants *variants;
    const struct ptl_planned *planned; /* of each variant */
    const struct ptl_study_options *options;
    struct ptl_seen *seen;
    size_t seen_count;
    int64_t started_ms, finished_ms;
    int stopped_by;
};

/* Numbers, reference, flips, verdicts, recommendation. Sorts inside the records. */
enum ptl_status ptl_analyse(struct ptl_gathered *gathered, struct ptl_comparison **comparison,
                            struct ptl_error *error);

#endif
