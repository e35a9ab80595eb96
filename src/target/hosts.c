#include "portolan/hosts.h"

#include "portolan/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 1024
#define NAME_MAX_BYTES 253

void ptl_hosts_free(struct ptl_hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++)
        free(hosts->items[i].text);
    free(hosts->items);
    for (size_t i = 0; i < hosts->file_count; i++)
        free(hosts->files[i]);
    free(hosts->files);
    *hosts = (struct ptl_hosts){.items = NULL};
}

static void out_of_memory(struct ptl_problems *problems)
{
    struct ptl_error error;
    ptl_error_set(&error, PTL_E_NO_MEMORY, "out of memory");
    ptl_problems_add(problems, &error);
}

/* The list's own copy of a file's name; neighbours in one file share it. */
static const char *keep_file(struct ptl_hosts *hosts, const char *file)
{
    if (file == NULL)
        return NULL;
    if (hosts->file_count > 0 && strcmp(hosts->files[hosts->file_count - 1], file) == 0)
        return hosts->files[hosts->file_count - 1];
    char **files = reallocarray(hosts->files, hosts->file_count + 1, sizeof(*files));
    if (files == NULL)
        return NULL;
    hosts->files = files;
    files[hosts->file_count] = strdup(file);
    return files[hosts->file_count] != NULL ? files[hosts->file_count++] : NULL;
}

/* Labels of RFC 1123, with the underscores that are met in practice. */
static bool is_name(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > NAME_MAX_BYTES)
        return false;
    size_t label = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (c == '.') {
            if (label == 0 || text[i - 1] == '-')
                return false;
            label = 0;
        } else if (!alphanumeric && (c != '-' || label == 0)) {
            return false;
        } else if (++label > 63) {
            return false;
        }
    }
    return text[length - 1] != '-';
}

static bool contains_unspecified(const struct ptl_block *block)
{
    return block->first.high == 0 && block->first.low == 0;
}

static bool append(struct ptl_hosts *hosts, const struct ptl_host *host)
{
    if (hosts->count == hosts->capacity) {
        size_t capacity = hosts->capacity == 0 ? 8 : hosts->capacity * 2;
        struct ptl_host *items = reallocarray(hosts->items, capacity, sizeof(*items));
        if (items == NULL)
            return false;
        hosts->items = items;
        hosts->capacity = capacity;
    }
    hosts->items[hosts->count++] = *host;
    return true;
}

/* A problem that quotes what came from outside, made fit to print. */
static void complain(struct ptl_problems *problems, const struct ptl_origin *origin,
                     const char *before, const char *quoted, const char *after)
{
    char printable[512]; /* leaves room for the rest of a message */
    struct ptl_buf shown;
    ptl_buf_init_in(&shown, printable, sizeof(printable));
    ptl_text_add_printable(&shown, quoted);
    ptl_problems_at(problems, origin, "%s%s%s%s", before, printable, shown.failed ? "..." : "",
                    after);
}

static void add_entry(struct ptl_hosts *hosts, const char *text, const struct ptl_origin *origin,
                      struct ptl_problems *problems)
{
    struct ptl_host host = {.line = origin->line, .column = origin->column};
    struct ptl_error error;
    bool is_block;
    if (hosts->count >= PTL_HOSTS_MAX) {
        ptl_problems_at(problems, origin, "more than %d hosts in one list", PTL_HOSTS_MAX);
        return;
    }
    if (ptl_block_parse(text, &host.block, &is_block, &error) != PTL_OK) {
        complain(problems, origin, "", error.message, "");
        return;
    }
    if (!is_block && !is_name(text)) {
        complain(problems, origin, "\"", text, "\" is no address, range or host name");
        return;
    }
    if (is_block && !hosts->is_exclude && contains_unspecified(&host.block)) {
        ptl_problems_at(problems, origin, "\"%s\" holds %s, which is no target", text,
                        host.block.first.family == 4 ? "0.0.0.0" : "::");
        return;
    }
    host.is_name = !is_block;
    host.text = strdup(text);
    host.file = keep_file(hosts, origin->file);
    if (host.text == NULL || (origin->file != NULL && host.file == NULL) || !append(hosts, &host)) {
        free(host.text);
        out_of_memory(problems);
    }
}

