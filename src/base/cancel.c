#include "base/cancel.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum ptl_status ptl_cancel_init(struct ptl_cancel *cancel, struct ptl_error *error)
{
    atomic_init(&cancel->cause, 0);
    cancel->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (cancel->fd < 0)
        return ptl_error_errno(error, PTL_E_SYSTEM, errno, "cannot make an eventfd");
    return PTL_OK;
}

void ptl_cancel_trigger(struct ptl_cancel *cancel, int cause)
{
    int saved = errno;
    int none = 0;
    atomic_compare_exchange_strong(&cancel->cause, &none, cause);
    uint64_t one = 1;
    ssize_t ignored = write(cancel->fd, &one, sizeof(one));
    (void)ignored; /* it can only fail when the counter is full, and then it is readable */
    errno = saved;
}

int ptl_cancel_cause(const struct ptl_cancel *cancel)
{
    return cancel == NULL ? 0 : atomic_load(&cancel->cause);
}

void ptl_cancel_free(struct ptl_cancel *cancel)
{
    if (cancel->fd >= 0)
        close(cancel->fd);
    cancel->fd = -1;
}
