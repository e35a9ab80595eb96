/* Journals written and read back; torn, damaged, hostile and impossible ones. */
#include "support/failing_files.h"
#include "unit/journal/helper.h"

#include "journal/file.h"
#include "journal/walk.h"

#include <sys/file.h>

#define YAML                                                                                       \
    "hosts: [127.0.0.1-4, \"::1\"]\nports: 1-40\nreport: {states: [open, filtered]}\nretries: 2\n"
#define RANDOM YAML "order: random\nseed: 5\n"
#define PORTS 40U
#define PROBES 200U

static const struct ptl_result kept = {.target = 3,
                                       .port = 22,
                                       .state = PTL_OPEN,
                                       .attempts = 2,
                                       .reason = PTL_REASON_SYN_ACK,
                                       .rtt_us = 120,
                                       .connect_us = 180,
                                       .confirm_yes = 1,
                                       .confirm_done = 2,
                                       .offset_ms = 31};
static const struct ptl_result silent = {.target = 1,
                                         .port = 7,
                                         .state = PTL_FILTERED,
                                         .attempts = 3,
                                         .reason = PTL_REASON_NO_RESPONSE,
                                         .rtt_us = PTL_US_NONE,
                                         .connect_us = PTL_US_NONE,
                                         .offset_ms = 0};
static const struct ptl_result failed = {.target = 2,
                                         .port = 9,
                                         .state = PTL_ERROR,
                                         .attempts = 0,
                                         .reason = PTL_REASON_ERRNO + EMFILE,
                                         .rtt_us = PTL_US_NONE,
                                         .connect_us = PTL_US_NONE,
                                         .offset_ms = 12};

/* The same of the target in that place. */
static struct ptl_result at_place(const struct maker *maker, const struct ptl_result *result)
{
    struct ptl_result moved = *result;
    struct ptl_permute order;
    ptl_permute_init(&order, 5, maker->profile->seed);
    if (maker->profile->order == PTL_ORDER_RANDOM)
        moved.target = (uint32_t)ptl_permute_forward(&order, result->target);
    return moved;
}

/* The verdicts of three segments, each with a share of each kind. */
static void give(struct maker *maker, unsigned segment)
{
    for (uint16_t port = 1; port <= PORTS; port++) {
        if (segment == 0 && port < 20)
            maker_note(maker, 0, port, PTL_CLOSED);
        if (segment == 1 && port != 9)
            maker_note(maker, 2, port, port % 2 == 0 ? PTL_CLOSED : maker_parked(2, 1));
        if (segment == 2)
            maker_note(maker, 4, port, port == 40 ? PTL_NOTE_GAVE_UP : maker_parked(3, 3));
    }
    const struct ptl_result results[] = {at_place(maker, &silent), at_place(maker, &failed),
                                         at_place(maker, &kept)};
    maker_keep(maker, &results[segment]);
    maker_limit(maker, PTL_JOURNAL_RUN, 1000 + segment);
    maker_limit(maker, segment, 50);
    pthread_mutex_lock(&maker->lock);
    maker->given.counters = (struct ptl_journal_counters){
        .attempts = 100 * (segment + 1), .begun = segment + 2, .in_flight = 5};
    pthread_mutex_unlock(&maker->lock);
}

static void write_three(struct maker *maker)
{
    struct ptl_error error = {0};
    for (unsigned segment = 0; segment < 3; segment++) {
        assert_int_equal(maker_begin(maker, segment > 0, false, &error), PTL_OK);
        give(maker, segment);
        if (segment == 1)
            maker_kill(maker);
        else
            maker_end(maker, segment == 0 ? PTL_STOP_DEADLINE : PTL_STOP_SIGNAL, false);
    }
}

