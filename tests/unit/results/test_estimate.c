#include "support/cmocka_all.h"

#include "results/estimate.h"
#include "results/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 7;

static double draw(void)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(seed >> 11) / 9007199254740992.0;
}

static void what_answered_is_not_missed(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {.open = {3}, .closed = {90, 2}};
    struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
    assert_true(estimate.known && estimate.basis == PTL_BASIS_ANSWERED);
    assert_true(estimate.missed_at_most == 0 && estimate.recall_at_least == 1);
    assert_false(ptl_estimate_is_poor(&estimate));
}

static void what_cannot_be_known_is_not_claimed(void **state)
{
    (void)state;
    struct ptl_evidence dead = {.silent = {0, 100}, .sentinels = {.asked = 0}};
    struct ptl_estimate estimate = ptl_estimate_of(&dead, NULL);
    assert_true(!estimate.known && estimate.basis == PTL_BASIS_NO_ANSWER);
    assert_false(ptl_estimate_is_poor(&estimate)); /* a dead host is no reason to doubt the run */
    struct ptl_evidence once = {.open = {3}, .closed = {90}, .silent = {50}};
    estimate = ptl_estimate_of(&once, NULL);
    assert_true(!estimate.known && estimate.basis == PTL_BASIS_NO_EVIDENCE);
    assert_true(ptl_estimate_is_poor(&estimate));
}

static void it_is_worth_something(void **state)
{
    (void)state;
    struct ptl_evidence clean = {.open = {330},
                                 .closed = {32437},
                                 .silent = {0, 32768},
                                 .sentinels = {.asked = 900, .slices = 9}};
    struct ptl_estimate estimate = ptl_estimate_of(&clean, NULL);
    assert_true(estimate.recall_at_least >= 0.999 && estimate.basis == PTL_BASIS_BOTH);
    /* 5 % each way, as many attempts as that takes. */
    struct ptl_evidence lossy = {
        .open = {298, 29, 3},
        .closed = {29275, 2854, 278, 27, 3},
        .silent = {0, 0, 0, 0, 0, 32768},
        .sentinels = {.asked = 3000, .lost = 290, .slices = 50, .alike = 2}};
    estimate = ptl_estimate_of(&lossy, NULL);
    assert_true(estimate.recall_at_least >= 0.99);
    assert_false(ptl_estimate_is_poor(&estimate));
}

static void sentinels_alone_speak_where_there_is_one_attempt(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {.open = {100},
                                    .closed = {1900},
                                    .silent = {2200},
                                    .sentinels = {.asked = 100, .lost = 6, .slices = 5}};
    struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
    assert_true(estimate.basis == PTL_BASIS_SENTINELS && ptl_estimate_is_poor(&estimate));
    assert_true(fabs(estimate.missed - 600.0 / 94) < 0.01);
    assert_true(estimate.missed_at_most > 6 && estimate.missed_at_most < 40);
    evidence.sentinels.lost = 10; /* so many: ports may have fared otherwise */
    estimate = ptl_estimate_of(&evidence, NULL);
    assert_in_range(estimate.missed_at_most, 111, 200); /* a twentieth of all are 110 */
}

/* A tenth of few sentinels is not told from a quarter: here ports lost two thirds. */
static void few_of_few_sentinels_lost_are_no_bound(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {
        .open = {31},
        .closed = {677},
        .silent = {3292},
        .sentinels = {.asked = 32, .lost = 3, .slices = 23, .alike = 74, .blind = 1}};
    struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
    assert_in_range(estimate.missed_at_most, 144, 250); /* a 23rd of all are 144 */
    evidence.sentinels.lost = 1;
    estimate = ptl_estimate_of(&evidence, NULL);
    assert_in_range(estimate.missed_at_most, 144, 250);
    evidence.sentinels.lost = 0;
    estimate = ptl_estimate_of(&evidence, NULL);
    assert_in_range(estimate.missed_at_most, 1, 12);
}

