#include "support/failing_malloc.h"

#include "base/clock.h"
#include "scan/sources.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ptl_sources sources;

static void what_is_held_may_have_been_met(void **state)
{
    (void)state;
    assert_true(ptl_sources_init(&sources, 1));
    uint64_t before_ns = ptl_clock_now_ns();
    assert_false(ptl_sources_met(&sources, 0, 4000, before_ns));
    ptl_sources_hold(&sources, 4000);
    ptl_sources_hold(&sources, 4000);
    ptl_sources_hold(&sources, 0); /* none */
    ptl_sources_drop(&sources, 4000);
    assert_true(ptl_sources_met(&sources, 0, 4000, UINT64_MAX)); /* another has it still */
    ptl_sources_drop(&sources, 4000);
    assert_true(ptl_sources_met(&sources, 0, 4000, before_ns)); /* it had it then */
    assert_false(ptl_sources_met(&sources, 0, 4000, ptl_clock_now_ns() + 1));
    assert_false(ptl_sources_met(&sources, 0, 4001, before_ns));
    ptl_sources_free(&sources);
}

/* Worker 1 is between its connect and the look at its port. */
static void *finish(void *context)
{
    usleep(20000);
    ptl_sources_end(&sources, 1, *(int *)context);
    return NULL;
}

static void a_port_that_is_not_known_yet_is_waited_for(void **state)
{
    (void)state;
    assert_true(ptl_sources_init(&sources, 2));
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    uint64_t now_ns = ptl_clock_now_ns();
    pthread_t thread;
    ptl_sources_begin(&sources, 1);
    pthread_create(&thread, NULL, finish, &fd);
    assert_true(ptl_sources_met(&sources, 0, ntohs(address.sin_port), now_ns));
    pthread_join(thread, NULL);
    /* One that never comes to it leaves the doubt, and is not waited for for ever. */
    ptl_sources_begin(&sources, 1);
    assert_true(ptl_sources_met(&sources, 0, 1, ptl_clock_now_ns()));
    close(fd);
    ptl_sources_free(&sources);
}

static void whose_addresses(void **state)
{
    (void)state;
    assert_true(ptl_sources_init(&sources, 1));
    struct ptl_address address = {.family = 4, .low = 0x7f010203};
    assert_true(ptl_sources_is_own(&sources, &address));
    address.low = 0xc6120001; /* 198.18.0.1 */
    assert_false(ptl_sources_is_own(&sources, &address));
    sources.own[0] = address;
    sources.own_count = 1;
    assert_true(ptl_sources_is_own(&sources, &address));
    ptl_sources_free(&sources);
}

static void without_memory(void **state)
{
    (void)state;
    for (unsigned refused = 1; refused <= 4; refused++) {
        failing_malloc_arm(refused, false);
        assert_false(ptl_sources_init(&sources, 3));
        failing_malloc_disarm();
        ptl_sources_free(&sources);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_held_may_have_been_met),
        cmocka_unit_test(a_port_that_is_not_known_yet_is_waited_for),
        cmocka_unit_test(whose_addresses),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
