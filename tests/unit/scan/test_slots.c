#include "support/failing_malloc.h"

#include "support/failing_calls.h"

#include "scan/slots.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned count_descriptors(void)
{
    unsigned count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static int family_of(int fd)
{
    int family = 0;
    socklen_t length = sizeof(family);
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length), 0);
    return family;
}

/* Every slot is in just one place: busy, idle with a socket, or empty without one. */
static void check(const struct ptl_slots *slots, uint32_t taken)
{
    uint32_t empty = 0, idle = 0;
    bool *seen = calloc(slots->capacity + 1U, sizeof(*seen));
    for (uint32_t id = slots->empty; id != PTL_NO_SLOT; id = slots->items[id].next) {
        assert_false(seen[id]);
        seen[id] = true;
        assert_int_equal(slots->items[id].fd, -1);
        empty++;
    }
    for (int family = 0; family < 2; family++) {
        for (uint32_t id = slots->idle[family]; id != PTL_NO_SLOT; id = slots->items[id].next) {
            assert_false(seen[id]);
            seen[id] = true;
            assert_int_equal(family_of(slots->items[id].fd), family == 0 ? AF_INET : AF_INET6);
            idle++;
        }
    }
    free(seen);
    assert_int_equal(idle, slots->idle_count);
    assert_int_equal(empty + idle + taken, slots->capacity);
}

static void a_kept_socket_serves_again(void **state)
{
    (void)state;
    struct ptl_slots slots;
    ptl_slots_init(&slots, NULL);
    uint32_t first = ptl_slots_take(&slots, 4), other = ptl_slots_take(&slots, 4);
    assert_int_not_equal(first, other);
    check(&slots, 2);
    int fd = slots.items[first].fd;
    assert_int_equal(family_of(fd), AF_INET);
    slots.items[first].registered = true;
    ptl_slots_keep(&slots, first);
    check(&slots, 1);
    assert_int_equal(ptl_slots_take(&slots, 4), first);
    assert_int_equal(slots.items[first].fd, fd);
    assert_true(slots.items[first].registered); /* once for the socket's life */
    ptl_slots_close(&slots, first);
    check(&slots, 1);
    uint32_t again = ptl_slots_take(&slots, 4);
    assert_false(slots.items[again].registered); /* a new socket is none that epoll knows */
    check(&slots, 2);
    ptl_slots_free(&slots);
}

static void families_do_not_mix(void **state)
{
    (void)state;
    int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) {
        print_message("SKIPPED: IPv6 is off here\n");
        skip();
    }
    close(probe);
    struct ptl_slots slots;
    ptl_slots_init(&slots, NULL);
    uint32_t v4 = ptl_slots_take(&slots, 4), v6 = ptl_slots_take(&slots, 6);
    assert_int_equal(family_of(slots.items[v6].fd), AF_INET6);
    ptl_slots_keep(&slots, v6);
    check(&slots, 1);
    uint32_t another = ptl_slots_take(&slots, 4);
    assert_int_not_equal(another, v6);
    assert_int_equal(family_of(slots.items[another].fd), AF_INET);
    assert_int_equal(ptl_slots_take(&slots, 6), v6);
    ptl_slots_keep(&slots, v4);
    check(&slots, 2);
    ptl_slots_free(&slots);
}

/* Thousands, taken and given back unevenly: the array moves, and nothing is lost. */
static void any_number_of_them(void **state)
{
    (void)state;
    struct ptl_slots slots;
    unsigned before = count_descriptors();
    uint32_t taken[500], count = 0;
    uint64_t random = 3;
    ptl_slots_init(&slots, NULL);
    for (int i = 0; i < 20000; i++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        uint64_t dice = random >> 60;
        if (count == 0 || (dice < 9 && count < 500)) {
            taken[count] = ptl_slots_take(&slots, 4);
            assert_int_not_equal(taken[count++], PTL_NO_SLOT);
        } else {
            uint32_t which = (uint32_t)(random >> 32) % count;
            if (dice < 14)
                ptl_slots_keep(&slots, taken[which]);
            else
                ptl_slots_close(&slots, taken[which]);
            taken[which] = taken[--count];
        }
        if (i % 100 == 0)
            check(&slots, count);
    }
    ptl_slots_free(&slots);
    assert_int_equal(count_descriptors(), before);
}

