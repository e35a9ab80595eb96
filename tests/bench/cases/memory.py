"""A whole /24 with every port: memory stays, and a probe costs what it costs in a small scan."""
from statistics import median

import peers
from tables import Goal, Row
from turns import say

NAME = "memory"
TITLE = "127.0.1.0/24, every port: peak memory, and the cost of a probe from small to large"
SMALL_RUNS = 3  # before the large one and after it: a machine that slows down slows down both


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
    order = ["one"] * SMALL_RUNS + ["block", "all"] + ["one"] * SMALL_RUNS
    samples = {key: [] for key in sizes}
    with lab.loopback([80]) as stage:
        for number in range(options.rounds):
            if number > 0 and lab.out_of_time():
                say(f"{NAME}: the limit was reached after {number} of {options.rounds} rounds")
                break
            say(f"{NAME}: round {number + 1} of {options.rounds}")
            for key in order:
                samples[key].append(scans[key].once(stage))
    for key, (_, count) in sizes.items():
        row = Row(scans[key].name, samples[key], set())
        probes = count * options.ports
        row.extra["ns/probe"] = row.median_s * 1e9 / probes
        row.extra["CPU ns/probe"] = median(run.cpu_s for run in row.samples) * 1e9 / probes
        report.rows.append(row)
    small, large = report.rows[0], report.rows[2]
    report.goals = [
        Goal("peak resident memory, the largest", large.peak_kib / 1024, 16, unit=" MB",
             row=large.name, brief="peak"),
        Goal("time of a probe, largest / smallest",
             large.extra["ns/probe"] / small.extra["ns/probe"], 1.1, 0.9, row=large.name,
             brief="ns/probe by the smallest's"),
        Goal("CPU time of a probe, largest / smallest",
             large.extra["CPU ns/probe"] / small.extra["CPU ns/probe"], 1.1, 0.9),
        Goal("false opens", max(row.false for row in report.rows), 0, 0),
    ]
