#include "compare/compare.h"

#include "base/text.h"

#include <stdlib.h>

const char *const ptl_pace_names[5] = {"baseline", "tie", "faster", "slower", "undecided"};

static void free_variant(struct ptl_compared_variant *variant)
{
    free(variant->name);
    free(variant->profile);
    free(variant->file);
    free(variant->ports);
    for (size_t i = 0; i < variant->setting_count; i++) {
        free(variant->settings[i].key);
        free(variant->settings[i].value);
    }
    free(variant->settings);
    for (size_t i = 0; i < variant->run_count; i++)
        free(variant->runs[i].failure);
    free(variant->runs);
}

void ptl_comparison_free(struct ptl_comparison *comparison)
{
    if (comparison == NULL)
        return;
    for (size_t i = 0; i < comparison->variant_count; i++)
        free_variant(&comparison->variants[i]);
    for (size_t i = 0; i < comparison->flip_count; i++) {
        free(comparison->flips[i].host);
        free(comparison->flips[i].variants);
    }
    free(comparison->kernel);
    free(comparison->open);
    free(comparison->variants);
    free(comparison->flips);
    free(comparison->why);
    free(comparison->ties);
    ptl_text_list_free(comparison->warnings, comparison->warning_count);
    free(comparison);
}
