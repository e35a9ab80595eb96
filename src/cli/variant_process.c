#include "cli/variant_process.h"

#include "compare/record.h"
#include "results/read.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The profile goes in by a file in memory; the notes come back by another, results by a pipe. */
enum { PROFILE, NOTES, RESULTS, RESULTS_END, FILES };

struct child {
    pid_t pid;
    int files[FILES];
    int ended; /* waitpid's */
    struct ptl_results *results;
    enum ptl_status read;   /* how reading them went... */
    struct ptl_error fault; /* ...and why not well */
};

static void close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Above the descriptors that it takes in the new process, so that none is overwritten there. */
static int above(int fd)
{
    if (fd < 0 || fd > 3)
        return fd;
    int higher = fcntl(fd, F_DUPFD_CLOEXEC, 4);
    close(fd);
    return higher;
}

static enum ptl_status open_files(int files[FILES], const struct ptl_profile *profile,
                                  struct ptl_error *error)
{
    int ends[2] = {-1, -1};
    struct ptl_buf shown;
    ptl_buf_init(&shown, PTL_PROFILE_SHOWN_MAX);
    ptl_profile_show(profile, &shown);
    files[PROFILE] = above(memfd_create("portolan-profile", MFD_CLOEXEC));
    files[NOTES] = above(memfd_create("portolan-notes", MFD_CLOEXEC));
    bool good = pipe2(ends, O_CLOEXEC) == 0;
    files[RESULTS] = above(ends[0]);
    files[RESULTS_END] = above(ends[1]);
    for (int i = 0; i < FILES; i++)
        good = good && files[i] >= 0;
    enum ptl_status status = PTL_OK;
    if (shown.failed)
        status = ptl_error_no_memory(error);
    else if (!good || write(files[PROFILE], shown.data, shown.length) != (ssize_t)shown.length ||
             lseek(files[PROFILE], 0, SEEK_SET) != 0)
        status = ptl_error_errno(error, PTL_E_SYSTEM, errno, "cannot make a file in memory");
    ptl_buf_free(&shown);
    return status;
}

/*
 * In a process group of its own: a signal that the terminal sends to all of them would reach it
 * twice, here and by us, and the second one ends at once.
 */
static int start(struct child *child)
{
    const int *files = child->files;
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
    posix_spawn_file_actions_adddup2(&actions, files[PROFILE], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, files[RESULTS_END], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, files[NOTES], 3);
    int failure =
        posix_spawn(&child->pid, "/proc/self/exe", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

/* Waits till it has something to say, or has ended; passes a cancel on; calls the ticks. */
static void wait_for(const struct child *child, const struct ptl_cancel *cancel,
                     const struct ptl_run_ticks *ticks)
{
    struct pollfd fds[2] = {{.fd = child->files[RESULTS], .events = POLLIN},
                            {.fd = cancel != NULL ? cancel->fd : -1, .events = POLLIN}};
    bool has_ticks = ticks != NULL && ticks->tick != NULL && ticks->every_ms > 0;
    while (fds[0].revents == 0) {
        struct ptl_run_notes notes;
        poll(fds, 2, has_ticks ? (int)ticks->every_ms : -1);
        if (fds[1].fd >= 0 && fds[1].revents != 0) {
            kill(child->pid, ptl_cancel_cause(cancel));
            fds[1].fd = -1;
        }
        ptl_run_notes_read(child->files[NOTES], &notes);
        if (has_ticks)
            ticks->tick(ticks->context, notes.done, notes.probes);
    }
}

/* Reads what it found to the end, which it is waiting for; unless nobody wants that any more. */
static void read_results(struct child *child, const struct ptl_cancel *cancel)
{
    char path[40], refused[4096];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", child->files[RESULTS]);
    if (ptl_cancel_cause(cancel) == 0)
        child->read = ptl_results_read_spilled(path, &child->results, &child->fault);
    while (ptl_cancel_cause(cancel) == 0 &&
           read(child->files[RESULTS], refused, sizeof(refused)) > 0)
        continue;
    close_file(&child->files[RESULTS]);
}

/* What became of one that has ended. */
static enum ptl_status judge(const struct child *child, struct ptl_record **record,
                             struct ptl_error *error)
{
    struct ptl_run_notes notes;
    char reason[sizeof(notes.failure)];
    bool has_notes = ptl_run_notes_read(child->files[NOTES], &notes);
    bool is_whole = child->read == PTL_OK;
    if (WIFSIGNALED(child->ended))
        snprintf(reason, sizeof(reason), "the process of the run was ended by signal %d (%s)",
                 WTERMSIG(child->ended), strsignal(WTERMSIG(child->ended)));
    else if (WEXITSTATUS(child->ended) != 0)
        snprintf(reason, sizeof(reason), "the process of the run ended with status %d",
                 WEXITSTATUS(child->ended));
    else if (notes.failure[0] != '\0')
        snprintf(reason, sizeof(reason), "%s", notes.failure);
    else if (is_whole && has_notes)
        return ptl_record_build(child->results, &notes, record, error);
    else if (is_whole || child->read == PTL_E_INVALID)
        snprintf(reason, sizeof(reason), "the process of the run cannot be believed: %s",
                 is_whole ? "it left no notes" : child->fault.message);
    else
        return ptl_error_set(error, child->read, "%s", child->fault.message);
    *record = ptl_record_failed(reason);
    return *record != NULL ? PTL_OK : ptl_error_no_memory(error);
}

static enum ptl_status carry_out(struct child *child, const struct ptl_cancel *cancel,
                                 const struct ptl_run_ticks *ticks, struct ptl_record **record,
                                 struct ptl_error *error)
{
    pid_t waited;
    int failure = start(child);
    if (failure != 0)
        return ptl_error_errno(error, PTL_E_SYSTEM, failure, "cannot start a process");
    close_file(&child->files[RESULTS_END]);
    wait_for(child, cancel, ticks);
    read_results(child, cancel);
    do
        waited = waitpid(child->pid, &child->ended, 0);
    while (waited < 0 && errno == EINTR);
    if (ptl_cancel_cause(cancel) != 0)
        return ptl_error_set(error, PTL_E_CANCELLED, "cancelled");
    if (waited < 0) /* ECHILD: the process that we are in ignores SIGCHLD */
        return ptl_error_errno(error, PTL_E_SYSTEM, errno, "cannot wait for a process");
    return judge(child, record, error);
}

enum ptl_status run_variant_process(void *context, const struct ptl_profile *profile,
                                    const struct ptl_cancel *cancel,
                                    const struct ptl_run_ticks *ticks, struct ptl_record **record,
                                    struct ptl_error *error)
{
    (void)context;
    struct child child = {.files = {-1, -1, -1, -1}, .read = PTL_E_CANCELLED};
    enum ptl_status status = open_files(child.files, profile, error);
    if (status == PTL_OK)
        status = carry_out(&child, cancel, ticks, record, error);
    for (int i = 0; i < FILES; i++)
        close_file(&child.files[i]);
    ptl_results_free(child.results);
    return status;
}
