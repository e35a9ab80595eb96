#include "results/pieces.h"

#include "base/gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (64UL * 1024)

struct ptl_pieces {
    char *path; /* as messages name it */
    int fd;
    bool is_standard;          /* fd is the process's, and stays open */
    struct ptl_gunzip *gunzip; /* NULL: the file is plain */
    bool ended;
    bool begun;
    bool truncated; /* what was asked for lies behind the end */
    char *buffer;   /* `capacity` bytes; not yet taken are [start, length) */
    size_t start, length, capacity;
    unsigned line, column; /* of buffer[start] */
};

enum ptl_status ptl_pieces_open(const char *path, struct ptl_pieces **pieces,
                                struct ptl_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    struct ptl_pieces *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    new->fd = -1;
    new->is_standard = standard;
    new->line = new->column = 1;
    new->capacity = 2 * BLOCK;
    new->path = strdup(standard ? "<standard input>" : path);
    new->buffer = malloc(new->capacity);
    if (new->path == NULL || new->buffer == NULL) {
        ptl_pieces_close(new);
        return ptl_error_no_memory(error);
    }
    new->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (new->fd < 0) {
        enum ptl_status status =
            ptl_error_errno(error, PTL_E_INVALID, errno, "cannot read %s", path);
        ptl_pieces_close(new);
        return status;
    }
    *pieces = new;
    return PTL_OK;
}

void ptl_pieces_close(struct ptl_pieces *pieces)
{
    if (pieces == NULL)
        return;
    if (pieces->fd >= 0 && !pieces->is_standard)
        close(pieces->fd);
    ptl_gunzip_free(pieces->gunzip);
    free(pieces->buffer);
    free(pieces->path);
    free(pieces);
}

struct ptl_origin ptl_pieces_place(const struct ptl_pieces *pieces)
{
    return (struct ptl_origin){
        .file = pieces->path, .line = pieces->line, .column = pieces->column};
}

bool ptl_pieces_truncated(const struct ptl_pieces *pieces)
{
    return pieces->truncated;
}

static enum ptl_status refuse(const struct ptl_pieces *pieces, struct ptl_error *error,
                              const char *what)
{
    struct ptl_origin place = ptl_pieces_place(pieces);
    return ptl_error_at(error, &place, "%s", what);
}

/* Room for another block behind what is not taken yet. */
static enum ptl_status make_room(struct ptl_pieces *pieces, struct ptl_error *error)
{
    if (pieces->capacity - pieces->length >= BLOCK)
        return PTL_OK;
    memmove(pieces->buffer, pieces->buffer + pieces->start, pieces->length - pieces->start);
    pieces->length -= pieces->start;
    pieces->start = 0;
    if (pieces->capacity - pieces->length >= BLOCK)
        return PTL_OK;
    char *grown = realloc(pieces->buffer, 2 * pieces->capacity);
    if (grown == NULL)
        return ptl_error_no_memory(error);
    pieces->buffer = grown;
    pieces->capacity *= 2;
    return PTL_OK;
}

/* As read(), of the file; or of what was compressed in it, which its first bytes tell. */
static ssize_t read_on(struct ptl_pieces *pieces, char *to)
{
    ssize_t got;
    if (pieces->gunzip != NULL)
        return ptl_gunzip_read(pieces->gunzip, to, BLOCK);
    do
        got = read(pieces->fd, to, BLOCK);
    while (got < 0 && errno == EINTR);
    bool is_first = !pieces->begun;
    pieces->begun = true;
    if (!is_first || got <= 0 || !ptl_gunzip_is_wanted(to, (size_t)got))
        return got;
    pieces->gunzip = ptl_gunzip_new(pieces->fd, to, (size_t)got);
    errno = ENOMEM;
    return pieces->gunzip != NULL ? ptl_gunzip_read(pieces->gunzip, to, BLOCK) : -1;
}

/* Reads on. At the end of the file, `ended`. */
static enum ptl_status fill(struct ptl_pieces *pieces, struct ptl_error *error)
{
    enum ptl_status status = make_room(pieces, error);
    if (status != PTL_OK)
        return status;
    ssize_t got = read_on(pieces, pieces->buffer + pieces->length);
    if (got < 0 && errno == ENOMEM)
        return ptl_error_no_memory(error);
    if (got < 0 && errno == EBADMSG && pieces->gunzip != NULL)
        return ptl_error_set(error, PTL_E_INVALID,
                             "cannot read %s: what gzip compressed there is damaged or cut",
                             pieces->path);
    if (got < 0)
        return ptl_error_errno(error, PTL_E_INVALID, errno, "cannot read %s", pieces->path);
    pieces->ended = got == 0;
    pieces->length += (size_t)got;
    return PTL_OK;
}