static void check_three(const struct maker *maker, const struct ptl_past *past, bool random)
{
    const struct ptl_result results[] = {at_place(maker, &silent), at_place(maker, &kept)};
    const struct ptl_places *places = &past->places;
    for (uint64_t target = 0; target < 5; target++) {
        uint64_t place = ptl_places_of_target(places, target);
        for (uint16_t port = 1; port <= PORTS; port++) {
            uint64_t position = ptl_places_position(places, target, place, port);
            enum ptl_state state = PTL_UNPROBED;
            unsigned asked = 0;
            if (place == 0 && port < 20)
                state = PTL_CLOSED;
            if (place == 2 && port != 9 && port % 2 == 0)
                state = PTL_CLOSED;
            if (place == 2 && port != 9 && port % 2 != 0)
                asked = 2;
            if (place == 4 && port != 40)
                asked = 3;
            if (place == 1 && port == 7)
                state = PTL_FILTERED;
            if (place == 3 && port == 22)
                state = PTL_OPEN;
            assert_int_equal(ptl_ledger_state(past->ledger, position), state);
            assert_int_equal(ptl_ledger_parked(past->ledger, position).asked, asked);
            assert_int_equal(ptl_ledger_parked(past->ledger, position).counted,
                             asked == 2 ? 1 : asked);
        }
    }
    assert_true(random == past->places.random);
    assert_int_equal(past->item_count, 2); /* what ended in error is asked again */
    assert_memory_equal(past->items, results, sizeof(results));
    assert_true(ptl_past_gave_up(past, 4));
    assert_false(ptl_past_gave_up(past, 3));
    assert_int_equal(past->counters.attempts, 300);
    assert_int_equal(past->counters.in_flight, 5);
    assert_int_equal(past->limit_count, 2); /* the last ones */
    assert_true(past->limits[0].place == PTL_JOURNAL_RUN);
    assert_int_equal(past->limits[0].rate, 1002);
    assert_int_equal(past->limits[1].place, 2);
    assert_int_equal(past->segment_count, 3);
    assert_int_equal(past->segments[0].reason, PTL_STOP_DEADLINE);
    assert_int_equal(past->segments[1].reason, PTL_SEGMENT_KILLED);
    assert_int_equal(past->segments[2].reason, PTL_STOP_SIGNAL);
    assert_int_equal(past->segments[0].probes, 20);
    assert_int_equal(past->segments[2].probes, 1);
    assert_non_null(strstr(past->last.asked, "\"profile\":\"t\""));
    assert_int_equal(past->head.retries, 2);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    for (int random = 0; random < 2; random++) {
        struct maker maker;
        maker_open(&maker, random ? RANDOM : YAML);
        write_three(&maker);
        struct ptl_past *past = maker_read(&maker);
        check_three(&maker, past, random);
        assert_int_equal(past->torn, 0);
        ptl_past_free(past);
        struct ptl_error error = {0};
        assert_int_equal(maker_look(&maker, true, false, &error), PTL_OK);
        check_three(&maker, ptl_journal_past(maker.journal), random);
        maker_close(&maker);
    }
}

