/* Expectations as the model holds them. */
#include "results/results.h"

#include <stdio.h>

const char *const ptl_expected_names[3] = {"open", "closed", "not-open"};
const char *const ptl_verdict_names[PTL_VERDICT_COUNT] = {"pass", "fail", "inconclusive"};

void ptl_results_expectation_names(const struct ptl_results *results,
                                   const struct ptl_expectation *expectation,
                                   struct ptl_target_names *names)
{
    if (!expectation->is_unresolved) {
        ptl_results_names(results, expectation->target, names);
        return;
    }
    const char *input = results->unresolved[expectation->target].input;
    snprintf(names->input, sizeof(names->input), "%s", input);
    snprintf(names->host, sizeof(names->host), "%s", input);
    names->ip[0] = '\0';
}