/* Whatever was lost, of what is silent no more is open than of what answered. */
static void where_losses_have_no_bound_the_share_that_is_open_has_one(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {
        .open = {100},
        .closed = {1900},
        .silent = {2200},
        .sentinels = {.asked = 100, .lost = 10, .slices = 5, .blind = PTL_SHARE_ALL}};
    struct ptl_estimate blind = ptl_estimate_of(&evidence, NULL);
    assert_in_range(blind.missed_at_most, 111, 200); /* 5 % of them are 110 */
    evidence.sentinels = (struct ptl_sentinels){.asked = 20, .lost = 20, .slices = 2};
    struct ptl_estimate lost = ptl_estimate_of(&evidence, NULL);
    assert_true(lost.known && lost.basis == PTL_BASIS_SENTINELS && ptl_estimate_is_poor(&lost));
    assert_int_equal(lost.missed_at_most, blind.missed_at_most);
    assert_true(lost.missed > 50 && lost.missed <= (double)lost.missed_at_most);
    evidence = (struct ptl_evidence){
        .open = {4}, .silent = {3996}, .sentinels = {.asked = 2, .lost = 2, .slices = 1}};
    lost = ptl_estimate_of(&evidence, NULL);
    assert_int_equal(lost.missed_at_most, 3996); /* nothing but what is open ever answered */
}

static void bursts_widen_the_bound(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {.open = {90, 9, 1},
                                    .closed = {850, 85, 8},
                                    .silent = {0, 0, 900},
                                    .sentinels = {.asked = 300, .lost = 30, .slices = 30}};
    struct ptl_estimate alone = ptl_estimate_of(&evidence, NULL);
    evidence.sentinels.alike = 600;
    struct ptl_estimate together = ptl_estimate_of(&evidence, NULL);
    assert_true(together.missed_at_most > alone.missed_at_most);
}

/* A service that drops what it cannot take, beside ports that refuse at once. */
static void open_ports_that_lose_more_are_judged_by_themselves(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {.open = {10, 6},
                                    .closed = {5000},
                                    .silent = {0, 300},
                                    .sentinels = {.asked = 50, .slices = 5}};
    struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
    assert_true(estimate.missed > 2 && estimate.missed_at_most >= 6);
}

/* A limit takes so many a second, of each pass less: the second pass found half of what the first
 * did, though it lost as much. The sentinels were few, and lost most. */
static void what_is_overrun_is_judged_by_sentinels(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {.open = {3, 6},
                                    .closed = {113, 73},
                                    .silent = {0, 3805},
                                    .sentinels = {.asked = 4, .lost = 2, .slices = 5}};
    struct ptl_estimate few = ptl_estimate_of(&evidence, NULL);
    assert_true(few.missed_at_most > 100 && few.recall_at_least < 0.1);
    /* Many say that it is so: then it was chance. */
    evidence.sentinels = (struct ptl_sentinels){.asked = 1000, .lost = 650, .slices = 90};
    struct ptl_estimate many = ptl_estimate_of(&evidence, NULL);
    assert_true(many.missed_at_most < few.missed_at_most / 2);
}

/* Each stands for many that were sent at its time: of a few, all that were heard say little. */
static void few_sentinels_alone_say_little(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {
        .open = {100}, .closed = {1900}, .silent = {2000}, .sentinels = {.asked = 2, .slices = 2}};
    struct ptl_estimate two = ptl_estimate_of(&evidence, NULL);
    assert_true(two.doubt > 0.95);
    evidence.sentinels.asked = 30;
    struct ptl_estimate thirty = ptl_estimate_of(&evidence, NULL);
    assert_true(thirty.doubt > 0.11 && thirty.doubt < 0.14); /* 0.116 if all were alike */
}

