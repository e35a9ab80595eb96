#include "support/cmocka_all.h"

#include "target/portset.h"
#include "target/services.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* Before anything here reads the list: a process reads it once. */
static void without_a_list_the_error_says_so(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool is_alone = unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
        if (!is_alone || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            (access("/etc/services", F_OK) == 0 &&
             mount("/dev/null", "/etc/services", NULL, MS_BIND, NULL) != 0))
            _exit(77);
        struct ptl_portset *set = ptl_portset_new();
        struct ptl_error error = {0};
        uint16_t port;
        bool good = !ptl_services_available() && !ptl_service_port("http", &port) &&
                    ptl_service_name(80) == NULL &&
                    ptl_portset_add(set, "http", &error) == PTL_E_INVALID &&
                    strcmp(error.message, "\"http\": this system has no list of services "
                                          "(/etc/services, package netbase)") == 0 &&
                    ptl_portset_add(set, "80", NULL) == PTL_OK;
        ptl_portset_free(set);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        without("/etc/services cannot be hidden from a process here");
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void need_list(void)
{
    if (!ptl_services_available())
        without("this system has no list of services (package netbase)");
}

static void ports_and_names(void **state)
{
    (void)state;
    need_list();
    uint16_t port = 0;
    assert_string_equal(ptl_service_name(443), "https");
    assert_string_equal(ptl_service_name(22), "ssh");
    assert_null(ptl_service_name(0));
    assert_null(ptl_service_name(65535));
    assert_null(ptl_service_name(69)); /* tftp is UDP's alone */
    assert_true(ptl_service_port("ssh", &port));
    assert_int_equal(port, 22);
    assert_true(ptl_service_port("www", &port)); /* an alias */
    assert_int_equal(port, 80);
    assert_string_equal(ptl_service_name(80), "http"); /* which does not rename the port */
    port = 5;
    assert_false(ptl_service_port("tftp", &port));
    assert_false(ptl_service_port("", &port));
    assert_false(ptl_service_port("ssh ", &port));
    assert_false(ptl_service_port("no-such-service", &port));
    assert_int_equal(port, 5);
    const char *name = ptl_service_name(22);
    assert_ptr_equal(ptl_service_name(22), name); /* borrowed for ever */
}

static void *ask(void *argument)
{
    (void)argument;
    for (unsigned port = 0; port <= 65535; port++)
        (void)ptl_service_name((uint16_t)port);
    return NULL;
}

static void many_threads_at_once(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_list_the_error_says_so),
        cmocka_unit_test(many_threads_at_once),
        cmocka_unit_test(ports_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