/* Where the chunk of a type begins, after so many others of it. */
static size_t chunk_at(const struct maker *maker, uint32_t type, unsigned skip)
{
    struct ptl_walk walk;
    struct ptl_chunk chunk;
    struct ptl_error error = {0};
    enum ptl_status status;
    size_t at = 0;
    int fd = open(maker->path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(ptl_walk_begin(&walk, fd, maker->path, &error), PTL_OK);
    while (at == 0 && ptl_walk_next(&walk, &chunk, &status, &error))
        if (chunk.head.type == type && skip-- == 0)
            at = chunk.at;
    ptl_walk_end(&walk);
    close(fd);
    assert_true(at > 0);
    return at;
}

static void break_chunk(const struct maker *maker, uint32_t type, unsigned skip)
{
    size_t size, at = chunk_at(maker, type, skip);
    uint8_t *bytes = file_get(maker->path, &size);
    bytes[at + PTL_CHUNK_HEAD + 1] ^= 1;
    file_put(maker->path, bytes, size);
    free(bytes);
}

static uint64_t known_of(const struct ptl_past *past)
{
    uint64_t states[PTL_STATE_COUNT];
    ptl_ledger_count(past->ledger, 0, PROBES, states);
    return PROBES - states[PTL_UNPROBED];
}

/* Of the last segment alone what ended in error is told. */
static void errors_are_told_till_they_are_asked_again(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    maker_open(&maker, YAML);
    assert_int_equal(maker_begin(&maker, false, false, &error), PTL_OK);
    maker_keep(&maker, &failed);
    maker_kill(&maker);
    struct ptl_past *past = maker_read(&maker);
    assert_int_equal(past->item_count, 1);
    assert_memory_equal(&past->items[0], &failed, sizeof(failed));
    ptl_past_free(past);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    assert_int_equal(ptl_journal_past(maker.journal)->item_count, 0);
    maker_kill(&maker);
    past = maker_read(&maker);
    assert_int_equal(past->item_count, 0);
    ptl_past_free(past);
    maker_close(&maker);
}

/* With the head of a segment lost, what the one before could not ask is not told beside what became
 * of it. */
static void an_error_is_not_told_beside_a_verdict(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    struct ptl_results *results = NULL;
    struct ptl_past *past = NULL;
    struct ptl_past_request request = {.salvage = true};
    struct ptl_result other = failed;
    other.port++;
    maker_open(&maker, YAML);
    for (int segment = 0; segment < 3; segment++) {
        assert_int_equal(maker_begin(&maker, segment > 0, false, &error), PTL_OK);
        if (segment < 2)
            maker_keep(&maker, &failed);
        else
            maker_note(&maker, failed.target, failed.port, PTL_CLOSED);
        maker_keep(&maker, &other);
        maker_end(&maker, PTL_STOP_SIGNAL, false);
    }
    break_chunk(&maker, PTL_CHUNK_SEGMENT, 2);
    break_chunk(&maker, PTL_CHUNK_SEGMENT, 1);
    assert_int_equal(ptl_journal_read(maker.path, &request, &past, &error), PTL_OK);
    assert_int_equal(past->segment_count, 1);
    assert_int_equal(past->item_count, 1);
    assert_int_equal(past->items[0].port, other.port);
    assert_int_equal(ptl_past_results(past, &results, &error), PTL_OK);
    assert_int_equal(results->summary.states[PTL_ERROR], 1);
    assert_int_equal(results->summary.states[PTL_CLOSED], 1);
    assert_int_equal(results->summary.states[PTL_UNPROBED], PROBES - 2);
    ptl_results_free(results);
    ptl_past_free(past);
    maker_close(&maker);
}

/* Where no segment tells what was asked, a report can be made, and no run can go on. */
static void without_the_head_of_a_segment_it_is_read_alone(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    struct ptl_past *past = NULL;
    struct ptl_past_request request = {.salvage = true};
    maker_open(&maker, YAML);
    assert_int_equal(maker_begin(&maker, false, false, &error), PTL_OK);
    give(&maker, 0);
    maker_end(&maker, PTL_STOP_SIGNAL, false);
    break_chunk(&maker, PTL_CHUNK_SEGMENT, 0);
    assert_int_equal(ptl_journal_read(maker.path, &request, &past, &error), PTL_OK);
    assert_int_equal(known_of(past), 20);
    assert_int_equal(past->segment_count, 1);
    ptl_past_free(past);
    assert_int_equal(maker_look(&maker, true, true, &error), PTL_E_INVALID);
    assert_non_null(strstr(error.message, "convert makes a report of it"));
    maker_close(&maker);
}

/* Results of a journal: what a run that was stopped would have left. */
static void makes_results(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    maker_open(&maker, YAML);
    write_three(&maker);
    struct ptl_past *past = maker_read(&maker);
    struct ptl_results *results = NULL;
    assert_int_equal(ptl_past_results(past, &results, &error), PTL_OK);
    const struct ptl_summary *sum = &results->summary;
    assert_int_equal(sum->targets, 5);
    assert_int_equal(sum->probes, PROBES);
    assert_int_equal(sum->states[PTL_OPEN], 1);
    assert_int_equal(sum->states[PTL_CLOSED], 19 + 20);
    assert_int_equal(sum->states[PTL_FILTERED], 1 + 39); /* those with every attempt granted */
    assert_int_equal(sum->states[PTL_UNPROBED], PROBES - 80);
    assert_int_equal(results->count, 41);
    assert_int_equal(results->target_count, 5);
    assert_int_equal(results->targets[4].flags, PTL_TARGET_GAVE_UP);
    assert_int_equal(results->targets[0].states[PTL_CLOSED], 19);
    assert_false(results->run.complete);
    assert_int_equal(results->run.stopped_by, PTL_STOP_SIGNAL);
    assert_int_equal(results->run.segment_count, 3);
    assert_string_equal(results->run.ports, "1-40");
    ptl_results_free(results);
    struct ptl_buf text;
    ptl_buf_init(&text, 65536);
    ptl_past_tell(past, &text);
    assert_non_null(strstr(ptl_buf_text(&text), "settled: 41 of 200 probes (20.5%)"));
    assert_non_null(strstr(ptl_buf_text(&text), "still ask 159 probes, of which 58 were silent"));
    ptl_buf_free(&text);
    ptl_past_free(past);
    maker_close(&maker);
}

/* What is known after a cut is true, and no more than before. */
static void check_part(const struct ptl_past *part, const struct ptl_past *whole)
{
    for (uint64_t position = 0; position < PROBES; position++) {
        enum ptl_state state = ptl_ledger_state(part->ledger, position);
        if (state != PTL_UNPROBED)
            assert_int_equal(state, ptl_ledger_state(whole->ledger, position));
    }
    assert_true(part->item_count <= whole->item_count);
}

/* Cut at every byte: refused in words while the head is not whole, else resumed, and read back. */
static void may_be_cut_anywhere(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    size_t size, first_whole = 0;
    uint64_t before = 0;
    maker_open(&maker, YAML);
    write_three(&maker);
    uint8_t *bytes = file_get(maker.path, &size);
    struct ptl_past *whole = maker_read(&maker);
    for (size_t cut = 0; cut <= size; cut++) {
        file_put(maker.path, bytes, cut);
        error = (struct ptl_error){.code = PTL_OK};
        enum ptl_status status = maker_look(&maker, true, false, &error);
        if (status != PTL_OK) {
            assert_int_equal(status, PTL_E_INVALID);
            assert_non_null(strstr(error.message, maker.path));
            assert_int_equal(first_whole, 0);
            size_t left;
            free(file_get(maker.path, &left)); /* nothing was changed */
            assert_int_equal(left, cut);
            continue;
        }
        first_whole = first_whole == 0 ? cut : first_whole;
        check_part(ptl_journal_past(maker.journal), whole);
        assert_true(known_of(ptl_journal_past(maker.journal)) >= before);
        before = known_of(ptl_journal_past(maker.journal));
        ptl_journal_free(maker.journal);
        maker.journal = NULL;
        assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
        maker_note(&maker, 3, 1, PTL_CLOSED); /* what is appended behind the cut is found again */
        maker_kill(&maker);
        struct ptl_past *again = maker_read(&maker);
        assert_int_equal(again->torn, 0);
        assert_int_equal(ptl_ledger_state(again->ledger, 3 * PORTS), PTL_CLOSED);
        assert_int_equal(known_of(again), before + 1);
        ptl_past_free(again);
    }
    assert_true(first_whole > 100 && first_whole < size / 2);
    assert_int_equal(before, 41);
    ptl_past_free(whole);
    free(bytes);
    maker_close(&maker);
}

/*
 * Each bit of every byte: right, or refused in words; and salvage takes what is whole. With
 * ThreadSanitizer, which is ten times as slow and sees one thread here, each ninth.
 */
#ifdef __SANITIZE_THREAD__
#define DAMAGE_EVERY 9
#else
#define DAMAGE_EVERY 1
#endif

static void may_be_damaged_anywhere(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    size_t size;
    unsigned refused = 0, torn = 0, salvaged = 0;
    maker_open(&maker, YAML);
    write_three(&maker);
    uint8_t *bytes = file_get(maker.path, &size);
    struct ptl_past *whole = maker_read(&maker);
    size_t plan_end = chunk_at(&maker, PTL_CHUNK_SEGMENT, 0);
    for (size_t at = 0; at < size * 8; at += DAMAGE_EVERY) {
        bytes[at / 8] ^= (uint8_t)(1U << (at % 8));
        file_put(maker.path, bytes, size);
        bytes[at / 8] ^= (uint8_t)(1U << (at % 8));
        error = (struct ptl_error){.code = PTL_OK};
        enum ptl_status status = maker_look(&maker, true, false, &error);
        if (status == PTL_OK) {
            torn++;
            check_part(ptl_journal_past(maker.journal), whole);
        } else {
            refused++;
            assert_int_equal(status, PTL_E_INVALID);
            assert_non_null(strstr(error.message, maker.path));
        }
        ptl_journal_free(maker.journal);
        maker.journal = NULL;
        if (maker_look(&maker, true, true, &error) == PTL_OK) {
            salvaged++;
            check_part(ptl_journal_past(maker.journal), whole);
            assert_true(known_of(ptl_journal_past(maker.journal)) > 0);
        } else {
            assert_true(at / 8 < plan_end); /* of all behind it, what is whole is taken */
        }
        ptl_journal_free(maker.journal);
        maker.journal = NULL;
    }
    assert_true(refused > 1000 / DAMAGE_EVERY && torn > 100 / DAMAGE_EVERY &&
                salvaged > torn + 1000 / DAMAGE_EVERY);
    ptl_past_free(whole);
    free(bytes);
    maker_close(&maker);
}

/* What --salvage has put in order needs it no more, and says what it is. */
static void is_whole_once_it_is_salvaged(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    size_t size;
    maker_open(&maker, YAML);
    write_three(&maker);
    uint8_t *bytes = file_get(maker.path, &size);
    struct ptl_past *past = maker_read(&maker);
    struct ptl_walk walk;
    struct ptl_chunk chunk = {.at = 0};
    enum ptl_status status;
    int fd = open(maker.path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(ptl_walk_begin(&walk, fd, maker.path, &error), PTL_OK);
    while (chunk.head.type != PTL_CHUNK_DATA)
        assert_true(ptl_walk_next(&walk, &chunk, &status, &error));
    bytes[chunk.at + PTL_CHUNK_HEAD + 3] ^= 16;
    ptl_walk_end(&walk);
    close(fd);
    file_put(maker.path, bytes, size);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_E_INVALID);
    char place[64];
    snprintf(place, sizeof(place), "damaged at byte %llu", (unsigned long long)chunk.at);
    assert_non_null(strstr(error.message, place));
    assert_non_null(strstr(error.message, "--salvage"));
    maker.info.resumed.salvaged = true;
    assert_int_equal(maker_begin(&maker, true, true, &error), PTL_OK);
    assert_true(ptl_journal_past(maker.journal)->last.resumed.salvaged);
    maker_note(&maker, 0, 1, PTL_CLOSED);
    maker_kill(&maker);
    struct ptl_past *again = maker_read(&maker);
    assert_true(again->last.resumed.salvaged);
    assert_int_equal(known_of(again), known_of(past) - 20 + 1);
    ptl_past_free(again);
    ptl_past_free(past);
    free(bytes);
    maker_close(&maker);
}

/* After a power cut, what was not synced may be there in any order: none of it was promised. */
static void what_was_not_synced_may_be_missing(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    size_t size;
    maker_open(&maker, YAML);
    assert_int_equal(maker_begin(&maker, false, false, &error), PTL_OK);
    give(&maker, 0);
    for (int i = 0; i < 300 && atomic_load(&maker.takes) == 0; i++)
        usleep(10000); /* written, and not synced yet */
    assert_true(atomic_load(&maker.takes) > 0);
    give(&maker, 2);
    maker_kill(&maker);
    uint8_t *bytes = file_get(maker.path, &size);
    struct ptl_walk walk;
    struct ptl_chunk chunk = {.at = 0};
    enum ptl_status status;
    int fd = open(maker.path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(ptl_walk_begin(&walk, fd, maker.path, &error), PTL_OK);
    while (chunk.head.type != PTL_CHUNK_DATA)
        assert_true(ptl_walk_next(&walk, &chunk, &status, &error));
    close(fd);
    memset(bytes + chunk.at, 0, PTL_CHUNK_HEAD + chunk.head.length + PTL_CHUNK_TAIL);
    ptl_walk_end(&walk);
    file_put(maker.path, bytes, size);
    assert_int_equal(maker_look(&maker, true, false, &error), PTL_OK);
    assert_int_equal(known_of(ptl_journal_past(maker.journal)), 0);
    assert_int_equal(ptl_journal_past(maker.journal)->end, chunk.at);
    free(bytes);
    maker_close(&maker);
}

static void refuses(struct maker *maker, bool resume, const char *words)
{
    struct ptl_error error = {0};
    enum ptl_status status = maker_begin(maker, resume, false, &error);
    if (status == PTL_OK || strstr(error.message, words) == NULL)
        fail_msg("wanted \"%s\", got: %s", words, error.message);
    ptl_journal_free(maker->journal);
    maker->journal = NULL;
}

static void only_its_own_files_are_touched(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    char other[128];
    size_t size;
    maker_open(&maker, YAML);
    snprintf(other, sizeof(other), "%s.other", maker.path);
    assert_int_equal(mkfifo(maker.path, 0600), 0);
    refuses(&maker, true, "named pipe");
    unlink(maker.path);
    assert_int_equal(mkdir(maker.path, 0700), 0);
    refuses(&maker, true, "is a folder");
    rmdir(maker.path);
    file_put(other, "hello", 5);
    assert_int_equal(symlink(other, maker.path), 0);
    refuses(&maker, false, "symbolic link");
    unlink(maker.path);
    static const char *const strangers[] = {"", "h", "portolan-j", "portolan-journal/2\nxxxxxxxx",
                                            "hosts: 127.0.0.1\nports: 1-10\n"};
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        file_put(maker.path, strangers[i], strlen(strangers[i]));
        refuses(&maker, i % 2 == 0, "journal");
        refuses(&maker, i % 2 != 0, "journal");
        uint8_t *bytes = file_get(maker.path, &size);
        assert_int_equal(size, strlen(strangers[i]));
        assert_memory_equal(bytes, strangers[i], size);
        free(bytes);
    }
    unlink(maker.path);
    unlink(other);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    struct ptl_journal *first = maker.journal;
    maker.journal = NULL;
    refuses(&maker, true, "in use by another run");
    refuses(&maker, false, "in use by another run");
    maker.journal = first;
    maker_end(&maker, PTL_STOP_SIGNAL, false);
    refuses(&maker, false, "--resume goes on with it");
    maker_close(&maker);
}

/* Both looked, and found nothing. */
static void of_two_that_begin_at_once_one_is_refused(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_journal_file files[2];
    struct ptl_error error = {0};
    struct ptl_buf bytes;
    maker_open(&maker, YAML);
    ptl_buf_init(&bytes, 16);
    ptl_buf_add(&bytes, "a journal");
    for (int i = 0; i < 2; i++)
        assert_int_equal(ptl_journal_file_open(maker.path, &files[i], &error), PTL_OK);
    assert_int_equal(ptl_journal_file_make(&files[0], &bytes, &error), PTL_OK);
    assert_int_equal(ptl_journal_file_make(&files[1], &bytes, &error), PTL_E_INVALID);
    assert_non_null(strstr(error.message, "is in use by another run"));
    assert_int_equal(ptl_journal_file_remove(&files[0], &error), PTL_OK);
    ptl_journal_file_close(&files[0]);
    ptl_journal_file_close(&files[1]);
    ptl_buf_free(&bytes);
    assert_int_equal(rmdir(maker.folder), 0); /* nothing is left in it */
    maker_close(&maker);
}

/* What a run that was killed while it put a journal in its place has left there. */
static void what_was_left_behind_is_removed(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    char left[128], held[128];
    maker_open(&maker, YAML);
    snprintf(left, sizeof(left), "%s/.portolan.4000000.0", maker.folder);
    snprintf(held, sizeof(held), "%s/.portolan.4000000.1", maker.folder);
    file_put(left, "x", 1);
    file_put(held, "x", 1);
    int fd = open(held, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(maker_begin(&maker, false, false, &error), PTL_OK);
    maker_end(&maker, PTL_STOP_NONE, true);
    assert_int_equal(access(left, F_OK), -1);
    assert_int_equal(access(held, F_OK), 0); /* of a run that is at it */
    close(fd);
    unlink(held);
    maker_close(&maker);
}

#define STRANGER 54321

/* A journal tells what was found: one that somebody else left in /tmp is not believed. */
static void what_a_stranger_left_is_not_believed(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    size_t size, before;
    if (geteuid() != 0) {
        fprintf(stderr, "SKIPPED: only root can have files of another user\n");
        skip();
    }
    maker_open(&maker, YAML);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    maker_end(&maker, PTL_STOP_SIGNAL, false);
    free(file_get(maker.path, &before));
    assert_int_equal(chmod(maker.folder, 01777), 0);
    assert_int_equal(chown(maker.path, STRANGER, STRANGER), 0);
    refuses(&maker, true, "belongs to another user, in a folder that everybody may write to");
    refuses(&maker, false, "belongs to another user, in a folder that everybody may write to");
    free(file_get(maker.path, &size));
    assert_int_equal(size, before);
    assert_int_equal(chmod(maker.folder, 0700), 0); /* where nobody else could have put it */
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    maker_end(&maker, PTL_STOP_SIGNAL, false);
    maker_close(&maker);
}

static void cannot_be_made_where_nothing_can(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    maker_open(&maker, YAML);
    char *end = strrchr(maker.path, '/');
    memcpy(end, "/no/j", 6);
    refuses(&maker, true, "cannot write the journal");
    memcpy(end, "/j", 3);
    failing_files_arm(FAILING_PWRITE, ENOSPC, 1);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, ENOSPC);
    failing_files_disarm(FAILING_PWRITE);
    ptl_journal_free(maker.journal);
    maker.journal = NULL;
    failing_files_arm(FAILING_FSYNC, EIO, 1);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, EIO);
    failing_files_disarm(FAILING_FSYNC);
    assert_int_equal(access(maker.path, F_OK), -1);
    maker_close(&maker);
}