/* 3 of 49 were late, while a second attempt found nothing that the first of 32,850 had lost. */
static void sentinels_that_were_late_are_no_loss(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {
        .open = {312},
        .closed = {32538},
        .silent = {0, 32685},
        .sentinels = {.asked = 49, .lost = 3, .slices = 28, .alike = 631}};
    struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
    assert_true(estimate.recall_at_least >= 0.999 && estimate.basis == PTL_BASIS_RETRIES);
    /* The second attempt finds as much as they lost: it is loss. */
    evidence.closed[1] = 1600;
    estimate = ptl_estimate_of(&evidence, NULL);
    assert_true(estimate.basis != PTL_BASIS_RETRIES && estimate.missed_at_most > 0);
    /* So much is lost that the second attempt may have been, too. */
    evidence.closed[1] = 0;
    evidence.sentinels.lost = 30;
    evidence.sentinels.alike = 0;
    estimate = ptl_estimate_of(&evidence, NULL);
    assert_true(estimate.recall_at_least < 0.9);
}

/* Whatever the first passes lost: that two found nothing more says something. */
static void empty_passes_tell(void **state)
{
    (void)state;
    struct ptl_evidence evidence = {
        .open = {40, 0, 26},
        .closed = {1000, 20, 800, 5},
        .silent = {0, 0, 0, 0, 0, 2000},
        .sentinels = {.asked = 600, .lost = 60, .slices = 90, .alike = 400}};
    struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
    assert_true(estimate.missed_at_most < 60);
}

struct sample {
    double chance;
    int open, closed, tries, sentinels;
};

static uint64_t simulate(const struct sample *sample, struct ptl_evidence *evidence)
{
    *evidence = (struct ptl_evidence){.sentinels = {.slices = 10}};
    uint64_t missed = 0;
    for (int i = 0; i < sample->open + sample->closed; i++) {
        int at = 0;
        while (at < sample->tries && draw() < sample->chance)
            at++;
        if (at == sample->tries) {
            missed += i < sample->open;
            evidence->silent[sample->tries - 1]++;
        } else {
            (i < sample->open ? evidence->open : evidence->closed)[at]++;
        }
    }
    evidence->silent[sample->tries - 1] += 500;
    for (int i = 0; i < sample->sentinels; i++)
        evidence->sentinels.lost += draw() < sample->chance;
    evidence->sentinels.asked = (uint64_t)sample->sentinels;
    return missed;
}

/* Where losses are independent, the bound of 95 % holds in 93 of 100 simulated runs at least. */
static void the_bound_holds(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {0.1, 40, 400, 2, 30}, {0.1, 40, 400, 1, 60}, {0.35, 40, 400, 2, 30}, {0.35, 40, 400, 3, 0},
        {0.35, 300, 20, 2, 9}, {0.02, 20, 0, 2, 4},   {0.6, 30, 60, 4, 20},   {0.6, 50, 500, 1, 40},
    };
    for (size_t s = 0; s < sizeof(samples) / sizeof(samples[0]); s++) {
        int holds = 0, claims = 0;
        for (int round = 0; round < 400; round++) {
            struct ptl_evidence evidence;
            uint64_t missed = simulate(&samples[s], &evidence);
            struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
            claims += estimate.known;
            holds += estimate.known && missed <= estimate.missed_at_most;
        }
        if (holds < 0.93 * claims)
            print_error("sample %zu: %d of %d\n", s, holds, claims);
        assert_true(claims > 300 && holds >= 0.93 * claims);
    }
}

