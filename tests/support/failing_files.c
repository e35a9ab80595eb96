/* The wrappers that ld's --wrap puts in place of the system calls. */
#include "support/failing_files.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <unistd.h>

/* Written while no other thread runs; read by all. */
static struct {
    int error; /* 0: the call works */
    unsigned long nth;
} plans[FAILING_FILES];
static bool shortens;
static atomic_ulong calls[FAILING_FILES];

void failing_files_arm(enum failing_file call, int error, unsigned long nth)
{
    plans[call].error = error;
    plans[call].nth = nth;
    atomic_store(&calls[call], 0);
}

void failing_files_shorten(bool shorten)
{
    shortens = shorten;
}

unsigned long failing_files_disarm(enum failing_file call)
{
    plans[call].error = 0;
    return atomic_load(&calls[call]);
}

static bool refuse(enum failing_file call)
{
    unsigned long number = atomic_fetch_add(&calls[call], 1) + 1;
    if (plans[call].error == 0 || number < plans[call].nth)
        return false;
    errno = plans[call].error;
    return true;
}

/* The one that is refused has written a part, as where a disk becomes full. */
ssize_t __real_pwrite(int fd, const void *bytes, size_t count, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t count, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    if (refuse(FAILING_PWRITE)) {
        int error = errno;
        ssize_t ignored = __real_pwrite(fd, bytes, count / 2, at);
        (void)ignored;
        errno = error;
        return -1;
    }
    return __real_pwrite(fd, bytes, shortens && count > 1 ? count / 2 : count, at);
}

/* Those that are not refused do nothing, as in unsynced.c. */
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
    (void)fd;
    return refuse(FAILING_FDATASYNC) ? -1 : 0;
}

int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    (void)fd;
    return refuse(FAILING_FSYNC) ? -1 : 0;
}
