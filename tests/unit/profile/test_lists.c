#include "helper.h"

static void hosts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"hosts: 127.0.0.1", NULL, "hosts:\n  - \"127.0.0.1\""},
        {"hosts: [127.0.0.1, 127.0.0.2]", NULL, "hosts:\n  - \"127.0.0.1\"\n  - \"127.0.0.2\""},
        {"hosts: []", "2:8: hosts is empty\n", NULL},
        {"hosts: null", "2:8: hosts has an entry without a value\n", NULL},
        {"hosts: [null]", "2:9: hosts has an entry without a value\n", NULL},
        {"hosts: [\"\"]", "2:9: \"\" is no address\n", NULL},
        {"hosts: \"\"", "2:8: \"\" is no address\n", NULL},
        {"hosts: \" 127.0.0.1\"", "2:8: \" 127.0.0.1\" is no address, range or host name\n", NULL},
        {"hosts: 127.0.0.1, 127.0.0.2", NULL, "hosts:\n  - \"127.0.0.1\"\n  - \"127.0.0.2\""},
        {"hosts: 127.0.0.1 127.0.0.2",
         "2:8: \"127.0.0.1 127.0.0.2\" is no address, range or host name\n", NULL},
        {"hosts: [127.0.0.0/8]", NULL, "hosts:\n  - \"127.0.0.0/8\""},
        {"hosts: [\"127.0.0.1-20\", \"127.0.0.1-127.0.1.5\", \"127.0.0.1-127.0.0.1\"]", NULL,
         "hosts:\n  - \"127.0.0.1-20\"\n  - \"127.0.0.1-127.0.1.5\"\n  - \"127.0.0.1-127.0.0.1\""},
        {"hosts: [127.0.0.1-]", "2:9: \"127.0.0.1-\": the last octet must be 0 to 255\n", NULL},
        {"hosts: [127.0.0.9-3]", "2:9: \"127.0.0.9-3\" ends before it begins\n", NULL},
        {"hosts: [127.0.0.1-300]", "2:9: \"127.0.0.1-300\": the last octet must be 0 to 255\n",
         NULL},
        {"hosts: [\"::1\", \"[::1]\", \"::1/128\"]", NULL,
         "hosts:\n  - \"::1\"\n  - \"[::1]\"\n  - \"::1/128\""},
        {"hosts: [::1]",
         "2:9: not YAML: while parsing a flow node: did not find expected node content; put an "
         "IPv6 address in quotes\n",
         NULL},
        {"hosts: \"::ffff:127.0.0.1\"", NULL, "hosts:\n  - \"::ffff:127.0.0.1\""},
        {"hosts: 0.0.0.0", "2:8: \"0.0.0.0\" holds 0.0.0.0, which is no target\n", NULL},
        {"hosts: 0.0.0.0/0", "2:8: \"0.0.0.0/0\" holds 0.0.0.0, which is no target\n", NULL},
        {"hosts: \"::\"", "2:8: \"::\" holds ::, which is no target\n", NULL},
        {"hosts: \"::/96\"", "2:8: \"::/96\" holds ::, which is no target\n", NULL},
        {"hosts: \"::ffff:0.0.0.0\"", "2:8: \"::ffff:0.0.0.0\" holds 0.0.0.0, which is no target\n",
         NULL},
        {"hosts: fe80::1%lo", "2:8: \"fe80::1%lo\": addresses with a zone are not supported\n",
         NULL},
        {"hosts: 127.0.0.1, localhost ,::1", NULL,
         "hosts:\n  - \"127.0.0.1\"\n  - \"localhost\"\n  - \"::1\""},
        {"hosts: 127.0.0.1,, 127.0.0.2", "2:8: hosts has an empty piece between its commas\n",
         NULL},
        {"hosts: [10]", "2:9: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: 10.5", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: true", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: [[127.0.0.1]]", "2:9: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: {file: /dev/null}",
         "2:8: hosts names no host: the files that it names hold none\n", NULL},
        {"hosts: [127.0.0.1, {file: /dev/null}]", NULL,
         "hosts:\n  - \"127.0.0.1\"\n  - \"file: /dev/null\""},
        {"hosts: {file: \"\"}", "2:8: hosts names a file without a path\n", NULL},
        {"hosts: {file: null}", "2:8: hosts names a file without a path\n", NULL},
        {"hosts: {file: 5}", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: {file: [a]}", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: {files: a}", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: {file: a, path: b}", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: [127.0.0.1, \"file:/dev/null\"]", NULL,
         "hosts:\n  - \"127.0.0.1\"\n  - \"file: /dev/null\""},
        {"hosts: \"file:\"", "2:8: hosts names a file without a path\n", NULL},
        {"hosts: \"file: nope\"", "2:8: hosts file nope: No such file or directory\n", NULL},
        {"hosts: file: nope", "2:12: not YAML: mapping values are not allowed in this context\n",
         NULL},
        {"hosts: [file: nope]", "2:9: hosts file nope: No such file or directory\n", NULL},
        {"hosts: \"File: nope\"", "2:8: \"File: nope\" is no address\n", NULL},
        {"hosts: web_1.example", NULL, "hosts:\n  - \"web_1.example\""},
        {"hosts: \"web.example.\"", NULL, "hosts:\n  - \"web.example.\""},
        {"hosts: -web", "2:8: \"-web\" is no address, range or host name\n", NULL},
        {"hosts: web-", "2:8: \"web-\" is no address, range or host name\n", NULL},
        {"hosts: we b", "2:8: \"we b\" is no address, range or host name\n", NULL},
        {"hosts: a..b", "2:8: \"a..b\" is no address, range or host name\n", NULL},
        {"hosts: *x", "2:8: no such anchor: *x\n", NULL},
        {"hosts: http://web/", "2:8: \"http://web/\": \"http:\" is no address\n", NULL},
        {"hosts: web:80", "2:8: \"web:80\" names a port: those stand in `ports`\n", NULL},
        {"hosts: 127.0.0.1:80", "2:8: \"127.0.0.1:80\" names a port: those stand in `ports`\n",
         NULL},
        {"hosts: user@web", "2:8: \"user@web\" is no address, range or host name\n", NULL},
        {"hosts: 127.0.0.1/33", "2:8: \"127.0.0.1/33\": the prefix length must be 0 to 32\n", NULL},
        {"hosts: 127.0.0.1/", "2:8: \"127.0.0.1/\": the prefix length must be 0 to 32\n", NULL},
        {"hosts: 127.0.0.1/24/24", "2:8: \"127.0.0.1/24/24\": the prefix length must be 0 to 32\n",
         NULL},
        {"hosts: 999.1.1.1", "2:8: \"999.1.1.1\" is no address\n", NULL},
        {"hosts: 127.1", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: 0x7f000001", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: 2130706433", "2:8: hosts entries are strings, or file: PATH\n", NULL},
        {"hosts: [\"10.0.0.1-backup\", web-01, a.b-c.example]", NULL,
         "hosts:\n  - \"10.0.0.1-backup\"\n  - \"web-01\"\n  - \"a.b-c.example\""},
        {"hosts: [127.0.0.1, \"127.0.0.1\", localhost]", NULL,
         "hosts:\n  - \"127.0.0.1\"\n  - \"127.0.0.1\"\n  - \"localhost\""},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void excluded_hosts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"exclude_hosts: []", NULL, "exclude_hosts: []"},
        {"exclude_hosts: null", "3:16: exclude_hosts has an entry without a value\n", NULL},
        {"exclude_hosts: 127.0.0.9", NULL, "exclude_hosts:\n  - \"127.0.0.9\""},
        {"exclude_hosts: 0.0.0.0/0", NULL, "exclude_hosts:\n  - \"0.0.0.0/0\""},
        {"exclude_hosts: 127.0.0.1", NULL, "exclude_hosts:\n  - \"127.0.0.1\""},
        {"exclude_hosts: [web.example, 127.0.0.0/25, \"127.0.0.200-210\", \"::1\", 0.0.0.0/8, "
         "\"::/127\"]",
         NULL,
         "exclude_hosts:\n  - \"web.example\"\n  - \"127.0.0.0/25\"\n  - \"127.0.0.200-210\"\n  - "
         "\"::1\"\n  - \"0.0.0.0/8\"\n  - \"::/127\""},
        {"exclude_hosts: 0.0.0.0/33", "3:16: \"0.0.0.0/33\": the prefix length must be 0 to 32\n",
         NULL},
        {"exclude_hosts: [a b]", "3:17: \"a b\" is no address, range or host name\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void ports(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"ports: all", NULL, "ports: \"1-65535\""},
        {"ports: 22", NULL, "ports: \"22\""},
        {"ports: \"22\"", NULL, "ports: \"22\""},
        {"ports: 1-1024,8080", NULL, "ports: \"1-1024,8080\""},
        {"ports: \"1-1024, 8080 ,https\"", NULL, "ports: \"1-1024,8080\""},
        {"ports: [22, \"80-90\", ssh, \"1-3,https\"]", NULL, "ports: \"1-3,22,80-90,443\""},
        {"ports: 0", "2:8: ports: \"0\": a port is 1 to 65535\n", NULL},
        {"ports: 65535", NULL, "ports: \"65535\""},
        {"ports: 65536", "2:8: ports: \"65536\": a port is 1 to 65535\n", NULL},
        {"ports: -1", "2:8: ports: \"-1\" is no port, range or service\n", NULL},
        {"ports: 1-65536", "2:8: ports: \"1-65536\": a port is 1 to 65535\n", NULL},
        {"ports: 0-5", "2:8: ports: \"0-5\": a port is 1 to 65535\n", NULL},
        {"ports: 9-3", "2:8: ports: \"9-3\" ends before it begins\n", NULL},
        {"ports: 22.5", "2:8: ports: \"22.5\" is no port, range or known service\n", NULL},
        {"ports: 0x16", "2:8: ports: \"0x16\" is no port, range or known service\n", NULL},
        {"ports: 022", "2:8: ports: \"022\" is no port, range or service\n", NULL},
        {"ports: 1e3", "2:8: ports: \"1e3\" is no port, range or known service\n", NULL},
        {"ports: 22,", "2:8: ports: an empty piece in the list of ports\n", NULL},
        {"ports: \",22\"", "2:8: ports: an empty piece in the list of ports\n", NULL},
        {"ports: 22,,23", "2:8: ports: an empty piece in the list of ports\n", NULL},
        {"ports: \"\"", "2:8: ports: an empty piece in the list of ports\n", NULL},
        {"ports: []", "2:8: ports is empty\n", NULL},
        {"ports: null", "2:8: ports has no value\n", NULL},
        {"ports: [null]", "2:9: ports has no value\n", NULL},
        {"ports: [[22]]", "2:9: ports entries are numbers or strings\n", NULL},
        {"ports: {a: 1}", "2:8: ports entries are numbers or strings\n", NULL},
        {"ports: true", "2:8: ports: \"true\" is no port, range or known service\n", NULL},
        {"ports: http-alt", NULL, "ports: \"8080\""},
        {"ports: HTTP", "2:8: ports: \"HTTP\" is no port, range or known service\n", NULL},
        {"ports: nosuch", "2:8: ports: \"nosuch\" is no port, range or known service\n", NULL},
        {"ports: 22-ssh", "2:8: ports: \"22-ssh\" is no port, range or known service\n", NULL},
        {"ports: \"1 - 5\"", "2:8: ports: \"1 - 5\" is no port, range or known service\n", NULL},
        {"ports: \"1-2-3\"", "2:8: ports: \"1-2-3\" is no port, range or service\n", NULL},
        {"ports: \"-\"", "2:8: ports: \"-\" is no port, range or service\n", NULL},
        {"ports: 22/tcp", "2:8: ports: \"22/tcp\" is no port, range or known service\n", NULL},
        {"ports: T:22", "2:8: ports: \"T:22\" is no port, range or known service\n", NULL},
        {"ports: 22;23", "2:8: ports: \"22;23\" is no port, range or known service\n", NULL},
        {"ports: [1, 1, \"1-5\", 3]", NULL, "ports: \"1-5\""},
        {"ports: \"65535,1\"", NULL, "ports: \"1,65535\""},
        {"ports: 1-100\nexpect: [{hosts: 127.0.0.1, open: \"1-9\", closed: [10, \"11-12\"]}]", NULL,
         "ports: \"1-100\""},
        {"ports: 1-100\nexpect: [{hosts: 127.0.0.1, only: 5, closed: \"1-9\"}]",
         "3:10: expect says that port 5 is open and closed\n", NULL},
        {"ports: 1-100\nexpect: [{hosts: 127.0.0.1, open: 5, open: 6}]",
         "3:38: duplicate key \"open\", first on line 3\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void excluded_ports(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"exclude_ports: 22", "3:16: exclude_ports leaves no port to scan\n", NULL},
        {"exclude_ports: []", NULL, "exclude_ports: []"},
        {"exclude_ports: null", "3:16: exclude_ports has no value\n", NULL},
        {"exclude_ports: 1-21", NULL, "exclude_ports: \"1-21\""},
        {"exclude_ports: 0", "3:16: exclude_ports: \"0\": a port is 1 to 65535\n", NULL},
        {"exclude_ports: [1, \"2-3\", telnet]", NULL, "exclude_ports: \"1-3,23\""},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void scopes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"scope: [loopback]", NULL, "scope:\n  - \"loopback\""},
        {"scope: [any]", NULL, "scope:\n  - \"any\""},
        {"scope: []",
         "1:8: 127.0.0.1: 127.0.0.1 is outside the profile's scope (empty); add \"127.0.0.1\" to "
         "scope\n",
         NULL},
        {"scope: loopback", NULL, "scope:\n  - \"loopback\""},
        {"scope: any", NULL, "scope:\n  - \"any\""},
        {"scope: null", "3:8: scope entries are strings\n", NULL},
        {"scope: [null]", "3:9: scope entries are strings\n", NULL},
        {"scope: [5]", "3:9: scope entries are strings\n", NULL},
        {"scope: [[loopback]]", "3:9: scope entries are strings\n", NULL},
        {"scope: [LOOPBACK]",
         "3:9: scope: \"LOOPBACK\": scope takes addresses, CIDR, \"loopback\" and \"any\", no "
         "names\n",
         NULL},
        {"scope: [localhost]",
         "3:9: scope: \"localhost\": scope takes addresses, CIDR, \"loopback\" and \"any\", no "
         "names\n",
         NULL},
        {"scope: [\"::1\"]",
         "1:8: 127.0.0.1: 127.0.0.1 is outside the profile's scope (::1); add \"127.0.0.1\" to "
         "scope\n",
         NULL},
        {"scope: [127.0.0.1]", NULL, "scope:\n  - \"127.0.0.1\""},
        {"scope: [127.0.0.1-5]", NULL, "scope:\n  - \"127.0.0.1-5\""},
        {"scope: [127.0.0.0/33]",
         "3:9: scope: \"127.0.0.0/33\": the prefix length must be 0 to 32\n", NULL},
        {"scope: [file: x]", "3:9: scope entries are strings\n", NULL},
        {"scope: [loopback, 10.0.0.0/8, \"fd00::/8\"]", NULL,
         "scope:\n  - \"loopback\"\n  - \"10.0.0.0/8\"\n  - \"fd00::/8\""},
        {"scope: [\"10.0.0.1-10.0.0.9\", loopback]", NULL,
         "scope:\n  - \"10.0.0.1-10.0.0.9\"\n  - \"loopback\""},
        {"scope: [fe80::%lo]",
         "3:9: scope: \"fe80::%lo\": addresses with a zone are not supported\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void expectations(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"expect: []", NULL, "expect: []"},
        {"expect: null", "3:9: expect must be a list of {hosts, open, closed, only}\n", NULL},
        {"expect: {}", "3:9: expect must be a list of {hosts, open, closed, only}\n", NULL},
        {"expect: 5", "3:9: expect must be a list of {hosts, open, closed, only}\n", NULL},
        {"expect: [5]", "3:10: expect entries are mappings of hosts, open, closed, only\n", NULL},
        {"expect: [null]", "3:10: expect entries are mappings of hosts, open, closed, only\n",
         NULL},
        {"expect: [{}]",
         "3:10: expect entry has no hosts\n3:10: expect entry has none of open, closed, only\n",
         NULL},
        {"expect: [{hosts: 127.0.0.1}]", "3:10: expect entry has none of open, closed, only\n",
         NULL},
        {"expect: [{hosts: 127.0.0.1, open: 22}]", NULL,
         "expect:\n  -\n    hosts:\n      - \"127.0.0.1\"\n    open: \"22\""},
        {"expect: [{hosts: [], open: 22}]", "3:18: expect.hosts is empty\n", NULL},
        {"expect: [{hosts: null, open: 22}]", "3:18: expect.hosts has an entry without a value\n",
         NULL},
        {"expect: [{open: 22}]", "3:10: expect entry has no hosts\n", NULL},
        {"expect: [{hosts: 127.0.0.1, open: []}]", NULL,
         "expect:\n  -\n    hosts:\n      - \"127.0.0.1\"\n    open: []"},
        {"expect: [{hosts: 127.0.0.1, open: null}]", "3:35: expect.open has no value\n", NULL},
        {"expect: [{hosts: 127.0.0.1, open: 0}]",
         "3:35: expect.open: \"0\": a port is 1 to 65535\n", NULL},
        {"expect: [{hosts: 127.0.0.1, only: []}]", NULL,
         "expect:\n  -\n    hosts:\n      - \"127.0.0.1\"\n    only: []"},
        {"expect: [{hosts: 127.0.0.1, closed: \"1-65535\"}]",
         "3:10: expect names port 1, which is not among the ports to scan\n", NULL},
        {"expect: [{hosts: 127.0.0.1, open: 5, closed: 5}]",
         "3:10: expect says that port 5 is open and closed\n3:10: expect names port 5, which is "
         "not among the ports to scan\n",
         NULL},
        {"expect: [{hosts: 127.0.0.1, only: 5, closed: 5}]",
         "3:10: expect says that port 5 is open and closed\n3:10: expect names port 5, which is "
         "not among the ports to scan\n",
         NULL},
        {"expect: [{hosts: 127.0.0.1, only: 5, open: 6}]",
         "3:10: expect names port 6, which is not among the ports to scan\n", NULL},
        {"expect: [{hosts: 10.0.0.1, open: 5}]",
         "3:10: expect names port 5, which is not among the ports to scan\n", NULL},
        {"expect: [{hosts: web.example, open: 5}]",
         "3:10: expect names port 5, which is not among the ports to scan\n", NULL},
        {"expect: [{hosts: 127.0.0.1, opn: 5}]",
         "3:29: unknown key \"opn\"; did you mean \"open\"?\n3:10: expect entry has none of open, "
         "closed, only\n",
         NULL},
        {"expect: [{hosts: \"a b\", open: 5}]",
         "3:18: \"a b\" is no address, range or host name\n3:10: expect names port 5, which is not "
         "among the ports to scan\n",
         NULL},
        {"expect: [{hosts: 127.0.0.1, open: 99}]",
         "3:10: expect names port 99, which is not among the ports to scan\n", NULL},
        {"expect: [{hosts: [127.0.0.1, web.example], open: [22], closed: []}, {hosts: 127.0.0.1, "
         "only: \"22\"}]",
         NULL,
         "expect:\n  -\n    hosts:\n      - \"127.0.0.1\"\n      - \"web.example\"\n    open: "
         "\"22\"\n    closed: []\n  -\n    hosts:\n      - \"127.0.0.1\"\n    only: \"22\""},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),  cmocka_unit_test(excluded_hosts),
        cmocka_unit_test(ports),  cmocka_unit_test(excluded_ports),
        cmocka_unit_test(scopes), cmocka_unit_test(expectations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
