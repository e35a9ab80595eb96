/* Each allocation of this storey refused in turn; that of names is in test_resolve.c. */
#include "support/failing_malloc.h"

#include "target/hosts.h"
#include "target/portset.h"
#include "target/scope.h"
#include "target/services.h"
#include "target/targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool make_portset(void *context)
{
    (void)context;
    struct ptl_portset *set = ptl_portset_new();
    if (set == NULL)
        return false;
    assert_int_equal(ptl_portset_add(set, "1-1024,8080", NULL), PTL_OK); /* takes no memory */
    bool sealed = ptl_portset_seal(set) != NULL;
    ptl_portset_free(set);
    return sealed;
}

static void portsets(void **state)
{
    (void)state;
    fail_each(make_portset, NULL);
}

static bool make_scope(void *context)
{
    (void)context;
    struct ptl_scope scope = {0};
    struct ptl_error error = {0};
    enum ptl_status status = ptl_scope_add(&scope, "loopback", &error);
    for (int i = 0; i < 40 && status == PTL_OK; i++) {
        char text[32];
        snprintf(text, sizeof(text), "10.%d.0.0/24", i);
        status = ptl_scope_add(&scope, text, &error);
    }
    ptl_scope_free(&scope);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    assert_int_equal(error.code, status);
    return status == PTL_OK;
}

static void scopes(void **state)
{
    (void)state;
    fail_each(make_scope, NULL);
}

static char hosts_file[] = "/tmp/portolan-memory-XXXXXX";

static bool make_hosts(void *context)
{
    (void)context;
    static const struct ptl_origin origin = {"p.yaml", 1, 1};
    struct ptl_hosts hosts = {0};
    struct ptl_problems problems = {0};
    char entry[64];
    snprintf(entry, sizeof(entry), "file: %s", hosts_file);
    for (int i = 0; i < 20; i++)
        ptl_hosts_add(&hosts, i % 2 ? "10.0.0.0/24" : "web.example", &origin, "", &problems);
    ptl_hosts_add(&hosts, entry, &origin, "", &problems);
    size_t refused = problems.count + problems.dropped;
    for (size_t i = 0; i < problems.count; i++)
        assert_int_equal(problems.items[i].code, PTL_E_NO_MEMORY);
    for (size_t i = 0; i < hosts.count; i++)
        assert_non_null(ptl_hosts_get(&hosts, i).text);
    assert_int_equal(hosts.count == 23, refused == 0); /* none lost in silence */
    ptl_hosts_free(&hosts);
    ptl_problems_free(&problems);
    return refused == 0;
}

static void hosts(void **state)
{
    (void)state;
    int fd = mkstemp(hosts_file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "10.0.0.1\n::1\nx.example\n", 23), 23);
    close(fd);
    fail_each(make_hosts, NULL);
    unlink(hosts_file);
}

static bool make_targets(void *context)
{
    (void)context;
    struct ptl_named_block blocks[] = {
        {.block = {{.low = 1, .family = 4}, {.low = 100, .family = 4}}, .input = "a"},
        {.block = {{.low = 50, .family = 4}, {.low = 200, .family = 4}}, .input = "b"}};
    struct ptl_block exclude = {{.low = 60, .family = 4}, {.low = 70, .family = 4}};
    struct ptl_targets *targets = NULL;
    struct ptl_error error = {0};
    enum ptl_status status = ptl_targets_build(blocks, 2, &exclude, 1, &targets, &error);
    assert_int_equal(status == PTL_OK, targets != NULL);
    assert_int_equal(error.code, status);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    if (targets != NULL)
        assert_int_equal(ptl_targets_count(targets), 189);
    ptl_targets_free(targets);
    return status == PTL_OK;
}

static void targets(void **state)
{
    (void)state;
    fail_each(make_targets, NULL);
}

/* The services are read once a process: a child for each allocation. A name that found no memory is
 * unknown, those around it are not, and nothing is used after it was freed. */
static void services(void **state)
{
    (void)state;
    for (unsigned long nth = 1; nth < 800; nth += nth < 20 ? 1 : 63) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            failing_malloc_arm(nth, nth % 2 == 0);
            uint16_t port = 0;
            bool knows = ptl_service_port("https", &port);
            failing_malloc_disarm();
            for (unsigned at = 0; at <= 65535; at++) {
                const char *name = ptl_service_name((uint16_t)at);
                if (name != NULL && (!ptl_service_port(name, &port) || *name == '\0'))
                    _exit(1);
            }
            _exit(knows && port == 0 ? 1 : 0);
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            fail_msg("allocation %lu refused: status %d", nth, status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(portsets), cmocka_unit_test(scopes),   cmocka_unit_test(hosts),
        cmocka_unit_test(targets),  cmocka_unit_test(services),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
