/* Which slice of a plan this process is to scan. */
#include "base/number.h"
#include "cli/commands.h"
#include "profile/profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What starts one process for each slice tells each its number in one of these. */
static const struct {
    const char *variable;
    const char *first; /* where another says what the first one's number is... */
    uint64_t base;     /* ...and where it is always this */
} sources[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", 0},
    {"JOB_COMPLETION_INDEX", NULL, 0},
    {"AWS_BATCH_JOB_ARRAY_INDEX", NULL, 0},
    {"CLOUD_RUN_TASK_INDEX", NULL, 0},
    {"PARALLEL_SEQ", NULL, 1},
    {"CI_NODE_INDEX", NULL, 1},
};
#define SOURCES (sizeof(sources) / sizeof(sources[0]))

static const char *value_of(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool read_number(const char *command, const char *variable, uint64_t *number)
{
    const char *value = value_of(variable);
    if (value != NULL && ptl_number_parse(value, strlen(value), number))
        return true;
    if (value == NULL)
        print_line("portolan %s: shard auto: %s is not set", command, variable);
    else
        print_line("portolan %s: shard auto: %s is \"%s\", no number", command, variable, value);
    return false;
}

static bool take_from(const char *command, size_t source, struct ptl_shard *shard)
{
    uint64_t number, first = sources[source].base;
    if (!read_number(command, sources[source].variable, &number) ||
        (sources[source].first != NULL && !read_number(command, sources[source].first, &first)))
        return false;
    if (number < first || number - first >= shard->count)
        return print_line("portolan %s: shard auto/%" PRIu32 ": %s is %" PRIu64
                          ", and the slices are "
                          "%" PRIu64 " to %" PRIu64,
                          command, shard->count, sources[source].variable, number, first,
                          first + shard->count - 1);
    shard->index = (uint32_t)(number - first) + 1;
    return true;
}

static bool find(const char *command, struct ptl_shard *shard)
{
    size_t found = SOURCES;
    for (size_t i = 0; i < SOURCES; i++) {
        if (value_of(sources[i].variable) == NULL)
            continue;
        if (found < SOURCES)
            return print_line(
                "portolan %s: shard auto/%" PRIu32 ": both %s and %s are set; --shard K/%" PRIu32
                " says which slice it is",
                command, shard->count, sources[found].variable, sources[i].variable, shard->count);
        found = i;
    }
    if (found < SOURCES)
        return take_from(command, found, shard);
    struct ptl_buf names;
    ptl_buf_init(&names, 1024);
    for (size_t i = 0; i < SOURCES; i++)
        ptl_buf_printf(&names, "%s%s",
                       i == 0            ? ""
                       : i + 1 < SOURCES ? ", "
                                         : " or ",
                       sources[i].variable);
    print_line("portolan %s: shard auto/%" PRIu32 ": the number of the slice is in %s, and none of "
               "them is set",
               command, shard->count, ptl_buf_text(&names));
    ptl_buf_free(&names);
    return false;
}

bool take_shard(const char *command, uint32_t *index, uint32_t *count,
                const struct arguments *arguments)
{
    struct ptl_error error;
    struct ptl_shard shard = {.index = *index, .count = *count};
    const char *text = arguments->texts[OPTION_SHARD];
    if (text != NULL && ptl_shard_parse(text, &shard, &error) != PTL_OK)
        return print_line("portolan %s: --shard %s, not \"%s\"", command, error.message, text);
    if (shard.count > 0 && shard.index == 0 && !find(command, &shard))
        return false;
    *index = shard.index;
    *count = shard.count;
    return true;
}
