#include "base/array.h"

#include <stdlib.h>

#define LEAST 16 /* items, at the first call */

bool ptl_array_room(void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity < LEAST ? LEAST : *capacity + *capacity / 2;
    void *grown = reallocarray(*items, more, size);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = more;
    return true;
}

bool ptl_array_room_for_few(void **items, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return true;
    void *grown = reallocarray(*items, count > 0 ? 2 * count : 1, size);
    if (grown == NULL)
        return false;
    *items = grown;
    return true;
}
