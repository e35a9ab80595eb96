/*
 * Writing to files that fails at will. A test that includes this header is linked with the wrappers
 * of failing_files.c (tests/CMakeLists.txt sees the include).
 */
#ifndef TESTS_FAILING_FILES_H
#define TESTS_FAILING_FILES_H

#include <stdbool.h>

enum failing_file { FAILING_PWRITE, FAILING_FDATASYNC, FAILING_FSYNC, FAILING_FILES };

/* From here on the nth call (1: the next) fails with `error`, and every later one, too. */
void failing_files_arm(enum failing_file call, int error, unsigned long nth);
/* Every pwrite() writes a part of what it is given, as it may. */
void failing_files_shorten(bool shorten);
/* All calls work again. Returns how many of `call` were made since it was armed. */
unsigned long failing_files_disarm(enum failing_file call);

#endif
