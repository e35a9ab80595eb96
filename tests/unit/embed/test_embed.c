/* What a program that embeds the library relies on, by include/portolan.h alone. */
#include "unit/embed/helper.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

static bool in_namespace;

static void every_problem_of_a_profile_has_its_place(void **state)
{
    (void)state;
    static const char yaml[] = "hosts: 127.0.0.1\nports: 1-99999\nretires: 2\n";
    static const struct portolan_setting settings[] = {{"rate", "fast"}};
    struct portolan_load_options options;
    CLEAR(options);
    options.file = "here.yaml";
    options.settings = settings;
    options.setting_count = 1;
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_profile *profile = NULL;
    assert_int_equal(portolan_profile_load_text(yaml, strlen(yaml), &options, &profile, problems),
                     PORTOLAN_INVALID);
    assert_null(profile);
    assert_int_equal(portolan_problems_count(problems), 3);
    bool found[3] = {false};
    for (size_t i = 0; i < 3; i++) {
        struct portolan_problem problem = problem_of(problems, i);
        assert_int_equal(problem.status, PORTOLAN_INVALID);
        found[0] = found[0] || (strcmp(problem.file, "here.yaml") == 0 && problem.line == 2 &&
                                problem.column == 8);
        found[1] =
            found[1] || (problem.line == 3 && strstr(problem.message, "did you mean") != NULL &&
                         strncmp(problem.text, "here.yaml:3:1: ", 15) == 0);
        found[2] = found[2] || strcmp(problem.file, "--set") == 0;
    }
    assert_true(found[0] && found[1] && found[2]);
    struct portolan_problem none;
    CLEAR(none);
    assert_false(portolan_problems_get(problems, 3, &none));
    portolan_problems_free(problems);
    portolan_problems_free(NULL);
    assert_int_equal(portolan_problems_count(NULL), 0);
}

static void more_problems_than_are_kept_are_counted(void **state)
{
    (void)state;
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_profile *profile = NULL;
    for (int i = 0; i < 130; i++)
        assert_int_equal(portolan_profile_load_text("hosts: 1\n", 9, NULL, &profile, problems),
                         PORTOLAN_INVALID);
    assert_int_equal(portolan_problems_count(problems), 101);
    assert_non_null(strstr(problem_of(problems, 100).text, "more problems"));
    portolan_problems_free(problems);
}

static void settings_and_what_is_shown(void **state)
{
    (void)state;
    static const struct portolan_setting settings[] = {
        {"hosts", "127.0.0.7"}, {"ports", "[80]"}, {"report.json", "x.json"}};
    struct portolan_load_options options;
    CLEAR(options);
    options.settings = settings;
    options.setting_count = 3;
    struct portolan_profile *profile = NULL;
    char *shown = NULL, *again = NULL;
    assert_int_equal(portolan_profile_load_text("{}", 2, &options, &profile, NULL), PORTOLAN_OK);
    assert_int_equal(portolan_profile_show(profile, &shown, NULL), PORTOLAN_OK);
    assert_non_null(strstr(shown, "127.0.0.7"));
    assert_non_null(strstr(shown, "x.json"));
    struct portolan_profile *second = load(shown);
    assert_int_equal(portolan_profile_show(second, &again, NULL), PORTOLAN_OK);
    assert_string_equal(shown, again);
    free(shown);
    free(again);
    portolan_profile_free(second);
    portolan_profile_free(profile);
    portolan_profile_free(NULL);
}

