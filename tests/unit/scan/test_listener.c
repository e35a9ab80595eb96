#include "support/cmocka_all.h"

#include "support/fake_clock.h"

#include "base/clock.h"
#include "scan/listener.h"

#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static struct ptl_listener listener;
static struct ptl_permits permits;

static void begin(uint64_t timeout_ms, uint32_t limit, uint32_t in_use)
{
    ptl_permits_init(&permits, limit);
    ptl_permits_try(&permits, in_use);
    ptl_listener_init(&listener, epoll_create1(EPOLL_CLOEXEC), timeout_ms);
}

static void finish(void)
{
    ptl_listener_close(&listener);
    assert_int_equal(listener.count, 0);
    close(listener.epoll);
}

static int take(uint16_t port)
{
    struct ptl_address address = {.family = 4};
    struct ptl_probe probe = {.port = port, .listens = port};
    struct epoll_event event = {.events = EPOLLIN};
    int fd = ptl_probe_socket(4, NULL);
    assert_int_equal(epoll_ctl(listener.epoll, EPOLL_CTL_ADD, fd, &event), 0);
    assert_true(ptl_listener_take(&listener, fd, &address, &probe, fake_now_ns));
    return fd;
}

/* An attempt under a second is one SYN: the kernel would send another after 1 s. */
static void it_ends_before_the_kernel_sends_again(void **state)
{
    (void)state;
    struct ptl_listener_ear ear;
    begin(900, 1000, 0);
    assert_true(ptl_listener_may(&listener, &permits, 1000, fake_now_ns));
    int fd = take(80);
    uint64_t began_ns = fake_now_ns;
    assert_false(ptl_listener_ended(&listener, &permits, 1000, false, &ear));
    assert_in_range(listener.next_ns, began_ns + 900 * PTL_NS_PER_MS,
                    began_ns + 990 * PTL_NS_PER_MS);
    fake_now_ns = listener.next_ns;
    assert_true(ptl_listener_ended(&listener, &permits, 1000, false, &ear));
    assert_int_equal(ear.probe.listens, 80);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_true(listener.next_ns == UINT64_MAX);
    assert_false(ptl_listener_may(&listener, &permits, 1000, began_ns)); /* it is too late */
    finish();
    begin(1500, 1000, 0); /* the kernel has sent again already */
    assert_true(ptl_listener_may(&listener, &permits, 1000, fake_now_ns - 2900 * PTL_NS_PER_MS));
    finish();
    begin(999, 1000, 0);
    assert_false(ptl_listener_may(&listener, &permits, 1000, fake_now_ns - 999 * PTL_NS_PER_MS));
    finish();
}

static void permits_that_others_need_are_given_back(void **state)
{
    (void)state;
    struct ptl_listener_ear ear;
    begin(500, 100, 49);
    assert_true(ptl_listener_may(&listener, &permits, 50, fake_now_ns));
    take(1);
    take(2);
    ptl_permits_try(&permits, 1);
    assert_false(ptl_listener_may(&listener, &permits, 50, fake_now_ns));
    assert_true(ptl_listener_may(&listener, &permits, 300, fake_now_ns)); /* one in a hundred */
    assert_false(ptl_listener_ended(&listener, &permits, 50, false, &ear));
    ptl_permits_try(&permits, 25);
    assert_false(ptl_listener_ended(&listener, &permits, 200, false, &ear));
    assert_true(ptl_listener_ended(&listener, &permits, 50, false, &ear));
    assert_false(ptl_listener_ended(&listener, &permits, 50, false, &ear)); /* it has its turn */
    assert_true(ptl_listener_ended(&listener, &permits, 7, false, &ear));
    assert_false(ptl_listener_ended(&listener, &permits, 7, false, &ear));
    finish();
    begin(500, 1, 1); /* the only one */
    assert_false(ptl_listener_may(&listener, &permits, 1, fake_now_ns));
    finish();
}

/* Of fewer than a hundred permits, all in use, one listens for a hundredth of all their time. */
static void one_of_few_permits_has_its_turn(void **state)
{
    (void)state;
    struct ptl_listener_ear ear;
    uint64_t began_ns = fake_now_ns, out_ns = 0;
    uint32_t taken = 0;
    begin(500, 60, 60);
    while (fake_now_ns < began_ns + 200000 * PTL_NS_PER_MS) {
        if (ptl_listener_may(&listener, &permits, 30, fake_now_ns - 250 * PTL_NS_PER_MS)) {
            fake_now_ns -= 250 * PTL_NS_PER_MS; /* when it was sent */
            take((uint16_t)++taken);
            fake_now_ns += 250 * PTL_NS_PER_MS;
        }
        fake_now_ns += 5 * PTL_NS_PER_MS;
        out_ns += listener.count * 5 * PTL_NS_PER_MS;
        ptl_listener_ended(&listener, &permits, 30, false, &ear);
    }
    assert_in_range(taken, 55, 62);
    assert_true(out_ns * 100 <= 30 * (fake_now_ns - began_ns));
    finish();
    begin(500, 7, 7); /* so few have none to spare */
    for (int i = 0; i < 100; i++) {
        fake_now_ns += 1000 * PTL_NS_PER_MS;
        assert_false(ptl_listener_may(&listener, &permits, 7, fake_now_ns));
    }
    finish();
}

static void a_descriptor_that_is_needed_is_given_back(void **state)
{
    (void)state;
    struct ptl_listener_ear ear;
    begin(500, 1000, 0);
    assert_false(ptl_listener_ended(&listener, &permits, 1000, true, &ear));
    int first = take(1);
    int second = take(2);
    assert_true(ptl_listener_ended(&listener, &permits, 1000, true, &ear));
    assert_int_equal(fcntl(first, F_GETFD), -1);
    assert_int_not_equal(fcntl(second, F_GETFD), -1);
    take(3); /* in its place */
    assert_int_equal(listener.used, 2);
    finish();
    assert_int_equal(fcntl(second, F_GETFD), -1);
}

static void there_is_room_for_so_many(void **state)
{
    (void)state;
    begin(500, 100000, 0);
    for (uint16_t i = 0; i < PTL_LISTENER_MOST; i++) {
        assert_true(ptl_listener_may(&listener, &permits, 100000, fake_now_ns));
        take(i);
    }
    assert_false(ptl_listener_may(&listener, &permits, 100000, fake_now_ns));
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_before_the_kernel_sends_again),
        cmocka_unit_test(permits_that_others_need_are_given_back),
        cmocka_unit_test(one_of_few_permits_has_its_turn),
        cmocka_unit_test(a_descriptor_that_is_needed_is_given_back),
        cmocka_unit_test(there_is_room_for_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
