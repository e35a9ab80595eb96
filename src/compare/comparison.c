/* What of a comparison does not depend on the runs: the machine, the variants, the options. */
#include "base/text.h"
#include "compare/world.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

const char *const ptl_pace_names[5] = {"baseline", "tie", "faster", "slower", "undecided"};

static void free_variant(struct ptl_compared_variant *variant)
{
    free(variant->ports);
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

static bool describe_machine(struct ptl_comparison *comparison)
{
    struct utsname name;
    cpu_set_t usable;
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    snprintf(comparison->tool_version, sizeof(comparison->tool_version), "%s", PTL_VERSION);
    comparison->cpus = sched_getaffinity(0, sizeof(usable), &usable) == 0
                           ? (unsigned)CPU_COUNT(&usable)
                           : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    if (pages > 0 && page_bytes > 0)
        comparison->memory_kb = (uint64_t)pages * (uint64_t)page_bytes / 1024;
    if (uname(&name) != 0)
        comparison->kernel = strdup("unknown");
    else if (asprintf(&comparison->kernel, "%s %s", name.sysname, name.release) < 0)
        comparison->kernel = NULL;
    return comparison->kernel != NULL;
}

static bool describe_variant(const struct ptl_gathered *gathered, size_t number,
                             struct ptl_compared_variant *to)
{
    const struct ptl_variant *from = &gathered->variants->items[number];
    const struct ptl_profile *profile = from->profile;
    to->ports = ptl_portset_text(profile->ports);
    to->name = from->name;
    to->profile = profile->name;
    to->file = profile->file;
    to->settings = from->settings;
    to->setting_count = from->setting_count;
    to->is_baseline = number == gathered->options->baseline;
    to->engine = profile->engine;
    to->concurrency = profile->concurrency;
    to->effective_concurrency = gathered->planned[number].effective_concurrency;
    to->workers = gathered->planned[number].workers;
    to->timeout_ms = profile->timeout_ms;
    return to->ports != NULL;
}

bool ptl_describe(const struct ptl_gathered *gathered, struct ptl_comparison *comparison)
{
    const struct ptl_study_options *options = gathered->options;
    comparison->started_ms = gathered->started_ms;
    comparison->finished_ms = gathered->finished_ms;
    comparison->stopped_by = gathered->stopped_by;
    comparison->repeat = options->repeat;
    comparison->warmup = options->warmup;
    comparison->pause_ms = options->pause_ms;
    comparison->variants = calloc(gathered->variants->count, sizeof(*comparison->variants));
    if (comparison->variants == NULL || !describe_machine(comparison))
        return false;
    comparison->variant_count = gathered->variants->count;
    for (size_t v = 0; v < comparison->variant_count; v++)
        if (!describe_variant(gathered, v, &comparison->variants[v]))
            return false;
    return true;
}
