#include "support/cmocka_all.h"

#include "scan/tally.h"

#define MS 1000000ULL
#define START (1000 * MS)

/* Sentinels, each after so many attempts. */
static void note_after(struct ptl_tally *tally, const struct ptl_path *path, uint64_t ms,
                       size_t attempts, int asked, int lost)
{
    for (int i = 0; i < asked; i++) {
        ptl_tally_sent(tally, attempts);
        ptl_tally_ended(tally, path, START + ms * MS, ptl_tally_asked(tally), i < lost);
    }
}

static void note(struct ptl_tally *tally, const struct ptl_path *path, uint64_t ms, int asked,
                 int lost)
{
    note_after(tally, path, ms, 16, asked, lost);
}

static void losses_one_by_one_are_not_alike(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    for (uint64_t i = 0; i < 200; i++)
        note(&tally, &path, 100 * i, 10, 1);
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    assert_int_equal(sentinels.asked, 2000);
    assert_int_equal(sentinels.lost, 200);
    assert_int_equal(sentinels.slices, 200);
    assert_int_equal(sentinels.alike, 0);
    sentinels = ptl_tally_end(&tally, &path); /* again: the same */
    assert_int_equal(sentinels.asked, 2000);
}

static void losses_of_bursts_are_alike(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    for (uint64_t i = 0; i < 200; i++)
        note(&tally, &path, 100 * i, 10, i % 10 == 0 ? 10 : 0);
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    assert_int_equal(sentinels.lost, 200);
    assert_true(sentinels.alike > 950);
}

/* What is asked while all is silent is in doubt till something answers, however long that takes. */
static void an_outage_of_half_a_minute_is_left_out(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    note(&tally, &path, 0, 10, 0);
    note(&tally, &path, 300, 10, 10); /* before it is noticed */
    path.paused = true;
    for (uint64_t ms = 800; ms < 30000; ms += 500)
        note_after(&tally, &path, ms, 0, 1, 1);
    path.paused = false;
    ptl_path_add_bad(&path, START + 250 * MS, START + 30000 * MS);
    note(&tally, &path, 30100, 10, 0);
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    assert_int_equal(sentinels.asked, 20);
    assert_int_equal(sentinels.lost, 0);
}

static void times_that_do_not_count_are_left_out(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    for (uint64_t i = 0; i < 20; i++)
        note(&tally, &path, 100 * i, 10, i < 5 ? 8 : 0);
    ptl_path_add_bad(&path, START, START + 500 * MS);
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    assert_int_equal(sentinels.asked, 150);
    assert_int_equal(sentinels.lost, 0);
}

/* All that was sent was sent at once; the sentinels came after it, and fared well. */
static void one_sentinel_stands_for_a_whole_burst(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    ptl_tally_sent(&tally, 4000);
    for (uint64_t i = 5; i < 20; i++)
        note_after(&tally, &path, 100 * i, 1, 10, 0);
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    assert_int_equal(sentinels.asked, 1);
    assert_int_equal(sentinels.lost, 0);
    assert_true(sentinels.blind < PTL_SHARE_ALL / 100);
}

/* Most was sent when half was lost; most sentinels went out when nothing was. */
static void losses_weigh_by_what_was_sent_meanwhile(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    for (uint64_t i = 0; i < 40; i++) {
        bool fast = i < 10;
        note_after(&tally, &path, 100 * i, fast ? 500 : 2, fast ? 4 : 8, fast ? 2 : 0);
    }
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    double share = (double)sentinels.lost / (double)sentinels.asked;
    assert_true(share > 0.45 && share <= 0.55); /* of 280, 20 were lost */
    assert_true(sentinels.asked < 50);          /* but most of them tell little */
}

static void what_no_sentinel_stands_for_is_blind(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    note_after(&tally, &path, 0, 20, 30, 0); /* 600, of which each stands for 20 */
    ptl_tally_sent(&tally, 200);
    ptl_tally_asked(&tally); /* it has not come back */
    ptl_tally_sent(&tally, 200);
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    assert_in_range(sentinels.blind, 390, 415);
    assert_in_range(sentinels.asked, 28, 30);
    /* Of a time that does not count neither attempts nor sentinels count, and none is blind. */
    tally = (struct ptl_tally){.first = 0};
    note_after(&tally, &path, 0, 20, 30, 30);
    note_after(&tally, &path, 1000, 20, 30, 0);
    ptl_path_add_bad(&path, START, START + 500 * MS);
    sentinels = ptl_tally_end(&tally, &path);
    assert_int_equal(sentinels.lost, 0);
    assert_true(sentinels.blind < 10);
}

static void long_pauses_and_late_ends(void **state)
{
    (void)state;
    struct ptl_tally tally = {.first = 0};
    struct ptl_path path = {.window = 0};
    note(&tally, &path, 0, 1, 0);
    note(&tally, &path, 100000000, 1, 0);
    note(&tally, &path, 50, 1, 1); /* it was waited for ever since */
    struct ptl_sentinels sentinels = ptl_tally_end(&tally, &path);
    assert_int_equal(sentinels.asked, 3);
    assert_int_equal(sentinels.lost, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_one_by_one_are_not_alike),
        cmocka_unit_test(losses_of_bursts_are_alike),
        cmocka_unit_test(times_that_do_not_count_are_left_out),
        cmocka_unit_test(one_sentinel_stands_for_a_whole_burst),
        cmocka_unit_test(losses_weigh_by_what_was_sent_meanwhile),
        cmocka_unit_test(what_no_sentinel_stands_for_is_blind),
        cmocka_unit_test(an_outage_of_half_a_minute_is_left_out),
        cmocka_unit_test(long_pauses_and_late_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