/* ---- files ---- */

static void add_line(struct ptl_hosts *hosts, char *line, size_t length, struct ptl_origin *origin,
                     struct ptl_problems *problems)
{
    if (strlen(line) != length) {
        ptl_problems_at(problems, origin, "a NUL byte");
        return;
    }
    if (length > LINE_MAX_BYTES) { /* first: it was cut, perhaps inside a character */
        ptl_problems_at(problems, origin, "a line of more than %d bytes", LINE_MAX_BYTES);
        return;
    }
    if (!ptl_text_is_utf8(line, length)) {
        ptl_problems_at(problems, origin, "not valid UTF-8");
        return;
    }
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    line[strcspn(line, "#")] = '\0';
    char *start = line + strspn(line, " \t");
    if (origin->line == 1 && strncmp(line, "\xEF\xBB\xBF", 3) == 0)
        start = line + 3 + strspn(line + 3, " \t");
    size_t end = strlen(start);
    while (end > 0 && (start[end - 1] == ' ' || start[end - 1] == '\t'))
        start[--end] = '\0';
    if (end == 0)
        return;
    origin->column = (unsigned)(start - line) + 1;
    if (strncmp(start, "file:", 5) == 0)
        ptl_problems_at(problems, origin, "a hosts file cannot name another file");
    else
        add_entry(hosts, start, origin, problems);
}

static void read_lines(struct ptl_hosts *hosts, FILE *file, const char *path,
                       struct ptl_problems *problems)
{
    char *line = malloc(LINE_MAX_BYTES + 3);
    if (line == NULL) {
        out_of_memory(problems);
        return;
    }
    struct ptl_origin origin = {.file = path};
    size_t length = 0;
    for (int c = getc(file);; c = getc(file)) {
        if (c == EOF || c == '\n') {
            if (c == EOF && length == 0)
                break;
            line[length] = '\0';
            origin.line++;
            origin.column = 1;
            add_line(hosts, line, length, &origin, problems);
            length = 0;
            if (c == EOF)
                break;
        } else if (length <= LINE_MAX_BYTES) {
            line[length++] = (char)c; /* the rest of an overlong line only counts */
        }
        if (++hosts->file_bytes > PTL_HOSTS_FILES_MAX) {
            ptl_problems_at(problems, &origin, "more than %zu bytes of hosts files",
                            PTL_HOSTS_FILES_MAX);
            break;
        }
    }
    if (ferror(file))
        ptl_problems_at(problems, &origin, "cannot be read: %s", strerror(errno));
    free(line);
}

static void add_file(struct ptl_hosts *hosts, const char *path, const struct ptl_origin *origin,
                     const char *base_dir, struct ptl_problems *problems)
{
    char *full = NULL;
    bool relative = path[0] != '/' && base_dir != NULL && base_dir[0] != '\0';
    if (asprintf(&full, "%s%s%s", relative ? base_dir : "", relative ? "/" : "", path) < 0) {
        out_of_memory(problems);
        return;
    }
    FILE *file = fopen(full, "re");
    if (file == NULL) {
        ptl_problems_at(problems, origin, "hosts file %s: %s", full, strerror(errno));
    } else {
        read_lines(hosts, file, full, problems);
        fclose(file);
    }
    free(full);
}

void ptl_hosts_add(struct ptl_hosts *hosts, const char *text, const struct ptl_origin *origin,
                   const char *base_dir, struct ptl_problems *problems)
{
    static const struct ptl_origin nowhere = {.file = NULL};
    if (origin == NULL)
        origin = &nowhere;
    if (strncmp(text, "file:", 5) != 0) {
        add_entry(hosts, text, origin, problems);
        return;
    }
    const char *path = text + 5 + strspn(text + 5, " \t");
    if (*path == '\0')
        ptl_problems_at(problems, origin, "\"file:\" without a path");
    else
        add_file(hosts, path, origin, base_dir, problems);
}
