#include "support/cmocka_all.h"

#include "results/results.h"

#include <errno.h>
#include <string.h>

static void words_of_the_contract(void **state)
{
    (void)state;
    static const char *const words[] = {
        "syn-ack",         "conn-refused",        "no-response",   "net-unreach",
        "host-unreach",    "proto-unreach",       "port-unreach",  "net-prohibited",
        "host-prohibited", "admin-prohibited",    "time-exceeded", "parameter-problem",
        "packet-too-big",  "source-route-failed", "unknown-icmp"};
    char text[PTL_REASON_NAME_SIZE];
    uint8_t reason;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        assert_string_equal(ptl_reason_name((uint8_t)i, text), words[i]);
        assert_true(ptl_reason_parse(words[i], &reason));
        assert_int_equal(reason, i);
    }
    assert_string_equal(ptl_reason_name(PTL_REASON_UNKNOWN_ICMP, text), "unknown-icmp");
}

static void errors_by_their_names(void **state)
{
    (void)state;
    static const struct {
        int value;
        const char *name;
    } rows[] = {{EMFILE, "EMFILE"},
                {ENFILE, "ENFILE"},
                {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
                {ENOBUFS, "ENOBUFS"},
                {ENOMEM, "ENOMEM"},
                {ENETUNREACH, "ENETUNREACH"},
                {EACCES, "EACCES"},
                {EPERM, "EPERM"},
                {EAGAIN, "EAGAIN"},
                {EHOSTUNREACH, "EHOSTUNREACH"}};
    char text[PTL_REASON_NAME_SIZE];
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(ptl_reason_name((uint8_t)(PTL_REASON_ERRNO + rows[i].value), text),
                            rows[i].name);
    assert_string_equal(ptl_reason_name(UINT8_MAX, text), "errno-191"); /* Linux names none so */
}

/* Every reason that an error of this system can give has a name of its own, and it reads back. */
static void each_reads_back(void **state)
{
    (void)state;
    char text[PTL_REASON_NAME_SIZE];
    uint8_t reason;
    for (unsigned r = PTL_REASON_ERRNO + 1; r <= UINT8_MAX; r++) {
        assert_true(ptl_reason_parse(ptl_reason_name((uint8_t)r, text), &reason));
        assert_int_equal(reason, r);
    }
    static const char *const wrong[] = {"",        "open",   "SYN-ACK",  "syn-ack ",
                                        "EMFILEX", "errno-", "errno-999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(ptl_reason_parse(wrong[i], &reason));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_contract),
        cmocka_unit_test(errors_by_their_names),
        cmocka_unit_test(each_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
