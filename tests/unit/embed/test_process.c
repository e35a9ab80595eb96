/* What belongs to the process, and to whoever embeds the library, stays as it is. */
#include "unit/embed/helper.h"

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool in_namespace;

static void on_found(void *context, const struct portolan_names *names,
                     const struct portolan_result *result)
{
    (void)names;
    (void)result;
    ++*(unsigned *)context;
}

/* What belongs to the whole process, and to whoever embeds the library. */
struct process {
    mode_t mask;
    struct rlimit limits[RLIM_NLIMITS];
    struct {
        void (*handler)(int);
        int flags;
    } actions[NSIG];
    sigset_t blocked;
    char directory[4096], locale[256];
    locale_t own_locale;
    size_t descriptors, threads;
};

static size_t count_entries(const char *path)
{
    size_t count = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static void look_at_process(struct process *process)
{
    memset(process, 0, sizeof(*process));
    process->mask = umask(0);
    umask(process->mask);
    for (int i = 0; i < RLIM_NLIMITS; i++)
        getrlimit((__rlimit_resource_t)i, &process->limits[i]);
    for (int i = 1; i < NSIG; i++) {
        struct sigaction action = {.sa_flags = 0};
        sigaction(i, NULL, &action);
        process->actions[i].handler = action.sa_handler;
        process->actions[i].flags = action.sa_flags;
    }
    pthread_sigmask(SIG_SETMASK, NULL, &process->blocked);
    assert_non_null(getcwd(process->directory, sizeof(process->directory)));
    snprintf(process->locale, sizeof(process->locale), "%s", setlocale(LC_ALL, NULL));
    process->own_locale = uselocale((locale_t)0);
    process->descriptors = count_entries("/proc/self/fd");
    process->threads = count_entries("/proc/self/task");
}

static void the_process_is_as_it_was(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    static struct process before, after;
    struct rlimit saved, low;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &saved), 0);
    low = (struct rlimit){.rlim_cur = 200, .rlim_max = saved.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0); /* there is something to raise */
    mode_t mask = umask(027);
    struct listeners listeners;
    listen_to_all(&listeners);
    portolan_results_free(run("hosts: 127.0.0.1\nports: 1-10\n", NULL)); /* what is made once */
    look_at_process(&before);
    char path[] = "/tmp/portolan-embed-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0 && unlink(path) == 0);
    struct portolan_results *read = NULL;
    struct portolan_report *report = NULL;
    assert_int_equal(portolan_report_open("json", path, NULL, &report, NULL), PORTOLAN_OK);
    struct portolan_results *results = run("hosts: 127.0.0.1\nports: 1-5000\n", NULL);
    assert_true(summary_of(results).open == OPEN_PORTS);
    assert_int_equal(portolan_report_write(report, results, NULL), PORTOLAN_OK);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(portolan_results_read(path, &read, NULL), PORTOLAN_OK);
    portolan_results_free(read);
    portolan_results_free(results);
    look_at_process(&after);
    unlink(path);
    umask(mask);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &saved), 0);
    assert_memory_equal(&before, &after, sizeof(before));
    close_all(&listeners);
}

/* A program that shows numbers to people, with a comma in them. The folder is to be removed. */
static bool speak_german(char *directory)
{
    char command[200];
    assert_non_null(mkdtemp(directory));
    snprintf(command, sizeof(command), "localedef -i de_DE -f UTF-8 %s/de_DE.utf8 2>/dev/null",
             directory);
    setenv("LOCPATH", directory, 1);
    return system(command) == 0 && setlocale(LC_ALL, "de_DE.utf8") != NULL &&
           strcmp(localeconv()->decimal_point, ",") == 0;
}

static void numbers_in_files_know_no_language(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[] = "/tmp/portolan-locale-XXXXXX", command[200], path[100];
    bool is_german = speak_german(directory);
    unsigned heard = 0;
    struct listeners listeners;
    listen_to_all(&listeners);
    struct portolan_report_options how;
    CLEAR(how);
    how.live = true;
    struct portolan_report *report = NULL, *again = NULL;
    snprintf(path, sizeof(path), "%s/a.jsonl", directory);
    assert_int_equal(portolan_report_open("jsonl", path, &how, &report, NULL), PORTOLAN_OK);
    struct portolan_run_options options;
    CLEAR(options);
    options.reports = &report;
    options.report_count = 1;
    options.tick_ms = 10;
    options.context = &heard;
    options.found = on_found;
    struct portolan_results *read = NULL;
    struct portolan_results *results =
        run("hosts: 127.0.0.1\nports: 2000-2999\nrate: 4000\nmin_recall: 0.5\ntimeout: 0.5s\n",
            &options);
    assert_int_equal(portolan_report_write(report, results, NULL), PORTOLAN_OK);
    assert_null(strstr(contents(path), "0,5"));
    assert_int_equal(portolan_results_read(path, &read, NULL), PORTOLAN_OK);
    snprintf(path, sizeof(path), "%s/b.jsonl", directory);
    assert_int_equal(portolan_report_open("jsonl", path, NULL, &again, NULL), PORTOLAN_OK);
    assert_int_equal(portolan_report_write(again, read, NULL), PORTOLAN_OK);
    assert_non_null(strstr(contents(path), "\"min_recall\":0.5"));
    portolan_results_free(read);
    portolan_results_free(results);
    close_all(&listeners);
    setlocale(LC_ALL, "C");
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
    if (!is_german)
        without("no locale with a decimal comma can be made here");
}

static unsigned caught;

