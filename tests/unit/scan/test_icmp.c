#include "support/cmocka_all.h"

#include "results/results.h"
#include "scan/icmp.h"

static void every_ipv4_kind_has_its_word(void **state)
{
    (void)state;
    assert_int_equal(ptl_icmp_reason_v4(3, 0), PTL_REASON_NET_UNREACH);
    assert_int_equal(ptl_icmp_reason_v4(3, 1), PTL_REASON_HOST_UNREACH);
    assert_int_equal(ptl_icmp_reason_v4(3, 2), PTL_REASON_PROTO_UNREACH);
    assert_int_equal(ptl_icmp_reason_v4(3, 3), PTL_REASON_PORT_UNREACH);
    assert_int_equal(ptl_icmp_reason_v4(3, 9), PTL_REASON_NET_PROHIBITED);
    assert_int_equal(ptl_icmp_reason_v4(3, 10), PTL_REASON_HOST_PROHIBITED);
    assert_int_equal(ptl_icmp_reason_v4(3, 13), PTL_REASON_ADMIN_PROHIBITED);
    assert_int_equal(ptl_icmp_reason_v4(3, 200), PTL_REASON_UNKNOWN_ICMP);
    assert_int_equal(ptl_icmp_reason_v4(11, 0), PTL_REASON_TIME_EXCEEDED);
    assert_int_equal(ptl_icmp_reason_v4(12, 0), PTL_REASON_PARAMETER_PROBLEM);
    assert_int_equal(ptl_icmp_reason_v4(99, 0), PTL_REASON_UNKNOWN_ICMP);
}

static void every_ipv6_kind_has_its_word(void **state)
{
    (void)state;
    assert_int_equal(ptl_icmp_reason_v6(1, 0), PTL_REASON_NET_UNREACH);
    assert_int_equal(ptl_icmp_reason_v6(1, 1), PTL_REASON_ADMIN_PROHIBITED);
    assert_int_equal(ptl_icmp_reason_v6(1, 3), PTL_REASON_HOST_UNREACH);
    assert_int_equal(ptl_icmp_reason_v6(1, 4), PTL_REASON_PORT_UNREACH);
    assert_int_equal(ptl_icmp_reason_v6(1, 99), PTL_REASON_UNKNOWN_ICMP);
    assert_int_equal(ptl_icmp_reason_v6(3, 0), PTL_REASON_TIME_EXCEEDED);
    assert_int_equal(ptl_icmp_reason_v6(4, 1), PTL_REASON_PARAMETER_PROBLEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_ipv4_kind_has_its_word),
        cmocka_unit_test(every_ipv6_kind_has_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
