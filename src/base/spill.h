/*
 * Arrays that may be larger than the memory there is to be used: beyond a few MiB each lies in an
 * unlinked temporary file ($TMPDIR, else /var/tmp), mapped, so that it is used like any other and
 * the kernel reads back what is touched again. Where no such file can be had, or its disk is full,
 * an array stays in memory. One thread.
 */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include <stdbool.h>
#include <stddef.h>

/* An array beyond so many bytes is put into a file. */
#define PTL_SPILL_BYTES (4UL << 20)
/* Most arrays of one spill that lie in files; further ones stay in memory. */
#define PTL_SPILL_ARRAYS 8

struct ptl_spill;

struct ptl_spill *ptl_spill_new(void); /* yours; NULL: no memory */
/* The arrays themselves are freed before, each by ptl_spill_drop. */
void ptl_spill_free(struct ptl_spill *spill);
/*
 * As ptl_array_room, which it is where `spill` is NULL. *items may move. It stays the caller's, to
 * be freed by ptl_spill_drop. False: no memory, and the array is as it was.
 */
bool ptl_spill_room(struct ptl_spill *spill, void **items, size_t *capacity, size_t count,
                    size_t size);
#define PTL_SPILL_ROOM(spill, items, capacity, count)                                              \
    ptl_spill_room((spill), (void **)&(items), &(capacity), (count), sizeof(*(items)))
/* No array will grow any more: what only growing needs is freed (a descriptor an array). One that
 * grows all the same goes back to memory. NULL: nothing. */
void ptl_spill_settle(struct ptl_spill *spill);
/* Frees an array of that spill; NULL: nothing. */
void ptl_spill_drop(struct ptl_spill *spill, void *items);
/* Gives back the memory of all arrays that lie in files; what they hold stays. To be called now and
 * then while one is walked. `spill` NULL: nothing. */
void ptl_spill_rest(struct ptl_spill *spill);

#endif
