/* Kept runs, and reports that are profiles, of a program that embeds the library. */
#include "unit/embed/helper.h"

#include <sys/stat.h>
#include <unistd.h>

static bool in_namespace;

#define YAML                                                                                       \
    "name: lan\nhosts: 127.0.0.1\nports: 2000-2100\nhistory: {dir: kept}\n"                        \
    "expect: [{hosts: 127.0.0.1, open: 2001}]\n"

static void work_in_a_folder(void)
{
    char folder[] = "/tmp/portolan-history-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
}

static void remove_all(void)
{
    char folder[256], command[300];
    assert_non_null(getcwd(folder, sizeof(folder)));
    assert_int_equal(chdir("/"), 0);
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

static enum portolan_status write_as(const char *format, const char *path,
                                     const struct portolan_results *results)
{
    struct portolan_report *report = NULL;
    assert_int_equal(portolan_report_open(format, path, NULL, &report, NULL), PORTOLAN_OK);
    return portolan_report_write(report, results, NULL);
}

static void a_change_is_told_and_the_run_kept(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    work_in_a_folder();
    struct listeners listeners;
    listen_to_all(&listeners);
    assert_int_equal(portolan_history_check("kept/lan", NULL), PORTOLAN_OK);
    struct portolan_results *results = run(YAML, NULL);
    assert_int_equal(portolan_results_compare(results, "kept/lan", true, NULL), PORTOLAN_OK);
    assert_true(summary_of(results).changes == 0); /* since none */
    assert_int_equal(portolan_results_keep(results, "kept/lan", NULL), PORTOLAN_OK);
    portolan_results_free(results);

    close(listeners.fds[1]);
    results = run(YAML, NULL);
    for (int i = 0; i < 2; i++) { /* the second time takes the place of the first */
        assert_int_equal(portolan_results_compare(results, "kept/lan", true, NULL), PORTOLAN_OK);
        assert_true(summary_of(results).changes == 1);
    }
    assert_int_equal(write_as("text", "t.txt", results), PORTOLAN_OK);
    assert_non_null(strstr(contents("t.txt"), "2031"));
    assert_int_equal(portolan_results_keep(results, "kept/lan", NULL), PORTOLAN_OK);
    portolan_results_free(results);
    listeners.fds[1] = listen_on(AF_INET, port_of(1), 64);

    struct portolan_results *read = NULL;
    struct portolan_problems *problems = portolan_problems_new();
    assert_int_equal(portolan_results_read("kept/lan/latest.json", &read, NULL), PORTOLAN_OK);
    assert_true(summary_of(read).changes == 1);
    assert_int_equal(portolan_results_compare(read, "kept/lan", false, problems), PORTOLAN_INVALID);
    assert_int_equal(portolan_results_keep(read, "kept/lan", problems), PORTOLAN_INVALID);
    assert_int_equal(portolan_problems_count(problems), 2);
    portolan_problems_free(problems);
    portolan_results_free(read);
    close_all(&listeners);
    remove_all();
}

static void a_history_that_cannot_be_is_known_before(void **state)
{
    (void)state;
    work_in_a_folder();
    FILE *file = fopen("kept", "w");
    assert_non_null(file);
    fclose(file);
    struct portolan_problems *problems = portolan_problems_new();
    assert_int_equal(portolan_history_check("kept/lan", problems), PORTOLAN_OUTPUT);
    assert_int_equal(unlink("kept"), 0);
    assert_int_equal(portolan_history_check("kept/lan", NULL), PORTOLAN_OK);
    file = fopen("kept/lan/index.jsonl", "w");
    assert_non_null(file);
    fputs("no index\n", file);
    fclose(file);
    assert_int_equal(portolan_history_check("kept/lan", problems), PORTOLAN_INVALID);
    assert_string_equal(problem_of(problems, 1).file, "kept/lan/index.jsonl");
    portolan_problems_free(problems);
    remove_all();
}

/* What was run, and what was open, load again. */
static void a_run_is_written_as_a_profile(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    work_in_a_folder();
    struct listeners listeners;
    listen_to_all(&listeners);
    struct portolan_results *results = run(YAML, NULL);
    assert_int_equal(write_as("profile", "was.yaml", results), PORTOLAN_OK);
    assert_int_equal(write_as("expect", "expect.yaml", results), PORTOLAN_OK);
    assert_int_equal(write_as("json", "r.json", results), PORTOLAN_OK);
    struct portolan_expectation expectation;
    CLEAR(expectation);
    assert_true(portolan_results_expectation(results, 0, &expectation));
    assert_string_equal(expectation.text, "2001/tcp: expected open, is closed");
    portolan_results_free(results);

    struct portolan_profile *profile = NULL;
    assert_int_equal(portolan_profile_load_name("./was.yaml", NULL, &profile, NULL), PORTOLAN_OK);
    portolan_profile_free(profile);
    assert_non_null(strstr(contents("expect.yaml"), "only: \"2000,2031,2062,2093\""));

    assert_int_equal(portolan_results_read("r.json", &results, NULL), PORTOLAN_OK);
    assert_int_equal(write_as("profile", "not.yaml", results), PORTOLAN_INVALID);
    assert_int_equal(write_as("expect", "not.yaml", results), PORTOLAN_INVALID);
    assert_int_equal(access("not.yaml", F_OK), -1);
    portolan_results_free(results);
    close_all(&listeners);
    remove_all();
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_told_and_the_run_kept),
        cmocka_unit_test(a_history_that_cannot_be_is_known_before),
        cmocka_unit_test(a_run_is_written_as_a_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
