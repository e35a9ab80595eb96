#include "helper.h"

#define WRONG "3:8: shard must be K/N with K from 1 to N, or auto/N, with N at most 100000\n"

static void slices(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"shard: none", NULL, "shard: none"},
        {"shard: 1/1", NULL, "shard: 1/1"},
        {"shard: \"3/8\"", NULL, "shard: 3/8"},
        {"shard: 100000/100000", NULL, "shard: 100000/100000"},
        {"shard: auto/8", NULL, "shard: auto/8"},
        {"shard: 0/8", WRONG, NULL},
        {"shard: 9/8", WRONG, NULL},
        {"shard: 1/100001", WRONG, NULL},
        {"shard: auto/100001", WRONG, NULL},
        {"shard: auto/0", WRONG, NULL},
        {"shard: 1/0", WRONG, NULL},
        {"shard: 01/8", WRONG, NULL},
        {"shard: 1/8/8", WRONG, NULL},
        {"shard: \"1 / 8\"", WRONG, NULL},
        {"shard: -1/8", WRONG, NULL},
        {"shard: 18446744073709551617/8", WRONG, NULL},
        {"shard: auto", WRONG, NULL},
        {"shard: 8", WRONG, NULL},
        {"shard: [1, 8]", WRONG, NULL},
        {"shard:", "3:7: shard must be K/N with K from 1 to N, or auto/N, with N at most 100000\n",
         NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
