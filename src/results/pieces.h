/*
 * A JSON text from a file, taken to pieces without holding it: the caller walks the outer brackets
 * and gets what stands between them, one bounded value at a time. One thread.
 */
#ifndef RESULTS_PIECES_H
#define RESULTS_PIECES_H

#include "base/error.h"
#include "base/json.h"

#define PTL_PIECE_MAX (8UL << 20) /* bytes of one value: 65,535 ports take 0.4 MiB */
#define PTL_PIECES_END (-1)

struct ptl_pieces;

/* "-" is standard input. Errors: PTL_E_INVALID (it cannot be read), PTL_E_NO_MEMORY. */
enum ptl_status ptl_pieces_open(const char *path, struct ptl_pieces **pieces,
                                struct ptl_error *error);
void ptl_pieces_close(struct ptl_pieces *pieces);
/* The next byte that is no blank, which stays where it is; PTL_PIECES_END at the end of the file.
 */
enum ptl_status ptl_pieces_peek(struct ptl_pieces *pieces, int *next, struct ptl_error *error);
/* Takes the byte that peek saw. */
void ptl_pieces_drop(struct ptl_pieces *pieces);
/* Takes the byte `wanted`; anything else is an error. */
enum ptl_status ptl_pieces_expect(struct ptl_pieces *pieces, char wanted, struct ptl_error *error);
/* Does the text, from where peek looked, begin so? */
bool ptl_pieces_begin_with(struct ptl_pieces *pieces, const char *words);
/* Takes a whole value; *json is the caller's; *place says where it began. With NULL for json the
 * value is passed over: that it is JSON is all that is seen to. */
enum ptl_status ptl_pieces_value(struct ptl_pieces *pieces, struct ptl_json **json,
                                 struct ptl_origin *place, struct ptl_error *error);
/* What is there of the text without reading on, from where peek looked; borrowed until the next
 * call.
 */
const char *ptl_pieces_ahead(const struct ptl_pieces *pieces, size_t *length);
/* Takes so many bytes of the text. */
void ptl_pieces_skip(struct ptl_pieces *pieces, size_t count);
/* Did the last call fail because the file ends too early? */
bool ptl_pieces_truncated(const struct ptl_pieces *pieces);
/* Where the next byte stands. */
struct ptl_origin ptl_pieces_place(const struct ptl_pieces *pieces);

#endif
