#include "portolan/report.h"
#include "results/objects.h"

void ptl_report_results_schema(struct ptl_buf *buf)
{
    ptl_object_schema(&ptl_object_results, "portolan-results/1", buf);
}

void ptl_report_results_reference(struct ptl_buf *buf)
{
    ptl_object_reference(&ptl_object_results, "results.json", buf);
}
