"""One file a case: NAME, TITLE and run(lab, report), which fills rows and goals."""
from cases import (concurrency, defaults, estimate, journal, limits, loopback_full, memory, million_results, one_port,
                   silent, simnet_10, workers)

ALL = [loopback_full, simnet_10, silent, memory, million_results, journal, estimate, one_port, concurrency, workers,
       defaults, limits]
