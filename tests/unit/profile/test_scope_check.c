#include "helper.h"

static void excludes_count(void **state)
{
    (void)state;
    ptl_profile_free(load_good("hosts: [127.0.0.1, 10.0.0.0/24]\nexclude_hosts: 10.0.0.0/24\n"
                               "ports: 22\n"));
    ptl_profile_free(load_good("hosts: 10.0.0.0/24\nscope: [10.0.0.0/25, 10.0.0.128/25]\n"
                               "ports: 22\n"));
    expect_messages("hosts: [127.0.0.1, 10.0.0.0/24]\nexclude_hosts: 10.0.0.0/25\nports: 22\n",
                    "t.yaml:1:20: 10.0.0.0/24: 10.0.0.128 is outside the profile's scope "
                    "(loopback); add \"10.0.0.0/24\" to scope\n");
}

static void every_entry_is_told_once(void **state)
{
    (void)state;
    expect_messages("hosts: [10.0.0.0/24, \"2001:db8::/120\"]\nexclude_hosts: 10.0.0.9\n"
                    "ports: 22\nscope: [10.0.1.0/24]\n",
                    "t.yaml:1:9: 10.0.0.0/24: 10.0.0.0 is outside the profile's scope "
                    "(10.0.1.0/24); add \"10.0.0.0/24\" to scope\n"
                    "t.yaml:1:22: 2001:db8::/120: 2001:db8:: is outside the profile's scope "
                    "(10.0.1.0/24); add \"2001:db8::/120\" to scope\n");
}

static void names_wait_for_the_run(void **state)
{
    (void)state;
    ptl_profile_free(load_good("hosts: host.example\nports: 22\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(excludes_count),
        cmocka_unit_test(every_entry_is_told_once),
        cmocka_unit_test(names_wait_for_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
