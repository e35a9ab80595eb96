/* The hosts without a device: packets in, answers out of the queue. */
#include "support/cmocka_all.h"

#include "simnet/host.h"
#include "simnet/random.h"

#include <stdlib.h>
#include <string.h>

#define RTT_NS 20000000

static struct options options;

static void begin(struct hosts *hosts, const char *const *words)
{
    char *argv[16] = {NULL};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    assert_true(options_parse(argc, argv, &options));
    assert_true(hosts_init(hosts, &options));
}

/* A segment as Linux sends it, checksums left out: the device's reader does not look at them. */
static size_t make(bool v6, uint32_t host, uint16_t port, uint8_t flags, uint8_t *packet)
{
    size_t header = v6 ? 40 : 20, length = header + 40;
    memset(packet, 0, length);
    if (v6) {
        const uint8_t target[] = {0x20, 1, 0, 2};
        packet[0] = 0x60;
        packet[5] = 40;
        packet[6] = 6;
        memcpy(packet + 8, target, 4);
        packet[23] = 99;
        memcpy(packet + 24, target, 4);
        packet[38] = (uint8_t)(host >> 8);
        packet[39] = (uint8_t)host;
    } else {
        const uint8_t addresses[] = {198,          19, 255, 254, 198, 18, (uint8_t)(host >> 8),
                                     (uint8_t)host};
        packet[0] = 0x45;
        packet[3] = 60;
        packet[9] = 6;
        memcpy(packet + 12, addresses, 8);
    }
    uint8_t *tcp = packet + header;
    tcp[0] = 0x9c;
    tcp[2] = (uint8_t)(port >> 8);
    tcp[3] = (uint8_t)port;
    tcp[4] = 0xff; /* a sequence number that wraps soon */
    tcp[5] = tcp[6] = tcp[7] = 0xff;
    tcp[12] = 10 << 4;
    tcp[13] = flags;
    return length;
}

