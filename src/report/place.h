/* Where a path leads. */
#ifndef REPORT_PLACE_H
#define REPORT_PLACE_H

/*
 * The file that would be replaced: links followed, also one that leads to no file yet, and one
 * spelling for all paths that lead there. The caller frees it. NULL, errno says why: a directory on
 * the way is not there, links go round in a circle, no memory.
 */
char *ptl_place_follow(const char *path);

#endif
