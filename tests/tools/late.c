/*
 * late FILE: sleeps a few milliseconds again and again. FILE tells by how many, at most, it was
 * woken too late: so long the machine let whoever ran beside wait, too. It ends with its parent.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NAP_NS 5000000

static int64_t now_ns(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int main(int argc, char **argv)
{
    int file = argc == 2 ? open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    if (file < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
        perror("late");
        return 1;
    }
    int64_t most_ms = -1, asleep_ns = now_ns();
    for (;;) {
        struct timespec nap = {.tv_nsec = NAP_NS};
        nanosleep(&nap, NULL);
        int64_t awake_ns = now_ns(), late_ms = (awake_ns - asleep_ns - NAP_NS) / 1000000;
        asleep_ns = awake_ns;
        if (late_ms <= most_ms)
            continue;
        most_ms = late_ms;
        char text[32];
        int length = snprintf(text, sizeof(text), "%lld\n", (long long)most_ms);
        if (pwrite(file, text, (size_t)length, 0) != length)
            return 1;
    }
}
