"""portolan's own judge: is `concurrency: auto` as good as the best limit that one could have chosen?"""
import json

from cases.defaults import NETWORKS
from lab import Sample, Unable
from tables import Goal, Row, grid
from turns import say

NAME = "limits"
TITLE = "`portolan compare --vary concurrency=auto,...` on the ten networks of `defaults`"
VALUES = ["auto", "128", "8", "32", "512", "2048"]
AUTO_MOST = 1.3     # times the best fixed limit that finds everything
ENOUGH = 2          # a run is ended after so many times what `defaults` wants of auto
LONGEST_S = 130
SHORT_S = 6         # networks that are scanned in so long are measured MOST_ROUNDS times
MOST_ROUNDS = 3
# What a run leaves behind in the network, connections in its table or a ban, is gone after so long.
PAUSES = {"table": "5s", "ban-time": "10s"}


def values_of(options):
    return VALUES[:2] if options.quick else VALUES


def compared(lab, network, ports):
    """What the judge says of each limit on one network: its variants."""
    options = lab.options
    output = lab.path("comparison.json")
    output.unlink(missing_ok=True)
    most_s = 1 if options.quick else min(LONGEST_S, ENOUGH * network.most_s + 1)
    rounds = min(options.rounds, MOST_ROUNDS) if network.most_s <= SHORT_S else 1
    profile = lab.profile("limits", hosts=f"198.18.0.1-{network.hosts}", ports=f"1-{ports}",
                          scope=["198.18.0.0/15"], deadline=f"{int(most_s * 1000)}ms")
    pause = "0s" if options.quick else next(
        (time for option, time in PAUSES.items() if option in network.options), "0s")
    with lab.simnet(network.hosts, f"1-{ports}", **network.options) as stage:
        # Runs that the deadline ended make status 4.
        done = stage.run([lab.portolan, "compare", profile, "--vary", f"concurrency={','.join(values_of(options))}",
                          "--repeat", str(rounds), "--warmup", "0", "--pause", pause, "--json", str(output)],
                         most_s=3600)
        if done.status not in (0, 4):
            said = lab.path("run.log").read_text(encoding="utf-8", errors="replace").strip()
            raise Unable(f"portolan compare ended with status {done.status}: {said}")
        return json.loads(output.read_text(encoding="utf-8")), stage.truth


def row_of(name, variant, comparison, truth):
    """The runs of a variant. The judge counts what each found of its reference; whatever of that is not
    so counts as false for all."""
    reference = {(port["ip"], port["port"]) for port in comparison["reference"]["open"]}
    there, false = sorted(truth), reference - truth
    samples = []
    for run in variant["runs"]:
        if run["failure"]:
            raise Unable(f"{name}: {run['failure']}")
        found = set(there[:run["found"] - len(false)]) | false
        samples.append(Sample(run["elapsed_ms"] / 1000, (run["user_ms"] + run["system_ms"]) / 1000,
                              run["peak_rss_kb"], 0, not run["complete"], found))
    return Row(name, samples, truth)


def cell(row):
    words = "all" if row.found == len(row.there) else f"{row.found} of {len(row.there)}"
    if all(sample.timed_out for sample in row.samples):
        return f"{words}, not done in {row.median_s:.0f} s"
    return f"{words}, {row.median_s:.2f} s" if row.median_s < 10 else f"{words}, {row.median_s:.1f} s"


def is_sound(row):
    return row.found == len(row.there) and not row.trouble


def run(lab, report):
    lines = []
    for network in NETWORKS:
        ports = max(200, network.ports // 50) if lab.options.quick else network.ports
        if lab.out_of_time():
            raise Unable("the limit was reached before every network was measured")
        say(f"{NAME}: {network.name}")
        comparison, truth = compared(lab, network, ports)
        rows = {}
        for variant in comparison["variants"]:
            value = str(variant["settings"]["concurrency"])
            rows[value] = row_of(f"{network.name}, concurrency {value}", variant, comparison, truth)
        report.rows += rows.values()
        auto = rows["auto"]
        report.goals.append(Goal(f"{network.name}: recall of auto", auto.found / len(truth) if truth else 1,
                                 float("inf"), network.recall))
        fixed = [row.median_s for value, row in rows.items() if value != "auto" and is_sound(row)]
        if fixed:
            report.goals.append(Goal(f"{network.name}: auto / the best limit that finds all",
                                     auto.median_s / min(fixed), AUTO_MOST))
        lines.append([network.name, *(cell(rows[value]) for value in values_of(lab.options))])
    report.table = grid(["network", *values_of(lab.options)], lines, left=7)
    report.notes.append(
        "Open ports found of those there, by the worst run, and the median time. A run is ended after "
        f"{ENOUGH} times what is wanted of auto on that network, and 1 s: a limit that needs longer is no rival. "
        "Where a scan takes long, each limit was run once.")