void ptl_pieces_skip(struct ptl_pieces *pieces, size_t count)
{
    if (count == 0)
        return;
    const char *at = pieces->buffer + pieces->start, *end = at + count;
    for (const char *newline; (newline = memchr(at, '\n', (size_t)(end - at))) != NULL;
         at = newline + 1) {
        pieces->line++;
        pieces->column = 1;
    }
    pieces->column += (unsigned)(end - at);
    pieces->start += count;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

enum ptl_status ptl_pieces_peek(struct ptl_pieces *pieces, int *next, struct ptl_error *error)
{
    for (;;) {
        size_t blanks = 0, available = pieces->length - pieces->start;
        while (blanks < available && is_blank(pieces->buffer[pieces->start + blanks]))
            blanks++;
        ptl_pieces_skip(pieces, blanks);
        if (pieces->start < pieces->length) {
            *next = (unsigned char)pieces->buffer[pieces->start];
            return PTL_OK;
        }
        if (pieces->ended) {
            *next = PTL_PIECES_END;
            return PTL_OK;
        }
        enum ptl_status status = fill(pieces, error);
        if (status != PTL_OK)
            return status;
    }
}

const char *ptl_pieces_ahead(const struct ptl_pieces *pieces, size_t *length)
{
    *length = pieces->length - pieces->start;
    return pieces->buffer + pieces->start;
}

void ptl_pieces_drop(struct ptl_pieces *pieces)
{
    pieces->start++; /* peek saw it: it is no newline */
    pieces->column++;
}

enum ptl_status ptl_pieces_expect(struct ptl_pieces *pieces, char wanted, struct ptl_error *error)
{
    int next;
    enum ptl_status status = ptl_pieces_peek(pieces, &next, error);
    if (status != PTL_OK)
        return status;
    struct ptl_origin place = ptl_pieces_place(pieces);
    pieces->truncated = next == PTL_PIECES_END;
    if (next == PTL_PIECES_END)
        return ptl_error_at(error, &place, "the file ends too early: is it truncated?");
    if (next != wanted)
        return ptl_error_at(error, &place, "not valid JSON: '%c' was expected", wanted);
    ptl_pieces_drop(pieces);
    return PTL_OK;
}

bool ptl_pieces_begin_with(struct ptl_pieces *pieces, const char *words)
{
    size_t length = strlen(words);
    while (pieces->length - pieces->start < length && !pieces->ended)
        if (fill(pieces, NULL) != PTL_OK)
            return false; /* the next call meets the same failure and tells it */
    return pieces->length - pieces->start >= length &&
           memcmp(pieces->buffer + pieces->start, words, length) == 0;
}

/* How far the search for a value's end has come. */
struct scan {
    size_t at; /* from `start` */
    size_t depth;
    bool in_string, escaped;
    bool is_scalar; /* a number or a word: ends before what cannot belong to it */
};

static void scan_string(struct scan *scan, const char *text, size_t available)
{
    while (scan->at < available && scan->in_string) {
        char c = text[scan->at++];
        if (scan->escaped)
            scan->escaped = false;
        else if (c == '\\')
            scan->escaped = true;
        else if (c == '"')
            scan->in_string = false;
    }
}

/* True: text[0..at) is the value. False: more is needed. */
static bool scan_on(struct scan *scan, const char *text, size_t available)
{
    while (scan->at < available) {
        if (scan->in_string) {
            scan_string(scan, text, available);
            if (!scan->in_string && scan->depth == 0)
                return true;
            continue;
        }
        char c = text[scan->at];
        if (scan->is_scalar) {
            if (is_blank(c) || c == ',' || c == ']' || c == '}' || c == ':')
                return true;
            scan->at++;
            continue;
        }
        scan->at++;
        if (c == '"')
            scan->in_string = true;
        else if (c == '{' || c == '[')
            scan->depth++;
        else if (c == '}' || c == ']')
            scan->depth--;
        else if (scan->depth == 0)
            scan->is_scalar = true;
        if (scan->depth == 0 && (c == '}' || c == ']'))
            return true;
    }
    return false;
}

static enum ptl_status find_end(struct ptl_pieces *pieces, size_t *length, struct ptl_error *error)
{
    struct scan scan = {.at = 0};
    while (!scan_on(&scan, pieces->buffer + pieces->start, pieces->length - pieces->start)) {
        pieces->truncated = pieces->ended; /* no text of ours ends with a number or a word */
        if (pieces->ended && scan.is_scalar)
            break;
        if (pieces->ended) {
            ptl_pieces_skip(pieces, pieces->length - pieces->start);
            return refuse(pieces, error,
                          "the file ends in the middle of a value: is it truncated?");
        }
        if (scan.at > PTL_PIECE_MAX)
            return refuse(pieces, error, "a value longer than 8 MiB");
        enum ptl_status status = fill(pieces, error);
        if (status != PTL_OK)
            return status;
    }
    *length = scan.at;
    return PTL_OK;
}

enum ptl_status ptl_pieces_value(struct ptl_pieces *pieces, struct ptl_json **json,
                                 struct ptl_origin *place, struct ptl_error *error)
{
    int next;
    size_t length = 0;
    enum ptl_status status = ptl_pieces_peek(pieces, &next, error);
    if (status != PTL_OK)
        return status;
    *place = ptl_pieces_place(pieces);
    pieces->truncated = next == PTL_PIECES_END;
    if (next == PTL_PIECES_END)
        return refuse(pieces, error, "the file ends too early: is it truncated?");
    if (next == ',' || next == ':' || next == ']' || next == '}')
        return refuse(pieces, error, "not valid JSON: a value was expected");
    status = find_end(pieces, &length, error);
    const char *text = pieces->buffer + pieces->start;
    if (status == PTL_OK)
        status = json != NULL ? ptl_json_parse(text, length, place, json, error)
                              : ptl_json_look(text, length, place, error);
    if (status == PTL_OK)
        ptl_pieces_skip(pieces, length);
    return status;
}
