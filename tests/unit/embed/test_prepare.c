/* Journals and shards of a program that embeds the library. */
#include "unit/embed/helper.h"

static bool in_namespace;

#define YAML "hosts: 127.0.0.1\nports: 2000-2999\norder: sequential\n"

static void on_found(void *context, const struct portolan_names *names,
                     const struct portolan_result *result)
{
    (void)names;
    (void)result;
    portolan_stop_trigger((struct portolan_stop *)context);
}

/* A path in a folder of its own. */
static void make_path(char directory[32], char path[64])
{
    strcpy(directory, "/tmp/portolan-journal-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(path, 64, "%s/j", directory);
}

static struct portolan_prepared *prepare_with(const char *yaml, const char *path, bool resume)
{
    struct portolan_profile *profile = load(yaml);
    struct portolan_prepared *prepared = NULL;
    struct portolan_prepare_options options;
    CLEAR(options);
    options.journal = path;
    options.resume = resume;
    assert_int_equal(portolan_prepare(profile, &options, &prepared, NULL), PORTOLAN_OK);
    portolan_profile_free(profile);
    return prepared;
}

static enum portolan_status refuse_with(const char *yaml, const char *path, bool resume,
                                        const char *words)
{
    struct portolan_profile *profile = load(yaml);
    struct portolan_prepared *prepared = NULL;
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_prepare_options options;
    CLEAR(options);
    options.journal = path;
    options.resume = resume;
    enum portolan_status status = portolan_prepare(profile, &options, &prepared, problems);
    assert_null(prepared);
    assert_non_null(strstr(problem_of(problems, 0).message, words));
    portolan_problems_free(problems);
    portolan_profile_free(profile);
    return status;
}

static struct portolan_results *carry_out(struct portolan_prepared *prepared,
                                          struct portolan_stop *stop)
{
    struct portolan_results *results = NULL;
    struct portolan_run_options options;
    CLEAR(options);
    options.stop = stop;
    options.context = stop;
    options.tick_ms = 10;
    options.found = stop != NULL ? on_found : NULL;
    assert_int_equal(portolan_run(prepared, &options, &results, NULL), PORTOLAN_OK);
    return results;
}

static void a_run_goes_on_from_its_journal(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[32], path[64];
    struct listeners listeners;
    struct portolan_stop *stop = NULL;
    make_path(directory, path);
    listen_to_all(&listeners);
    assert_int_equal(portolan_stop_new(&stop, NULL), PORTOLAN_OK);
    /* Ten seconds' work, ended at the first thing found. */
    struct portolan_results *results =
        carry_out(prepare_with(YAML "rate: 100\n", path, false), stop);
    struct portolan_summary summary = summary_of(results);
    assert_true(!summary.complete && summary.unprobed > 0 && summary.unprobed < summary.probes);
    assert_int_equal(portolan_results_end_journal(results, false, NULL), PORTOLAN_OK);
    portolan_results_free(results);
    portolan_stop_free(stop);

    struct portolan_results *settled = NULL;
    assert_int_equal(portolan_results_read(path, &settled, NULL), PORTOLAN_OK);
    assert_true(summary_of(settled).unprobed > 0);
    portolan_results_free(settled);
    assert_int_equal(refuse_with(YAML "rate: 100\n", path, false, "not finished"),
                     PORTOLAN_INVALID);

    results = carry_out(prepare_with(YAML, path, true), NULL);
    summary = summary_of(results);
    assert_true(summary.complete && summary.open == OPEN_PORTS);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(portolan_results_end_journal(results, false, NULL), PORTOLAN_OK);
    portolan_results_free(results);
    assert_int_equal(rmdir(directory), 0); /* the journal was removed */
    close_all(&listeners);
}

static void a_journal_is_kept_or_cannot_be_made(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[32], path[64];
    make_path(directory, path);
    struct portolan_results *results = carry_out(prepare_with(YAML, path, false), NULL);
    assert_int_equal(portolan_results_end_journal(results, true, NULL), PORTOLAN_OK);
    portolan_results_free(results);
    assert_int_equal(unlink(path), 0);
    results = carry_out(prepare_with(YAML, NULL, false), NULL);
    assert_int_equal(portolan_results_end_journal(results, true, NULL), PORTOLAN_OK);
    portolan_results_free(results);

    portolan_prepared_free(prepare_with(YAML, path, false)); /* and nothing was written */
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_prepared *prepared = prepare_with(YAML, path, false);
    assert_int_equal(rmdir(directory), 0);
    assert_int_equal(portolan_run(prepared, NULL, &results, problems), PORTOLAN_OUTPUT);
    assert_int_equal(portolan_problems_count(problems), 1);
    portolan_problems_free(problems);
}

static void a_slice_is_said_and_not_found_out(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    struct listeners listeners;
    listen_to_all(&listeners);
    assert_int_equal(refuse_with(YAML "shard: auto/4\n", NULL, false, "which of the 4 slices"),
                     PORTOLAN_INVALID);
    uint64_t open = 0, probes = 0;
    static const char *const shards[] = {YAML "shard: 1/2\n", YAML "shard: 2/2\n"};
    for (int i = 0; i < 2; i++) {
        struct portolan_results *results = run(shards[i], NULL);
        struct portolan_summary summary = summary_of(results);
        assert_true(summary.complete);
        open += summary.open;
        probes += summary.probes;
        portolan_results_free(results);
    }
    assert_true(open == OPEN_PORTS && probes == 1000);
    close_all(&listeners);
}

/* The program knows which: a profile of all slices, "auto", is for each of them. */
static void a_slice_may_be_said_to_prepare(void **state)
{
    (void)state;
    static const struct {
        uint32_t shard, shards;
        uint64_t probes; /* 0: there is no such slice */
    } cases[] = {{1, 3, 333}, {3, 3, 334}, {0, 3, 0}, {4, 3, 0}, {1, 0, 0}};
    struct portolan_profile *profile = load(YAML "shard: auto/4\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct portolan_prepared *prepared = NULL;
        struct portolan_prepared_info info;
        struct portolan_prepare_options options;
        CLEAR(info);
        CLEAR(options);
        options.shard = cases[i].shard;
        options.shards = cases[i].shards;
        assert_int_equal(portolan_prepare(profile, &options, &prepared, NULL),
                         cases[i].probes > 0 ? PORTOLAN_OK : PORTOLAN_INVALID);
        assert_int_equal(prepared != NULL, cases[i].probes > 0);
        if (prepared == NULL)
            continue;
        assert_true(portolan_prepared_get(prepared, &info));
        assert_int_equal(info.probes, cases[i].probes);
        portolan_prepared_free(prepared);
    }
    portolan_profile_free(profile);
}

static void a_journal_of_another_plan_is_set_aside(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[32], path[64], old[72];
    make_path(directory, path);
    snprintf(old, sizeof(old), "%s.old", path);
    struct portolan_prepared *prepared = prepare_with(YAML, path, false);
    for (int i = 0; i < 2; i++) /* the second time there is nothing to do */
        assert_int_equal(portolan_prepared_begin_journal(prepared, NULL), PORTOLAN_OK);
    portolan_prepared_free(prepared); /* as if it had been killed */
    assert_int_equal(access(path, F_OK), 0);

    struct portolan_profile *profile = load(YAML "exclude_ports: 2000\n");
    struct portolan_prepare_options options;
    CLEAR(options);
    options.journal = path;
    options.resume = true;
    prepared = NULL;
    assert_int_equal(portolan_prepare(profile, &options, &prepared, NULL), PORTOLAN_INVALID);
    options.set_aside = true;
    assert_int_equal(portolan_prepare(profile, &options, &prepared, NULL), PORTOLAN_OK);
    portolan_profile_free(profile);
    assert_int_equal(access(old, F_OK), -1); /* not before the run begins */
    struct portolan_results *results = carry_out(prepared, NULL);
    assert_int_equal(unlink(old), 0);
    bool is_told = false;
    for (size_t i = 0; i < summary_of(results).warnings; i++)
        is_told = is_told || strstr(portolan_results_warning(results, i), "it is now ") != NULL;
    assert_true(is_told);
    assert_int_equal(portolan_results_end_journal(results, false, NULL), PORTOLAN_OK);
    portolan_results_free(results);
    assert_int_equal(rmdir(directory), 0);
}

/* Whatever the run is given: a name that is to be left out has no addresses. */
static void a_stop_of_the_names_is_one_of_the_run(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[32], path[64];
    struct listeners listeners;
    struct portolan_profile *profile = load(YAML "exclude_hosts: nowhere.invalid\n");
    struct portolan_prepared *prepared = NULL;
    struct portolan_prepared_info info;
    struct portolan_prepare_options options;
    CLEAR(options);
    CLEAR(info);
    make_path(directory, path);
    options.journal = path;
    listen_to_all(&listeners);
    assert_int_equal(portolan_stop_new(&options.stop, NULL), PORTOLAN_OK);
    portolan_stop_trigger(options.stop);
    assert_int_equal(portolan_prepare(profile, &options, &prepared, NULL), PORTOLAN_OK);
    portolan_profile_free(profile);
    portolan_stop_free(options.stop);
    assert_true(portolan_prepared_get(prepared, &info) && info.stopped);
    assert_int_equal(portolan_prepared_begin_journal(prepared, NULL), PORTOLAN_OK);
    struct portolan_results *results = carry_out(prepared, NULL);
    struct portolan_summary summary = summary_of(results);
    assert_non_null(summary.stopped_by);
    assert_string_equal(summary.stopped_by, "signal");
    assert_true(!summary.complete && summary.attempts == 0 && summary.unprobed == summary.probes);
    assert_int_equal(portolan_results_end_journal(results, false, NULL), PORTOLAN_OK);
    portolan_results_free(results);
    assert_int_equal(rmdir(directory), 0); /* no journal goes on with such a plan */
    close_all(&listeners);
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_goes_on_from_its_journal),
        cmocka_unit_test(a_journal_is_kept_or_cannot_be_made),
        cmocka_unit_test(a_slice_is_said_and_not_found_out),
        cmocka_unit_test(a_slice_may_be_said_to_prepare),
        cmocka_unit_test(a_journal_of_another_plan_is_set_aside),
        cmocka_unit_test(a_stop_of_the_names_is_one_of_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
