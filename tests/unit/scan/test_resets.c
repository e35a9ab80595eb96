#include "support/cmocka_all.h"

#include "scan/resets.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void a_number_is_found_by_its_name(void **state)
{
    (void)state;
    static const char text[] = "Ip: InReceives OutRsts\nIp: 7 8\n"
                               "TcpX: OutRsts\nTcpX: 9\n"
                               "Tcp: MaxConn InSegs OutRsts OutRstsMore\n"
                               "Tcp: -1 69259 10140 5\n"
                               "Udp: A\nUdp: 1\n"
                               "Short: A B\nShort: 1\n"
                               "Last: A B\n";
    uint64_t number = 0;
    assert_true(ptl_resets_find(text, "Tcp:", "OutRsts", &number));
    assert_int_equal(number, 10140);
    assert_true(ptl_resets_find(text, "Tcp:", "OutRstsMore", &number));
    assert_int_equal(number, 5);
    assert_false(ptl_resets_find(text, "Tcp:", "OutRst", &number));
    assert_false(ptl_resets_find(text, "Tcp:", "A", &number));
    assert_false(ptl_resets_find(text, "Short:", "B", &number));
    assert_false(ptl_resets_find(text, "Last:", "A", &number));
    assert_false(ptl_resets_find(text, "None:", "A", &number));
    assert_false(ptl_resets_find("", "Tcp:", "OutRsts", &number));
    assert_false(ptl_resets_find("Tcp: OutRsts\nTcp: x\n", "Tcp:", "OutRsts", &number));
}

static int connected(int listener, const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)address, sizeof(*address)), 0);
    close(accept(listener, NULL, NULL));
    return fd;
}

/* The kernel refuses: a segment that nobody waits for. */
static void refuse(const struct sockaddr_in *address, int count)
{
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(connect(fd, (const struct sockaddr *)address, sizeof(*address)), -1);
        assert_int_equal(errno, ECONNREFUSED);
        close(fd);
    }
}

/* Other programs of this machine may send some meanwhile: what is counted may be more. */
static void what_no_socket_waits_for_is_counted_and_what_a_program_ends_is_not(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(listener, 16), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    struct ptl_resets resets;
    uint64_t least = UINT64_MAX;
    for (int round = 0; round < 20 && least > 0; round++) {
        ptl_resets_begin(&resets);
        if (!resets.sent.is_known)
            skip(); /* no /proc, or no such counters */
        int fd = connected(listener, &address);
        struct linger linger = {.l_onoff = 1, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
        close(fd);
        ptl_resets_look(&resets, 0);
        least = resets.sent.count < least ? resets.sent.count : least;
    }
    assert_int_equal(least, 0);
    close(listener);
    ptl_resets_begin(&resets);
    refuse(&address, 3);
    ptl_resets_look(&resets, 0);
    assert_true(resets.sent.is_known && resets.sent.count >= 3);
}

/* A reset was sent apart if no open port had answered before, nor turns out to have by the next
 * look: its answer is known a little later than what it sends comes. */
static void those_sent_while_no_open_port_answers_are_told_apart(void **state)
{
    (void)state;
    struct ptl_resets resets = {.sent = {.is_known = true}, .before = 100};
    ptl_resets_note(&resets, 101, 10); /* the first look: since when is unknown */
    ptl_resets_note(&resets, 103, 20);
    ptl_resets_opens(&resets, 40);
    ptl_resets_note(&resets, 106, 30);
    assert_true(resets.sent.count == 6 && resets.sent.apart == 0);
    ptl_resets_note(&resets, 108, 45); /* quiet from here on */
    ptl_resets_note(&resets, 112, 55);
    assert_int_equal(resets.sent.apart, 0); /* but the answer may not be known yet */
    ptl_resets_note(&resets, 120, 65);
    assert_int_equal(resets.sent.apart, 4);
    ptl_resets_opens(&resets, 80);
    ptl_resets_note(&resets, 121, 90);
    assert_true(resets.sent.count == 21 && resets.sent.apart == 4);
    ptl_resets_note(&resets, 90, 100); /* it counts back: others' numbers were read in between */
    assert_true(resets.sent.count == 21 && resets.sent.apart == 4);
}

/* Whatever a look while probes go out had put off: after one in between, the next is as soon as
 * any, and where nothing else is to be done none is put off. */
static void one_that_waits_looks_as_often_as_may_be(void **state)
{
    (void)state;
    struct ptl_resets resets;
    ptl_resets_begin(&resets);
    if (!resets.sent.is_known)
        skip(); /* no /proc, or no such counters */
    resets.next_ns = 90000000000;
    ptl_resets_look(&resets, 5000000000);
    assert_false(ptl_resets_is_due(&resets, 5024999999));
    assert_true(ptl_resets_is_due(&resets, 5025000000));
    ptl_resets_watch(&resets, true, 6000000000);
    assert_true(ptl_resets_is_due(&resets, 6025000000));
    ptl_resets_leave(&resets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_waits_looks_as_often_as_may_be),
        cmocka_unit_test(a_number_is_found_by_its_name),
        cmocka_unit_test(those_sent_while_no_open_port_answers_are_told_apart),
        cmocka_unit_test(what_no_socket_waits_for_is_counted_and_what_a_program_ends_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
