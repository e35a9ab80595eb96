#include "support/cmocka_all.h"

#include "journal/counters.h"

#include <string.h>

static struct ptl_journal_counters known(void)
{
    return (struct ptl_journal_counters){
        .attempts = 1000,
        .retried = 31,
        .syn_resent = 4,
        .begun = 3,
        .peak_in_flight = 9,
        .has_evidence = true,
        .evidence = {
            .open = {5, 1},
            .closed = {300, 20, 3},
            .silent = {[7] = 600},
            .sentinels = {.asked = 90, .lost = 7, .slices = 12, .alike = 30, .blind = 1000},
            .late = {.listened = 60,
                     .open = 2,
                     .closed = 3,
                     .waited_ms = 900,
                     .slowest_ms = 950,
                     .reach_ms = 980}}};
}

static struct ptl_journal_counters read_of(const struct ptl_buf *buf, bool *good)
{
    /* What was known before, so that it shows what is not taken. */
    struct ptl_journal_counters counters = known();
    const uint8_t *at = (const uint8_t *)ptl_buf_text(buf);
    struct ptl_bytes bytes = {.at = at, .end = at + buf->length};
    ptl_counters_get(&bytes, &counters);
    *good = !bytes.failed && bytes.at == bytes.end;
    return counters;
}

static void what_is_written_comes_back(void **state)
{
    (void)state;
    bool good;
    struct ptl_buf buf;
    struct ptl_journal_counters counters = known();
    ptl_buf_init(&buf, 1000);
    ptl_counters_put(&buf, &counters);
    struct ptl_journal_counters again = read_of(&buf, &good);
    assert_true(good && again.has_evidence);
    assert_int_equal(again.attempts, 1000);
    assert_int_equal(again.retried, 31);
    assert_int_equal(again.syn_resent, 4);
    assert_int_equal(again.peak_in_flight, 9);
    assert_memory_equal(&again.evidence, &counters.evidence, sizeof(again.evidence));
    /* Not known any more: nor is what was known before. */
    counters.has_evidence = false;
    ptl_buf_reset(&buf);
    ptl_counters_put(&buf, &counters);
    again = read_of(&buf, &good);
    assert_true(good && !again.has_evidence && again.evidence.closed[0] == 0);
    ptl_buf_free(&buf);
}

/* Numbers as another version, or nobody, writes them: `count` of them, all alike but one. */
static void put(struct ptl_buf *buf, uint64_t count, uint64_t all, uint64_t at, uint64_t one)
{
    ptl_buf_reset(buf);
    ptl_bytes_put(buf, count);
    for (uint64_t i = 0; i < count; i++)
        ptl_bytes_put(buf, i == at ? one : all);
}

static void other_versions_have_fewer_or_more(void **state)
{
    (void)state;
    bool good;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1000);
    put(&buf, 2, 7, 9, 0);
    struct ptl_journal_counters counters = read_of(&buf, &good);
    assert_true(good && !counters.has_evidence);
    assert_int_equal(counters.attempts, 7);
    assert_int_equal(counters.begun, 3); /* it is not told */
    put(&buf, 50, 1, 41, 0);
    counters = read_of(&buf, &good);
    assert_true(good && counters.has_evidence);
    assert_int_equal(counters.evidence.sentinels.blind, 1);
    assert_int_equal(counters.evidence.late.open, 1);
    put(&buf, 39, 1, 99, 0); /* before it was listened for late answers */
    counters = read_of(&buf, &good);
    assert_true(good && counters.has_evidence && counters.evidence.late.listened == 0);
    ptl_buf_free(&buf);
}

static void what_cannot_be_is_not_believed(void **state)
{
    (void)state;
    static const struct {
        uint64_t at, value;
    } wrong[] = {{9, 0},  {9, 2},           {10, UINT64_MAX}, {33, 1ULL << 32}, {34, UINT64_MAX},
                 {35, 2}, {36, 1ULL << 32}, {37, 1001},       {38, 1001}};
    bool good;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1000);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        put(&buf, 39, 1, wrong[i].at, wrong[i].value);
        struct ptl_journal_counters counters = read_of(&buf, &good);
        assert_true(good && !counters.has_evidence);
        assert_int_equal(counters.attempts, 1);
    }
    static const uint64_t late[][2] = {{39, 1}, {42, UINT16_MAX + 1}, {44, UINT64_MAX}};
    for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
        put(&buf, 45, 1, late[i][0], late[i][1]); /* two of one; too large */
        assert_true(!read_of(&buf, &good).has_evidence && good);
    }
    put(&buf, 45, 1, 8, 1ULL << 32); /* so many were never in flight */
    struct ptl_journal_counters many = read_of(&buf, &good);
    assert_true(good && !many.has_evidence);
    assert_int_equal(many.peak_in_flight, UINT32_MAX);
    /* Cut anywhere: the bytes say so. */
    put(&buf, 39, 1, 99, 0);
    for (size_t left = buf.length; left-- > 0;) {
        buf.length = left;
        struct ptl_journal_counters counters = read_of(&buf, &good);
        assert_true(!good && !counters.has_evidence);
    }
    ptl_buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(other_versions_have_fewer_or_more),
        cmocka_unit_test(what_cannot_be_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