/* A struct as an older program has it, one as a newer one has it, one without its size. */
static void structs_of_other_versions(void **state)
{
    (void)state;
    struct portolan_profile *profile = load("hosts: 127.0.0.1\nports: 1-4\n");
    struct portolan_prepared *prepared = NULL;
    struct portolan_problems *problems = portolan_problems_new();
    struct {
        struct portolan_prepare_options options;
        void *later;
    } newer;
    memset(&newer, 0, sizeof(newer));
    assert_int_equal(portolan_prepare(profile, &newer.options, &prepared, problems),
                     PORTOLAN_INVALID);
    assert_non_null(strstr(problem_of(problems, 0).text, "size is not set"));
    newer.options.size = sizeof(newer);
    newer.later = &newer;
    assert_int_equal(portolan_prepare(profile, &newer.options, &prepared, problems),
                     PORTOLAN_INVALID);
    assert_non_null(strstr(problem_of(problems, 1).text, "does not know"));
    newer.later = NULL;
    assert_int_equal(portolan_prepare(profile, &newer.options, &prepared, problems), PORTOLAN_OK);
    assert_int_equal(portolan_problems_count(problems), 2);

    struct portolan_prepared_info info;
    memset(&info, 0x5a, sizeof(info));
    info.size = offsetof(struct portolan_prepared_info, probes);
    assert_true(portolan_prepared_get(prepared, &info));
    assert_true(info.targets == 1);
    assert_true(info.probes == 0x5a5a5a5a5a5a5a5aULL); /* beyond its size nothing is touched */
    info.size = 0;
    assert_false(portolan_prepared_get(prepared, &info));
    CLEAR(info);
    assert_true(portolan_prepared_get(prepared, &info));
    assert_true(info.probes == 4 && info.workers >= 1 && info.concurrency >= 1);
    portolan_prepared_free(prepared);
    portolan_prepared_free(NULL);
    portolan_profile_free(profile);
    portolan_problems_free(problems);
}

static void an_address_outside_the_scope_is_a_problem(void **state)
{
    (void)state;
    static const char yaml[] = "hosts: localhost\nports: 1\nscope: [\"198.18.0.0/15\"]\n";
    struct portolan_profile *profile = load(yaml);
    struct portolan_prepared *prepared = NULL;
    struct portolan_problems *problems = portolan_problems_new();
    assert_int_equal(portolan_prepare(profile, NULL, &prepared, problems), PORTOLAN_INVALID);
    assert_null(prepared);
    struct portolan_problem problem = problem_of(problems, 0);
    assert_int_equal(problem.line, 1);
    assert_non_null(strstr(problem.message, "outside the profile's scope"));
    portolan_profile_free(profile);
    portolan_problems_free(problems);
}

/* ---- runs ---- */

struct heard {
    unsigned times[65536];
    unsigned ticks, last_done, last_offset_ms;
    unsigned wrong;             /* an assertion belongs on the test's own thread */
    struct portolan_stop *stop; /* triggered once something is found */
};

static void on_found(void *context, const struct portolan_names *names,
                     const struct portolan_result *result)
{
    struct heard *heard = context;
    heard->wrong += strcmp(names->ip, "127.0.0.1") != 0;
    heard->wrong += result->offset_ms < heard->last_offset_ms;
    heard->last_offset_ms = result->offset_ms;
    heard->times[result->port]++;
    if (heard->stop != NULL)
        portolan_stop_trigger(heard->stop);
}

static void on_progress(void *context, const struct portolan_progress *progress)
{
    struct heard *heard = context;
    heard->wrong += progress->done < heard->last_done || progress->done > progress->probes;
    heard->last_done = (unsigned)progress->done;
    heard->ticks++;
}

static void each_result_is_told_once_and_read_back(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    static struct heard heard;
    struct listeners listeners;
    listen_to_all(&listeners);
    struct portolan_run_options options;
    CLEAR(options);
    options.context = &heard;
    options.tick_ms = 10;
    options.found = on_found;
    options.progress = on_progress;
    /* Slow enough for some to be told while it lasts. */
    struct portolan_results *results =
        run("hosts: 127.0.0.1\nports: 2000-2999\nrate: 4000\n", &options);
    struct portolan_summary summary = summary_of(results);
    assert_true(summary.complete);
    assert_null(summary.incomplete);
    assert_null(summary.stopped_by);
    assert_true(summary.open == OPEN_PORTS && summary.closed == 1000 - OPEN_PORTS);
    assert_int_equal(summary.results, OPEN_PORTS);
    assert_true(summary.estimate.known && summary.estimate.missed_open_at_most == 0);
    assert_true(heard.ticks > 0 && heard.wrong == 0);

    struct portolan_target target;
    CLEAR(target);
    assert_true(portolan_results_next_target(results, &target));
    assert_string_equal(target.host, "127.0.0.1");
    assert_int_equal(target.open, OPEN_PORTS);
    assert_int_equal(target.result_count, OPEN_PORTS);
    for (int i = 0; i < OPEN_PORTS; i++) {
        struct portolan_result result;
        CLEAR(result);
        assert_true(portolan_results_get(results, target.first_result + (size_t)i, &result));
        assert_int_equal(result.port, port_of(i));
        assert_int_equal(result.state, PORTOLAN_OPEN);
        assert_string_equal(result.reason, "syn-ack");
        assert_true(result.connect_us >= 0);
        assert_int_equal(heard.times[result.port], 1);
        heard.times[result.port] = 0;
    }
    for (int port = 0; port < 65536; port++)
        assert_int_equal(heard.times[port], 0);
    assert_false(portolan_results_next_target(results, &target));
    struct portolan_result none;
    CLEAR(none);
    assert_false(portolan_results_get(results, OPEN_PORTS, &none));
    struct portolan_names names;
    CLEAR(names);
    assert_true(portolan_results_names(results, 0, &names));
    assert_false(portolan_results_names(results, 1, &names));
    portolan_results_free(results);
    close_all(&listeners);
}