static uint32_t get(const uint8_t *at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

/* The checksum of a whole answer, pseudo-header and all, comes out as all ones. */
static void checks_out(const uint8_t *packet, size_t length)
{
    bool v6 = packet[0] >> 4 == 6;
    size_t header = v6 ? 40 : 20;
    uint32_t protocol = packet[v6 ? 6 : 9], total = 0;
    for (size_t i = 0; !v6 && i < 20; i += 2)
        total += get(packet + i, 2);
    if (!v6)
        assert_int_equal((total & 0xffff) + (total >> 16), 0xffff);
    assert_int_equal(get(packet + (v6 ? 4 : 2), 2), v6 ? length - 40 : length);
    total = 0;
    for (size_t i = v6 ? 8 : 12; protocol != 1 && i < header; i += 2)
        total += get(packet + i, 2);
    if (protocol != 1)
        total += protocol + (uint32_t)(length - header);
    for (size_t i = header; i < length; i += 2)
        total += get(packet + i, i + 1 < length ? 2 : 1);
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    assert_int_equal(total, 0xffff);
}

/* The only answer there is, due one round trip after 1000; NULL: none. */
static const struct answer *answer_to(struct hosts *hosts, bool v6, uint16_t port, uint8_t flags)
{
    uint8_t packet[128];
    size_t length = make(v6, 1, port, flags, packet);
    hosts_receive(hosts, packet, length, 1000);
    if (queue_next_due(hosts->queue) == INT64_MAX)
        return NULL;
    assert_true(queue_next_due(hosts->queue) == 1000 + RTT_NS);
    const struct answer *answer = queue_take(hosts->queue);
    assert_true(queue_next_due(hosts->queue) == INT64_MAX);
    checks_out(answer->packet, answer->length);
    return answer;
}

static void a_syn_gets_what_its_port_is(void **state)
{
    (void)state;
    struct hosts hosts;
    begin(&hosts, (const char *[]){"--open", "0.25", "--silent", "0.25", "--icmp", "0.25", NULL});
    uint64_t silent = 0;
    for (int v6 = 0; v6 < 2; v6++) {
        const size_t header = v6 ? 40 : 20;
        const struct address address = address_of_host(v6, 1);
        for (uint16_t port = 1; port <= 400; port++) {
            const struct answer *answer = answer_to(&hosts, v6, port, TCP_SYN);
            enum truth_state truth = truth_port(&hosts.truth, &address, port);
            silent += truth == TRUTH_SILENT;
            assert_true((answer == NULL) == (truth == TRUTH_SILENT));
            if (answer == NULL)
                continue;
            const uint8_t *body = answer->packet + header;
            if (truth == TRUTH_ICMP) {
                assert_int_equal(answer->kind, ANSWER_ICMP);
                assert_int_equal(body[0], v6 ? 1 : 3);
                assert_int_equal(body[1], v6 ? 4 : 3);
                assert_int_equal(get(body + 8 + header + 2, 2), port); /* the quote */
                continue;
            }
            assert_int_equal(get(body, 2), port);
            assert_int_equal(get(body + 8, 4), 0); /* 0xffffffff and one */
            assert_int_equal(answer->kind, truth == TRUTH_OPEN ? ANSWER_SYN_ACK : ANSWER_RST);
            assert_int_equal(body[13], truth == TRUTH_OPEN ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK);
        }
    }
    assert_true(hosts.delays->syns == 800);
    assert_true(hosts.delays->silent == silent);
    hosts_free(&hosts);
}

static void a_syn_sent_again_meets_the_same_connection(void **state)
{
    (void)state;
    struct hosts hosts;
    begin(&hosts, (const char *[]){"--open", "1", NULL});
    const struct answer *answer = answer_to(&hosts, false, 80, TCP_SYN);
    uint32_t first = get(answer->packet + 24, 4);
    answer = answer_to(&hosts, false, 80, TCP_SYN);
    assert_int_equal(get(answer->packet + 24, 4), first);
    answer = answer_to(&hosts, false, 81, TCP_SYN);
    assert_true(get(answer->packet + 24, 4) != first);
    hosts_free(&hosts);
}

static void what_follows_a_handshake(void **state)
{
    (void)state;
    struct hosts hosts;
    begin(&hosts, (const char *[]){"--open", "1", NULL});
    assert_null(answer_to(&hosts, false, 80, TCP_ACK));
    assert_null(answer_to(&hosts, false, 80, TCP_RST));
    assert_null(answer_to(&hosts, false, 80, TCP_RST | TCP_ACK));
    assert_null(answer_to(&hosts, false, 80, 0));
    const struct answer *answer = answer_to(&hosts, false, 80, TCP_FIN | TCP_ACK);
    assert_int_equal(answer->packet[33], TCP_FIN | TCP_ACK);
    assert_int_equal(get(answer->packet + 28, 4), 0);
    assert_true(hosts.delays->syns == 0);
    hosts_free(&hosts);
    begin(&hosts, (const char *[]){"--open", "1", "--reset", "1", NULL});
    assert_int_equal(answer_to(&hosts, false, 80, TCP_SYN)->kind, ANSWER_SYN_ACK);
    answer = answer_to(&hosts, false, 80, TCP_ACK);
    assert_int_equal(answer->packet[33], TCP_RST);
    assert_null(answer_to(&hosts, false, 80, TCP_RST));
    hosts_free(&hosts);
}

static void slow_ports_answer_later(void **state)
{
    (void)state;
    struct hosts hosts;
    begin(&hosts, (const char *[]){"--slow", "0.5", "--slow-rtt", "70ms", "--jitter", "1ms", NULL});
    const struct address address = address_of_host(false, 1);
    uint8_t packet[128];
    unsigned slow = 0;
    for (uint16_t port = 1; port <= 400; port++) {
        size_t length = make(false, 1, port, TCP_SYN, packet);
        hosts_receive(&hosts, packet, length, 0);
        int64_t due_ns = queue_next_due(hosts.queue);
        int64_t rtt_ns = truth_slow(&hosts.truth, &address, port) ? 70000000 : RTT_NS;
        slow += rtt_ns != RTT_NS;
        assert_true(due_ns >= rtt_ns - 1000000 && due_ns <= rtt_ns + 1000000);
        queue_take(hosts.queue);
    }
    assert_in_range(slow, 150, 250);
    hosts_free(&hosts);
    /* An answer that is due earlier leaves earlier, whichever SYN came first. */
    begin(&hosts, (const char *[]){"--slow", "0.5", NULL});
    for (uint16_t port = 1; port <= 40; port++)
        hosts_receive(&hosts, packet, make(false, 1, port, TCP_SYN, packet), port);
    int64_t last_ns = 0;
    for (int i = 0; i < 40; i++) {
        assert_true(queue_next_due(hosts.queue) >= last_ns);
        last_ns = queue_next_due(hosts.queue);
        queue_take(hosts.queue);
    }
    hosts_free(&hosts);
}

static void a_limit_lets_its_rate_through(void **state)
{
    (void)state;
    struct hosts hosts;
    begin(&hosts, (const char *[]){"--open", "1", "--syn-rate", "2000", "--rtt", "1s", NULL});
    uint8_t packet[128];
    size_t length = make(false, 1, 80, TCP_SYN, packet);
    for (int64_t now = 0; now < 1000000000; now += 10000) /* 100,000 a second, for a second */
        hosts_receive(&hosts, packet, length, now);
    uint64_t through = hosts.delays->syns - hosts.delays->dropped_by_rate;
    assert_true(through >= 2000 && through <= 2041); /* the burst of 40 once */
    length = make(false, 2, 80, TCP_SYN, packet);
    hosts_receive(&hosts, packet, length, 999999999); /* another host has its own */
    assert_true(hosts.delays->syns - hosts.delays->dropped_by_rate == through + 1);
    hosts_free(&hosts);
}

static void loss_follows_the_seed_and_the_count_of_packets(void **state)
{
    (void)state;
    uint64_t lost[3];
    bool answered[3][300];
    const char *const seeds[] = {"5", "5", "6"};
    for (int run = 0; run < 3; run++) {
        struct hosts hosts;
        begin(&hosts, (const char *[]){"--open", "1", "--loss", "0.3", "--seed", seeds[run], NULL});
        for (int i = 0; i < 300; i++)
            answered[run][i] = answer_to(&hosts, false, 80, TCP_SYN) != NULL;
        lost[run] = hosts.delays->dropped_by_loss;
        hosts_free(&hosts);
    }
    assert_memory_equal(answered[0], answered[1], sizeof(answered[0]));
    assert_memory_not_equal(answered[0], answered[2], sizeof(answered[0]));
    assert_true(lost[0] > 100 && lost[0] < 210); /* 300 * 0.51 */
}

/* Whatever is read, nothing beyond it is looked at: sanitizers would say so. */
static void malformed_packets_do_no_harm(void **state)
{
    (void)state;
    struct hosts hosts;
    begin(&hosts, (const char *[]){"--open", "0.5", "--icmp", "0.5", NULL});
    uint8_t packet[128];
    for (int v6 = 0; v6 < 2; v6++) {
        size_t whole = make(v6, 1, 80, TCP_SYN, packet);
        for (size_t length = 0; length < whole; length++) {
            uint8_t *exact = malloc(length);
            memcpy(exact, packet, length);
            hosts_receive(&hosts, exact, length, 0);
            free(exact);
        }
    }
    assert_true(hosts.delays->syns == 0);
    uint64_t stream = 9;
    for (int i = 0; i < 200000; i++) {
        size_t length = make(i & 1, 1, 80, TCP_SYN, packet);
        for (uint64_t n = random_next(&stream) % 4 + 1; n > 0; n--) {
            uint64_t drawn = random_next(&stream);
            packet[drawn % length] = (uint8_t)(drawn >> 32);
        }
        hosts_receive(&hosts, packet, length, i);
        while (queue_next_due(hosts.queue) <= i)
            queue_take(hosts.queue);
    }
    assert_true(hosts.delays->syns > 100000);
    hosts_free(&hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_gets_what_its_port_is),
        cmocka_unit_test(a_syn_sent_again_meets_the_same_connection),
        cmocka_unit_test(what_follows_a_handshake),
        cmocka_unit_test(slow_ports_answer_later),
        cmocka_unit_test(a_limit_lets_its_rate_through),
        cmocka_unit_test(loss_follows_the_seed_and_the_count_of_packets),
        cmocka_unit_test(malformed_packets_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
