/* What is told of a run, after those before it. */
#include "unit/history/nights.h"

#include "history/weigh.h"

static void the_first_run_has_no_news(void **state)
{
    night(*state, "ooc ccc", "");
    night(*state, "ooc ccc", "");
}

static void what_opened_and_closed_is_told_once(void **state)
{
    night(*state, "ooc ccc", "");
    night(*state, "oco cco", "+198.18.0.1:443 +198.18.0.2:443 -198.18.0.1:80 ");
    night(*state, "oco cco", "");
    night(*state, "ooo ccc", "+198.18.0.1:80 -198.18.0.2:443 ");
}

static void a_silence_where_nothing_is_lost_is_believed(void **state)
{
    night(*state, "ooc occ", "");
    night(*state, "oof ocf", "");
    night(*state, "off ocf", "-198.18.0.1:80 ");
}

static void a_silence_in_doubt_takes_two_runs(void **state)
{
    night_of(*state, NIGHTS_PLAN, "oof occ", 1, 6000, "");
    night_of(*state, NIGHTS_PLAN, "off occ", 1, 6000, "?198.18.0.1:80 ");
    night_of(*state, NIGHTS_PLAN, "oof occ", 1, 6000, ""); /* it was missed */
    night_of(*state, NIGHTS_PLAN, "off occ", 1, 6000, "?198.18.0.1:80 ");
    night_of(*state, NIGHTS_PLAN, "off occ", 1, 6000, "-198.18.0.1:80 ");
    night_of(*state, NIGHTS_PLAN, "off occ", 1, 6000, "");
}

static void what_was_not_asked_is_no_news(void **state)
{
    night(*state, "ooc ooc", "");
    night(*state, "oee eee", "");
    night(*state, "ooc ooc", "");
    night(*state, "oec eco", "+198.18.0.2:443 -198.18.0.2:80 "); /* since it was last known */
    night(*state, "ooc oco", "");
}

static void an_incomplete_run_is_never_compared_with(void **state)
{
    night(*state, "ooc ccc", "");
    night(*state, "coc uuu", "-198.18.0.1:22 ");
    night(*state, "coc uuu", "-198.18.0.1:22 "); /* since the complete one */
    night(*state, "ooc ccc", "");
}

static void other_hosts_or_ports_are_another_matter(void **state)
{
    static const char other[] =
        "hosts: [198.18.0.1, 198.18.0.3]\nports: 22,80,443\nscope: [198.18.0.0/15]\n";
    night(*state, "ooc ccc", "");
    night_of(*state, other, "ccc ooo", 1, 0, "");
    night_of(*state, other, "ccc ooc", 1, 0, "-198.18.0.3:443 ");
    night(*state, "ooc occ", "+198.18.0.2:22 ");
}

static void a_host_comes_and_goes(void **state)
{
    night(*state, "ooc fff", "");
    night(*state, "ooc fcc", "<198.18.0.2 ");
    night(*state, "ooc fcc", "");
    night(*state, "ooc fff", ">198.18.0.2 ");
    /* Nothing at all answers. */
    night(*state, "fff fff", "?198.18.0.1:22 ?198.18.0.1:80 !198.18.0.1 ");
    night(*state, "fff fff", "-198.18.0.1:22 -198.18.0.1:80 >198.18.0.1 ");
}

#define ALL_LOST 60000
#define MANY_HOSTS 24
#define MANY "hosts: 198.18.0.1-24\nports: 22,80,443\nscope: [198.18.0.0/15]\n"
#define MANY_SIZE (4 * MANY_HOSTS + 1)

/* Of many hosts the last is as told. */
static const char *many(const char *others, const char *last, char text[MANY_SIZE])
{
    for (size_t i = 0; i < MANY_HOSTS; i++)
        snprintf(text + 4 * i, MANY_SIZE - 4 * i, "%s ", i + 1 < MANY_HOSTS ? others : last);
    return text;
}