static void answers_that_come_too_late_are_told(void **state)
{
    (void)state;
    struct ptl_evidence clean = {.open = {72},
                                 .closed = {1728},
                                 .silent = {0, 2200},
                                 .sentinels = {.asked = 200, .slices = 9},
                                 .late = {.listened = 140, .waited_ms = 500, .reach_ms = 980}};
    struct ptl_estimate none = ptl_estimate_of(&clean, NULL), estimate;
    assert_true(none.missed_at_most == 0);
    struct ptl_evidence late = clean;
    late.late.closed = 12;
    late.late.open = 1;
    late.late.slowest_ms = 702;
    estimate = ptl_estimate_of(&late, NULL);
    assert_true(estimate.known && ptl_estimate_is_poor(&estimate));
    assert_in_range(estimate.missed_at_most, 8, 40); /* 200 of them, and 1 in 25 is open */
    assert_true(estimate.missed > 4 && estimate.missed < 16);
    assert_true(estimate.recall_at_least < 0.9);
    /* Open ports alone are late: they are not as many as of those that answered in time. */
    late.late.closed = 0;
    late.late.open = 13;
    estimate = ptl_estimate_of(&late, NULL);
    assert_in_range(estimate.missed_at_most, 204, 400);
    /* Later ones may have come when nobody listened any more. */
    late.late.slowest_ms = 940;
    estimate = ptl_estimate_of(&late, NULL);
    assert_true(!estimate.known && estimate.basis == PTL_BASIS_LATE);
    assert_true(ptl_estimate_is_poor(&estimate));
    late.late.slowest_ms = 702;
    memset(late.open, 0, sizeof(late.open));
    memset(late.closed, 0, sizeof(late.closed));
    assert_true(ptl_estimate_of(&late, NULL).basis == PTL_BASIS_LATE); /* nothing came in time */
}

/* Each segment that came when no socket waited may be a late answer of an open port. */
static void resets_bound_what_is_late_where_the_sample_is_small(void **state)
{
    (void)state;
    struct ptl_evidence clean = {.open = {65},
                                 .silent = {0, 3935},
                                 .sentinels = {.asked = 20, .slices = 9},
                                 .late = {.listened = 123, .waited_ms = 500, .reach_ms = 780}};
    struct ptl_estimate before = ptl_estimate_of(&clean, NULL), estimate;
    clean.resets.is_known = true;
    estimate = ptl_estimate_of(&clean, NULL);
    assert_true(estimate.missed_at_most == before.missed_at_most); /* none was sent: none is late */
    struct ptl_evidence late = clean;
    late.resets.count = 17; /* while open ports answered: greetings that came too late for us */
    assert_true(ptl_estimate_of(&late, NULL).missed_at_most == before.missed_at_most);
    late.resets.apart = 3;
    estimate = ptl_estimate_of(&late, NULL);
    assert_in_range(estimate.missed_at_most, 17, 24);
    assert_true(estimate.missed > 8 && estimate.missed < 9); /* two attempts each */
    assert_true(estimate.known && ptl_estimate_is_poor(&estimate));
    /* What is late of the sample tells more. */
    late.late.open = 1;
    late.late.slowest_ms = 510;
    assert_true(ptl_estimate_of(&late, NULL).missed_at_most > 40);
    late.late.open = late.late.slowest_ms = 0;
    /* One port of so many that were found may be late: that is no reason to distrust the rest. */
    late.resets.count = late.resets.apart = 1;
    estimate = ptl_estimate_of(&late, NULL);
    assert_in_range(estimate.missed_at_most, 1, 3);
    assert_false(ptl_estimate_is_poor(&estimate));
    /* Of one host of many: as many as it has of the silent ports. */
    struct ptl_evidence own = {.open = {6}, .silent = {0, 394}};
    late.resets.count = late.resets.apart = 17;
    assert_in_range(ptl_estimate_of(&own, &late).missed_at_most, 2, 9);
}

/* Is that bound right? Every late port is silent, and its late answers come or are lost. */
static void the_bound_by_resets_holds(void **state)
{
    (void)state;
    for (int lossy = 0; lossy < 2; lossy++) {
        int holds = 0;
        for (int round = 0; round < 400; round++) {
            struct ptl_evidence evidence = {.sentinels = {.asked = 300, .slices = 9},
                                            .resets.is_known = true};
            double lost = lossy ? 0.1 : 0;
            uint64_t missed = 0;
            for (int port = 0; port < 4000; port++) {
                bool open = draw() < 0.02, late = open && draw() < 0.1;
                int first = draw() < lost, second = draw() < lost;
                if (late)
                    evidence.resets.count += (unsigned)(2 - first - second);
                if (open && !late && !(first && second))
                    evidence.open[first]++;
                else
                    evidence.silent[1]++;
                missed += open && (late || (first && second));
            }
            for (int i = 0; i < 300; i++)
                evidence.sentinels.lost += draw() < lost;
            evidence.resets.apart = evidence.resets.count / 2;
            holds += missed <= ptl_estimate_of(&evidence, NULL).missed_at_most;
        }
        assert_in_range(holds, 380, 400);
    }
}

