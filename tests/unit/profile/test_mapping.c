#include "helper.h"

static void keys(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"exten: 5", "3:1: unknown key \"exten\"\n", NULL},
        {"HOSTS: 5", "3:1: unknown key \"HOSTS\"\n", NULL},
        {"? : 5", "3:3: not YAML: while parsing a block mapping: did not find expected key\n",
         NULL},
        {"? [a]: 5", "3:3: a key must be a word\n3:3: a key must be a word\n", NULL},
        {"<<: {retries: 5}", NULL, "retries: 5"},
        {"<<: {retries: 50}", "3:15: retries must be between 0 and 10\n", NULL},
        {"<<: [{retries: 5}, {retries: 6}]", NULL, "retries: 5"},
        {"<<: 5", "3:5: << takes a mapping or a list of mappings\n", NULL},
        {"<<: null", "3:5: << takes a mapping or a list of mappings\n", NULL},
        {"\"<<\": 5", "3:1: unknown key \"<<\"\n", NULL},
        {"? \"\"\n: 5", "3:3: unknown key \"\"\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void what_a_merge_brings_gives_way(void **state)
{
    (void)state;
    static const struct row rows[] = {
        /* What is written counts, before the merge and after it; of two merged the first. */
        {"retries: 1\n<<: {retries: 5, confirm: 2}", NULL, "retries: 1"},
        {"<<: {retries: 5, confirm: 2}\nretries: 1", NULL, "confirm: 2"},
        {"<<: [{retries: 5}, {retries: 6, confirm: 3}]", NULL, "confirm: 3"},
        {"<<: {<<: {retries: 5}, confirm: 2}", NULL, "retries: 5"},
        {"<<: {}", NULL, "retries: 1"},
        {"<<: []", NULL, "retries: 1"},
        {"<<: [{retries: 5}, 6]", "3:20: << takes a mapping or a list of mappings\n", NULL},
        {"<<: [[{retries: 5}]]", "3:6: << takes a mapping or a list of mappings\n", NULL},
        {"<<: *gone", "3:5: no such anchor: *gone\n", NULL},
        {"<<: {retries: 5}\n<<: {confirm: 5}", "4:1: duplicate key \"<<\", first on line 3\n",
         NULL},
        {"<<: &a {retries: 5, <<: *a}", "3:25: an alias inside what it stands for: *a\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

static void each_duplicate_is_told(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"retries: 1\nretries: 1", "4:1: duplicate key \"retries\", first on line 3\n", NULL},
        {"retries: 1\n\"retries\": 2\n'retries': 3",
         "4:1: duplicate key \"retries\", first on line 3\n"
         "5:1: duplicate key \"retries\", first on line 3\n",
         NULL},
        {"report: {json: a, json: b}", "3:19: duplicate key \"json\", first on line 3\n", NULL},
        {"nosuch: {a: 1, a: 2}",
         "3:16: duplicate key \"a\", first on line 3\n3:1: unknown key \"nosuch\"\n", NULL},
        {"retries: 1\nRetries: 2", "4:1: unknown key \"Retries\"; did you mean \"retries\"?\n",
         NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(what_a_merge_brings_gives_way),
        cmocka_unit_test(each_duplicate_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
