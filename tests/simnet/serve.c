#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64      /* packets read before answers that are due get their turn */
#define LOOK_EVERY 64 /* busy rounds between two looks for signals */
#define MOMENT_NS 100000000
#define PACKET_READ_MAX 65536

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Returns how many packets there were, BATCH at most. */
static int read_batch(struct hosts *hosts, int device)
{
    static uint8_t packet[PACKET_READ_MAX];
    for (int i = 0; i < BATCH; i++) {
        ssize_t length = read(device, packet, sizeof(packet));
        if (length <= 0)
            return i;
        hosts_receive(hosts, packet, (size_t)length, now_ns());
    }
    return BATCH;
}

static void count(struct delays *delays, const struct answer *answer, int64_t written_ns)
{
    switch ((enum answer_kind)answer->kind) {
    case ANSWER_SYN_ACK:
        delays_add(delays, written_ns - answer->read_ns);
        return;
    case ANSWER_RST:
        delays->rsts++;
        return;
    case ANSWER_ICMP:
        delays->icmp++;
        return;
    case ANSWER_OTHER:
        return;
    }
}

/* The kernel works on a packet within write(): the delay given is that before the call. */
static int write_due(struct hosts *hosts, int device)
{
    int64_t now = now_ns();
    int written = 0;
    for (; written < BATCH && queue_next_due(hosts->queue) <= now; written++) {
        const struct answer *answer = queue_take(hosts->queue);
        if (write(device, answer->packet, answer->length) == answer->length)
            count(hosts->delays, answer, now);
        else
            hosts->delays->write_errors++;
        now = now_ns();
    }
    return written;
}

/* A key of the terminal has reached a command in this process's group already. The same signal
 * twice in a moment is one: timeout(1) sends it to its child, then to the group of that. */
static void pass_on(struct service *service, const struct signalfd_siginfo *info)
{
    int64_t now = now_ns();
    bool again = service->passed == info->ssi_signo && now - service->passed_ns < MOMENT_NS;
    service->passed = info->ssi_signo;
    service->passed_ns = now;
    if (again)
        return;
    if (service->own_group)
        kill(-service->child, (int)info->ssi_signo);
    else if (info->ssi_code != SI_KERNEL)
        kill(service->child, (int)info->ssi_signo);
}

/* True: the end, *status is set. */
static bool handle_signals(struct service *service, int *status)
{
    struct signalfd_siginfo info;
    while (read(service->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        int signal = (int)info.ssi_signo;
        if (service->child == 0) {
            *status = 0;
            return signal != SIGCHLD;
        }
        if (signal != SIGCHLD) {
            pass_on(service, &info);
            continue;
        }
        int ended;
        if (waitpid(service->child, &ended, WNOHANG) == service->child) {
            *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
            return true;
        }
    }
    return false;
}

/* Until a packet, a signal, or wake_ns. */
static void wait_until(const struct service *service, int64_t wake_ns)
{
    struct pollfd fds[] = {{.fd = service->device, .events = POLLIN},
                           {.fd = service->signals, .events = POLLIN}};
    int64_t left = wake_ns - now_ns();
    if (left <= 0)
        return;
    struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    ppoll(fds, 2, wake_ns == INT64_MAX ? NULL : &timeout, NULL);
}

int serve(struct hosts *hosts, struct service *service)
{
    int64_t every_ns = hosts->options->stats_every_ns;
    int64_t stats_ns = every_ns > 0 ? now_ns() + every_ns : INT64_MAX;
    int status = 0;
    for (unsigned round = 0;; round++) {
        int done = read_batch(hosts, service->device);
        done += write_due(hosts, service->device);
        if (stats_ns != INT64_MAX && now_ns() >= stats_ns) {
            delays_print(hosts->delays, stderr);
            stats_ns += every_ns;
        }
        if (done == 0) {
            int64_t due_ns = queue_next_due(hosts->queue);
            wait_until(service, due_ns < stats_ns ? due_ns : stats_ns);
        }
        if ((done == 0 || round % LOOK_EVERY == 0) && handle_signals(service, &status))
            return status;
    }
}