static void a_stop_from_a_callback_or_before(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    static struct heard heard;
    struct listeners listeners;
    listen_to_all(&listeners);
    struct portolan_run_options options;
    CLEAR(options);
    options.context = &heard;
    options.tick_ms = 10;
    options.found = on_found;
    assert_int_equal(portolan_stop_new(&heard.stop, NULL), PORTOLAN_OK);
    options.stop = heard.stop;
    for (int i = 0; i < 2; i++) {
        /* A minute's work, and none. */
        struct portolan_results *results =
            run("hosts: 127.0.0.1\nports: 2000-8000\norder: sequential\nrate: 100\n", &options);
        struct portolan_summary summary = summary_of(results);
        assert_false(summary.complete);
        assert_string_equal(summary.stopped_by, "signal");
        assert_non_null(summary.incomplete);
        assert_true(summary.unprobed > 0 && (i == 0 || summary.unprobed == summary.probes));
        portolan_results_free(results);
    }
    portolan_stop_free(heard.stop);
    portolan_stop_free(NULL);
    close_all(&listeners);
}

static void *run_one(void *argument)
{
    struct portolan_results *results = run("hosts: 127.0.0.1\nports: 2000-4000\n", NULL);
    *(uint64_t *)argument = summary_of(results).open;
    portolan_results_free(results);
    return NULL;
}

