#include "scan/resets.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVERY_NS 25000000U
#define SHARE 400        /* a look takes so much of the time till the next, at most */
#define FILE_BYTES 16384 /* all of it; Linux 6.18 writes 5 KB */

static const char snmp[] = "/proc/thread-self/net/snmp",
                  netstat[] = "/proc/thread-self/net/netstat";

/* The beginning of the next line. */
static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end != NULL ? end + 1 : NULL;
}

static const char *next_word(const char *at)
{
    at += strcspn(at, " \n");
    return at + strspn(at, " ");
}

bool ptl_resets_find(const char *text, const char *section, const char *name, uint64_t *number)
{
    size_t length = strlen(section), bytes = strlen(name);
    const char *line = text;
    while (line != NULL && strncmp(line, section, length) != 0)
        line = next_line(line);
    const char *values = line != NULL ? next_line(line) : NULL;
    if (values == NULL || strncmp(values, section, length) != 0)
        return false;
    while (*line != '\n' && *values != '\n' && *values != '\0') {
        if (strncmp(line, name, bytes) == 0 && strchr(" \n", line[bytes]) != NULL) {
            char *end;
            *number = strtoull(values, &end, 10);
            return end != values;
        }
        line = next_word(line);
        values = next_word(values);
    }
    return false;
}

static bool read_file(const char *path, char text[FILE_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1, size = 0;
    while (fd >= 0 && got > 0 && size < FILE_BYTES - 1) {
        got = read(fd, text + size, (size_t)(FILE_BYTES - 1 - size));
        size += got > 0 ? got : 0;
    }
    if (fd >= 0)
        close(fd);
    text[size] = '\0';
    return got == 0;
}

/* Resets with which a program of this machine ended its own connection. */
static bool read_own(uint64_t *own)
{
    char text[FILE_BYTES];
    uint64_t on_data, on_close;
    if (!read_file(netstat, text) ||
        !ptl_resets_find(text, "TcpExt:", "TCPAbortOnData", &on_data) ||
        !ptl_resets_find(text, "TcpExt:", "TCPAbortOnClose", &on_close))
        return false;
    *own = on_data + on_close;
    return true;
}

static bool read_all(uint64_t *all)
{
    char text[FILE_BYTES];
    return read_file(snmp, text) && ptl_resets_find(text, "Tcp:", "OutRsts", all);
}

/* What is counted in between is told of as a reset too many, not as one too few. */
void ptl_resets_begin(struct ptl_resets *resets)
{
    uint64_t all = 0, own = 0;
    bool is_known = read_all(&all) && read_own(&own);
    *resets = (struct ptl_resets){.sent = {.is_known = is_known}, .before = all - own};
}

void ptl_resets_leave(struct ptl_resets *resets)
{
    resets->sent = (struct ptl_resets_sent){.is_known = false};
}

void ptl_resets_opens(struct ptl_resets *resets, uint64_t until_ns)
{
    resets->is_apart = false;
    if (until_ns > resets->opens_until_ns)
        resets->opens_until_ns = until_ns;
}

void ptl_resets_note(struct ptl_resets *resets, uint64_t told, uint64_t now_ns)
{
    struct ptl_resets_sent *sent = &resets->sent;
    int64_t more = (int64_t)(told - resets->before - sent->count);
    uint64_t count = more > 0 ? (uint64_t)more : 0;
    sent->count += count;
    sent->apart += resets->is_apart ? resets->pending : 0;
    resets->pending = resets->is_apart ? count : 0;
    resets->is_apart = now_ns >= resets->opens_until_ns;
}

static void look(struct ptl_resets *resets, uint64_t now_ns)
{
    uint64_t all, own;
    if (read_own(&own) && read_all(&all))
        ptl_resets_note(resets, all - own, now_ns);
    else
        ptl_resets_leave(resets);
}

void ptl_resets_watch(struct ptl_resets *resets, bool is_idle, uint64_t now_ns)
{
    uint64_t before_ns = ptl_clock_thread_ns();
    look(resets, now_ns);
    uint64_t took_ns =
        ptl_clock_thread_ns() - before_ns; /* of it alone, whoever else had the CPU */
    uint64_t rest_ns = is_idle ? 0 : took_ns * SHARE;
    resets->next_ns = now_ns + (rest_ns > EVERY_NS ? rest_ns : EVERY_NS);
}

void ptl_resets_look(struct ptl_resets *resets, uint64_t now_ns)
{
    if (!resets->sent.is_known)
        return;
    look(resets, now_ns);
    resets->sent.apart += resets->pending;
    resets->pending = 0;
    resets->next_ns = now_ns + EVERY_NS;
}
