#include "target/hosts.h"

#include "base/plain.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define NAME_MAX_BYTES 253

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
    /* A last label that is a number makes an address of it to a resolver: "0x7f.1", RFC 1123. */
    const char *last = strrchr(text, '.');
    last = last != NULL && last[1] != '\0' ? last + 1 : text;
    bool is_hex = last[0] == '0' && (last[1] == 'x' || last[1] == 'X') &&
                  last[2 + strspn(last + 2, "0123456789abcdefABCDEF")] == '\0';
    bool is_number = last[strspn(last, "0123456789")] == '\0';
    return text[length - 1] != '-' && !is_hex && !is_number;
}

static bool contains_unspecified(const struct ptl_block *block)
{
    return block->first.high == 0 && block->first.low == 0;
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

/* Is it an address or a name with a port behind it, as other programs take it? */
static bool has_port(const char *text)
{
    char host[NAME_MAX_BYTES + 3];
    const char *colon = strrchr(text, ':');
    struct ptl_address address;
    if (colon == NULL || colon[1] == '\0' || colon[1 + strspn(colon + 1, "0123456789")] != '\0' ||
        (size_t)(colon - text) >= sizeof(host))
        return false;
    snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
    bool is_address = ptl_address_parse(host, &address, NULL) == PTL_OK;
    return is_address ? host[0] == '[' || address.family == 4 : is_name(host);
}

static void keep(struct ptl_hosts *hosts, const struct ptl_host *host,
                 struct ptl_problems *problems)
{
    if (!ptl_hosts_keep(hosts, host))
        ptl_problems_no_memory(problems);
    else if (ptl_host_has_bits(host) && hosts->with_bits++ == 0)
        hosts->first_with_bits = hosts->count - 1;
}

/* NAME=ADDRESS, whose '=' is at `equals`. */
static void add_known(struct ptl_hosts *hosts, const char *text, const char *equals,
                      const struct ptl_origin *origin, struct ptl_problems *problems)
{
    char name[NAME_MAX_BYTES + 1] = "";
    struct ptl_host host = {.text = name,
                            .is_name = true,
                            .is_known = true,
                            .file = origin->file,
                            .line = origin->line,
                            .column = origin->column};
    if ((size_t)(equals - text) < sizeof(name))
        snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
    if (!is_name(name) || ptl_address_parse(equals + 1, &host.block.first, NULL) != PTL_OK) {
        complain(problems, origin, "\"", text, "\" is no NAME=ADDRESS");
        return;
    }
    host.block.last = host.block.first;
    if (contains_unspecified(&host.block) && !hosts->is_exclude)
        complain(problems, origin, "\"", text, "\" holds an address which is no target");
    else
        keep(hosts, &host, problems);
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
    const char *equals = strchr(text, '=');
    if (equals != NULL) {
        add_known(hosts, text, equals, origin, problems);
        return;
    }
    if (ptl_block_parse(text, &host.block, &is_block, &error) != PTL_OK) {
        if (has_port(text))
            complain(problems, origin, "\"", text, "\" names a port: those stand in `ports`");
        else
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
    host.text = text;
    host.file = origin->file;
    keep(hosts, &host, problems);
}

/* ---- files ---- */

static void add_line(struct ptl_hosts *hosts, char *line, size_t length, struct ptl_origin *origin,
                     struct ptl_problems *problems)
{
    if (length == strspn(line, " \t") && length <= LINE_MAX_BYTES)
        return; /* early: a file may hold nothing but 67 million of these */
    if (memchr(line, '\0', length) != NULL) {
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

/* A line at a time, of which the beginning is kept: the rest of an overlong one only counts. */
struct line_reader {
    FILE *file;
    size_t at, end; /* of what was read ahead */
    size_t length;
    bool is_last;
    char line[LINE_MAX_BYTES + 3];
    char ahead[64 * 1024];
};

/* False: there is no further line, or `hosts` may read no more. */
static bool next_line(struct line_reader *reader, struct ptl_hosts *hosts)
{
    reader->length = 0;
    for (const char *newline = NULL; newline == NULL && !reader->is_last;) {
        if (reader->at == reader->end) {
            reader->at = 0;
            reader->end = fread(reader->ahead, 1, sizeof(reader->ahead), reader->file);
            reader->is_last = reader->end == 0;
        }
        const char *start = reader->ahead + reader->at;
        size_t size = reader->end - reader->at;
        newline = memchr(start, '\n', size);
        if (newline != NULL)
            size = (size_t)(newline - start);
        size_t room = LINE_MAX_BYTES + 1 - reader->length;
        memcpy(reader->line + reader->length, start, size < room ? size : room);
        reader->length += size < room ? size : room;
        size += newline != NULL;
        reader->at += size;
        hosts->file_bytes += size;
        if (hosts->file_bytes > PTL_HOSTS_FILES_MAX) {
            hosts->file_bytes = PTL_HOSTS_FILES_MAX + 1; /* a further file: refused likewise */
            return false;
        }
    }
    reader->line[reader->length] = '\0';
    return !reader->is_last || reader->length > 0;
}

static void read_lines(struct ptl_hosts *hosts, FILE *file, const char *path,
                       struct ptl_problems *problems)
{
    struct line_reader *reader = malloc(sizeof(*reader));
    if (reader == NULL) {
        ptl_problems_no_memory(problems);
        return;
    }
    reader->file = file;
    reader->at = reader->end = 0;
    reader->is_last = false;
    struct ptl_origin origin = {.file = path};
    bool goes_on = true; /* else the rest would tell nothing that is not told */
    while (goes_on && next_line(reader, hosts)) {
        size_t told = problems->count;
        origin.line++;
        origin.column = 1;
        add_line(hosts, reader->line, reader->length, &origin, problems);
        goes_on =
            problems->dropped == 0 && (hosts->count < PTL_HOSTS_MAX || problems->count == told);
    }
    if (hosts->file_bytes > PTL_HOSTS_FILES_MAX) {
        origin.line++;
        origin.column = 1;
        ptl_problems_at(problems, &origin, "more than %zu bytes of hosts files",
                        PTL_HOSTS_FILES_MAX);
    }
    if (ferror(file))
        ptl_problems_at(problems, &origin, "cannot be read: %s", strerror(errno));
    free(reader);
}

static void add_file(struct ptl_hosts *hosts, const char *path, const struct ptl_origin *origin,
                     const char *base_dir, struct ptl_problems *problems)
{
    char *full = NULL;
    bool relative = path[0] != '/' && base_dir != NULL && base_dir[0] != '\0';
    if (asprintf(&full, "%s%s%s", relative ? base_dir : "", relative ? "/" : "", path) < 0) {
        ptl_problems_no_memory(problems);
        return;
    }
    const char *refusal;
    int fd = ptl_plain_open(full, &refusal);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (file == NULL) {
        ptl_problems_at(problems, origin, "hosts file %s: %s", full,
                        refusal != NULL ? refusal : strerror(errno));
        if (fd >= 0)
            close(fd);
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
