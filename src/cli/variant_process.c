#include "cli/variant_process.h"

#include "compare/record.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Files in memory: the profile goes in by one, the record comes back by the other. */
struct files {
    int profile, record;
};

static void close_files(struct files *files)
{
    if (files->profile >= 0)
        close(files->profile);
    if (files->record >= 0)
        close(files->record);
}

/* Above the descriptors that it takes in the new process, so that none is overwritten there. */
static int memory_file(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0 || fd > 3)
        return fd;
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, 4);
    close(fd);
    return higher;
}

static enum ptl_status open_files(struct files *files, const struct ptl_profile *profile,
                                  struct ptl_error *error)
{
    struct ptl_buf shown;
    ptl_buf_init(&shown, PTL_PROFILE_SHOWN_MAX);
    ptl_profile_show(profile, &shown);
    files->profile = memory_file("portolan-profile");
    files->record = memory_file("portolan-record");
    enum ptl_status status = PTL_OK;
    if (shown.failed)
        status = ptl_error_no_memory(error);
    else if (files->profile < 0 || files->record < 0 ||
             write(files->profile, shown.data, shown.length) != (ssize_t)shown.length ||
             lseek(files->profile, 0, SEEK_SET) != 0)
        status = ptl_error_errno(error, PTL_E_SYSTEM, errno, "cannot make a file in memory");
    ptl_buf_free(&shown);
    return status;
}

/*
 * In a process group of its own: a signal that the terminal sends to all of them would reach it
 * twice, here and by us, and the second one ends at once.
 */
static int start(const struct files *files, pid_t *pid)
{
    char program[] = "portolan", command[] = "run-variant", parent[24];
    char *const arguments[] = {program, command, parent, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    snprintf(parent, sizeof(parent), "%ld", (long)getpid());
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGCHLD);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawn_file_actions_adddup2(&actions, files->profile, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, files->record, 3);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int failure = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

/*
 * Waits for its end; passes a cancel on; calls the ticks. `status` is waitpid's. 0, or an errno:
 * ECHILD where the process that we are in ignores SIGCHLD.
 */
static int wait_for(pid_t pid, int record, const struct ptl_cancel *cancel,
                    const struct ptl_run_ticks *ticks, int *status)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0U);
    struct pollfd fds[2] = {{.fd = pidfd, .events = POLLIN},
                            {.fd = cancel != NULL ? cancel->fd : -1, .events = POLLIN}};
    bool has_ticks = ticks != NULL && ticks->tick != NULL && ticks->every_ms > 0;
    int failure = 0;
    for (;;) {
        pid_t ended = waitpid(pid, status, WNOHANG);
        if (ended == pid)
            break;
        if (ended < 0 && errno != EINTR) {
            failure = errno;
            break;
        }
        /* Without a pidfd (a kernel before 5.3) its end is looked for now and then. */
        int wait_ms = pidfd < 0 ? 10 : has_ticks ? (int)ticks->every_ms : -1;
        poll(fds, 2, wait_ms);
        if (fds[1].fd >= 0 && fds[1].revents != 0) {
            kill(pid, ptl_cancel_cause(cancel));
            fds[1].fd = -1;
        }
        uint64_t done, probes;
        if (has_ticks && ptl_record_read_progress(record, &done, &probes))
            ticks->tick(ticks->context, done, probes);
        else if (has_ticks)
            ticks->tick(ticks->context, 0, 0);
    }
    if (pidfd >= 0)
        close(pidfd);
    return failure;
}

static enum ptl_status collect(int fd, int status, struct ptl_record **record,
                               struct ptl_error *error)
{
    char reason[256];
    struct ptl_error fault;
    if (WIFSIGNALED(status)) {
        snprintf(reason, sizeof(reason), "the process of the run was ended by signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) != 0) {
        snprintf(reason, sizeof(reason), "the process of the run ended with status %d",
                 WEXITSTATUS(status));
    } else {
        enum ptl_status read = ptl_record_read(fd, record, &fault);
        if (read != PTL_E_INVALID)
            return read == PTL_OK ? read : ptl_error_set(error, read, "%s", fault.message);
        snprintf(reason, sizeof(reason), "the process of the run cannot be believed: %.200s",
                 fault.message);
    }
    *record = ptl_record_failed(reason);
    return *record != NULL ? PTL_OK : ptl_error_no_memory(error);
}

enum ptl_status run_variant_process(void *context, const struct ptl_profile *profile,
                                    const struct ptl_cancel *cancel,
                                    const struct ptl_run_ticks *ticks, struct ptl_record **record,
                                    struct ptl_error *error)
{
    (void)context;
    struct files files = {-1, -1};
    pid_t pid;
    enum ptl_status status = open_files(&files, profile, error);
    if (status == PTL_OK) {
        int failure = start(&files, &pid);
        if (failure != 0) {
            status = ptl_error_errno(error, PTL_E_SYSTEM, failure, "cannot start a process");
        } else {
            int ended = 0;
            failure = wait_for(pid, files.record, cancel, ticks, &ended);
            if (ptl_cancel_cause(cancel) != 0)
                status = ptl_error_set(error, PTL_E_CANCELLED, "cancelled");
            else if (failure != 0)
                status = ptl_error_errno(error, PTL_E_SYSTEM, failure, "cannot wait for a process");
            else
                status = collect(files.record, ended, record, error);
        }
    }
    close_files(&files);
    return status;
}
