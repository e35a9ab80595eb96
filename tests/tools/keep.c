/*
 * keep RESULTS FOLDER TIMES [LAST]: keeps the run in the history again and again, each a day later
 * and compared with what is there, and prints a number when one is kept. For tests that kill it;
 * where LAST is given it does so itself, in place of that many a time (1: the first) that it waits
 * for the disk: between any two of its steps, on a machine of any speed.
 */
#include "history/history.h"
#include "results/read.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long syncs, last; /* 0: none */

static void die_at_last(void)
{
    if (++syncs == last)
        raise(SIGKILL);
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
    die_at_last();
    return __real_fdatasync(fd);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    die_at_last();
    return __real_fsync(fd);
}

static int fail(const struct ptl_error *error)
{
    char text[2048];
    fprintf(stderr, "keep: %s\n", ptl_error_print(error, text, sizeof(text)));
    return 1;
}

int main(int argc, char **argv)
{
    struct ptl_error error;
    struct ptl_results *results = NULL;
    struct ptl_history *history = NULL;
    if (argc != 4 && argc != 5)
        return 2;
    last = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
    if (ptl_results_read(argv[1], &results, &error) != PTL_OK ||
        ptl_history_check(argv[2], &error) != PTL_OK)
        return fail(&error);
    for (unsigned long i = 0; i < strtoul(argv[3], NULL, 10); i++) {
        if (ptl_history_read(argv[2], &history, &error) != PTL_OK)
            return fail(&error);
        size_t count = history->run_count;
        int64_t last_ms = count > 0 ? history->runs[count - 1].when_ms : 0;
        ptl_history_free(history);
        results->run.started_ms = last_ms + 24 * 3600 * 1000;
        if (ptl_history_keep(argv[2], results, &error) != PTL_OK)
            return fail(&error);
        printf("%lu\n", i + 1);
        fflush(stdout);
    }
    ptl_results_free(results);
    return 0;
}
