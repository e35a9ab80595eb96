#include "report/writer.h"

#define WRITER(word, name, what) [PTL_FORMAT_##word] = &ptl_writer_##name,
const struct ptl_writer *const ptl_writers[PTL_FORMAT_COUNT] = {PTL_FORMATS(WRITER)};
