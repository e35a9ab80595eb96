/* The process of a run, whatever it does: this very program is started for it, and does that. */
#include "support/cmocka_all.h"

#include "cli/variant_process.h"
#include "compare/record.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ACT "PTL_TEST_ACT"

#define HEAD                                                                                       \
    "{\"schema\":\"portolan-results/1\",\"tool\":{\"name\":\"portolan\",\"version\":\"9.9.9\"},"

static void say(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) != (ssize_t)strlen(text))
        _exit(9);
}

/* Half of its results, and more than a pipe holds. */
static void say_much(void)
{
    say(HEAD "\"warnings\":[");
    for (int i = 0; i < 20000; i++)
        say("\"again and again\",");
}

/* What the process does, by its name. */
static int act(const char *name)
{
    struct ptl_run_notes notes = {.done = 50, .probes = 100};
    char c;
    if (strcmp(name, "nothing") == 0)
        return 0;
    while (read(STDIN_FILENO, &c, 1) == 1)
        continue;
    ptl_run_notes_write(3, &notes);
    if (strcmp(name, "killed") == 0)
        raise(SIGKILL);
    if (strcmp(name, "waits") == 0)
        pause();
    if (strcmp(name, "status") == 0)
        return 7;
    if (strncmp(name, "half", 4) == 0)
        say_much();
    if (strcmp(name, "half, killed") == 0)
        raise(SIGKILL);
    if (strcmp(name, "no results") == 0)
        say("nonsense that goes on and on");
    for (int i = 0; i < 20000 && strcmp(name, "nonsense, much of it") == 0; i++)
        say("nonsense, and then");
    if (strcmp(name, "failed") == 0)
        strcpy(notes.failure, "it has its reasons");
    return ptl_run_notes_write(3, &notes) ? 0 : 8;
}

static struct ptl_profile *load(void)
{
    static const char yaml[] = "hosts: 127.0.0.1\nports: 1-100\n";
    struct ptl_profile *profile = NULL;
    struct ptl_problems problems = {.items = NULL};
    assert_int_equal(
        ptl_profile_load_text(yaml, strlen(yaml), "t.yaml", ".", NULL, 0, &profile, &problems),
        PTL_OK);
    return profile;
}

static void becomes(const char *name, const char *failure)
{
    struct ptl_profile *profile = load();
    struct ptl_record *record = NULL;
    struct ptl_error error = {.message = ""};
    setenv(ACT, name, 1);
    assert_int_equal(run_variant_process(NULL, profile, NULL, NULL, &record, &error), PTL_OK);
    assert_non_null(record);
    if (strncmp(record->run.failure, failure, strlen(failure)) != 0)
        fail_msg("%s: %s", name, record->run.failure);
    ptl_record_free(record);
    ptl_profile_free(profile);
}

static void what_goes_wrong_is_told(void **state)
{
    (void)state;
    becomes("killed", "the process of the run was ended by signal 9 (");
    becomes("half, killed", "the process of the run was ended by signal 9 (");
    becomes("status", "the process of the run ended with status 7");
    becomes("failed", "it has its reasons");
}

static void what_cannot_be_is_not_believed(void **state)
{
    (void)state;
    becomes("nothing", "the process of the run cannot be believed: the file is empty");
    becomes("half", "the process of the run cannot be believed: the file ends too early");
    becomes("no results", "the process of the run cannot be believed: no results of portolan");
    /* More than a pipe holds: it comes to its end all the same. */
    becomes("nonsense, much of it",
            "the process of the run cannot be believed: no results of portolan");
}

static void count_ticks(void *context, uint64_t done, uint64_t probes)
{
    struct ptl_cancel *cancel = context;
    if (done == 50 && probes == 100)
        ptl_cancel_trigger(cancel, SIGTERM);
}

static void a_cancel_is_passed_on(void **state)
{
    (void)state;
    struct ptl_profile *profile = load();
    struct ptl_record *record = NULL;
    struct ptl_cancel cancel;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    const struct ptl_run_ticks ticks = {.context = &cancel, .every_ms = 5, .tick = count_ticks};
    setenv(ACT, "waits", 1);
    assert_int_equal(run_variant_process(NULL, profile, &cancel, &ticks, &record, NULL),
                     PTL_E_CANCELLED);
    assert_null(record);
    ptl_cancel_free(&cancel);
    ptl_profile_free(profile);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_wrong_is_told),
        cmocka_unit_test(what_cannot_be_is_not_believed),
        cmocka_unit_test(a_cancel_is_passed_on),
    };
    if (count == 3 && strcmp(arguments[1], "run-variant") == 0)
        return act(getenv(ACT));
    alarm(60); /* a process that is waited for in vain */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