/* A disk that becomes full, or breaks: it is said, what was written before stays whole, and nothing
 * is tried again. */
static void a_failure_is_the_end_of_it(void **state)
{
    (void)state;
    static const struct {
        enum failing_file call;
        int error;
    } failures[] = {{FAILING_PWRITE, ENOSPC}, {FAILING_PWRITE, EIO}, {FAILING_FDATASYNC, EIO}};
    for (int i = 0; i < 3; i++) {
        struct maker maker;
        struct ptl_error error = {0};
        maker_open(&maker, YAML);
        assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
        give(&maker, 0);
        maker_kill(&maker);
        assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
        give(&maker, 2);
        failing_files_arm(failures[i].call, failures[i].error, 1);
        ptl_journal_drain(maker.journal);
        assert_int_equal(ptl_journal_failure(maker.journal, &error), PTL_E_OUTPUT);
        assert_int_equal(error.sys_errno, failures[i].error);
        ptl_journal_end(maker.journal, PTL_STOP_NONE, true);
        assert_int_equal(failing_files_disarm(failures[i].call), 1); /* never again */
        ptl_journal_free(maker.journal);
        maker.journal = NULL;
        struct ptl_past *past = maker_read(&maker);
        assert_int_equal(past->torn, 0);
        assert_int_equal(known_of(past), failures[i].call == FAILING_FDATASYNC ? 21 : 20);
        ptl_past_free(past);
        maker_close(&maker);
    }
}

