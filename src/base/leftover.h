/*
 * Files that are not in their place yet, and have a name meanwhile: what a run that was killed has
 * left of them, the next one in the folder removes. A run holds flock on its own.
 */
#ifndef BASE_LEFTOVER_H
#define BASE_LEFTOVER_H

#define PTL_LEFTOVER_FORMAT ".portolan.%ld.%u" /* the process, and a number of its own */

/* Removes those of the folder that are ours and that nobody holds. Any thread. */
void ptl_leftovers_remove(int folder);

#endif
