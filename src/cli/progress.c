#include "cli/progress.h"

#include "portolan/clock.h"

#include <inttypes.h>
#include <stdio.h>

void progress_tick(void *context, const struct ptl_progress *progress)
{
    (void)context;
    double share = progress->probes > 0 ? (double)progress->done / (double)progress->probes : 1;
    double seconds = (double)progress->elapsed_ms / 1000;
    double rate = seconds > 0 ? (double)progress->done / seconds : 0;
    char eta[PTL_DURATION_SIZE + 8] = "";
    if (rate > 0) {
        uint64_t left = (uint64_t)((double)(progress->probes - progress->done) / rate);
        snprintf(eta, sizeof(eta), "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, left / 3600,
                 left / 60 % 60, left % 60);
    }
    /* Under 80 columns: a line that wraps could not be rewritten. */
    fprintf(stderr, "\r\x1b[K%5.1f%%  %.0f probes/s  %" PRIu64 " open  ETA %s", share * 100, rate,
            progress->states[PTL_OPEN], eta[0] != '\0' ? eta : "-");
    fflush(stderr);
}

void progress_clear(void)
{
    fputs("\r\x1b[K", stderr);
    fflush(stderr);
}
