#include "cli/signals.h"

#include "cli/print.h"
#include "embed/embed.h"

#include <signal.h>

static const int kinds[] = {SIGINT, SIGTERM, SIGHUP};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* A handler has no other way to reach these. Set before the first handler is installed. */
static struct portolan_stop watched;
static volatile sig_atomic_t handled[KINDS]; /* those that the caller does not ignore */

/* After the first, the next one of any kind has the default action: it ends at once. */
static void handle(int number)
{
    for (size_t i = 0; i < KINDS; i++)
        if (handled[i])
            signal(kinds[i], SIG_DFL);
    ptl_cancel_trigger(&watched.cancel, number);
}

const struct ptl_cancel *signals_watch(void)
{
    struct ptl_error error;
    if (ptl_cancel_init(&watched.cancel, &error) != PTL_OK) {
        print_error(&error);
        return NULL;
    }
    /* Where the caller ignored it, the end of a process that we start could not be waited for. */
    signal(SIGCHLD, SIG_DFL);
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < KINDS; i++) /* while one is handled, the others wait */
        sigaddset(&action.sa_mask, kinds[i]);
    for (size_t i = 0; i < KINDS; i++) {
        struct sigaction old;
        /* A signal that the caller ignores (nohup, a shell's background job) stays ignored. */
        if (sigaction(kinds[i], NULL, &old) != 0 || old.sa_handler == SIG_IGN)
            continue;
        handled[i] = 1;
        sigaction(kinds[i], &action, NULL);
    }
    return &watched.cancel;
}

struct portolan_stop *signals_stop(void)
{
    return signals_watch() != NULL ? &watched : NULL;
}

int signals_caught(void)
{
    return ptl_cancel_cause(&watched.cancel);
}
