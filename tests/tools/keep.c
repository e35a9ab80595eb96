/*
 * keep RESULTS FOLDER TIMES: keeps the run in the history again and again, each a day later and
 * compared with what is there, and prints a number when one is kept. For tests that kill it.
 */
#include "history/history.h"
#include "results/read.h"

#include <stdio.h>
#include <stdlib.h>

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
    if (argc != 4)
        return 2;
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
