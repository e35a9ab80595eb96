"""Any number of workers from 1 to 64 finds everything."""
from cases.sweep import sweep

NAME = "workers"
TITLE = "every port of one host, workers from 1 to 64, concurrency 1000"


def run(lab, report):
    sweep(lab, report, NAME, "workers", [1, 2, 4, 8, 16, 32, 64], [1, 8, 64],
          {"concurrency": 1000})