static void short_writes_are_gone_on_with(void **state)
{
    (void)state;
    struct maker maker;
    maker_open(&maker, YAML);
    failing_files_shorten(true);
    write_three(&maker);
    failing_files_shorten(false);
    struct ptl_past *past = maker_read(&maker);
    check_three(&maker, past, false);
    ptl_past_free(past);
    maker_close(&maker);
}

static void another_plan_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *words;
    } others[] = {
        {"hosts: 127.0.0.1-5\nports: 1-40\nretries: 1\ntimeout: 1s\n"
         "report: {states: [open, filtered]}\n",
         "another hosts, timeout, retries than"},
        {YAML "exclude_ports: 7\n", "another ports than"},
        {YAML "order: random\n", "another order than"},
        {"hosts: [127.0.0.1-4, \"::1\"]\nports: 1-40\nretries: 2\n", "another states than"},
        /* What only says how fast, how long and where to is no other plan. */
        {YAML "concurrency: 7\nrate: 100\nworkers: 1\nengine: events\ndeadline: 2h\nname: x\n"
              "scope: any\nexpect: [{hosts: 127.0.0.1, open: 22}]\noutage: 5s\nper_target: 3\n",
         NULL},
        {"hosts: [127.0.0.1-4, \"::1\"]\nports: 1-45\nexclude_ports: 41-45\nretries: 2\n"
         "report: {states: [open, filtered], json: /dev/null}\n",
         NULL},
    };
    struct maker maker;
    maker_open(&maker, YAML);
    write_three(&maker);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct maker other;
        struct ptl_error error = {0};
        maker_open(&other, others[i].yaml);
        rmdir(other.folder);
        snprintf(other.path, sizeof(other.path), "%s", maker.path);
        enum ptl_status status = maker_look(&other, true, false, &error);
        assert_int_equal(status, others[i].words == NULL ? PTL_OK : PTL_E_INVALID);
        if (others[i].words != NULL && strstr(error.message, others[i].words) == NULL)
            fail_msg("wanted \"%s\", got: %s", others[i].words, error.message);
        snprintf(other.path, sizeof(other.path), "%s/none", maker.folder);
        maker_close(&other);
    }
    maker_close(&maker);
}

