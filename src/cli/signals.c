#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>

static struct ptl_cancel *watched; /* a handler has no other way to reach it */

static void handle(int number)
{
    /* SA_RESETHAND: the next one of this kind has the default action; so have the other kinds. */
    static const int kinds[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        signal(kinds[i], SIG_DFL);
    ptl_cancel_trigger(watched, number);
}

void signals_watch(struct ptl_cancel *cancel)
{
    static const int kinds[] = {SIGINT, SIGTERM, SIGHUP};
    watched = cancel;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct sigaction old;
        /* One that the caller ignores (nohup) stays ignored. */
        if (sigaction(kinds[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(kinds[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
}
