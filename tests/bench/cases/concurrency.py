"""Any limit from 1 to what descriptors allow finds everything."""
import resource

from cases.sweep import sweep

NAME = "concurrency"
TITLE = "every port of one host, concurrency from 1 to the limit of descriptors"


def run(lab, report):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    # `concurrency` is clamped to what the limit leaves, with a warning.
    limit = min(limit, 65535) if limit != resource.RLIM_INFINITY else 65535
    # With a round trip of 20 ms a scan of 65,535 ports one at a time takes 22 minutes.
    sweep(lab, report, NAME, "concurrency", [1, 10, 100, 1000, 5000, limit],
          [1000, 5000, limit], {})