/* Where descriptors run out, idle sockets of the other family make way. */
static void without_descriptors(void **state)
{
    (void)state;
    struct ptl_slots slots;
    ptl_slots_init(&slots, NULL);
    uint32_t ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = ptl_slots_take(&slots, 4);
    ptl_slots_keep(&slots, ids[0]);
    ptl_slots_keep(&slots, ids[1]);
    failing_calls_arm(FAILING_SOCKET, EMFILE, 1, false);
    uint32_t v6 = ptl_slots_take(&slots, 6);
    int error = errno;
    assert_int_equal(failing_calls_disarm(), 1);
    if (v6 == PTL_NO_SLOT)
        assert_int_equal(error, EAFNOSUPPORT); /* IPv6 is off; the sockets made way all the same */
    assert_int_equal(slots.idle_count, 0);
    check(&slots, v6 == PTL_NO_SLOT ? 1 : 2);
    failing_calls_arm(FAILING_SOCKET, EMFILE, 1, true);
    assert_int_equal(ptl_slots_take(&slots, 4), PTL_NO_SLOT);
    assert_int_equal(errno, EMFILE);
    failing_calls_disarm();
    ptl_slots_free(&slots);
    /* Another error is none that closing helps against. */
    ptl_slots_init(&slots, NULL);
    ids[0] = ptl_slots_take(&slots, 4);
    ptl_slots_keep(&slots, ids[0]);
    failing_calls_arm(FAILING_SOCKET, ENOBUFS, 1, true);
    assert_int_equal(ptl_slots_take(&slots, 6), PTL_NO_SLOT);
    assert_int_equal(errno, ENOBUFS);
    failing_calls_disarm();
    assert_int_equal(slots.idle_count, 1);
    ptl_slots_free(&slots);
}

static void without_memory(void **state)
{
    (void)state;
    struct ptl_slots slots;
    ptl_slots_init(&slots, NULL);
    failing_malloc_arm(1, true);
    assert_int_equal(ptl_slots_take(&slots, 4), PTL_NO_SLOT);
    assert_int_equal(errno, ENOMEM);
    failing_malloc_disarm();
    uint32_t taken = 0;
    do { /* until the array is full */
        assert_int_not_equal(ptl_slots_take(&slots, 4), PTL_NO_SLOT);
        taken++;
    } while (slots.empty != PTL_NO_SLOT);
    failing_malloc_arm(1, true);
    assert_int_equal(ptl_slots_take(&slots, 4), PTL_NO_SLOT);
    assert_int_equal(errno, ENOMEM);
    failing_malloc_disarm();
    check(&slots, taken); /* those in use are as they were */
    ptl_slots_free(&slots);
}

static void bound_to_a_source(void **state)
{
    (void)state;
    struct ptl_address source = {.low = 0x7F000009, .family = 4};
    struct ptl_slots slots;
    ptl_slots_init(&slots, &source);
    uint32_t id = ptl_slots_take(&slots, 4);
    assert_int_not_equal(id, PTL_NO_SLOT);
    struct sockaddr_storage name;
    socklen_t length = sizeof(name);
    struct ptl_address bound;
    assert_int_equal(getsockname(slots.items[id].fd, (struct sockaddr *)&name, &length), 0);
    assert_true(ptl_address_from_sockaddr((struct sockaddr *)&name, &bound));
    assert_int_equal(ptl_address_compare(&bound, &source), 0);
    ptl_slots_free(&slots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_socket_serves_again),
        cmocka_unit_test(families_do_not_mix),
        cmocka_unit_test(any_number_of_them),
        cmocka_unit_test(without_descriptors),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(bound_to_a_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
