/* Profiles, runs and listeners, by include/portolan.h alone. */
#ifndef TESTS_EMBED_HELPER_H
#define TESTS_EMBED_HELPER_H

#include "support/cmocka_all.h"

#include "support/listeners.h"
#include "support/namespace.h"

#include <portolan.h>

#define CLEAR(object) (memset(&(object), 0, sizeof(object)), (object).size = sizeof(object))

static inline struct portolan_profile *load(const char *yaml)
{
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_profile *profile = NULL;
    enum portolan_status status =
        portolan_profile_load_text(yaml, strlen(yaml), NULL, &profile, problems);
    assert_int_equal(portolan_problems_count(problems), 0);
    assert_int_equal(status, PORTOLAN_OK);
    portolan_problems_free(problems);
    return profile;
}

/* The profile is freed before the results are read: they keep what they need of it. */
static inline struct portolan_results *run(const char *yaml,
                                           const struct portolan_run_options *options)
{
    struct portolan_profile *profile = load(yaml);
    struct portolan_prepared *prepared = NULL;
    struct portolan_results *results = NULL;
    assert_int_equal(portolan_prepare(profile, NULL, &prepared, NULL), PORTOLAN_OK);
    portolan_profile_free(profile);
    assert_int_equal(portolan_run(prepared, options, &results, NULL), PORTOLAN_OK);
    return results;
}

static inline struct portolan_summary summary_of(const struct portolan_results *results)
{
    struct portolan_summary summary;
    CLEAR(summary);
    assert_true(portolan_results_summary(results, &summary));
    assert_true(summary.open + summary.closed + summary.filtered + summary.error +
                    summary.unprobed ==
                summary.probes);
    return summary;
}

static inline struct portolan_problem problem_of(const struct portolan_problems *problems,
                                                 size_t number)
{
    struct portolan_problem problem;
    CLEAR(problem);
    assert_true(portolan_problems_get(problems, number, &problem));
    return problem;
}

#define OPEN_PORTS 20

struct listeners {
    int fds[OPEN_PORTS];
};

static inline uint16_t port_of(int number)
{
    return (uint16_t)(2000 + 31 * number);
}

static inline void listen_to_all(struct listeners *listeners)
{
    for (int i = 0; i < OPEN_PORTS; i++) {
        listeners->fds[i] = listen_on(AF_INET, port_of(i), 64);
        assert_true(listeners->fds[i] >= 0);
    }
}

static inline void close_all(struct listeners *listeners)
{
    for (int i = 0; i < OPEN_PORTS; i++)
        close(listeners->fds[i]);
}

static inline char *contents(const char *path)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    return text;
}

#endif
