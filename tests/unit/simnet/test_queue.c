#include "support/cmocka_all.h"

#include "simnet/queue.h"
#include "simnet/random.h"

#include <stdlib.h>
#include <string.h>

#define MANY 5000 /* more than the queue begins with */

static void an_empty_queue_is_never_due(void **state)
{
    (void)state;
    struct queue *queue = queue_new(true);
    assert_true(queue_next_due(queue) == INT64_MAX);
    queue_free(queue);
    queue_free(NULL);
}

/* Fills and drains it by turns, so that a ring wraps round while it grows. */
static void in_order_it_gives_back_what_came_first(void **state)
{
    (void)state;
    struct queue *queue = queue_new(true);
    int64_t added = 0, taken = 0;
    uint64_t stream = 3;
    while (taken < MANY * 4) {
        for (uint64_t n = random_next(&stream) % 900; n > 0; n--) {
            struct answer *answer = queue_add(queue, added / 2);
            assert_non_null(answer);
            answer->read_ns = added++;
        }
        for (uint64_t n = random_next(&stream) % 700; n > 0 && taken < added; n--) {
            assert_true(queue_next_due(queue) == taken / 2);
            assert_true(queue_take(queue)->read_ns == taken);
            taken++;
        }
    }
    queue_free(queue);
}

static int ascending(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static void with_jitter_it_gives_back_what_is_due_first(void **state)
{
    (void)state;
    struct queue *queue = queue_new(false);
    static int64_t due[MANY];
    uint64_t stream = 4;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++) {
            due[i] = (int64_t)(random_next(&stream) % 3000);
            struct answer *answer = queue_add(queue, due[i]);
            assert_non_null(answer);
            answer->read_ns = due[i];
            memset(answer->packet, i & 255, sizeof(answer->packet));
        }
        qsort(due, MANY, sizeof(due[0]), ascending);
        for (int i = 0; i < MANY; i++) {
            assert_true(queue_next_due(queue) == due[i]);
            const struct answer *answer = queue_take(queue);
            assert_true(answer->read_ns == due[i]);
            assert_int_equal(answer->packet[0], answer->packet[PACKET_ANSWER_MAX - 1]);
        }
        assert_true(queue_next_due(queue) == INT64_MAX);
    }
    queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_queue_is_never_due),
        cmocka_unit_test(in_order_it_gives_back_what_came_first),
        cmocka_unit_test(with_jitter_it_gives_back_what_is_due_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
