#include "unit/report/report.h"

static void test_sample(void **state)
{
    (void)state;
    sample_is(PTL_FORMAT_XML,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<!DOCTYPE nmaprun>\n"
              "<!-- warning: a - - \\x1B[1mwarning -->\n"
              "<nmaprun scanner=\"nmap\" args=\"portolan run t.yaml\" start=\"1767225600\" "
              "startstr=\"Thu Jan  1 00:00:00 2026\" version=\"1.2.3\" profile_name=\"test\" "
              "xmloutputversion=\"1.05\">\n"
              "<scaninfo type=\"connect\" protocol=\"tcp\" numservices=\"3\" services=\"22,80,"
              "443\"/>\n"
              "<verbose level=\"0\"/>\n"
              "<debugging level=\"0\"/>\n"
              "<target specification=\"gone.example\" status=\"skipped\" reason=\"invalid\"/>\n"
              "<host><status state=\"up\" reason=\"user-set\" reason_ttl=\"0\"/>\n"
              "<address addr=\"127.0.0.1\" addrtype=\"ipv4\"/>\n"
              "<hostnames>\n"
              "<hostname name=\"web.example\" type=\"user\"/>\n"
              "</hostnames>\n"
              "<ports><extraports state=\"closed\" count=\"1\">\n"
              "</extraports>\n"
              "<port protocol=\"tcp\" portid=\"22\"><state state=\"open\" reason=\"syn-ack\" "
              "reason_ttl=\"0\"/><service name=\"ssh\" method=\"table\" conf=\"3\"/></port>\n"
              "<port protocol=\"tcp\" portid=\"80\"><state state=\"open\" reason=\"syn-ack\" "
              "reason_ttl=\"0\"/><service name=\"http\" method=\"table\" conf=\"3\"/></port>\n"
              "</ports>\n"
              "<hostscript><script id=\"portolan-expect\" output=\"fail: 80/tcp: not on the list "
              "of open ports, is open&#10;fail: 443/tcp: expected open,"
              " is closed\"/></hostscript>\n"
              "</host>\n"
              "<host><status state=\"up\" reason=\"user-set\" reason_ttl=\"0\"/>\n"
              "<address addr=\"::1\" addrtype=\"ipv6\"/>\n"
              "<hostnames>\n"
              "</hostnames>\n"
              "<ports><extraports state=\"closed\" count=\"1\">\n"
              "</extraports>\n"
              "<port protocol=\"tcp\" portid=\"22\"><state state=\"filtered\" "
              "reason=\"admin-prohibited\" reason_ttl=\"0\"/><service name=\"ssh\" "
              "method=\"table\" conf=\"3\"/></port>\n"
              "<port protocol=\"tcp\" portid=\"80\"><state state=\"unknown\" reason=\"EMFILE\" "
              "reason_ttl=\"0\"/><service name=\"http\" method=\"table\" conf=\"3\"/></port>\n"
              "</ports>\n"
              "<hostscript><script id=\"portolan-expect\" output=\"inconclusive: 22/tcp: expected "
              "closed, is filtered\"/></hostscript>\n"
              "</host>\n"
              "<host><status state=\"unknown\" reason=\"unprobed\" reason_ttl=\"0\"/>\n"
              "<address addr=\"127.0.0.9\" addrtype=\"ipv4\"/>\n"
              "<hostnames>\n"
              "</hostnames>\n"
              "<ports><extraports state=\"unknown\" count=\"3\">\n"
              "<extrareasons reason=\"unprobed\" count=\"3\"/>\n"
              "</extraports>\n"
              "</ports>\n"
              "</host>\n"
              "<runstats><finished time=\"1767225601\" timestr=\"Thu Jan  1 00:00:01 2026\" "
              "summary=\"portolan done: 3 targets, 9 probes in 1.50 seconds\" elapsed=\"1.50\" "
              "exit=\"error\" errormsg=\"the deadline passed\"/><hosts up=\"3\" down=\"0\" "
              "total=\"4\"/>\n"
              "</runstats>\n"
              "</nmaprun>\n");
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        found++;
    return found;
}

/* A host without a port to list stands there for its counts. */
static void test_hosts_without_results(void **state)
{
    (void)state;
    struct model model;
    sample_open(&model);
    model.results->count = 0;
    char *text = report_of(PTL_FORMAT_XML, model.results);
    assert_int_equal(count(text, "<host>"), 3);
    assert_int_equal(count(text, "<port "), 0);
    assert_int_equal(count(text, "<extraports state=\"open\" count=\"2\">"), 1);
    assert_int_equal(count(text, "<extraports state=\"unknown\" count=\"1\">"), 1);
    assert_int_equal(count(text, "portolan-expect"), 2);
    free(text);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_hosts_without_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
