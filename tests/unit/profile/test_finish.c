#include "helper.h"

/* The name that a profile without one has. */
static void check_stem(const char *file, const char *name)
{
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    assert_int_equal(
        ptl_profile_load_text(BASE, strlen(BASE), file, "", NULL, 0, &profile, &problems), PTL_OK);
    assert_string_equal(profile->name, name);
    assert_string_equal(profile->file, file);
    ptl_profile_free(profile);
    ptl_problems_free(&problems);
}

static void the_files_stem(void **state)
{
    (void)state;
    check_stem("lan.yaml", "lan");
    check_stem("configs/lan.yml", "lan");
    check_stem("/a/b/office.v2.yaml", "office.v2");
    check_stem("lan.conf", "lan.conf");
    check_stem("-", "stdin");
    check_stem("two words.yaml", "two-words");
    check_stem("b\xC3\xBCro.yaml", "b--ro");
    check_stem(".yaml", ".yaml"); /* no suffix: the whole name */
    check_stem("a/", "profile");
    char file[200] = "d/", name[65];
    memset(file + 2, 'n', 100);
    strcpy(file + 102, ".yaml");
    memset(name, 'n', 64);
    name[64] = '\0';
    check_stem(file, name);
}

static void concurrency_by_engine(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        uint32_t concurrency;
    } rows[] = {
        {BASE, PTL_CONCURRENCY_AUTO},
        {BASE "engine: threads\n", 512},
        {BASE "engine: sequential\n", PTL_CONCURRENCY_AUTO},
        {BASE "engine: events\n", PTL_CONCURRENCY_UNLIMITED},
        {BASE "engine: events\nconcurrency: 512\n", 512},
        {BASE "engine: threads\nconcurrency: auto\n", PTL_CONCURRENCY_AUTO},
        {BASE "concurrency: unlimited\n", PTL_CONCURRENCY_UNLIMITED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct ptl_profile *profile = load_good(rows[i].yaml);
        assert_int_equal(profile->concurrency, rows[i].concurrency);
        ptl_profile_free(profile);
    }
}

static void where_the_report_goes(void **state)
{
    (void)state;
    struct ptl_profile *profile = load_good(BASE "report: {states: [closed]}\n");
    assert_false(profile->report_given);
    assert_string_equal(profile->report_paths[PTL_FORMAT_TEXT], "-");
    assert_true(profile->report_states[PTL_CLOSED] && profile->report_states[PTL_ERROR]);
    assert_false(profile->report_states[PTL_OPEN]);
    ptl_profile_free(profile);
    profile = load_good(BASE "report: {csv: x.csv}\n");
    assert_true(profile->report_given);
    assert_null(profile->report_paths[PTL_FORMAT_TEXT]);
    assert_true(profile->report_states[PTL_OPEN]);
    ptl_profile_free(profile);
    profile = load_good(BASE "report: {states: []}\n");
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        assert_int_equal(profile->report_states[s], s == PTL_ERROR); /* never left out */
    ptl_profile_free(profile);
}

static void what_is_missing(void **state)
{
    (void)state;
    expect_messages("name: x\n",
                    "t.yaml:1:1: hosts is missing: what to scan: addresses, names, CIDR blocks, "
                    "ranges, files of these\n"
                    "t.yaml:1:1: ports is missing: which TCP ports: numbers, ranges, service "
                    "names\n");
    expect_messages("\n\n  hosts: 127.0.0.1\n",
                    "t.yaml:3:3: ports is missing: which TCP ports: numbers, ranges, service "
                    "names\n");
    /* A parent that cannot be had may have had them: that is the one problem. */
    expect_messages("extends: none.yaml\n", "t.yaml:1:10: extends: none.yaml cannot be opened: No "
                                            "such file or directory\n");
    expect_messages("{}\n",
                    "t.yaml:1:1: hosts is missing: what to scan: addresses, names, CIDR blocks, "
                    "ranges, files of these\n"
                    "t.yaml:1:1: ports is missing: which TCP ports: numbers, ranges, service "
                    "names\n");
}

static void ports_that_are_left(void **state)
{
    (void)state;
    struct ptl_profile *profile =
        load_good("hosts: 127.0.0.1\nports: 1-65535\nexclude_ports: [2-65534]\n");
    assert_int_equal(ptl_portset_count(profile->ports), 2);
    const uint16_t *ports = ptl_portset_seal(profile->ports);
    assert_int_equal(ports[0], 1);
    assert_int_equal(ports[1], 65535);
    ptl_profile_free(profile);
    expect_messages(BASE "exclude_ports: 1-65535\n",
                    "t.yaml:3:16: exclude_ports leaves no port to scan\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_stem),        cmocka_unit_test(concurrency_by_engine),
        cmocka_unit_test(where_the_report_goes), cmocka_unit_test(what_is_missing),
        cmocka_unit_test(ports_that_are_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
