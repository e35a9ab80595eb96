/* Where outputs go, so that two of them that go to one place are found before anything is sent. */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H

/*
 * What an output of this path would write to or replace, links followed: one spelling for every
 * path that leads there, "-" for standard output under any name. The caller frees it. NULL: a
 * place that several outputs may share (a device, a named pipe), a directory that is not there
 * (opening the output will say so), or no memory.
 */
char *place_of(const char *path);

#endif
