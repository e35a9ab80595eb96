/*
 * The page of a history, drawn by src/report/web/history.js. Rows are packed one by one and take
 * part as long as there is room, those with the newest changes first.
 */
#include "base/text.h"
#include "history/timeline.h"
#include "report/page.h"
#include "results/keys.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* With the scripts, 300 KB, a page stays under 1.5 MB. */
enum { ROOM = 1150000, ROOM_OF_CHANGES = 150000 };

struct packed {
    char *code;    /* the row's stretches */
    size_t row;    /* of the timeline */
    size_t news;   /* the run of its last change */
    size_t length; /* of its code and what stands beside it */
};

struct page {
    const struct ptl_timeline *timeline;
    struct ptl_output *output;
    struct ptl_buf line; /* scratch */
    char *seen;          /* of one row: scratch */
    bool *is_partial;    /* a value a run */
    size_t partial;      /* how many are */
    struct packed *rows;
    size_t packed; /* rows that have their code */
    size_t kept;   /* the first of them, which have room */
};

static bool flush(struct page *page)
{
    return ptl_page_flush(page->output, &page->line);
}

/* The run in which it was last seen otherwise than before; 0: never. */
static size_t last_change(const char *seen, size_t runs)
{
    char before = PTL_SEEN_NOTHING;
    size_t changed = 0;
    for (size_t run = 0; run < runs; run++) {
        if (seen[run] == PTL_SEEN_NOTHING)
            continue;
        if (before != PTL_SEEN_NOTHING && seen[run] != before)
            changed = run;
        before = seen[run];
    }
    return changed;
}

static bool pack_rows(struct page *page)
{
    const struct ptl_timeline *timeline = page->timeline;
    for (size_t i = 0; i < timeline->row_count; i++) {
        const struct ptl_timeline_row *row = &timeline->rows[i];
        struct packed *packed = &page->rows[i];
        timeline->see(timeline, i, page->seen);
        ptl_timeline_pack(page->seen, timeline->run_count, page->is_partial, &page->line);
        packed->row = i;
        packed->news = last_change(page->seen, timeline->run_count);
        packed->length = page->line.length + strlen("[65535,\"\",\"\"],") +
                         (row->service == NULL ? 0 : strlen(row->service)) + page->partial / 6 + 1;
        packed->code = ptl_buf_steal(&page->line);
        if (packed->code == NULL)
            return false;
        ptl_buf_init(&page->line, 4U << 20);
        page->packed++;
    }
    return true;
}

