#include "results/live.h"

#include <stdlib.h>
#include <string.h>

static int compare_items(const void *a, const void *b)
{
    const struct ptl_result *x = a, *y = b;
    if (x->offset_ms != y->offset_ms)
        return x->offset_ms < y->offset_ms ? -1 : 1;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return x->port < y->port ? -1 : x->port > y->port;
}

static int compare_indexes(const void *a, const void *b, void *items)
{
    const struct ptl_result *all = items;
    return compare_items(&all[*(const uint32_t *)a], &all[*(const uint32_t *)b]);
}

bool ptl_live_take(struct ptl_live *live, struct ptl_results *results, uint32_t now_ms)
{
    size_t new = results->count - live->seen;
    if (live->count + new > live->capacity) {
        size_t capacity = live->count + new + live->capacity / 2;
        struct ptl_result *grown = reallocarray(live->items, capacity, sizeof(*grown));
        if (grown == NULL)
            return false;
        live->items = grown;
        live->capacity = capacity;
    }
    if (new > 0)
        memcpy(live->items + live->count, results->items + live->seen, new * sizeof(*live->items));
    live->count += new;
    live->seen += new;
    if (results->watermark_ms < now_ms)
        results->watermark_ms = now_ms;
    return true;
}

size_t ptl_live_ready(struct ptl_live *live, uint32_t watermark_ms)
{
    size_t ready = 0;
    if (live->count > 1)
        qsort(live->items, live->count, sizeof(*live->items), compare_items);
    while (ready < live->count && live->items[ready].offset_ms < watermark_ms)
        ready++;
    return ready;
}

void ptl_live_drop(struct ptl_live *live, size_t count)
{
    live->count -= count;
    if (live->count > 0)
        memmove(live->items, live->items + count, live->count * sizeof(*live->items));
}

void ptl_live_free(struct ptl_live *live)
{
    free(live->items);
    *live = (struct ptl_live){.items = NULL};
}

uint32_t *ptl_results_by_time(const struct ptl_results *results)
{
    if (results->count == 0 || results->count > UINT32_MAX)
        return NULL;
    uint32_t *order = reallocarray(NULL, results->count, sizeof(*order));
    if (order == NULL)
        return NULL;
    for (size_t i = 0; i < results->count; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, results->count, sizeof(*order), compare_indexes, results->items);
    return order;
}