/* Of a target of which little was listened to, the run's sample speaks; one that was heard enough
 * of, for itself. */
static void a_target_is_late_as_the_run_is_unless_it_shows(void **state)
{
    (void)state;
    struct ptl_evidence run = {
        .open = {720},
        .closed = {17280},
        .silent = {0, 22000},
        .sentinels = {.asked = 900, .slices = 30},
        .late = {
            .listened = 140, .closed = 14, .waited_ms = 500, .slowest_ms = 600, .reach_ms = 980}};
    struct ptl_evidence own = {.open = {72},
                               .closed = {1728},
                               .silent = {0, 2200},
                               .sentinels = {.asked = 200, .slices = 9},
                               .late = {.listened = 8, .reach_ms = 980}};
    assert_true(ptl_estimate_of(&own, NULL).missed_at_most == 0);
    assert_true(ptl_estimate_of(&own, &run).missed_at_most > 8);
    own.late.listened = 60;
    assert_true(ptl_estimate_of(&own, &run).missed_at_most == 0);
}

/* Is the bound right where a share of the ports is late, 64 of which are listened to? Where none of
 * these was, nothing tells: such runs are few. */
static void the_bound_of_what_is_late_holds(void **state)
{
    (void)state;
    for (int alike = 0; alike < 2; alike++) {
        int holds = 0;
        for (int round = 0; round < 400; round++) {
            struct ptl_evidence evidence = {
                .sentinels = {.asked = 300, .slices = 9},
                .late = {.waited_ms = 500, .slowest_ms = 530, .reach_ms = 980}};
            uint64_t missed = 0;
            for (int port = 0; port < 2000; port++) {
                bool open = draw() < 0.1, silent = draw() < 0.4;
                bool late = !silent && draw() < (alike ? 0.15 : open ? 0.6 : 0);
                if (!silent && !late) {
                    (open ? evidence.open : evidence.closed)[0]++;
                    continue;
                }
                evidence.silent[1]++;
                missed += late && open;
                if (evidence.late.listened < 64 && draw() < 0.2) {
                    evidence.late.listened++;
                    evidence.late.open += late && open;
                    evidence.late.closed += late && !open;
                }
            }
            struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
            holds += estimate.known && missed <= estimate.missed_at_most;
        }
        assert_in_range(holds, 0.95 * 400, 400);
    }
}

static struct ptl_target_counts target_of(uint32_t number, const struct ptl_evidence *evidence)
{
    return (struct ptl_target_counts){
        .target = number, .has_evidence = true, .evidence = ptl_evidence_of_target(evidence)};
}

static void add(struct ptl_results *results, uint32_t number, const struct ptl_evidence *evidence)
{
    struct ptl_target_counts counts = target_of(number, evidence);
    assert_int_equal(ptl_results_add_target(results, &counts), PTL_OK);
    ptl_evidence_add(&results->evidence, &counts.evidence);
}

/* Many targets that tell little each are judged by what all of them tell; one that is worse, by
 * itself, and its share is added. */
