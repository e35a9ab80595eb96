#include "support/cmocka_all.h"

#include "base/cancel.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static bool is_readable(const struct ptl_cancel *cancel)
{
    struct pollfd wait = {.fd = cancel->fd, .events = POLLIN};
    return poll(&wait, 1, 0) == 1 && (wait.revents & POLLIN) != 0;
}

static void the_first_cause_stays(void **state)
{
    (void)state;
    struct ptl_cancel cancel;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    assert_int_equal(ptl_cancel_cause(&cancel), 0);
    assert_int_equal(ptl_cancel_cause(NULL), 0);
    assert_false(is_readable(&cancel));
    ptl_cancel_trigger(&cancel, SIGTERM);
    ptl_cancel_trigger(&cancel, SIGINT);
    assert_int_equal(ptl_cancel_cause(&cancel), SIGTERM);
    assert_true(is_readable(&cancel));
    ptl_cancel_free(&cancel);
    assert_int_equal(cancel.fd, -1);
    ptl_cancel_free(&cancel);
}

static struct ptl_cancel *handled;

static void handle(int number)
{
    ptl_cancel_trigger(handled, number);
}

static void a_signal_handler_may_trigger(void **state)
{
    (void)state;
    struct ptl_cancel cancel;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    handled = &cancel;
    struct sigaction action = {.sa_handler = handle}, before;
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    /* The counter is full: the write in the handler fails, and errno must not tell. */
    uint64_t full = UINT64_MAX - 1;
    assert_int_equal(write(cancel.fd, &full, sizeof(full)), sizeof(full));
    errno = 1234;
    raise(SIGUSR1);
    assert_int_equal(errno, 1234);
    assert_int_equal(ptl_cancel_cause(&cancel), SIGUSR1);
    assert_true(is_readable(&cancel));
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    ptl_cancel_free(&cancel);
}

static void *trigger(void *argument)
{
    ptl_cancel_trigger(argument, 7);
    return NULL;
}

static void a_thread_may_trigger(void **state)
{
    (void)state;
    struct ptl_cancel cancel;
    pthread_t thread;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    assert_int_equal(pthread_create(&thread, NULL, trigger, &cancel), 0);
    struct pollfd wait = {.fd = cancel.fd, .events = POLLIN};
    assert_int_equal(poll(&wait, 1, -1), 1);
    assert_int_equal(ptl_cancel_cause(&cancel), 7);
    pthread_join(thread, NULL);
    ptl_cancel_free(&cancel);
}

static void without_descriptors_it_says_so(void **state)
{
    (void)state;
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct ptl_cancel cancel;
    struct ptl_error error = {0};
    enum ptl_status status = ptl_cancel_init(&cancel, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, PTL_E_SYSTEM);
    assert_int_equal(error.sys_errno, EMFILE);
    assert_string_equal(error.message, "cannot make an eventfd");
    ptl_cancel_free(&cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_cause_stays),
        cmocka_unit_test(a_signal_handler_may_trigger),
        cmocka_unit_test(a_thread_may_trigger),
        cmocka_unit_test(without_descriptors_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
