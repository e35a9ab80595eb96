"""A million results kept, and written in three formats at once."""
import json
from pathlib import Path

import peers
from tables import Goal
from turns import in_turn

NAME = "million-results"
TITLE = "1,000,000 results kept, written to JSON, CSV and text at once"


def run(lab, report):
    options = lab.options
    hosts, ports = (2, 1000) if options.quick else (16, 62500)
    paths = {name: str(lab.path(f"results.{name}")) for name in ("json", "csv", "text")}
    profile = lab.profile("million-results", hosts=f"127.0.1.1-{hosts}", ports=f"1-{ports}",
                          report={**paths, "states": ["closed"]})
    scan = peers.portolan(lab, "portolan", profile, paths["json"])
    # The states are not read back: a million of them in Python is a minute. The count is enough.
    scan.read = lambda path: set()
    with lab.loopback([80]) as stage:
        report.rows = in_turn(stage, NAME, [scan], options.rounds, options.rounds)
    row = report.rows[0]
    row.there = None
    with open(paths["csv"], encoding="utf-8", newline="") as file:
        row.extra["CSV rows"] = sum(1 for _ in file) - 1
    row.extra["written MB"] = sum(Path(path).stat().st_size for path in paths.values()) / 1e6
    with open(paths["json"], encoding="utf-8") as file:
        summary = next(line for line in file if line.startswith(' "summary":'))
    closed = json.loads("{" + summary.strip().rstrip(",") + "}")["summary"]["closed"]
    report.goals = [
        Goal("results written", row.extra["CSV rows"], hosts * ports, hosts * ports,
             row=row.name, brief="rows"),
        Goal("closed, as the summary counts", closed, hosts * ports, hosts * ports),
        Goal("peak resident memory", row.peak_kib / 1024, 64, unit=" MB", row=row.name, brief="peak"),
    ]