static void targets_and_the_run(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    struct ptl_evidence few = {.open = {2}, .closed = {6}, .silent = {0, 92}};
    struct ptl_evidence bad = {.open = {20, 20}, .closed = {40, 30}, .silent = {0, 60}};
    for (uint32_t t = 0; t < 50; t++)
        add(results, t, &few);
    results->summary.targets = results->started = 50;
    results->has_evidence = true;
    struct ptl_estimate one = ptl_estimate_target(results, &results->targets[0]);
    struct ptl_estimate alone = ptl_estimate_of(&few, NULL);
    assert_true(one.missed_at_most < alone.missed_at_most);
    struct ptl_estimate before = ptl_estimate_run(results);
    assert_true(before.known && before.poor == 0);
    add(results, 50, &bad);
    results->summary.targets = results->started = 51;
    struct ptl_estimate after = ptl_estimate_run(results);
    one = ptl_estimate_find(results, 50);
    assert_true(one.worse && ptl_estimate_is_poor(&one) && after.poor == 1);
    assert_true(after.missed_at_most >= before.missed_at_most + 20);
    assert_true(ptl_estimate_find(results, 99).basis == PTL_BASIS_NOT_RECORDED);
    ptl_results_free(results);
}

/* Of a target of a run that went on nothing is told by itself; the run tells whether what is asked
 * for was reached. Where nothing is known of the run either, it was not. */
static void a_recall_that_is_asked_for_is_the_runs_where_a_target_tells_none(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    struct ptl_evidence bad = {.open = {20, 20}, .closed = {40, 30}, .silent = {0, 60}};
    struct ptl_target_counts past = {.target = 0}, all_open = {.target = 1}, dead = {.target = 2};
    past.states[PTL_OPEN] = 40;
    past.states[PTL_FILTERED] = 60;
    all_open.states[PTL_OPEN] = 8; /* none of it may have been missed */
    assert_int_equal(ptl_results_add_target(results, &past), PTL_OK);
    assert_int_equal(ptl_results_add_target(results, &all_open), PTL_OK);
    dead.states[PTL_FILTERED] = 100;
    assert_int_equal(ptl_results_add_target(results, &dead), PTL_OK);
    results->summary.targets = results->started = 3;
    results->has_evidence = true;
    results->evidence = bad;
    assert_int_equal(ptl_estimate_run(results).below, 0); /* nothing is asked for */
    results->run.min_recall_e4 = 9990;
    assert_int_equal(ptl_estimate_run(results).below, 1);
    results->run.min_recall_e4 = 1000;
    assert_int_equal(ptl_estimate_run(results).below, 0);
    results->has_evidence = false;
    struct ptl_estimate none = ptl_estimate_run(results);
    assert_true(!none.known && none.basis == PTL_BASIS_NOT_RECORDED && none.below == 1);
    ptl_results_free(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_answered_is_not_missed),
        cmocka_unit_test(what_cannot_be_known_is_not_claimed),
        cmocka_unit_test(it_is_worth_something),
        cmocka_unit_test(sentinels_alone_speak_where_there_is_one_attempt),
        cmocka_unit_test(few_of_few_sentinels_lost_are_no_bound),
        cmocka_unit_test(where_losses_have_no_bound_the_share_that_is_open_has_one),
        cmocka_unit_test(bursts_widen_the_bound),
        cmocka_unit_test(open_ports_that_lose_more_are_judged_by_themselves),
        cmocka_unit_test(what_is_overrun_is_judged_by_sentinels),
        cmocka_unit_test(few_sentinels_alone_say_little),
        cmocka_unit_test(sentinels_that_were_late_are_no_loss),
        cmocka_unit_test(empty_passes_tell),
        cmocka_unit_test(the_bound_holds),
        cmocka_unit_test(answers_that_come_too_late_are_told),
        cmocka_unit_test(resets_bound_what_is_late_where_the_sample_is_small),
        cmocka_unit_test(the_bound_by_resets_holds),
        cmocka_unit_test(a_target_is_late_as_the_run_is_unless_it_shows),
        cmocka_unit_test(the_bound_of_what_is_late_holds),
        cmocka_unit_test(targets_and_the_run),
        cmocka_unit_test(a_recall_that_is_asked_for_is_the_runs_where_a_target_tells_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
