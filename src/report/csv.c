#include "report/csv.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "report/writer.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"host",      "ip",       "port",    "protocol",   "state",
                                      "reason",    "service",  "rtt_us",  "connect_us", "attempts",
                                      "offset_ms", "expected", "verdict", "run",        "started"};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

enum { ON_STACK = 1024 };

/* libcsv quotes the field; at worst every byte is a quote and doubles. */
static void quote(struct ptl_buf *buf, const char *text, bool first)
{
    char on_stack[2 * ON_STACK + 2];
    size_t length = strlen(text), room = 2 * length + 2;
    char *quoted = length <= ON_STACK ? on_stack : malloc(room);
    if (quoted == NULL) {
        buf->failed = true;
        return;
    }
    size_t size = csv_write(quoted, room, text, length);
    if (!first)
        ptl_buf_add_char(buf, ',');
    ptl_buf_add_bytes(buf, quoted, size);
    if (quoted != on_stack)
        free(quoted);
}

static void quote_mended(struct ptl_buf *buf, const char *text, bool first)
{
    if (ptl_text_is_utf8(text, strlen(text))) {
        quote(buf, text, first);
        return;
    }
    struct ptl_buf mended;
    ptl_buf_init(&mended, 3 * strlen(text)); /* U+FFFD takes three bytes */
    ptl_text_add_utf8(&mended, text);
    if (mended.failed)
        buf->failed = true; /* a field that is not whole is none */
    else
        quote(buf, ptl_buf_text(&mended), first);
    ptl_buf_free(&mended);
}

void ptl_csv_row(struct ptl_buf *buf, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        quote_mended(buf, fields[i], i == 0);
    ptl_buf_add(buf, "\r\n");
}

static void add_field(struct ptl_writing *writing, const char *text, bool first)
{
    quote(&writing->line, text, first);
}

static void add_text(struct ptl_writing *writing, const char *text, bool first)
{
    quote_mended(&writing->line, text, first);
}

static void add_number(struct ptl_writing *writing, uint32_t number)
{
    char digits[PTL_DIGITS_SIZE];
    add_field(writing, number != PTL_US_NONE ? ptl_digits(number, digits) : "", false);
}

/* Of what is expected of this port, the worst verdict: both come in the order of targets, and the
 * ports of a target ascend, but for those that stand for all others. NULL: nothing is expected. */
static const struct ptl_expectation *find_expectation(struct ptl_writing *writing,
                                                      const struct ptl_result *result)
{
    static const int severity[] = {[PTL_PASS] = 0, [PTL_INCONCLUSIVE] = 1, [PTL_FAIL] = 2};
    const struct ptl_results *results = writing->results;
    const struct ptl_expectation *worst = NULL;
    size_t *next = &writing->state.csv.expectation;
    for (; *next < results->expectation_count; ++*next) {
        const struct ptl_expectation *one = &results->expectations[*next];
        if (one->is_unresolved || one->target > result->target)
            break;
        if (one->target < result->target || one->port < result->port)
            continue;
        if (one->port > result->port)
            break;
        if (worst == NULL || severity[one->verdict] > severity[worst->verdict])
            worst = one;
    }
    return worst;
}

static bool begin(struct ptl_writing *writing)
{
    for (int i = 0; i < COLUMNS; i++)
        add_field(writing, columns[i], i == 0);
    ptl_buf_add(&writing->line, "\r\n");
    return ptl_writing_flush(writing);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    const struct ptl_result *r = row->result;
    add_text(writing, row->names->host, true);
    add_text(writing, row->names->ip, false);
    add_number(writing, r->port);
    add_field(writing, "tcp", false);
    add_field(writing, ptl_state_names[r->state], false);
    add_field(writing, row->reason, false);
    add_text(writing, row->service != NULL ? row->service : "", false);
    add_number(writing, r->rtt_us);
    add_number(writing, r->connect_us);
    add_number(writing, r->attempts);
    char offset[PTL_DIGITS_SIZE];
    add_field(writing, ptl_digits(r->offset_ms, offset), false);
    const struct ptl_expectation *one = find_expectation(writing, r);
    add_field(writing, one != NULL ? ptl_expected_names[one->expected] : "", false);
    add_field(writing, one != NULL ? ptl_verdict_names[one->verdict] : "", false);
    char started[PTL_RFC3339_SIZE];
    add_text(writing, writing->results->run.profile, false);
    add_field(writing, ptl_clock_rfc3339(writing->results->run.started_ms, started), false);
    ptl_buf_add(&writing->line, "\r\n");
    return ptl_writing_flush(writing);
}

static bool end(struct ptl_writing *writing)
{
    (void)writing;
    return true;
}

const struct ptl_writer ptl_writer_csv = {
    .name = "csv", .extension = "csv", .begin = begin, .result = result, .end = end};
