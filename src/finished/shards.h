/*
 * The shards of one plan, merged: shown to be all of them and each once, and put together to what
 * one run of the plan would have said. Reads one file at a time; memory grows neither with results
 * nor with files (base/spill.h). One thread.
 */
#ifndef FINISHED_SHARDS_H
#define FINISHED_SHARDS_H

#include "base/buf.h"
#include "base/error.h"
#include "results/results.h"

struct ptl_shards;

/*
 * What is to be merged, by the heads of the files (ptl_results_read_head). `names` are those of the
 * files; they and the heads are borrowed as long as the shards last. Of a shard that several files
 * hold one is taken: of one run the file that got furthest, of several runs the newest if
 * `prefer_newest`. *shards is yours. Errors: PTL_E_NO_MEMORY; PTL_E_INVALID, telling what differs
 * between which files: they are not all shards of one plan, or two runs have done one shard.
 */
enum ptl_status ptl_shards_new(const struct ptl_run_info *const *heads, const char *const *names,
                               size_t count, bool prefer_newest, struct ptl_shards **shards,
                               struct ptl_error *error);
void ptl_shards_free(struct ptl_shards *shards);

/* The number of the file to be added next, in the order of the plan. False: that was the last. */
bool ptl_shards_next(struct ptl_shards *shards, size_t *file);
/* Adds what was read of that file, of which nothing is borrowed. Errors: PTL_E_NO_MEMORY;
 * PTL_E_INVALID: it is not what its head said, or not as large as its slice. */
enum ptl_status ptl_shards_add(struct ptl_shards *shards, size_t file,
                               const struct ptl_results *results, struct ptl_error *error);
/* The whole, once all are added; *merged is yours. Errors: PTL_E_NO_MEMORY. */
enum ptl_status ptl_shards_finish(struct ptl_shards *shards, struct ptl_results **merged,
                                  struct ptl_error *error);

uint32_t ptl_shards_count(const struct ptl_shards *shards); /* of the plan */
/* The lowest number from `from` (1 at first) on of which there is no file, or that of a run that
 * was not complete; 0: none. Once all are added. */
uint32_t ptl_shards_to_run(const struct ptl_shards *shards, uint32_t from);
bool ptl_shards_has(const struct ptl_shards *shards, uint32_t index); /* a file of that number */
/* Did all expect the same, as far as it is known? Else *a and *b are two files of which one did
 * not. */
bool ptl_shards_expect_alike(const struct ptl_shards *shards, const char **a, const char **b);
/* Is it known with which options the first file's run was given its profile? */
bool ptl_shards_know_options(const struct ptl_shards *shards);
/*
 * Appends the command line that runs a shard: its profile as it was named, with those options if
 * they are known, its number, and a JSON file named as those of the others are, so far as they have
 * it in common. For a shell, safe whatever the names hold.
 */
void ptl_shards_command(const struct ptl_shards *shards, uint32_t index, struct ptl_buf *buf);

#endif
