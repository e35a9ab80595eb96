#include "report/assets.h"

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
EMBED(plot, "vendor/plot.min.js");
EMBED(common, "common.js");
EMBED(charts, "charts.js");
EMBED(run, "run.js");
EMBED(compare, "compare.js");
EMBED(history, "history.js");

#define BOUNDS(symbol)                                                                             \
    {                                                                                              \
        ptl_embedded_##symbol, ptl_embedded_##symbol##_end                                         \
    }

static const struct {
    const char *start, *end;
} assets[PTL_ASSET_COUNT] = {
    [PTL_ASSET_STYLE] = BOUNDS(style),     [PTL_ASSET_PLOT] = BOUNDS(plot),
    [PTL_ASSET_COMMON] = BOUNDS(common),   [PTL_ASSET_CHARTS] = BOUNDS(charts),
    [PTL_ASSET_RUN] = BOUNDS(run),         [PTL_ASSET_COMPARE] = BOUNDS(compare),
    [PTL_ASSET_HISTORY] = BOUNDS(history),
};

const char *ptl_asset(enum ptl_asset asset, size_t *size)
{
    *size = (size_t)(assets[asset].end - assets[asset].start);
    return assets[asset].start;
}
