#include "report/page.h"

#include "base/text.h"

#include <sha256.h>
#include <string.h>

/* ---- the files that pages are made of, embedded at build time ---- */

/* Where the assembler finds the files; the build gives the absolute folder. */
#ifndef PTL_WEB_DIR
#define PTL_WEB_DIR "src/report/web"
#endif

/* .incbin needs nothing but the compiler, and no generated source of a megabyte. */
#define EMBED(symbol, file)                                                                        \
    __asm__(".section .rodata\n"                                                                   \
            ".global ptl_embedded_" #symbol "\n"                                                   \
            ".global ptl_embedded_" #symbol "_end\n"                                               \
            ".hidden ptl_embedded_" #symbol "\n"                                                   \
            ".hidden ptl_embedded_" #symbol "_end\n"                                               \
            "ptl_embedded_" #symbol ":\n"                                                          \
            ".incbin \"" PTL_WEB_DIR "/" file "\"\n"                                               \
            "ptl_embedded_" #symbol "_end:\n"                                                      \
            ".byte 0\n"                                                                            \
            ".text\n");                                                                            \
    extern const char ptl_embedded_##symbol[], ptl_embedded_##symbol##_end[]

EMBED(style, "page.css");
EMBED(plot, "vendor/plot.min.js"); /* the chart library */
EMBED(common, "common.js");        /* text, numbers, tables */
EMBED(charts, "charts.js");        /* charts with their text and numbers */
EMBED(run, "run.js");
EMBED(compare, "compare.js");
EMBED(history, "history.js");

struct asset {
    const char *start, *end;
};
#define ASSET(symbol)                                                                              \
    {                                                                                              \
        ptl_embedded_##symbol, ptl_embedded_##symbol##_end                                         \
    }

/* ---- pages ---- */

static const struct asset style = ASSET(style);
static const struct asset scripts[][4] = {
    [PTL_PAGE_RUN] = {ASSET(plot), ASSET(common), ASSET(charts), ASSET(run)},
    [PTL_PAGE_COMPARE] = {ASSET(plot), ASSET(common), ASSET(charts), ASSET(compare)},
    [PTL_PAGE_HISTORY] = {ASSET(plot), ASSET(common), ASSET(charts), ASSET(history)},
};
enum { SCRIPTS = sizeof(scripts[0]) / sizeof(scripts[0][0]) };

static void write_text(struct ptl_output *output, const char *text)
{
    ptl_output_write(output, text, strlen(text));
}

static void write_asset(struct ptl_output *output, const struct asset *asset)
{
    ptl_output_write(output, asset->start, (size_t)(asset->end - asset->start));
}

/* " 'sha256-BASE64'": the policy lets these very scripts run and nothing else. */
static void add_hash(struct ptl_buf *buf, const struct asset *asset)
{
    /* 32 bytes and a zero are 11 groups of three; the last digit is then padding. */
    unsigned char digest[SHA256_DIGEST_LENGTH + 1] = {0};
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, (const unsigned char *)asset->start,
                  (size_t)(asset->end - asset->start));
    SHA256_Final(digest, &context);
    ptl_buf_add(buf, " 'sha256-");
    ptl_text_add_base64(buf, digest, sizeof(digest));
    if (!buf->failed)
        buf->data[buf->length - 1] = '=';
    ptl_buf_add_char(buf, '\'');
}

static void add_html(struct ptl_buf *buf, const char *text)
{
    struct ptl_buf printable;
    ptl_buf_init(&printable, 4U << 20);
    ptl_text_add_printable(&printable, text);
    if (printable.failed)
        buf->failed = true;
    for (const char *c = ptl_buf_text(&printable); *c != '\0'; c++) {
        if (*c == '<')
            ptl_buf_add(buf, "&lt;");
        else if (*c == '>')
            ptl_buf_add(buf, "&gt;");
        else if (*c == '&')
            ptl_buf_add(buf, "&amp;");
        else
            ptl_buf_add_char(buf, *c);
    }
    ptl_buf_free(&printable);
}

bool ptl_page_begin(struct ptl_output *output, struct ptl_buf *scratch, enum ptl_page page,
                    const char *what, const char *name)
{
    ptl_buf_add(scratch, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                         "'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
                         "script-src");
    for (int i = 0; i < SCRIPTS; i++)
        add_hash(scratch, &scripts[page][i]);
    ptl_buf_add(scratch, "\">\n<meta name=\"viewport\" content=\"width=device-width, "
                         "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
                         "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    ptl_buf_printf(scratch, "portolan: %s", what);
    add_html(scratch, name);
    ptl_buf_add(scratch, "</title>\n<style>\n");
    bool good = ptl_output_write_line(output, scratch);
    write_asset(output, &style);
    write_text(output, "</style>\n</head>\n<body>\n<noscript>This page draws its tables and charts "
                       "with a script that it carries itself; please allow it. The data stands in "
                       "the page as JSON.</noscript>\n<main id=\"page\"></main>\n");
    return good;
}

void ptl_page_open_data(struct ptl_output *output, const char *id)
{
    write_text(output, "<script type=\"application/json\" id=\"");
    write_text(output, id);
    write_text(output, "\">");
}

void ptl_page_close_data(struct ptl_output *output)
{
    write_text(output, "</script>\n");
}

void ptl_page_end(struct ptl_output *output, enum ptl_page page)
{
    for (int i = 0; i < SCRIPTS; i++) {
        write_text(output, "<script>");
        write_asset(output, &scripts[page][i]);
        write_text(output, "</script>\n");
    }
    write_text(output, "</body>\n</html>\n");
}

/* The escape of what starts at `at`, and how many bytes it stands for; NULL: as it is. */
static const char *escape(const char *at, size_t left, size_t *bytes)
{
    *bytes = 1;
    if (*at == '<')
        return "\\u003c";
    if (*at == '>')
        return "\\u003e";
    if (*at == '&')
        return "\\u0026";
    if (left < 3 || memcmp(at, "\xe2\x80", 2) != 0 || (at[2] != '\xa8' && at[2] != '\xa9'))
        return NULL;
    *bytes = 3;
    return at[2] == '\xa8' ? "\\u2028" : "\\u2029";
}

void ptl_page_write_json(struct ptl_output *output, const char *json, size_t length)
{
    size_t plain = 0; /* start of what is not written yet */
    for (size_t i = 0; i < length;) {
        size_t bytes;
        const char *escaped = escape(json + i, length - i, &bytes);
        if (escaped != NULL) {
            ptl_output_write(output, json + plain, i - plain);
            write_text(output, escaped);
            plain = i + bytes;
        }
        i += bytes;
    }
    ptl_output_write(output, json + plain, length - plain);
}

bool ptl_page_flush(struct ptl_output *output, struct ptl_buf *line)
{
    bool good = !line->failed;
    if (good)
        ptl_page_write_json(output, ptl_buf_text(line), line->length);
    ptl_buf_reset(line);
    return good;
}
