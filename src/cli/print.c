#include "cli/print.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES (64U * 1024)

/* All of it: a pipe that is full and does not wait for its reader is waited for. */
static ssize_t write_out(void *cookie, const char *bytes, size_t count)
{
    size_t written = 0;
    (void)cookie;
    while (written < count) {
        ssize_t some = write(STDOUT_FILENO, bytes + written, count - written);
        struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
        if (some > 0)
            written += (size_t)some;
        else if (some < 0 && errno == EAGAIN)
            poll(&room, 1, -1);
        else if (some < 0 && errno != EINTR)
            return 0;
    }
    return (ssize_t)count;
}

void print_patiently(void)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_NONBLOCK) == 0)
        return;
    FILE *patient = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_out});
    if (patient != NULL)
        stdout = patient;
}

static void print_printable(const char *before, const char *text)
{
    struct ptl_buf safe;
    ptl_buf_init(&safe, LINE_BYTES);
    ptl_text_add_printable(&safe, text);
    fprintf(stderr, "%s%s%s\n", before, ptl_buf_text(&safe), safe.failed ? "..." : "");
    ptl_buf_free(&safe);
}

bool print_line(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        fputs("portolan: out of memory\n", stderr);
        return false;
    }
    print_printable("", text);
    free(text);
    return false;
}

void print_error(const struct ptl_error *error)
{
    char text[2048];
    print_printable(error->file[0] == '\0' ? "portolan: " : "",
                    ptl_error_print(error, text, sizeof(text)));
}

int exit_of(enum ptl_status status)
{
    return status == PTL_E_INVALID  ? EXIT_REJECTED
           : status == PTL_E_OUTPUT ? EXIT_OUTPUT
                                    : EXIT_INCOMPLETE;
}

int print_failure(const struct ptl_error *error)
{
    print_error(error);
    return exit_of(error->code);
}

int print_no_memory(void)
{
    print_line("portolan: out of memory");
    return EXIT_INCOMPLETE;
}

void print_problems(struct ptl_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        print_error(&problems->items[i]);
    if (problems->dropped > 0)
        print_line("portolan: and %zu more problems", problems->dropped);
    ptl_problems_free(problems);
}

void print_problem(const struct portolan_problem *problem)
{
    print_printable(problem->file == NULL ? "portolan: " : "", problem->text);
}

int print_all(enum portolan_status status, const struct portolan_problems *problems)
{
    struct portolan_problem problem = {.size = sizeof(problem)};
    if (status == PORTOLAN_OK)
        return EXIT_DONE;
    for (size_t i = 0; portolan_problems_get(problems, i, &problem); i++)
        print_problem(&problem);
    if (portolan_problems_count(problems) == 0)
        print_no_memory();
    return exit_of((enum ptl_status)status);
}

int print_found(enum portolan_status status, struct portolan_problems *problems)
{
    int result = print_all(status, problems);
    portolan_problems_free(problems);
    return result;
}

bool print_may_color(void)
{
    const char *no_color = getenv("NO_COLOR");
    return no_color == NULL || no_color[0] == '\0';
}

int print_document(struct ptl_buf *document)
{
    int status = EXIT_DONE;
    if (document->failed) {
        status = print_no_memory();
    } else {
        fwrite(ptl_buf_text(document), 1, document->length, stdout);
    }
    ptl_buf_free(document);
    return end_output(status);
}

int end_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    print_line("portolan: cannot write standard output: %s", strerror(errno));
    return EXIT_OUTPUT;
}