static int by_news(const void *one, const void *other)
{
    const struct packed *a = one, *b = other;
    if (a->news != b->news)
        return a->news > b->news ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static int by_row(const void *one, const void *other)
{
    const struct packed *a = one, *b = other;
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Keeps the rows there is room for behind `used` bytes, in their own order. */
static bool choose_rows(struct page *page, size_t used)
{
    const struct ptl_timeline *timeline = page->timeline;
    size_t count = timeline->row_count;
    bool *is_named = calloc(timeline->host_count + 1, sizeof(*is_named));
    if (is_named == NULL)
        return false;
    qsort(page->rows, count, sizeof(*page->rows), by_news);
    for (; page->kept < count; page->kept++) {
        size_t at = timeline->rows[page->rows[page->kept].row].host;
        const struct ptl_timeline_host *host = &timeline->hosts[at];
        used += page->rows[page->kept].length;
        if (!is_named[at])
            used += strlen(host->name) + strlen(host->ip) + strlen("[\"\",\"\",[]],\n");
        if (used > ROOM)
            break;
        is_named[at] = true;
    }
    free(is_named);
    qsort(page->rows, page->kept, sizeof(*page->rows), by_row);
    return true;
}

/* Negative: not known. */
static void print_speed(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    (void)key;
    const struct ptl_timeline_run *run = object;
    if (run->speed < 0)
        ptl_buf_add(buf, "null");
    else
        ptl_buf_printf(buf, "%.0f", run->speed);
}

static const struct ptl_key_type speed = {"number", .print = print_speed};

/* Each a list with a value a run. */
#define AT(member) PTL_AT(struct ptl_timeline_run, member)
static const struct ptl_key run_keys[] = {
    {"open", &ptl_key_number, AT(open)},
    {"opened", &ptl_key_number, AT(opened)},
    {"closed", &ptl_key_number, AT(closed)},
    {"speed", &speed, AT(speed)},
    {"limit", &ptl_key_number, AT(limit), .is_nullable = true},
};
#undef AT

static bool write_runs(struct page *page)
{
    const struct ptl_timeline *timeline = page->timeline;
    uint64_t before = 0;
    ptl_buf_add(&page->line, "\"runs\":{\"at\":[");
    for (size_t i = 0; i < timeline->run_count; i++) {
        uint64_t at = timeline->runs[i].started_ms / 1000;
        ptl_buf_printf(&page->line, "%s%" PRId64, i > 0 ? "," : "", (int64_t)(at - before));
        before = at;
    }
    ptl_buf_add(&page->line, "],\n\"complete\":\"");
    for (size_t i = 0; i < timeline->run_count; i++)
        ptl_buf_add_char(&page->line, timeline->runs[i].is_complete ? '1' : '0');
    ptl_buf_add_char(&page->line, '"');
    for (const struct ptl_key *key = run_keys; key < run_keys + PTL_COUNT(run_keys); key++) {
        ptl_buf_printf(&page->line, ",\n\"%s\":[", key->name);
        for (size_t i = 0; i < timeline->run_count; i++) {
            ptl_buf_add(&page->line, i > 0 ? "," : "");
            key->type->print(key, &timeline->runs[i], &page->line);
        }
        ptl_buf_add_char(&page->line, ']');
    }
    ptl_buf_add(&page->line, "},\n");
    return flush(page);
}

/* [run, what, host, port], the newest of them; how many bytes they took. */
static bool write_changes(struct page *page, size_t *used)
{
    const struct ptl_timeline *timeline = page->timeline;
    size_t first = timeline->change_count;
    for (*used = 0; first > 0; first--) {
        const struct ptl_timeline_change *change = &timeline->changes[first - 1];
        size_t length =
            strlen(change->what) + strlen(change->host) + strlen("[9999,\"\",\"\",65535],\n");
        if (*used + length > ROOM_OF_CHANGES)
            break;
        *used += length;
    }
    ptl_buf_printf(&page->line, "\"older_changes\":%zu,\n\"changes\":[", first);
    for (size_t i = first; i < timeline->change_count; i++) {
        const struct ptl_timeline_change *change = &timeline->changes[i];
        ptl_buf_printf(&page->line, "%s[%zu,", i > first ? ",\n" : "\n", change->run);
        ptl_json_print_string(change->what, &page->line);
        ptl_buf_add_char(&page->line, ',');
        ptl_json_print_string(change->host, &page->line);
        ptl_buf_printf(&page->line, ",%u]", (unsigned)change->port);
    }
    ptl_buf_add(&page->line, "],\n");
    return flush(page);
}

/* [host, ip, [[port, service, code]...]]: a host's name stands there once. */
static bool write_rows(struct page *page)
{
    const struct ptl_timeline *timeline = page->timeline;
    size_t host = SIZE_MAX;
    ptl_buf_printf(&page->line, "\"left_out\":%zu,\n\"rows\":[", timeline->row_count - page->kept);
    for (size_t i = 0; i < page->kept; i++) {
        const struct ptl_timeline_row *row = &timeline->rows[page->rows[i].row];
        if (row->host != host) {
            ptl_buf_add(&page->line, host == SIZE_MAX ? "\n[" : "]],\n[");
            host = row->host;
            ptl_json_print_string(timeline->hosts[host].name, &page->line);
            ptl_buf_add_char(&page->line, ',');
            ptl_json_print_string(timeline->hosts[host].ip, &page->line);
            ptl_buf_add(&page->line, ",[");
        } else {
            ptl_buf_add_char(&page->line, ',');
        }
        ptl_buf_printf(&page->line, "[%u,", (unsigned)row->port);
        ptl_json_print_string(row->service == NULL ? "" : row->service, &page->line);
        ptl_buf_printf(&page->line, ",\"%s\"]", page->rows[i].code);
        if (!flush(page))
            return false;
    }
    ptl_buf_add(&page->line, page->kept > 0 ? "]]],\n" : "],\n");
    return flush(page);
}

/* Of each partial run a bit for each row that it did not ask, `bytes` a run. */
static void fill_masks(struct page *page, unsigned char *masks, size_t bytes)
{
    const struct ptl_timeline *timeline = page->timeline;
    for (size_t i = 0; i < page->kept; i++) {
        unsigned char *mask = masks;
        timeline->see(timeline, page->rows[i].row, page->seen);
        for (size_t run = 0; run < timeline->run_count; run++) {
            if (!page->is_partial[run])
                continue;
            if (page->seen[run] == PTL_SEEN_NOTHING)
                mask[i / 8] |= (unsigned char)(1U << i % 8);
            mask += bytes;
        }
    }
}

static bool write_masks(struct page *page)
{
    size_t bytes = (page->kept + 23) / 24 * 3;
    unsigned char *masks = calloc(page->partial * bytes + 1, 1), *mask = masks;
    const char *comma = "";
    bool good = masks != NULL;
    if (good)
        fill_masks(page, masks, bytes);
    ptl_buf_add(&page->line, "\"masks\":{");
    for (size_t run = 0; run < page->timeline->run_count && good; run++) {
        if (!page->is_partial[run])
            continue;
        ptl_buf_printf(&page->line, "%s\"%zu\":\"", comma, run);
        ptl_text_add_base64(&page->line, mask, bytes);
        ptl_buf_add_char(&page->line, '"');
        comma = ",\n";
        mask += bytes;
        good = flush(page);
    }
    free(masks);
    ptl_buf_add(&page->line, "}}");
    return good && flush(page);
}

static bool write_data(struct page *page)
{
    const struct ptl_timeline *timeline = page->timeline;
    size_t changes;
    ptl_buf_add(&page->line, "{\"tool\":{\"name\":\"portolan\",\"version\":\"" PTL_VERSION "\"},\n"
                             "\"profile\":");
    ptl_json_print_string(timeline->profile, &page->line);
    ptl_buf_printf(&page->line, ",\n\"written\":%" PRIu64 ",\n\"median_s\":%" PRIu64 ",\n",
                   timeline->written_ms / 1000, ptl_timeline_usual_s(timeline));
    return write_runs(page) && write_changes(page, &changes) &&
           choose_rows(page, changes + timeline->run_count *
                                           strlen("86400,1,65535,10,10,100000,100000,")) &&
           write_rows(page) && write_masks(page);
}

static bool write_page(struct page *page)
{
    if (!ptl_page_begin(page->output, &page->line, PTL_PAGE_HISTORY, "the history of ",
                        page->timeline->profile))
        return false;
    ptl_page_open_data(page->output, "data");
    if (!write_data(page))
        return false;
    ptl_page_close_data(page->output);
    ptl_page_end(page->output, PTL_PAGE_HISTORY);
    return true;
}

bool ptl_timeline_write_html(const struct ptl_timeline *timeline, struct ptl_output *output)
{
    struct page page = {.timeline = timeline, .output = output};
    page.seen = calloc(timeline->run_count + 1, 1);
    page.is_partial = calloc(timeline->run_count + 1, sizeof(*page.is_partial));
    page.rows = calloc(timeline->row_count + 1, sizeof(*page.rows));
    ptl_buf_init(&page.line, 4U << 20);
    bool good = page.seen != NULL && page.is_partial != NULL && page.rows != NULL;
    if (good) {
        ptl_timeline_find_partial(timeline, page.seen, page.is_partial);
        for (size_t run = 0; run < timeline->run_count; run++)
            page.partial += page.is_partial[run];
        good = pack_rows(&page) && write_page(&page);
    }
    for (size_t i = 0; i < page.packed; i++)
        free(page.rows[i].code);
    free(page.rows);
    free(page.is_partial);
    free(page.seen);
    ptl_buf_free(&page.line);
    return good;
}
