#include "helper.h"

static void names_and_descriptions(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"name: a", NULL, "name: \"a\""},
        {"name: ABCxyz019._-", NULL, "name: \"ABCxyz019._-\""},
        {"name: yes", NULL, "name: \"yes\""},
        {"name: None", NULL, "name: \"None\""},
        {"name: True", NULL, "name: \"True\""},
        {"name: [a]", "3:7: name must be a string, not a list\n", NULL},
        {"name: {a: b}", "3:7: name must be a string, not a mapping\n", NULL},
        {"name:", "3:6: name has no value\n", NULL},
        {"name: ~", "3:7: name has no value\n", NULL},
        {"name: null", "3:7: name has no value\n", NULL},
        {"name: true", "3:7: name must be a string: put \"true\" in quotes\n", NULL},
        {"name: 5", "3:7: name must be a string: put \"5\" in quotes\n", NULL},
        {"name: 1.5", "3:7: name must be a string: put \"1.5\" in quotes\n", NULL},
        {"name: .inf", "3:7: name must be a string: put \".inf\" in quotes\n", NULL},
        {"name: 0x1F", "3:7: name must be a string: put \"0x1F\" in quotes\n", NULL},
        {"name: \"5\"", NULL, "name: \"5\""},
        {"name: \"\"", "3:7: name must be 1 to 64 bytes long, not 0\n", NULL},
        {"name: \"a/b\"", "3:7: name may hold only A-Z, a-z, 0-9, \".\", \"_\" and \"-\"\n", NULL},
        {"name: é", "3:7: name may hold only A-Z, a-z, 0-9, \".\", \"_\" and \"-\"\n", NULL},
        {"name: ..", "3:7: name must not be what folders call themselves, ..\n", NULL},
        {"name: ..a", NULL, "name: \"..a\""},
        {"name: \"a b\"", "3:7: name may hold only A-Z, a-z, 0-9, \".\", \"_\" and \"-\"\n", NULL},
        {"description: [a]", "3:14: description must be a string, not a list\n", NULL},
        {"description: 12", "3:14: description must be a string: put \"12\" in quotes\n", NULL},
        {"description: \"12\"", NULL, "description: \"12\""},
        {"description: |", NULL, "description: \"\""},
        {"description: null", "3:14: description has no value\n", NULL},
        {"name: 0123456789012345678901234567890123456789012345678901234567890123",
         "3:7: name must be a string: put "
         "\"0123456789012345678901234567890123456789012345678901234567890123\" in quotes\n",
         NULL},
        {"name: n0123456789012345678901234567890123456789012345678901234567890123",
         "3:7: name must be 1 to 64 bytes long, not 65\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void booleans(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"adaptive: true", NULL, "adaptive: true"},
        {"adaptive: True", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive: TRUE", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive: yes", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive: \"true\"", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive: 1", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive: []", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive: {}", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive:", "3:10: adaptive must be true or false\n", NULL},
        {"adaptive: !!bool true", NULL, "adaptive: true"},
        {"adaptive: !!str true", "3:11: adaptive must be true or false\n", NULL},
        {"adaptive_timeout: false", NULL, "adaptive_timeout: false"},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void whole_numbers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"retries: 2", NULL, "retries: 2"},
        {"retries: +2", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: -0", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 007", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 0x2", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 0o2", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 1_0", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 1e0", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 2.0", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 2.", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: .inf", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: two", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: \"2\"", "3:10: retries must be a number, without quotes\n", NULL},
        {"retries: \"two\"", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: []", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: {}", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: null", "3:10: retries has no value\n", NULL},
        {"retries: true", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: 18446744073709551616", "3:10: retries must be between 0 and 10\n", NULL},
        {"retries: 99999999999999999999999999", "3:10: retries must be between 0 and 10\n", NULL},
        {"retries: unlimited", "3:10: retries must be a whole decimal number\n", NULL},
        {"retries: none", "3:10: retries must be a whole decimal number\n", NULL},
        {"concurrency: unlimited", NULL, "concurrency: unlimited"},
        {"concurrency: auto", NULL, "concurrency: auto"},
        {"concurrency: \"unlimited\"", NULL, "concurrency: unlimited"},
        {"concurrency: Unlimited",
         "3:14: concurrency must be a whole decimal number, auto or unlimited\n", NULL},
        {"concurrency: \"12\"",
         "3:14: concurrency must be a number, auto or unlimited, without quotes\n", NULL},
        {"concurrency: 0", "3:14: concurrency must be between 1 and 1000000, auto or unlimited\n",
         NULL},
        {"concurrency: 1000001",
         "3:14: concurrency must be between 1 and 1000000, auto or unlimited\n", NULL},
        {"concurrency: []", "3:14: concurrency must be a whole decimal number, auto or unlimited\n",
         NULL},
        {"concurrency: null", "3:14: concurrency has no value\n", NULL},
        {"concurrency: none",
         "3:14: concurrency must be a whole decimal number, auto or unlimited\n", NULL},
        {"seed: 4503599627370496", NULL, "seed: 4503599627370496"},
        {"rate: 10000000", NULL, "rate: 10000000"},
        {"rate: 0.5", "3:7: rate must be a whole decimal number\n", NULL},
        {"rate: none", "3:7: rate must be a whole decimal number\n", NULL},
        {"workers: 1024", NULL, "workers: 1024"},
        {"give_up_after: 4294967295", NULL, "give_up_after: 4294967295"},
        {"give_up_after: 4294967296", "3:16: give_up_after must be between 0 and 4294967295\n",
         NULL},
        {"confirm: 10", NULL, "confirm: 10"},
        {"confirm: -1", "3:10: confirm must be a whole decimal number\n", NULL},
        {"loss_retries: 20", NULL, "loss_retries: 20"},
        {"loss_retries: 21", "3:15: loss_retries must be between 0 and 20\n", NULL},
        {"rate: 10000001", "3:7: rate must be between 0 and 10000000\n", NULL},
        {"workers: 1025", "3:10: workers must be between 0 and 1024\n", NULL},
        {"workers: -1", "3:10: workers must be a whole decimal number\n", NULL},
        {"seed: 0", NULL, "seed: 0"},
        {"seed: -1", "3:7: seed must be a whole decimal number\n", NULL},
        {"seed: 4503599627370497", "3:7: seed must be between 0 and 4503599627370496\n", NULL},
        {"seed: random", "3:7: seed must be a whole decimal number\n", NULL},
        {"give_up_after: never", "3:16: give_up_after must be a whole decimal number\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void durations(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"timeout: 500ms", NULL, "timeout: 500ms"},
        {"timeout: 1.5s", NULL, "timeout: 1.5s"},
        {"timeout: 0.25m", NULL, "timeout: 15s"},
        {"timeout: 1m", NULL, "timeout: 1m"},
        {"timeout: 60s", NULL, "timeout: 1m"},
        {"timeout: \"60s\"", NULL, "timeout: 1m"},
        {"timeout: 60000ms", NULL, "timeout: 1m"},
        {"timeout: 60001ms", "3:10: timeout must be between 1ms and 1m\n", NULL},
        {"timeout: 0ms", "3:10: timeout must be between 1ms and 1m\n", NULL},
        {"timeout: 0s", "3:10: timeout must be between 1ms and 1m\n", NULL},
        {"timeout: 0.0s", "3:10: timeout must be between 1ms and 1m\n", NULL},
        {"timeout: 500 ms",
         "3:10: timeout: \"500 ms\" is no duration: a number and ms, s, m, h or d, such as 500ms "
         "or 1.5s\n",
         NULL},
        {"timeout: 500MS",
         "3:10: timeout: \"500MS\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: 1h", "3:10: timeout must be between 1ms and 1m\n", NULL},
        {"timeout: .5s",
         "3:10: timeout: \".5s\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: 5.s",
         "3:10: timeout: \"5.s\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: 1.s",
         "3:10: timeout: \"1.s\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: -1s",
         "3:10: timeout: \"-1s\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: +1s",
         "3:10: timeout: \"+1s\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: 01s",
         "3:10: timeout: \"01s\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: 1e3ms",
         "3:10: timeout: \"1e3ms\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: 1.0005s", "3:10: timeout: \"1.0005s\" is not in whole milliseconds\n", NULL},
        {"timeout: 1.0001s", "3:10: timeout: \"1.0001s\" is not in whole milliseconds\n", NULL},
        {"timeout: 0.0000000001s",
         "3:10: timeout: \"0.0000000001s\" is no duration: a number and ms, s, m, h or d, such as "
         "500ms or 1.5s\n",
         NULL},
        {"timeout: 99999999999999999999d",
         "3:10: timeout: \"99999999999999999999d\" is no duration: a number and ms, s, m, h or d, "
         "such as 500ms or 1.5s\n",
         NULL},
        {"timeout: 213503982334d", "3:10: timeout must be between 1ms and 1m\n", NULL},
        {"timeout: 500", "3:10: timeout needs a unit: 500ms\n", NULL},
        {"timeout: \"500\"", "3:10: timeout needs a unit: 500ms\n", NULL},
        {"timeout: 0.5", "3:10: timeout: \"0.5\" has no unit: write 0.5ms or 0.5s\n", NULL},
        {"timeout: none",
         "3:10: timeout: \"none\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: null", "3:10: timeout has no value\n", NULL},
        {"timeout: []", "3:10: timeout must be a string, not a list\n", NULL},
        {"timeout: {}", "3:10: timeout must be a string, not a mapping\n", NULL},
        {"timeout: true",
         "3:10: timeout: \"true\" is no duration: a number and ms, s, m, h or d, such as 500ms or "
         "1.5s\n",
         NULL},
        {"timeout: 1s500ms",
         "3:10: timeout: \"1s500ms\" is no duration: a number and ms, s, m, h or d, such as 500ms "
         "or 1.5s\n",
         NULL},
        {"deadline: 1s", NULL, "deadline: 1s"},
        {"deadline: 999ms", "3:11: deadline must be between 1s and 30d, or none\n", NULL},
        {"deadline: 30d", NULL, "deadline: 30d"},
        {"deadline: 30.1d", "3:11: deadline must be between 1s and 30d, or none\n", NULL},
        {"deadline: 720h", NULL, "deadline: 30d"},
        {"deadline: none", NULL, "deadline: none"},
        {"deadline: \"none\"", NULL, "deadline: none"},
        {"deadline: 0s", "3:11: deadline must be between 1s and 30d, or none\n", NULL},
        {"deadline: null", "3:11: deadline has no value\n", NULL},
        {"deadline: 60", "3:11: deadline needs a unit: 60s\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void words(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"engine: pool", NULL, "engine: pool"},
        {"engine: \"pool\"", NULL, "engine: pool"},
        {"engine: Pool",
         "3:9: engine must be one of sequential, threads, events, pool, not \"Pool\"; did you mean "
         "\"pool\"?\n",
         NULL},
        {"engine: poll",
         "3:9: engine must be one of sequential, threads, events, pool, not \"poll\"; did you mean "
         "\"pool\"?\n",
         NULL},
        {"engine: []", "3:9: engine must be a string, not a list\n", NULL},
        {"engine: 5", "3:9: engine must be one of sequential, threads, events, pool, not \"5\"\n",
         NULL},
        {"engine: null", "3:9: engine has no value\n", NULL},
        {"engine: sequental",
         "3:9: engine must be one of sequential, threads, events, pool, not \"sequental\"; did you "
         "mean \"sequential\"?\n",
         NULL},
        {"order: random", NULL, "order: random"},
        {"order: interleave",
         "3:8: order must be one of interleaved, sequential, random, not \"interleave\"; did you "
         "mean \"interleaved\"?\n",
         NULL},
        {"resolve: all", NULL, "resolve: all"},
        {"resolve: first", NULL, "resolve: first"},
        {"resolve: al",
         "3:10: resolve must be one of first, all, not \"al\"; did you mean \"all\"?\n", NULL},
        {"address_family: ipv6", NULL, "address_family: ipv6"},
        {"address_family: IPv4",
         "3:17: address_family must be one of any, ipv4, ipv6, not \"IPv4\"\n", NULL},
        {"address_family: 4", "3:17: address_family must be one of any, ipv4, ipv6, not \"4\"\n",
         NULL},
        {"order: sequential", NULL, "order: sequential"},
        {"order: interleaved", NULL, "order: interleaved"},
        {"engine: sequential", NULL, "engine: sequential"},
        {"engine: threads", NULL, "engine: threads"},
        {"engine: events", NULL, "engine: events"},
        {"engine: events\nconcurrency: 5", NULL, "engine: events"},
        {"address_family: any", NULL, "address_family: any"},
        {"address_family: ipv4", NULL, "address_family: ipv4"},
        {"address_family: \"\"", "3:17: address_family must be one of any, ipv4, ipv6, not \"\"\n",
         NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void source_addresses(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"source_address: 127.0.0.1", NULL, "source_address: \"127.0.0.1\""},
        {"source_address: ::1", NULL, "source_address: \"::1\""},
        {"source_address: \"[::1]\"", NULL, "source_address: \"::1\""},
        {"source_address: \"::ffff:127.0.0.1\"", NULL, "source_address: \"127.0.0.1\""},
        {"source_address: none", NULL, "source_address: none"},
        {"source_address: None", "3:17: source_address: \"None\" is no address\n", NULL},
        {"source_address: fe80::1%eth0",
         "3:17: source_address: \"fe80::1%eth0\": addresses with a zone are not supported\n", NULL},
        {"source_address: localhost", "3:17: source_address: \"localhost\" is no address\n", NULL},
        {"source_address: 10.0.0.0/8", "3:17: source_address: \"10.0.0.0/8\" is no address\n",
         NULL},
        {"source_address: 10.0.0.1-5", "3:17: source_address: \"10.0.0.1-5\" is no address\n",
         NULL},
        {"source_address: 0.0.0.0",
         "3:17: source_address must be an address of this machine, or none: the system chooses\n",
         NULL},
        {"source_address: \"::\"",
         "3:17: source_address must be an address of this machine, or none: the system chooses\n",
         NULL},
        {"source_address: ::",
         "3:18: not YAML: mapping values are not allowed in this context; put an IPv6 address in "
         "quotes\n",
         NULL},
        {"source_address: []", "3:17: source_address must be a string, not a list\n", NULL},
        {"source_address: null", "3:17: source_address has no value\n", NULL},
        {"source_address: 10", "3:17: source_address: \"10\" is no address\n", NULL},
        {"source_address: 10.5", "3:17: source_address: \"10.5\" is no address\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void reports(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"report: {}", NULL, "report:\n  text: \"-\"\n  states: [open, error]"},
        {"report:", "3:8: report must be a mapping: {json, csv, text, ...: path; states: list}\n",
         NULL},
        {"report: text",
         "3:9: report must be a mapping: {json, csv, text, ...: path; states: list}\n", NULL},
        {"report: []",
         "3:9: report must be a mapping: {json, csv, text, ...: path; states: list}\n", NULL},
        {"report: {text: null}", "3:16: report.text has no value\n", NULL},
        {"report: {text: \"\"}", "3:16: report.text must be a path, not empty\n", NULL},
        {"report: {text: []}", "3:16: report.text must be a string, not a list\n", NULL},
        {"report: {text: 5}", "3:16: report.text must be a string: put \"5\" in quotes\n", NULL},
        {"report: {text: \"-\", json: \"a b/{profile}-{started}.json\"}", NULL,
         "report:\n  json: \"a b/{profile}-{started}.json\"\n  text: \"-\"\n  states: [open, "
         "error]"},
        {"report: {json: \"{nothing}\"}",
         "3:16: report.json may hold no { or } but {profile}, {shard} and {started}\n", NULL},
        {"report: {json: \"a}\"}",
         "3:16: report.json may hold no { or } but {profile}, {shard} and {started}\n", NULL},
        {"report: {json: \"{profile\"}",
         "3:16: report.json may hold no { or } but {profile}, {shard} and {started}\n", NULL},
        {"report: {states: []}", NULL, "report:\n  text: \"-\"\n  states: [error]"},
        {"report: {states: open}", "3:18: report.states must be a list, as [open, closed]\n", NULL},
        {"report: {states: [open, closed, filtered, error]}", NULL,
         "report:\n  text: \"-\"\n  states: [open, closed, filtered, error]"},
        {"report: {states: [open, open]}", NULL, "report:\n  text: \"-\"\n  states: [open, error]"},
        {"report: {states: [Open]}",
         "3:19: report.states entries are open, closed, filtered and error\n", NULL},
        {"report: {states: [unprobed]}",
         "3:19: report.states entries are open, closed, filtered and error\n", NULL},
        {"report: {states: [[open]]}",
         "3:19: report.states entries are open, closed, filtered and error\n", NULL},
        {"report: {states: [null]}",
         "3:19: report.states entries are open, closed, filtered and error\n", NULL},
        {"report: {states: null}", "3:18: report.states must be a list, as [open, closed]\n", NULL},
        {"report: {state: [open]}", "3:10: unknown key \"state\"; did you mean \"states\"?\n",
         NULL},
        {"report: {TEXT: \"-\"}", "3:10: unknown key \"TEXT\"\n", NULL},
        {"report: {json: a, csv: b, text: \"-\", html: h, hostport: p, xml: x, junit: j, prom: m}",
         NULL,
         "report:\n  json: \"a\"\n  csv: \"b\"\n  text: \"-\"\n  html: \"h\"\n  hostport: \"p\"\n  "
         "xml: \"x\"\n  junit: \"j\"\n  prom: \"m\"\n  states: [open, error]"},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_descriptions),
        cmocka_unit_test(booleans),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(durations),
        cmocka_unit_test(words),
        cmocka_unit_test(source_addresses),
        cmocka_unit_test(reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
