/* Why two shards are not of one plan. */
#include "finished/sharding.h"
#include "results/objects.h"

#include <inttypes.h>
#include <string.h>

#define VALUE_MAX (64UL * 1024)
#define SHOWN_MAX 200 /* bytes of a value, in a message */

/* The first address of a name that the other list has not for that name; NULL: it has all, or does
 * not know the name. `theirs`: one that it has instead. */
static const struct ptl_shard_name *find_moved(const struct ptl_shard_info *a,
                                               const struct ptl_shard_info *b, const char **theirs)
{
    for (size_t i = 0; i < a->name_count; i++) {
        const struct ptl_shard_name *name = &a->names[i];
        bool is_same = false;
        *theirs = NULL;
        for (size_t k = 0; k < b->name_count && !is_same; k++) {
            if (strcmp(b->names[k].name, name->name) != 0)
                continue;
            is_same = strcmp(b->names[k].ip, name->ip) == 0;
            *theirs = b->names[k].ip;
        }
        if (!is_same && *theirs != NULL)
            return name;
    }
    return NULL;
}

/* A name that is only on the first list: it did not resolve for the other. */
static const struct ptl_shard_name *find_lost(const struct ptl_shard_info *a,
                                              const struct ptl_shard_info *b)
{
    if (b->name_count == PTL_SHARD_NAMES_LISTED)
        return NULL; /* not all are listed */
    for (size_t i = 0; i < a->name_count; i++) {
        size_t k = 0;
        while (k < b->name_count && strcmp(a->names[i].name, b->names[k].name) != 0)
            k++;
        if (k == b->name_count)
            return &a->names[i];
    }
    return NULL;
}

#define FREEZE "portolan plan --freeze FILE resolves all names once, for every shard"

static enum ptl_status tell_names(const struct ptl_run_info *a, const char *a_name,
                                  const struct ptl_run_info *b, const char *b_name,
                                  struct ptl_error *error)
{
    const char *theirs = NULL;
    const struct ptl_shard_name *name = find_moved(&a->shard, &b->shard, &theirs);
    bool is_other_way = name == NULL;
    if (is_other_way)
        name = find_moved(&b->shard, &a->shard, &theirs);
    if (name != NULL)
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s and %s are not of one plan: %s is %s in the first and %s in the "
                             "second; " FREEZE,
                             is_other_way ? b_name : a_name, is_other_way ? a_name : b_name,
                             name->name, name->ip, theirs);
    name = find_lost(&a->shard, &b->shard);
    const struct ptl_shard_name *other = name == NULL ? find_lost(&b->shard, &a->shard) : NULL;
    if (name == NULL && other == NULL)
        return PTL_OK;
    return ptl_error_set(error, PTL_E_INVALID,
                         "%s and %s are not of one plan: %s is %s in the %s and no host of the "
                         "%s; " FREEZE,
                         a_name, b_name, (name != NULL ? name : other)->name,
                         (name != NULL ? name : other)->ip, name != NULL ? "first" : "second",
                         name != NULL ? "second" : "first");
}

/* What all shards of a plan have alike; other keys may tell of the machine that ran one. */
static bool is_of_the_plan(const struct ptl_key *key)
{
    static const char *const of_each[] = {"effective_concurrency", "workers", "source_address"};
    static const char *const also[] = {"states", "outage_ms", "deadline_ms"};
    for (size_t i = 0; i < PTL_COUNT(of_each); i++)
        if (strcmp(of_each[i], key->name) == 0)
            return false;
    for (size_t i = 0; i < PTL_COUNT(also); i++)
        if (strcmp(also[i], key->name) == 0)
            return true;
    return key->is_setting;
}

static enum ptl_status tell_key(const struct ptl_key *key, const struct ptl_run_info *a,
                                const char *a_name, const struct ptl_run_info *b,
                                const char *b_name, struct ptl_error *error)
{
    struct ptl_buf values[2];
    enum ptl_status status = PTL_OK;
    ptl_buf_init(&values[0], VALUE_MAX);
    ptl_buf_init(&values[1], VALUE_MAX);
    key->type->print(key, a, &values[0]);
    key->type->print(key, b, &values[1]);
    if (strcmp(ptl_buf_text(&values[0]), ptl_buf_text(&values[1])) != 0)
        status = ptl_error_set(error, PTL_E_INVALID,
                               "%s and %s are not of one plan: run.%s is %.*s in the first and "
                               "%.*s in the second",
                               a_name, b_name, key->name, SHOWN_MAX, ptl_buf_text(&values[0]),
                               SHOWN_MAX, ptl_buf_text(&values[1]));
    ptl_buf_free(&values[0]);
    ptl_buf_free(&values[1]);
    return status;
}

static enum ptl_status tell_settings(const struct ptl_run_info *a, const char *a_name,
                                     const struct ptl_run_info *b, const char *b_name,
                                     struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    for (size_t i = 0; i < ptl_object_run.count && status == PTL_OK; i++) {
        const struct ptl_key *key = &ptl_object_run.keys[i];
        if (is_of_the_plan(key))
            status = tell_key(key, a, a_name, b, b_name, error);
    }
    return status;
}

enum ptl_status ptl_shards_differ(const struct ptl_run_info *a, const char *a_name,
                                  const struct ptl_run_info *b, const char *b_name,
                                  struct ptl_error *error)
{
    enum ptl_status status = tell_names(a, a_name, b, b_name, error);
    if (status == PTL_OK)
        status = tell_settings(a, a_name, b, b_name, error);
    if (status != PTL_OK)
        return status;
    if (a->shard.count != b->shard.count && strcmp(a->shard.plan_sha256, b->shard.plan_sha256) == 0)
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s is of %" PRIu32 " shards and %s of %" PRIu32
                             ": a plan is cut in one way",
                             a_name, a->shard.count, b_name, b->shard.count);
    if (a->shard.targets != b->shard.targets || a->shard.ports != b->shard.ports)
        return ptl_error_set(
            error, PTL_E_INVALID,
            "%s and %s are not of one plan: the first is of %" PRIu64 " targets with %" PRIu32
            " ports each, the second of %" PRIu64 " with %" PRIu32,
            a_name, b_name, a->shard.targets, a->shard.ports, b->shard.targets, b->shard.ports);
    return ptl_error_set(error, PTL_E_INVALID,
                         "%s and %s are not of one plan: hosts or ports of their profiles differ",
                         a_name, b_name);
}