static void is_removed_or_kept_when_done(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    maker_open(&maker, YAML);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    ptl_journal_drain(maker.journal);
    ptl_journal_end(maker.journal, PTL_STOP_NONE, true);
    assert_int_equal(ptl_journal_finish(maker.journal, false, false, &error), PTL_OK);
    assert_int_equal(access(maker.path, F_OK), 0);
    ptl_journal_free(maker.journal);
    maker.journal = NULL;
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK); /* for its reports */
    ptl_journal_drain(maker.journal);
    ptl_journal_end(maker.journal, PTL_STOP_NONE, true);
    assert_int_equal(ptl_journal_finish(maker.journal, true, true, &error), PTL_OK);
    ptl_journal_free(maker.journal);
    maker.journal = NULL;
    struct ptl_past *past = maker_read(&maker);
    assert_true(past->done);
    ptl_past_free(past);
    assert_int_equal(maker_begin(&maker, false, false, &error), PTL_OK); /* takes its place */
    assert_null(ptl_journal_past(maker.journal));
    ptl_journal_drain(maker.journal);
    ptl_journal_end(maker.journal, PTL_STOP_NONE, true);
    past = maker_read(&maker);
    assert_false(past->done);
    ptl_past_free(past);
    assert_int_equal(ptl_journal_finish(maker.journal, true, false, &error), PTL_OK);
    assert_int_equal(access(maker.path, F_OK), -1);
    maker_close(&maker);
}

