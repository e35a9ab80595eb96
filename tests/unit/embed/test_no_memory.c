/* Each allocation refused in turn: a clean failure, no leak, nothing handed over. */
#include "support/failing_malloc.h"

#include "unit/embed/helper.h"

#include <unistd.h>

#define HISTORY "no-memory.history"

static bool in_namespace;

static bool check(enum portolan_status status, struct portolan_problems *problems,
                  const void *handed_over)
{
    if (status != PORTOLAN_OK) {
        assert_int_equal(status, PORTOLAN_NO_MEMORY);
        assert_null(handed_over);
        assert_true(problems == NULL ||
                    portolan_problems_count(problems) > 0); /* NULL: not asked */
    }
    portolan_problems_free(problems);
    return status == PORTOLAN_OK;
}

static bool load_one(void *context)
{
    (void)context;
    static const struct portolan_setting settings[] = {{"rate", "7"}, {"report.csv", "x.csv"}};
    struct portolan_load_options options;
    CLEAR(options);
    options.settings = settings;
    options.setting_count = 2;
    struct portolan_problems *problems = portolan_problems_new();
    if (problems == NULL)
        return false;
    struct portolan_profile *profile = NULL;
    char *text = NULL;
    enum portolan_status status = portolan_profile_load_text("hosts: 127.0.0.1\nports: 1-4\n", 28,
                                                             &options, &profile, problems);
    if (!check(status, problems, profile))
        return false;
    status = portolan_profile_show(profile, &text, NULL);
    bool shown = check(status, NULL, text);
    free(text);
    portolan_profile_free(profile);
    return shown;
}

static bool prepare_one(void *context)
{
    struct portolan_problems *problems = portolan_problems_new();
    if (problems == NULL)
        return false;
    struct portolan_prepared *prepared = NULL;
    struct portolan_stop *stop = NULL;
    enum portolan_status status = portolan_stop_new(&stop, problems);
    struct portolan_prepare_options options;
    CLEAR(options);
    options.stop = stop;
    options.shard = 2;
    options.shards = 2;
    if (status == PORTOLAN_OK)
        status =
            portolan_prepare((struct portolan_profile *)context, &options, &prepared, problems);
    bool good = check(status, problems, prepared);
    portolan_prepared_free(prepared);
    portolan_stop_free(stop);
    return good;
}

static bool report_as(const char *format, const struct portolan_results *results)
{
    struct portolan_problems *problems = portolan_problems_new();
    if (problems == NULL)
        return false;
    struct portolan_report *report = NULL;
    enum portolan_status status =
        portolan_report_open(format, "/dev/null", NULL, &report, problems);
    if (!check(status, problems, report))
        return false;
    return check(portolan_report_write(report, results, NULL), NULL, NULL);
}

static bool report_one(void *context)
{
    const struct portolan_results *results = context;
    return report_as("csv", results) && report_as("profile", results) &&
           report_as("expect", results);
}

static bool compare_one(void *context)
{
    struct portolan_results *results = context;
    struct portolan_problems *problems = portolan_problems_new();
    if (problems == NULL)
        return false;
    return check(portolan_results_compare(results, HISTORY, false, problems), problems, NULL);
}

static bool expand_one(void *context)
{
    (void)context;
    struct portolan_path_values values;
    char *path = NULL;
    CLEAR(values);
    values.profile = "lan";
    bool good = check(portolan_path_expand("{profile}.{shard}", &values, &path, NULL), NULL, path);
    free(path);
    return good;
}

static void found(void *context, const struct portolan_names *names,
                  const struct portolan_result *result)
{
    (void)names;
    *(unsigned *)context += result->state == PORTOLAN_OPEN;
}

static void what_needs_no_network(void **state)
{
    (void)state;
    fail_each(load_one, NULL);
    fail_each(expand_one, NULL);
    struct portolan_profile *profile = load("hosts: 127.0.0.1\nports: 1-4\n");
    fail_each(prepare_one, profile);
    portolan_profile_free(profile);
}

/* A run may find a way, or end early and say so. */
static void a_run_and_its_reports(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    struct listeners listeners;
    listen_to_all(&listeners);
    struct portolan_profile *profile = load("hosts: 127.0.0.1\nports: 2000-2100\nengine: events\n");
    bool refused = true;
    unsigned failures = 0;
    for (unsigned long nth = 1; refused; nth++) {
        unsigned open = 0;
        struct portolan_prepared *prepared = NULL;
        struct portolan_results *results = NULL;
        struct portolan_run_options options;
        CLEAR(options);
        options.context = &open;
        options.found = found;
        assert_int_equal(portolan_prepare(profile, NULL, &prepared, NULL), PORTOLAN_OK);
        failing_malloc_arm(nth, false);
        enum portolan_status status = portolan_run(prepared, &options, &results, NULL);
        refused = failing_malloc_disarm();
        assert_int_equal(status == PORTOLAN_OK, results != NULL);
        assert_true(status == PORTOLAN_OK || status == PORTOLAN_NO_MEMORY ||
                    status == PORTOLAN_SYSTEM);
        failures += status != PORTOLAN_OK;
        if (results != NULL) {
            struct portolan_summary summary = summary_of(results);
            assert_true(!summary.complete || (summary.open == 4 && open == 4));
        }
        if (!refused) {
            fail_each(report_one, results);
            assert_int_equal(portolan_history_check(HISTORY, NULL), PORTOLAN_OK);
            assert_int_equal(portolan_results_keep(results, HISTORY, NULL), PORTOLAN_OK);
            fail_each(compare_one, results);
            assert_int_equal(system("rm -r " HISTORY), 0);
        }
        portolan_results_free(results);
        assert_true(nth < 10000);
    }
    assert_true(failures > 5);
    portolan_profile_free(profile);
    close_all(&listeners);
}

int main(void)
{
    char folder[] = "/tmp/portolan-memory-XXXXXX";
    in_namespace = enter_namespace() && mkdtemp(folder) != NULL && chdir(folder) == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_needs_no_network),
        cmocka_unit_test(a_run_and_its_reports),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