/* The sentinels tell nothing good of that night, but every port of the other hosts was heard. */
static void a_host_is_gone_where_every_other_was_heard_in_full(void **state)
{
    char text[MANY_SIZE];
    night_of(*state, MANY, many("occ", "ooo", text), 1, 0, "");
    night_of(*state, MANY, many("occ", "fff", text), 1, ALL_LOST,
             "-198.18.0.24:22 -198.18.0.24:80 -198.18.0.24:443 >198.18.0.24 ");
}

/* The others have a port behind a firewall, but all that was open is heard. */
static void a_host_is_gone_where_all_that_was_open_was_heard(void **state)
{
    char text[MANY_SIZE];
    night_of(*state, MANY, many("oof", "ooo", text), 1, 0, "");
    night_of(*state, MANY, many("oof", "fff", text), 1, ALL_LOST,
             "-198.18.0.24:22 -198.18.0.24:80 -198.18.0.24:443 >198.18.0.24 ");
}

/* One port is missed as easily as that. */
static void a_host_of_one_port_is_perhaps_gone(void **state)
{
    char text[MANY_SIZE];
    night_of(*state, MANY, many("ooo", "off", text), 1, 0, "");
    night_of(*state, MANY, many("ooo", "fff", text), 1, ALL_LOST, "?198.18.0.24:22 !198.18.0.24 ");
    night_of(*state, MANY, many("ooo", "off", text), 1, ALL_LOST, "");
    night_of(*state, MANY, many("ooo", "fff", text), 1, ALL_LOST, "?198.18.0.24:22 !198.18.0.24 ");
    night_of(*state, MANY, many("ooo", "fff", text), 1, ALL_LOST, "-198.18.0.24:22 >198.18.0.24 ");
}

/* Its own way loses, whatever the others' do: from the first time on that is known of it. */
static void a_host_that_was_missed_before_is_perhaps_gone(void **state)
{
    char text[MANY_SIZE];
    night_of(*state, MANY, many("ooo", "off", text), 1, 0, "");
    night_of(*state, MANY, many("ooo", "fff", text), 1, 0, "-198.18.0.24:22 >198.18.0.24 ");
    night_of(*state, MANY, many("ooo", "off", text), 1, 0, "+198.18.0.24:22 <198.18.0.24 ");
    for (int i = 0; i < 10; i++)
        night_of(*state, MANY, many("ooo", "off", text), 1, 0, "");
    night_of(*state, MANY, many("ooo", "fff", text), 1, 0, "?198.18.0.24:22 !198.18.0.24 ");
    night_of(*state, MANY, many("ooo", "fff", text), 1, 0, "-198.18.0.24:22 >198.18.0.24 ");
}

/* One that several ports stand for was not missed by chance. */
static void a_host_of_many_ports_that_was_down_once_is_gone(void **state)
{
    char text[MANY_SIZE];
    night_of(*state, MANY, many("occ", "ooo", text), 1, 0, "");
    for (int i = 0; i < 30; i++)
        night_of(*state, MANY, many("occ", "ooo", text), 1, 0, "");
    night_of(*state, MANY, many("occ", "fff", text), 1, 0,
             "-198.18.0.24:22 -198.18.0.24:80 -198.18.0.24:443 >198.18.0.24 ");
    night_of(*state, MANY, many("occ", "ooo", text), 1, 0,
             "+198.18.0.24:22 +198.18.0.24:80 +198.18.0.24:443 <198.18.0.24 ");
    for (int i = 0; i < 10; i++)
        night_of(*state, MANY, many("occ", "ooo", text), 1, 0, "");
    night_of(*state, MANY, many("occ", "fff", text), 1, 0,
             "-198.18.0.24:22 -198.18.0.24:80 -198.18.0.24:443 >198.18.0.24 ");
}

/* Ports were lost on other hosts, too: the lost host may be no more than more of that. */
static void a_host_is_perhaps_gone_where_others_lack_ports(void **state)
{
    char text[MANY_SIZE];
    night_of(*state, MANY, many("oof", "ooo", text), 1, 0, "");
    night_of(*state, NIGHTS_PLAN, "ooc ooc", 1, 0, "");
    night_of(*state, NIGHTS_PLAN, "ooc fff", 1, ALL_LOST,
             "?198.18.0.2:22 ?198.18.0.2:80 !198.18.0.2 ");
    memcpy(strchr(many("oof", "fff", text), 'o'), "fof off off off off", 19);
    night_of(*state, MANY, text, 1, ALL_LOST,
             "?198.18.0.1:22 ?198.18.0.2:80 ?198.18.0.3:80 ?198.18.0.4:80 ?198.18.0.5:80 "
             "?198.18.0.24:22 ?198.18.0.24:80 ?198.18.0.24:443 !198.18.0.24 ");
}

