/*
 * measure OUT SECONDS COMMAND [ARGUMENT...]: runs the command once and writes to OUT, as one line
 * of JSON, how long it took from its start to its end, the CPU it used and its peak memory.
 *
 * The runner does not do this itself because a child starts with the peak memory of the process
 * that it was forked from, and keeps that over exec: launched from Python, nothing would measure
 * below 10 MB. This launcher is as small as a process gets. After SECONDS the command is killed.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

static long long micros(struct timeval t)
{
    return (long long)t.tv_sec * 1000000 + t.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 4 || atoi(argv[2]) < 1) {
        fputs("usage: measure OUT SECONDS COMMAND [ARGUMENT...]\n", stderr);
        return 99;
    }
    /* Opened before the start, so that a bad path costs no run. */
    FILE *out = fopen(argv[1], "we");
    if (!out) {
        perror(argv[1]);
        return 99;
    }
    sigset_t child;
    sigset_t none;
    sigemptyset(&none);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigaddset(&child, SIGTERM); /* the bench was stopped: take the command along */
    sigaddset(&child, SIGINT);
    sigprocmask(SIG_BLOCK, &child, NULL);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

    long long start = now_ns();
    pid_t pid = 0;
    int error = posix_spawnp(&pid, argv[3], NULL, &attributes, argv + 3, environ);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", argv[3], strerror(error));
        return 99;
    }
    struct timespec limit = {.tv_sec = atoi(argv[2]), .tv_nsec = 0};
    bool timed_out = false;
    int woken_by;
    do
        woken_by = sigtimedwait(&child, NULL, &limit);
    while (woken_by < 0 && errno == EINTR);
    if (woken_by != SIGCHLD) {
        timed_out = woken_by < 0;
        kill(pid, SIGKILL);
    }
    int status = 0;
    struct rusage usage;
    memset(&usage, 0, sizeof(usage));
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
        ;
    long long elapsed = now_ns() - start;
    fprintf(out,
            "{\"elapsed_ns\": %lld, \"user_us\": %lld, \"system_us\": %lld, \"peak_kib\": %ld, "
            "\"status\": %d, \"timed_out\": %s}\n",
            elapsed, micros(usage.ru_utime), micros(usage.ru_stime), usage.ru_maxrss,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            timed_out ? "true" : "false");
    return fclose(out) == 0 ? 0 : 99;
}