static void catch (int number)
{
    caught += number == SIGUSR1;
}

/* Neither ends the process: what a reader leaves is an error, and signals meet no thread of the
 * library's. */
static void signals_are_the_callers(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[] = "/tmp/portolan-pipe-XXXXXX", path[100];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/pipe", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct portolan_report *report = NULL;
    struct portolan_problems *problems = portolan_problems_new();
    assert_int_equal(portolan_report_open("json", path, NULL, &report, NULL), PORTOLAN_OK);
    close(reader);
    struct portolan_results *results = run("hosts: 127.0.0.1\nports: 1-10\n", NULL);
    void (*before)(int) = signal(SIGPIPE, SIG_DFL);
    assert_int_equal(portolan_report_write(report, results, problems), PORTOLAN_OUTPUT);
    assert_int_equal(problem_of(problems, 0).system_errno, EPIPE);
    sigset_t pending;
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
    signal(SIGPIPE, before);
    portolan_results_free(results);
    portolan_problems_free(problems);
    unlink(path);
    rmdir(directory);
}

static void on_writing(void *context)
{
    ++*(unsigned *)context;
}

/* With a live report to a pipe, which holds all of it, and whose reader is there or is gone. */
static void run_to_a_pipe(bool is_read, bool goes_on, unsigned *writings, const char *stopped_by)
{
    int ends[2];
    char path[32];
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof(path), "/dev/fd/%d", ends[1]);
    struct portolan_report_options how;
    struct portolan_run_options options;
    struct portolan_report *report = NULL;
    CLEAR(how);
    CLEAR(options);
    how.live = true;
    assert_int_equal(portolan_report_open("jsonl", path, &how, &report, NULL), PORTOLAN_OK);
    close(ends[1]);
    if (!is_read)
        close(ends[0]);
    options.reports = &report;
    options.report_count = 1;
    options.goes_on = goes_on;
    options.writing = on_writing;
    options.context = writings;
    options.tick_ms = 5;
    struct portolan_results *results =
        run("hosts: 127.0.0.1\nports: 1-100\nrate: 1000\nreport: {states: [closed]}\n", &options);
    const char *was = summary_of(results).stopped_by;
    assert_string_equal(was != NULL ? was : "", stopped_by);
    assert_int_equal(portolan_report_write(report, results, NULL),
                     is_read ? PORTOLAN_OK : PORTOLAN_OUTPUT);
    portolan_results_free(results);
    if (is_read)
        close(ends[0]);
}

static void a_run_that_nobody_reads_stops_unless_it_is_wanted(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    unsigned writings = 0;
    run_to_a_pipe(true, false, &writings, "");
    assert_true(writings > 0);
    run_to_a_pipe(false, true, &writings, "");
    run_to_a_pipe(false, false, &writings, "output");
}

/* To the process: its only other thread blocks it. */
static void on_tick_signal(void *context, const struct portolan_progress *progress)
{
    (void)progress;
    if (!*(bool *)context)
        kill(getpid(), SIGUSR1);
    *(bool *)context = true;
}

static void no_thread_of_the_library_takes_a_signal(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    sigset_t one, before, pending;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    signal(SIGUSR1, catch);
    pthread_sigmask(SIG_BLOCK, &one, &before);
    bool is_sent = false;
    struct portolan_run_options options;
    CLEAR(options);
    options.context = &is_sent;
    options.tick_ms = 5;
    options.progress = on_tick_signal;
    portolan_results_free(run("hosts: 127.0.0.1\nports: 1-1000\nrate: 4000\n", &options));
    assert_true(is_sent);
    sigpending(&pending);
    assert_int_equal(sigismember(&pending, SIGUSR1), 1);
    assert_int_equal(caught, 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(caught, 1);
    signal(SIGUSR1, SIG_DFL);
}

/* A daemon has closed its standard streams: what the library opens takes their numbers. */
static bool keeps_no_descriptor(const char *directory)
{
    char path[100];
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        close(fd);
    size_t before = count_entries("/proc/self/fd");
    struct portolan_report_options how;
    CLEAR(how);
    how.live = true;
    struct portolan_report *report = NULL;
    struct portolan_results *read = NULL;
    snprintf(path, sizeof(path), "%s/a.jsonl", directory);
    if (portolan_report_open("jsonl", path, &how, &report, NULL) != PORTOLAN_OK)
        return false;
    struct portolan_run_options options;
    CLEAR(options);
    options.reports = &report;
    options.report_count = 1;
    struct portolan_results *results = run("hosts: 127.0.0.1\nports: 1-10\n", &options);
    if (portolan_report_write(report, results, NULL) != PORTOLAN_OK ||
        portolan_results_read(path, &read, NULL) != PORTOLAN_OK)
        return false;
    portolan_results_free(read);
    portolan_results_free(results);
    return count_entries("/proc/self/fd") == before && unlink(path) == 0;
}

static void a_program_without_standard_streams(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    char directory[] = "/tmp/portolan-daemon-XXXXXX";
    assert_non_null(mkdtemp(directory));
    pid_t child = fork();
    if (child == 0)
        _exit(keeps_no_descriptor(directory) ? 0 : 1);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_process_is_as_it_was),
        cmocka_unit_test(a_program_without_standard_streams),
        cmocka_unit_test(numbers_in_files_know_no_language),
        cmocka_unit_test(signals_are_the_callers),
        cmocka_unit_test(a_run_that_nobody_reads_stops_unless_it_is_wanted),
        cmocka_unit_test(no_thread_of_the_library_takes_a_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