static void a_host_that_comes_and_goes_is_listed_apart(void **state)
{
    night(*state, "ooc fff", "");
    night(*state, "ooc fcc", "<198.18.0.2 ");
    night(*state, "ooc fff", ">198.18.0.2 ");
    night(*state, "ooc fcc", "%198.18.0.2 ");
    night(*state, "ooc fcc", "%198.18.0.2 ");
}

static void two_runs_have_to_see_it_if_asked(void **state)
{
    night_of(*state, NIGHTS_PLAN, "ooc ccc", 2, 0, "");
    night_of(*state, NIGHTS_PLAN, "occ ccc", 2, 0, "");
    night_of(*state, NIGHTS_PLAN, "occ occ", 2, 0, "-198.18.0.1:80 ");
    night_of(*state, NIGHTS_PLAN, "occ ccc", 2, 0, "");
    night_of(*state, NIGHTS_PLAN, "occ occ", 2, 0, "~198.18.0.2:22 ");
}

static void flapping_ports_are_listed_apart(void **state)
{
    night(*state, "occ ccc", "");
    night(*state, "ooc ccc", "+198.18.0.1:80 ");
    night(*state, "occ ccc", "-198.18.0.1:80 ");
    night(*state, "ooo ccc", "+198.18.0.1:443 ~198.18.0.1:80 ");
    for (int i = 0; i < 8; i++)
        night(*state, "ooo ccc", i < 7 ? "~198.18.0.1:80 " : "");
    night(*state, "oco ccc", "-198.18.0.1:80 ");
}

/* A confirmed port was seen so more than once. */
static void a_course_believes_what_was_confirmed(void **state)
{
    (void)state;
    struct ptl_row_course course = {.is_known = false};
    assert_false(ptl_row_course_step(&course, PTL_SIGHT_CLOSED, 2, 0));
    assert_false(ptl_row_course_step(&course, PTL_SIGHT_OPEN, 2, 1));
    assert_false(ptl_row_course_step(&course, PTL_SIGHT_UNKNOWN, 2, 2));
    assert_true(ptl_row_course_step(&course, PTL_SIGHT_OPEN, 2, 3));
    assert_false(ptl_row_course_step(&course, PTL_SIGHT_CLOSED, 2, 4));
    assert_true(ptl_row_course_step(&course, PTL_SIGHT_CLOSED, 2, 5));
    assert_true(ptl_row_course_step(&course, PTL_SIGHT_CONFIRMED, 2, 6));
    assert_true(course.is_open);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nights_begin, nights_end)
    const struct CMUnitTest tests[] = {
        TEST(the_first_run_has_no_news),
        TEST(what_opened_and_closed_is_told_once),
        TEST(a_silence_where_nothing_is_lost_is_believed),
        TEST(a_silence_in_doubt_takes_two_runs),
        TEST(what_was_not_asked_is_no_news),
        TEST(an_incomplete_run_is_never_compared_with),
        TEST(other_hosts_or_ports_are_another_matter),
        TEST(a_host_comes_and_goes),
        TEST(a_host_is_gone_where_every_other_was_heard_in_full),
        TEST(a_host_is_gone_where_all_that_was_open_was_heard),
        TEST(a_host_of_one_port_is_perhaps_gone),
        TEST(a_host_that_was_missed_before_is_perhaps_gone),
        TEST(a_host_of_many_ports_that_was_down_once_is_gone),
        TEST(a_host_is_perhaps_gone_where_others_lack_ports),
        TEST(a_host_that_comes_and_goes_is_listed_apart),
        TEST(two_runs_have_to_see_it_if_asked),
        TEST(flapping_ports_are_listed_apart),
        cmocka_unit_test(a_course_believes_what_was_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
