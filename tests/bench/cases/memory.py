"""A whole /24 with every port: memory stays, and a probe costs what it costs in a small scan."""
from statistics import median

import peers
from tables import Goal, Row
from turns import say

NAME = "memory"
TITLE = "127.0.1.0/24, every port: peak memory, and the cost of a probe from small to large"


def run(lab, report):
    options = lab.options
    ports = f"1-{options.ports}"
    output = str(lab.path("results.json"))
    sizes = {"one": ("127.0.1.1", 1), "block": ("127.0.1.0/28", 16), "all": ("127.0.1.0/24", 256)}
    if options.quick:
        sizes = {"one": ("127.0.1.1", 1), "block": ("127.0.1.0/30", 4), "all": ("127.0.1.0/28", 16)}
    scans = {}
    for key, (hosts, count) in sizes.items():
        profile = lab.profile(f"memory-{key}", hosts=hosts, ports=ports, report={"json": output})
        name = f"{hosts}, {count * options.ports:,} probes"
        scans[key] = peers.portolan(lab, name, profile, output)
    # The small ones before and after the large one: a machine that slows down slows down both.
    small_runs = options.runs if options.quick else 3 * options.runs
    half = (small_runs + 1) // 2
    order = ["one"] * half + ["block", "all", "block"] + ["one"] * (small_runs - half)
    samples = {key: [] for key in sizes}
    with lab.loopback([80]) as stage:
        for number, key in enumerate(order):
            say(f"{NAME}: {scans[key].name} ({number + 1} of {len(order)})")
            samples[key].append(scans[key].once(stage))
    for key, (_, count) in sizes.items():
        row = Row(scans[key].name, samples[key], set())
        probes = count * options.ports
        row.extra["ns/probe"] = row.median_s * 1e9 / probes
        row.extra["CPU ns/probe"] = median(run.cpu_s for run in row.samples) * 1e9 / probes
        report.rows.append(row)
    small, large = report.rows[0], report.rows[2]
    report.goals = [
        Goal("peak resident memory, the largest", large.peak_kib / 1024, 16, unit=" MB"),
        Goal("time of a probe, largest / smallest",
             large.extra["ns/probe"] / small.extra["ns/probe"], 1.1, 0.9),
        Goal("CPU time of a probe, largest / smallest",
             large.extra["CPU ns/probe"] / small.extra["CPU ns/probe"], 1.1, 0.9),
        Goal("false opens", max(row.false for row in report.rows), 0, 0),
    ]
