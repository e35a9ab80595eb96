/* The files of src/report/web that pages are made of, embedded at build time. Constant. */
#ifndef REPORT_ASSETS_H
#define REPORT_ASSETS_H

#include <stddef.h>

enum ptl_asset {
    PTL_ASSET_STYLE,   /* page.css */
    PTL_ASSET_PLOT,    /* vendor/plot.min.js: the chart library */
    PTL_ASSET_COMMON,  /* common.js: text, numbers, tables */
    PTL_ASSET_CHARTS,  /* charts.js: charts with their text and numbers */
    PTL_ASSET_RUN,     /* run.js */
    PTL_ASSET_COMPARE, /* compare.js */
    PTL_ASSET_HISTORY, /* history.js */
};
#define PTL_ASSET_COUNT 7

/* The bytes of an asset, without a NUL; *size says how many. */
const char *ptl_asset(enum ptl_asset asset, size_t *size);

#endif