static void two_runs_at_once(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    struct listeners listeners;
    listen_to_all(&listeners);
    uint64_t open[2] = {0};
    pthread_t ids[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&ids[i], NULL, run_one, &open[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(ids[i], NULL);
        assert_true(open[i] == OPEN_PORTS);
    }
    close_all(&listeners);
}

static void reports_of_a_run_and_of_what_is_read_back(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[] = "/tmp/portolan-embed-XXXXXX";
    int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(before >= 0 && mkdtemp(directory) != NULL && chdir(directory) == 0);
    struct listeners listeners;
    listen_to_all(&listeners);
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_report_options how;
    CLEAR(how);
    how.live = true;
    struct portolan_report *reports[3] = {NULL}, *none = NULL;
    assert_int_equal(portolan_report_open("jsnol", "x", NULL, &none, problems), PORTOLAN_INVALID);
    assert_int_equal(portolan_report_open("json", "/proc/x", NULL, &none, problems),
                     PORTOLAN_OUTPUT);
    assert_int_equal(portolan_problems_count(problems), 2);
    assert_int_equal(portolan_report_open("json", "a.json", &how, &reports[0], problems),
                     PORTOLAN_OK);
    assert_int_equal(portolan_report_open("jsonl", "a.jsonl", &how, &reports[1], problems),
                     PORTOLAN_OK);
    assert_int_equal(portolan_report_open("csv", "gone.csv", &how, &reports[2], problems),
                     PORTOLAN_OK);
    struct portolan_run_options options;
    CLEAR(options);
    options.reports = reports;
    options.report_count = 3;
    options.tick_ms = 10;
    struct portolan_results *results =
        run("hosts: 127.0.0.1\nports: 2000-2999\nrate: 4000\n", &options);
    assert_int_equal(portolan_report_write(reports[0], results, problems), PORTOLAN_OK);
    assert_int_equal(portolan_report_write(reports[1], results, problems), PORTOLAN_OK);
    portolan_report_abandon(reports[2]);
    portolan_report_abandon(NULL);
    assert_int_equal(access("gone.csv", F_OK), -1);

    struct portolan_results *read = NULL;
    assert_int_equal(portolan_results_read("a.jsonl", &read, problems), PORTOLAN_OK);
    assert_int_equal(portolan_report_open("json", "b.json", NULL, &none, problems), PORTOLAN_OK);
    assert_int_equal(portolan_report_write(none, read, problems), PORTOLAN_OK);
    char *first = strdup(contents("a.json"));
    assert_string_equal(first, contents("b.json"));
    struct portolan_summary one = summary_of(results), other = summary_of(read);
    assert_true(one.open == other.open && one.started_ms == other.started_ms);
    assert_string_equal(one.profile_sha256, other.profile_sha256);
    free(first);
    portolan_results_free(read);
    portolan_results_free(results);

    assert_int_equal(portolan_results_read("a.csv", &read, problems), PORTOLAN_INVALID);
    assert_int_equal(portolan_problems_count(problems), 3);
    portolan_problems_free(problems);
    unlink("a.json");
    unlink("b.json");
    unlink("a.jsonl");
    assert_int_equal(fchdir(before), 0);
    close(before);
    assert_int_equal(rmdir(directory), 0); /* nothing else was left there */
    close_all(&listeners);
}

static void formats_and_states_have_names(void **state)
{
    (void)state;
    assert_string_equal(portolan_format_name(0), "json");
    size_t count = 0;
    while (portolan_format_name(count) != NULL)
        count++;
    assert_in_range(count, 5, 50);
    assert_string_equal(portolan_state_name(PORTOLAN_FILTERED), "filtered");
    assert_string_equal(portolan_state_name((enum portolan_state)77), "");
    assert_true(strlen(portolan_version()) > 0);
}

static void warnings_unresolved_hosts_and_expectations(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    struct listeners listeners;
    listen_to_all(&listeners);
    struct portolan_results *results = run("hosts: [127.0.0.1, nowhere.invalid]\nports: 2000,2001\n"
                                           "concurrency: 1000000\n"
                                           "expect: [{hosts: 127.0.0.1, open: 2000-2001}]\n",
                                           NULL);
    struct portolan_summary summary = summary_of(results);
    assert_true(summary.complete);
    assert_non_null(summary.incomplete);
    assert_int_equal(summary.unresolved, 1);
    const char *input = NULL, *message = NULL;
    assert_true(portolan_results_unresolved(results, 0, &input, &message));
    assert_string_equal(input, "nowhere.invalid");
    assert_true(strlen(message) > 0);
    assert_false(portolan_results_unresolved(results, 1, &input, &message));
    assert_true(summary.warnings > 0);
    assert_non_null(strstr(portolan_results_warning(results, 0), "concurrency"));
    assert_null(portolan_results_warning(results, summary.warnings));
    assert_int_equal(summary.expectations, 2);
    assert_true(summary.passed == 1 && summary.failed == 1 && summary.inconclusive == 0);
    struct portolan_expectation expectation;
    CLEAR(expectation);
    assert_true(portolan_results_expectation(results, 1, &expectation));
    assert_string_equal(expectation.host, "127.0.0.1");
    assert_int_equal(expectation.port, 2001);
    assert_string_equal(expectation.expected, "open");
    assert_string_equal(expectation.state, "closed");
    assert_string_equal(expectation.verdict, "fail");
    assert_false(portolan_results_expectation(results, 2, &expectation));
    portolan_results_free(results);
    close_all(&listeners);
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_problem_of_a_profile_has_its_place),
        cmocka_unit_test(more_problems_than_are_kept_are_counted),
        cmocka_unit_test(settings_and_what_is_shown),
        cmocka_unit_test(structs_of_other_versions),
        cmocka_unit_test(an_address_outside_the_scope_is_a_problem),
        cmocka_unit_test(each_result_is_told_once_and_read_back),
        cmocka_unit_test(a_stop_from_a_callback_or_before),
        cmocka_unit_test(two_runs_at_once),
        cmocka_unit_test(reports_of_a_run_and_of_what_is_read_back),
        cmocka_unit_test(formats_and_states_have_names),
        cmocka_unit_test(warnings_unresolved_hosts_and_expectations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
