#include "report/prom_text.h"

#include "base/text.h"

#include <inttypes.h>

static void add_value(struct ptl_buf *line, const char *text)
{
    struct ptl_buf mended;
    ptl_buf_init(&mended, line->max);
    ptl_text_add_utf8(&mended, text);
    if (mended.failed)
        line->failed = true;
    for (const char *at = ptl_buf_text(&mended); *at != '\0'; at++) {
        if (*at == '\\' || *at == '"')
            ptl_buf_add_char(line, '\\');
        if (*at == '\n')
            ptl_buf_add(line, "\\n");
        else
            ptl_buf_add_char(line, *at);
    }
    ptl_buf_free(&mended);
}

void ptl_prom_head(const struct ptl_prom *prom, const char *name, const char *help)
{
    ptl_buf_printf(prom->line, "# HELP %s%s %s\n# TYPE %s%s gauge\n", prom->prefix, name, help,
                   prom->prefix, name);
}

void ptl_prom_series(const struct ptl_prom *prom, const char *name)
{
    ptl_buf_printf(prom->line, "%s%s{profile=\"", prom->prefix, name);
    add_value(prom->line, prom->profile);
    ptl_buf_add_char(prom->line, '"');
}

void ptl_prom_label(const struct ptl_prom *prom, const char *name, const char *text)
{
    ptl_buf_printf(prom->line, ",%s=\"", name);
    add_value(prom->line, text);
    ptl_buf_add_char(prom->line, '"');
}

void ptl_prom_count(const struct ptl_prom *prom, const char *name, const char *label,
                    const char *text, uint64_t count)
{
    ptl_prom_series(prom, name);
    ptl_prom_label(prom, label, text);
    ptl_buf_printf(prom->line, "} %" PRIu64 "\n", count);
}

void ptl_prom_gauge(const struct ptl_prom *prom, const char *name, const char *help, double value)
{
    ptl_prom_head(prom, name, help);
    ptl_prom_series(prom, name);
    ptl_buf_printf(prom->line, "} %.15g\n", value);
}