/* Verdicts that are too old are none, and stay none in the runs that follow. */
static void old_verdicts_are_forgotten(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    maker_open(&maker, YAML);
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    give(&maker, 0);
    maker_end(&maker, PTL_STOP_DEADLINE, false);
    usleep(60000);
    struct ptl_journal_request request = {
        .path = maker.path, .resume = true, .past = {.max_age_ms = 30}};
    assert_int_equal(ptl_journal_open(&request, maker.profile, &maker.journal, &error), PTL_OK);
    const struct ptl_past *past = ptl_journal_past(maker.journal);
    assert_int_equal(known_of(past), 0);
    assert_int_equal(past->item_count, 0);
    assert_int_equal(maker_create(&maker, &error), PTL_OK);
    assert_int_equal(ptl_journal_begin(maker.journal, &maker.info, past->cutoff_ms + 30, maker_take,
                                       &maker, &error),
                     PTL_OK);
    maker_note(&maker, 0, 5, PTL_FILTERED);
    maker_kill(&maker);
    struct ptl_past *again = maker_read(&maker);
    assert_int_equal(known_of(again), 1);
    assert_int_equal(ptl_ledger_state(again->ledger, 4), PTL_FILTERED);
    ptl_past_free(again);
    maker_close(&maker);
}

/* Any bytes, and any bytes within whole chunks: a sentence, never a crash. */
static void stands_any_bytes(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    size_t size;
    uint64_t seed = 11;
    unsigned read = 0;
    maker_open(&maker, YAML);
    write_three(&maker);
    uint8_t *bytes = file_get(maker.path, &size);
    for (int round = 0; round < 3000; round++) {
        struct ptl_buf out;
        struct ptl_walk walk;
        struct ptl_chunk chunk;
        enum ptl_status status;
        file_put(maker.path, bytes, size);
        int fd = open(maker.path, O_RDONLY | O_CLOEXEC);
        assert_int_equal(ptl_walk_begin(&walk, fd, maker.path, &error), PTL_OK);
        ptl_buf_init(&out, 1U << 20);
        ptl_buf_add_bytes(&out, bytes, PTL_JOURNAL_MAGIC_SIZE);
        while (ptl_walk_next(&walk, &chunk, &status, &error)) {
            uint8_t payload[4096];
            assert_true(chunk.head.length < sizeof(payload));
            memcpy(payload, chunk.payload, chunk.head.length);
            for (uint32_t i = 0; i < chunk.head.length; i++) {
                seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
                if ((seed >> 33) % 150 == 0 && (round % 10 == 0) == (chunk.head.type == 1))
                    payload[i] = (uint8_t)(seed >> 45);
            }
            ptl_chunk_put(&out, &chunk.head, payload);
        }
        ptl_walk_end(&walk);
        close(fd);
        file_put(maker.path, out.data, out.length);
        ptl_buf_free(&out);
        struct ptl_past_request request = {.salvage = true};
        struct ptl_past *past = NULL;
        if (ptl_journal_read(maker.path, &request, &past, &error) != PTL_OK)
            continue;
        struct ptl_results *results = NULL;
        if (ptl_past_results(past, &results, &error) == PTL_OK)
            read++;
        ptl_results_free(results);
        ptl_past_free(past);
    }
    assert_true(read > 10);
    free(bytes);
    maker_close(&maker);
}

