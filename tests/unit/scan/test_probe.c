#include "support/cmocka_all.h"

#include "scan/probe.h"
#include "scan/shortage.h"
#include "support/listeners.h"
#include "support/namespace.h"

#include <errno.h>
#include <poll.h>

static bool in_namespace;

static void attempt(const char *text, uint16_t port, struct ptl_finding *finding, int *kept)
{
    struct ptl_address address;
    assert_int_equal(ptl_address_parse(text, &address, NULL), PTL_OK);
    int fd = kept != NULL && *kept >= 0 ? *kept : ptl_probe_socket(address.family, NULL);
    assert_true(fd >= 0);
    int result = ptl_probe_connect(fd, &address, port);
    for (int i = 0; i < 100 && (result == EINPROGRESS || result == EALREADY); i++) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
        poll(&poll_fd, 1, 20);
        result = ptl_probe_connect(fd, &address, port);
    }
    ptl_probe_judge(fd, result, finding);
    if (kept != NULL)
        *kept = fd;
    else
        close(fd);
}

static void open_and_closed(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    int v4 = listen_on(AF_INET, 4100, 16), v6 = listen_on(AF_INET6, 4100, 16);
    assert_true(v4 >= 0 && v6 >= 0);
    const char *const hosts[] = {"127.0.0.1", "::1"};
    for (int i = 0; i < 2; i++) {
        struct ptl_finding finding;
        attempt(hosts[i], 4100, &finding, NULL);
        assert_int_equal(finding.state, PTL_OPEN);
        assert_int_equal(finding.reason, PTL_REASON_SYN_ACK);
        assert_true(finding.rtt_us < PTL_US_NONE);
        assert_false(finding.self);
        attempt(hosts[i], 4101, &finding, NULL);
        assert_int_equal(finding.state, PTL_CLOSED);
        assert_int_equal(finding.reason, PTL_REASON_CONN_REFUSED);
        assert_true(finding.reusable);
    }
    close(v4);
    close(v6);
}

static void a_refused_socket_serves_again(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    int listener = listen_on(AF_INET, 4200, 16);
    int kept = -1;
    struct ptl_finding finding;
    for (uint16_t port = 4190; port < 4200; port++) {
        attempt("127.0.0.1", port, &finding, &kept);
        assert_int_equal(finding.state, PTL_CLOSED);
    }
    attempt("127.0.0.1", 4200, &finding, &kept);
    assert_int_equal(finding.state, PTL_OPEN);
    close(kept);
    close(listener);
}

static void a_self_connect_is_unmasked(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    struct ptl_address address;
    ptl_address_parse("127.0.0.1", &address, NULL);
    int fd = ptl_probe_socket(4, NULL);
    struct sockaddr_storage own;
    socklen_t length = ptl_address_to_sockaddr(&address, 45000, &own);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, length), 0);
    int result = ptl_probe_connect(fd, &address, 45000);
    if (result == EINPROGRESS)
        result = ptl_probe_connect(fd, &address, 45000);
    struct ptl_finding finding;
    ptl_probe_judge(fd, result, &finding);
    assert_true(finding.self);
    close(fd);
}

static void each_errno_has_its_state(void **state)
{
    (void)state;
    struct ptl_finding finding;
    ptl_probe_judge(-1, ECONNRESET, &finding);
    assert_int_equal(finding.state, PTL_OPEN);
    ptl_probe_judge(-1, EPIPE, &finding);
    assert_int_equal(finding.state, PTL_OPEN);
    ptl_probe_judge(-1, ETIMEDOUT, &finding);
    assert_int_equal(finding.state, PTL_FILTERED);
    assert_int_equal(finding.reason, PTL_REASON_NO_RESPONSE);
    const int ours[] = {EMFILE, ENFILE,       ENOBUFS,     ENOMEM, EADDRNOTAVAIL,
                        EAGAIN, EHOSTUNREACH, ENETUNREACH, EACCES, EPERM};
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        ptl_probe_judge(-1, ours[i], &finding);
        assert_int_equal(finding.state, PTL_ERROR);
        assert_int_equal(finding.reason, PTL_REASON_ERRNO + ours[i]);
        assert_int_equal(ptl_shortage_is(finding.reason), i < 6);
    }
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_and_closed),
        cmocka_unit_test(a_refused_socket_serves_again),
        cmocka_unit_test(a_self_connect_is_unmasked),
        cmocka_unit_test(each_errno_has_its_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
