/* Reading an index: line by line, and none that is not whole. */
#include "history/index.h"
#include "history/store.h"

#include "results/stored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (256U * 1024)

/* A line on its way in. */
struct lines {
    struct ptl_history *history;
    struct ptl_buf line; /* the beginning of the one that is not whole yet */
    const char *path;    /* for messages */
    unsigned number;
};

static void free_line(struct ptl_index_line *line)
{
    ptl_changes_clear(&line->run.changes);
    ptl_sightings_free(&line->seen);
}

static enum ptl_status take_line(struct lines *lines, const char *text, size_t length,
                                 struct ptl_error *error)
{
    struct ptl_origin place = {.file = lines->path, .line = ++lines->number};
    struct ptl_json *json = NULL;
    struct ptl_index_line line = {.has_changes = false};
    const char *schema = "";
    enum ptl_status status = ptl_json_parse(text, length, &place, &json, error);
    if (status != PTL_OK)
        return status;
    struct ptl_members members = {
        .json = json, .place = &place, .what = "a line of the index", .error = error};
    ptl_json_as_string(ptl_json_get(json, "schema"), &schema);
    if (strcmp(schema, PTL_INDEX_SCHEMA) != 0)
        ptl_members_refuse(&members, "the schema is \"%.64s\", not \"" PTL_INDEX_SCHEMA "\"",
                           schema);
    ptl_object_read(&ptl_object_index_line, PTL_KEYS_ALL, &members, &line);
    line.has_changes = ptl_json_get(json, "changes") != NULL;
    if (members.status == PTL_OK && !ptl_history_enter(lines->history, &line))
        members.status = ptl_error_no_memory(error);
    free_line(&line);
    ptl_json_free(json);
    return members.status;
}

static enum ptl_status add_bytes(struct lines *lines, const char *bytes, size_t count,
                                 struct ptl_error *error)
{
    ptl_buf_add_bytes(&lines->line, bytes, count);
    if (!lines->line.failed)
        return PTL_OK;
    if (lines->line.no_memory)
        return ptl_error_no_memory(error);
    struct ptl_origin place = {.file = lines->path, .line = lines->number + 1};
    return ptl_error_at(error, &place, "a line of more than %lu bytes is none of an index",
                        PTL_INDEX_LINE_MAX);
}

static enum ptl_status take_block(struct lines *lines, const char *block, size_t count,
                                  struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    for (const char *newline;
         status == PTL_OK && count > 0 && (newline = memchr(block, '\n', count)) != NULL;) {
        size_t part = (size_t)(newline - block);
        status = add_bytes(lines, block, part, error);
        if (status == PTL_OK)
            status = take_line(lines, ptl_buf_text(&lines->line), lines->line.length, error);
        lines->history->length += lines->line.length + 1;
        ptl_buf_reset(&lines->line);
        block += part + 1;
        count -= part + 1;
    }
    return status == PTL_OK ? add_bytes(lines, block, count, error) : status;
}

static enum ptl_status take_all(struct lines *lines, int fd, struct ptl_error *error)
{
    char *block = malloc(BLOCK);
    enum ptl_status status = PTL_OK;
    ssize_t got = 1;
    if (block == NULL)
        return ptl_error_no_memory(error);
    for (off_t at = 0; got > 0 && status == PTL_OK; at += got) {
        do
            got = pread(fd, block, BLOCK, at);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            status = ptl_error_errno(error, PTL_E_INVALID, errno, "cannot read %s", lines->path);
        else
            status = take_block(lines, block, (size_t)got, error);
    }
    lines->history->is_torn = lines->line.length > 0;
    free(block);
    return status;
}

enum ptl_status ptl_history_read_index(const struct ptl_history_store *store,
                                       struct ptl_history **history, struct ptl_error *error)
{
    struct ptl_history *made = calloc(1, sizeof(*made));
    if (made != NULL)
        made->places = ptl_stored_new(NULL);
    if (made == NULL || made->places == NULL) {
        ptl_history_free(made);
        return ptl_error_no_memory(error);
    }
    struct lines lines = {.history = made, .path = store->index_path};
    ptl_buf_init(&lines.line, PTL_INDEX_LINE_MAX);
    enum ptl_status status = store->index >= 0 ? take_all(&lines, store->index, error) : PTL_OK;
    ptl_buf_free(&lines.line);
    if (status == PTL_OK)
        *history = made;
    else
        ptl_history_free(made);
    return status;
}

enum ptl_status ptl_history_read(const char *folder, struct ptl_history **history,
                                 struct ptl_error *error)
{
    struct ptl_history_store store;
    enum ptl_status status = ptl_history_store_open(folder, PTL_STORE_READ, &store, error);
    if (status == PTL_OK)
        status = ptl_history_read_index(&store, history, error);
    ptl_history_store_close(&store);
    return status;
}