/* More than one chunk's worth, in a random order of verdicts: by position it is small. */
static void a_closed_port_takes_no_bit(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    struct stat info;
    maker_open(&maker, "hosts: 127.0.0.0/28\nports: 1-65535\norder: random\nseed: 3\n");
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    struct ptl_past *head = maker_read(&maker);
    const struct ptl_places *places = &head->places;
    for (uint32_t at = 0; at < 65535; at++)
        for (uint32_t place = 0; place < 16; place++) {
            uint64_t target = ptl_places_target(places, place);
            uint64_t position = (uint64_t)place * 65535 + (at ^ (at > 3 && at < 65528 ? 3 : 0));
            maker_note(&maker, place, ptl_places_port(places, target, position), PTL_CLOSED);
        }
    ptl_past_free(head);
    maker_kill(&maker);
    assert_int_equal(stat(maker.path, &info), 0);
    assert_true((uint64_t)info.st_size * 8 < 16 * 65535);
    struct ptl_past *past = maker_read(&maker);
    uint64_t states[PTL_STATE_COUNT];
    ptl_ledger_count(past->ledger, 0, 16 * 65535, states);
    assert_int_equal(states[PTL_CLOSED], 16 * 65535);
    ptl_past_free(past);
    maker_close(&maker);
}

/* And a kept one with all that is known of it no more than 16 bytes. */
static void a_kept_port_takes_sixteen_bytes(void **state)
{
    (void)state;
    struct maker maker;
    struct ptl_error error = {0};
    struct stat info;
    maker_open(&maker, "hosts: 127.0.0.0/28\nports: 1-2000\nconfirm: 3\n");
    assert_int_equal(maker_begin(&maker, true, false, &error), PTL_OK);
    for (uint16_t port = 1; port <= 2000; port++)
        for (uint32_t target = 0; target < 16; target++) {
            struct ptl_result result = kept;
            result.target = target;
            result.port = port;
            result.rtt_us = 30000 + port;
            result.connect_us = 30100 + 2U * port;
            result.offset_ms = 40U * port + target;
            maker_keep(&maker, &result);
        }
    maker_kill(&maker);
    assert_int_equal(stat(maker.path, &info), 0);
    assert_true(info.st_size < 16 * 32000);
    struct ptl_past *past = maker_read(&maker);
    assert_int_equal(past->item_count, 32000);
    assert_int_equal(past->items[31999].offset_ms, 80015);
    assert_int_equal(past->items[31999].connect_us, 34100);
    ptl_past_free(past);
    maker_close(&maker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(errors_are_told_till_they_are_asked_again),
        cmocka_unit_test(an_error_is_not_told_beside_a_verdict),
        cmocka_unit_test(without_the_head_of_a_segment_it_is_read_alone),
        cmocka_unit_test(makes_results),
        cmocka_unit_test(may_be_cut_anywhere),
        cmocka_unit_test(may_be_damaged_anywhere),
        cmocka_unit_test(is_whole_once_it_is_salvaged),
        cmocka_unit_test(what_was_not_synced_may_be_missing),
        cmocka_unit_test(only_its_own_files_are_touched),
        cmocka_unit_test(of_two_that_begin_at_once_one_is_refused),
        cmocka_unit_test(what_was_left_behind_is_removed),
        cmocka_unit_test(what_a_stranger_left_is_not_believed),
        cmocka_unit_test(cannot_be_made_where_nothing_can),
        cmocka_unit_test(a_failure_is_the_end_of_it),
        cmocka_unit_test(short_writes_are_gone_on_with),
        cmocka_unit_test(another_plan_is_refused_by_name),
        cmocka_unit_test(is_removed_or_kept_when_done),
        cmocka_unit_test(old_verdicts_are_forgotten),
        cmocka_unit_test(stands_any_bytes),
        cmocka_unit_test(a_closed_port_takes_no_bit),
        cmocka_unit_test(a_kept_port_takes_sixteen_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
