#include "report/writer.h"

const struct ptl_writer *const ptl_writers[PTL_FORMAT_COUNT] = {
    [PTL_FORMAT_JSON] = &ptl_writer_json, [PTL_FORMAT_JSONL] = &ptl_writer_jsonl,
    [PTL_FORMAT_CSV] = &ptl_writer_csv,   [PTL_FORMAT_TEXT] = &ptl_writer_text,
    [PTL_FORMAT_HTML] = &ptl_writer_html, [PTL_FORMAT_HOSTPORT] = &ptl_writer_hostport,
    [PTL_FORMAT_XML] = &ptl_writer_xml,   [PTL_FORMAT_JUNIT] = &ptl_writer_junit,
    [PTL_FORMAT_PROM] = &ptl_writer_prom,
};
