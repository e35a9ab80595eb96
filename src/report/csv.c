#include "report/csv.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "report/writer.h"

#include <csv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"host",      "ip",       "port",    "protocol",   "state",
                                      "reason",    "service",  "rtt_us",  "connect_us", "attempts",
                                      "offset_ms", "expected", "verdict", "run",        "started"};
enum { ON_STACK = 1024 };

/* libcsv quotes the field; at worst every byte is a quote and doubles. */
static void quote(struct ptl_buf *buf, const char *text)
{
    bool is_first = buf->length == 0 || buf->data[buf->length - 1] == '\n';
    char on_stack[2 * ON_STACK + 2];
    size_t length = strlen(text), room = 2 * length + 2;
    char *quoted = length <= ON_STACK ? on_stack : malloc(room);
    if (quoted == NULL) {
        buf->failed = true;
        return;
    }
    size_t size = csv_write(quoted, room, text, length);
    if (!is_first)
        ptl_buf_add_char(buf, ',');
    ptl_buf_add_bytes(buf, quoted, size);
    if (quoted != on_stack)
        free(quoted);
}

void ptl_csv_add(struct ptl_buf *buf, const char *text)
{
    if (ptl_text_is_utf8(text, strlen(text))) {
        quote(buf, text);
        return;
    }
    struct ptl_buf mended;
    ptl_buf_init(&mended, 3 * strlen(text)); /* U+FFFD takes three bytes */
    ptl_text_add_utf8(&mended, text);
    if (mended.failed)
        buf->failed = true; /* a field that is not whole is none */
    else
        quote(buf, ptl_buf_text(&mended));
    ptl_buf_free(&mended);
}

void ptl_csv_add_number(struct ptl_buf *buf, uint64_t number)
{
    char digits[PTL_DIGITS_SIZE];
    quote(buf, ptl_digits(number, digits));
}

void ptl_csv_add_decimal(struct ptl_buf *buf, double number, int decimals)
{
    char text[DBL_MAX_10_EXP + 32] = "";
    if (!isnan(number))
        snprintf(text, sizeof(text), "%.*f", decimals, number);
    quote(buf, text);
}

void ptl_csv_add_time(struct ptl_buf *buf, int64_t ms)
{
    char time[PTL_RFC3339_SIZE];
    quote(buf, ptl_clock_rfc3339(ms, time));
}

void ptl_csv_end(struct ptl_buf *buf)
{
    ptl_buf_add(buf, "\r\n");
}

void ptl_csv_row(struct ptl_buf *buf, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ptl_csv_add(buf, fields[i]);
    ptl_csv_end(buf);
}

static void add_us(struct ptl_buf *row, uint32_t us)
{
    if (us != PTL_US_NONE)
        ptl_csv_add_number(row, us);
    else
        quote(row, "");
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
    ptl_csv_row(&writing->line, columns, PTL_COUNT(columns));
    return ptl_writing_flush(writing);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    const struct ptl_result *r = row->result;
    struct ptl_buf *line = &writing->line;
    ptl_csv_add(line, row->names->host);
    ptl_csv_add(line, row->names->ip);
    ptl_csv_add_number(line, r->port);
    quote(line, "tcp");
    quote(line, ptl_state_names[r->state]);
    quote(line, row->reason);
    ptl_csv_add(line, row->service != NULL ? row->service : "");
    add_us(line, r->rtt_us);
    add_us(line, r->connect_us);
    ptl_csv_add_number(line, r->attempts);
    ptl_csv_add_number(line, r->offset_ms);
    const struct ptl_expectation *one = find_expectation(writing, r);
    quote(line, one != NULL ? ptl_expected_names[one->expected] : "");
    quote(line, one != NULL ? ptl_verdict_names[one->verdict] : "");
    ptl_csv_add(line, writing->results->run.profile);
    ptl_csv_add_time(line, writing->results->run.started_ms);
    ptl_csv_end(line);
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_csv = {
    .begin = begin, .result = result, .end = ptl_writing_nothing};
