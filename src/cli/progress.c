#include "cli/progress.h"

#include "base/buf.h"
#include "compare/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PART 40

bool progress_is_wanted(const struct arguments *arguments)
{
    return !arguments->given[OPTION_QUIET] &&
           (arguments->progress == PROGRESS_ALWAYS ||
            (arguments->progress == PROGRESS_AUTO && isatty(STDERR_FILENO) == 1));
}

/* The terminal's width, asked each time: it may change while we run. */
static size_t columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *text = getenv("COLUMNS");
    long given = text != NULL ? strtol(text, NULL, 10) : 0;
    return given > 0 && given < 10000 ? (size_t)given : 80;
}

/* "0:07", "12:00", "3:04:05" */
static void format_seconds(uint64_t seconds, char text[PART])
{
    if (seconds >= 3600)
        snprintf(text, PART, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600,
                 seconds / 60 % 60, seconds % 60);
    else
        snprintf(text, PART, "%" PRIu64 ":%02" PRIu64, seconds / 60, seconds % 60);
}

/* "-" while it cannot be said. */
static void format_eta(const struct portolan_progress *progress, double rate, char text[PART])
{
    double left = rate > 0 ? (double)(progress->probes - progress->done) / rate : 1e9;
    if (left >= 1e7)
        strcpy(text, "-");
    else
        format_seconds((uint64_t)left, text);
}

/* All that fits into `width`, what matters most first: a line that wraps cannot be rewritten. */
static void compose(struct ptl_buf *buf, const struct progress_line *line,
                    const struct portolan_progress *progress, size_t width)
{
    double share = progress->probes > 0 ? (double)progress->done / (double)progress->probes : 1;
    double seconds = (double)progress->elapsed_ms / 1000;
    double rate = seconds > 0 ? (double)progress->done / seconds : 0;
    enum { WHICH, SHARE, RATE, OPEN, ETA, PARTS };
    static const int importance[PARTS] = {SHARE, OPEN, ETA, RATE, WHICH};
    char parts[PARTS][PART + 8] = {{0}};
    char eta[PART];
    bool shown[PARTS] = {false};

    format_eta(progress, rate, eta);
    if (line->count > 1)
        snprintf(parts[WHICH], PART, "%zu of %zu  ", line->number, line->count);
    snprintf(parts[SHARE], PART, "%.1f%%  ", share >= 0.9995 && share < 1 ? 99.9 : share * 100);
    snprintf(parts[RATE], PART, "%.0f probes/s  ", rate);
    snprintf(parts[OPEN], PART, "%" PRIu64 " open  ", progress->open);
    snprintf(parts[ETA], sizeof(parts[ETA]), "ETA %s  ", eta);

    size_t used = 0;
    for (int i = 0; i < PARTS; i++) {
        size_t length = strlen(parts[importance[i]]);
        if (used + length > width + 2) /* the last two are blanks */
            break;
        shown[importance[i]] = true;
        used += length;
    }
    for (int i = 0; i < PARTS; i++)
        if (shown[i])
            ptl_buf_add(buf, parts[i]);
}

/* Blanks instead of an escape sequence erase what was longer: that works on any terminal. */
static void show(struct progress_line *line, const char *text, size_t length)
{
    size_t blanks = line->shown > length ? line->shown - length : 0;
    fprintf(stderr, "\r%.*s%*s", (int)length, text, (int)blanks, "");
    for (size_t i = 0; i < blanks; i++)
        fputc('\b', stderr);
    fflush(stderr);
    line->shown = length;
}

/* In the last column some terminals wrap. A terminal that became narrower took the rest away. */
static size_t room(struct progress_line *line)
{
    size_t width = columns() - 1;
    if (line->shown > width)
        line->shown = width;
    return width;
}

void progress_tick(struct progress_line *line, const struct portolan_progress *progress)
{
    size_t width = room(line);
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1024);
    compose(&buf, line, progress, width);
    while (buf.length > 0 && buf.data[buf.length - 1] == ' ')
        buf.data[--buf.length] = '\0';
    show(line, ptl_buf_text(&buf), buf.length);
    ptl_buf_free(&buf);
}

/* The variant's name comes last and is cut: it may be long. */
void progress_study_tick(void *context, const struct ptl_study_progress *progress)
{
    struct progress_line *line = context;
    size_t width = room(line);
    char eta[PART] = "-";
    if (progress->left_ms < 1000ULL * 10000000)
        format_seconds(progress->left_ms / 1000, eta);
    double share =
        progress->probes > 0 ? (double)progress->probes_done / (double)progress->probes : 0;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 8192);
    ptl_buf_printf(&buf, "run %u of %u  ETA %s  %.0f%% of %s%s", progress->done + 1, progress->runs,
                   eta, share * 100, progress->is_warmup ? "a warm-up of " : "", progress->variant);
    size_t length = buf.length < width ? buf.length : width;
    while (length > 0 && length < buf.length && ((unsigned char)buf.data[length] & 0xC0) == 0x80)
        length--; /* not within a character */
    show(line, ptl_buf_text(&buf), length);
    ptl_buf_free(&buf);
}

void progress_clear(struct progress_line *line)
{
    if (line->shown == 0)
        return;
    size_t width = columns() - 1;
    line->shown += 2; /* where a terminal echoed "^C" */
    line->shown = line->shown < width ? line->shown : width;
    show(line, "", 0);
}
