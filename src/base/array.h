/* Arrays that grow. Any thread, an array at a time. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for one more item of `size` bytes behind the `count` that *items holds of *capacity.
 * Grows by half, which for large arrays moves no memory (mremap) and wastes little. *items (NULL at
 * first) stays the caller's, to free. False: no memory, and the array is as it was. What bounds
 * `count` is the caller's business.
 */
bool ptl_array_room(void **items, size_t *capacity, size_t count, size_t size);
/* The same for arrays that stay small, and keep no capacity: they have room up to the next power of
 * two, so nothing else may have made it. */
bool ptl_array_room_for_few(void **items, size_t count, size_t size);

/* Both, of `items` of any type; each argument is an lvalue without side effects. */
#define PTL_ROOM(items, capacity, count)                                                           \
    ptl_array_room((void **)&(items), &(capacity), (count), sizeof(*(items)))
#define PTL_ROOM_FOR_FEW(items, count)                                                             \
    ptl_array_room_for_few((void **)&(items), (count), sizeof(*(items)))

/*
 * Searches 0 to count - 1, of which those that `is_before`, an expression with `at`, is true of
 * come first: `at` is the first that it is false of, or count.
 */
#define PTL_SEARCH(at, count, is_before)                                                           \
    for (size_t low_ = 0, high_ = (count); (at) = low_ + (high_ - low_) / 2, low_ < high_;)        \
        if (is_before)                                                                             \
            low_ = (at) + 1;                                                                       \
        else                                                                                       \
            high_ = (at)

#endif
