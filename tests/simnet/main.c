/*
 * simnet: a whole network of hosts behind a TUN device, for tests and benchmarks. The map:
 *
 *   options   the command line          truth    what each port is: a function of the seed
 *   space     namespaces                host     what a segment is answered with
 *   device    the TUN device            limit    SYNs a second
 *   netlink   addresses and routes      queue    answers on their way
 *   serve     the loop                  delays   what was done, counted
 *   packet    packets read and built    wire     limits that all share, outages, bans
 *   address, ports, icmp, random
 *
 * See README.md here for what it simulates and what it does not.
 */
#include "device.h"
#include "serve.h"
#include "space.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_IMPOSSIBLE = 77, EXIT_NO_COMMAND = 127 };

static bool write_truth(const struct hosts *hosts)
{
    const char *path = hosts->options->truth_path;
    FILE *file = fopen(path, "we");
    bool written = file != NULL && truth_print(&hosts->truth, hosts->options, file);
    if (!written)
        fprintf(stderr, "simnet: %s: %s\n", path, strerror(errno));
    if (file != NULL)
        fclose(file);
    return written;
}

static bool write_delays(const struct hosts *hosts)
{
    const char *path = hosts->options->delays_path;
    FILE *file = fopen(path, "we");
    bool written = file != NULL && delays_print(hosts->delays, file);
    if (!written)
        fprintf(stderr, "simnet: %s: %s\n", path, strerror(errno));
    if (file != NULL)
        fclose(file);
    return written;
}

/* The command ends when this process does. Away from a terminal it has a process group of its own:
 * a signal to the group of this process then reaches it once, passed on, and not twice. At a
 * terminal it stays in the foreground, so that a shell can be the command. */
static pid_t start(char **command, const sigset_t *mask, bool own_group)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        perror("simnet: fork");
    if (child > 0 && own_group)
        setpgid(child, child); /* fails where the child was first, and is done then */
    if (child != 0)
        return child;
    if (own_group)
        setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILED);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(command[0], command);
    fprintf(stderr, "simnet: %s: %s\n", command[0], strerror(errno));
    _exit(EXIT_NO_COMMAND);
}

static int run(struct hosts *hosts, int device)
{
    sigset_t caught, before;
    sigemptyset(&caught);
    sigaddset(&caught, SIGCHLD);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGHUP);
    sigprocmask(SIG_BLOCK, &caught, &before);
    struct service service = {.device = device,
                              .signals = signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC)};
    if (service.signals < 0) {
        perror("simnet: signalfd");
        return EXIT_FAILED;
    }
    int status = EXIT_FAILED;
    if (hosts->options->command == NULL) {
        puts("ready");
        fflush(stdout);
    } else {
        service.own_group = isatty(STDIN_FILENO) == 0;
        service.child = start(hosts->options->command, &before, service.own_group);
    }
    /* Timeouts of this process end when they are due, not up to 50 us later. */
    prctl(PR_SET_TIMERSLACK, 1UL);
    if (service.child >= 0)
        status = serve(hosts, &service);
    close(service.signals);
    return status;
}

static int simulate(struct hosts *hosts)
{
    const struct options *options = hosts->options;
    if (options->unshare && !space_enter())
        return EXIT_IMPOSSIBLE;
    if (!space_is_ours() || !space_raise_lo())
        return EXIT_FAILED;
    int device = device_open();
    if (device < 0)
        return options->unshare ? EXIT_IMPOSSIBLE : EXIT_FAILED;
    if (options->log_path != NULL && (hosts->log = fopen(options->log_path, "we")) == NULL) {
        fprintf(stderr, "simnet: %s: %s\n", options->log_path, strerror(errno));
        close(device);
        return EXIT_FAILED;
    }
    int status = run(hosts, device);
    close(device);
    if (hosts->log != NULL && fclose(hosts->log) != 0 && status == 0)
        status = EXIT_FAILED;
    if (options->delays_path != NULL && !write_delays(hosts) && status == 0)
        status = EXIT_FAILED;
    return status;
}

int main(int argc, char **argv)
{
    static struct options options;
    if (!options_parse(argc, argv, &options))
        return EXIT_USAGE;
    if (options.help) {
        options_print_help();
        return 0;
    }
    struct hosts hosts;
    if (!hosts_init(&hosts, &options)) {
        fputs("simnet: no memory\n", stderr);
        return EXIT_FAILED;
    }
    int status = 0;
    if (options.print_truth)
        status = truth_print(&hosts.truth, &options, stdout) ? 0 : EXIT_FAILED;
    else if (options.truth_path != NULL && !write_truth(&hosts))
        status = EXIT_FAILED;
    else
        status = simulate(&hosts);
    hosts_free(&hosts);
    return status;
}
