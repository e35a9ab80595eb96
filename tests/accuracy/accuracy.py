#!/usr/bin/env python3
"""Scans the simulated network in full size, over several seeds, and compares with its truth.

Called by ./dev accuracy, which installs and builds what it needs first. README.md tells the rest.
"""
import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import calibrate  # noqa: E402
import cases  # noqa: E402
from network import Network, Unable  # noqa: E402


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev accuracy", description=__doc__)
    parser.add_argument("cases", metavar="CASE", nargs="*",
                        help=f"of {', '.join(cases.ALL)}; default: all")
    parser.add_argument("--json", metavar="FILE", help="the same, for machines; - is standard output")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="how many truths (default 5)")
    parser.add_argument("--limit", type=float, default=40, metavar="MINUTES",
                        help="no case starts after so long (default 40)")
    parser.add_argument("--quick", action="store_true",
                        help="tiny networks, one seed: shows that everything works and measures nothing")
    parser.add_argument("--calibrate", type=int, nargs="?", const=15, metavar="RUNS",
                        help="how often the bound of `estimate` holds: so many runs of each kind of network (15)")
    parser.add_argument("--kinds", action="append", metavar="WORDS", help="--calibrate: those whose name has them")
    parser.add_argument("--first-seed", type=int, default=1, metavar="N",
                        help="--calibrate: the truth of the first run of each kind (1); others, to judge what was tuned")
    parser.add_argument("--list", action="store_true", help="list the cases and end")
    parser.add_argument("--build", default="build", metavar="DIR", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    unknown = [name for name in options.cases if name not in cases.ALL]
    if unknown:
        parser.error(f"no case \"{unknown[0]}\"; there are {', '.join(cases.ALL)}")
    if options.seeds < 1:
        parser.error("at least 1 seed")
    return options


class Lab:
    """What a case is given."""

    def __init__(self, options):
        self.network = Network(options.build)
        self.quick = options.quick
        self.seeds = list(range(1, (1 if options.quick else options.seeds) + 1))
        self.port_count = 2000 if options.quick else 65535
        self.ports = f"1-{self.port_count}"
        self.share = 0.02 if options.quick else 0.005

    @staticmethod
    def say(text):
        print(f"accuracy: {text}", file=sys.stderr, flush=True)


def machine():
    try:
        rev = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                             check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        rev = None
    return {"cpus": len(os.sched_getaffinity(0)), "kernel": platform.release(), "revision": rev}


def number(value):
    return "" if value is None else f"{100 * value:.2f} %"


def table(rows, quick):
    lines = ["| case | runs | open found | recall | precision | median s | wanted | holds |",
             "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |"]
    for row in rows:
        # Recall and precision have columns of their own; others are shown with what was measured.
        wanted = "; ".join(goal.wanted if goal.what in ("recall", "precision", "median")
                           else f"{goal.wanted}: {goal.measured:.3g}" for goal in row.goals)
        holds = "" if not row.goals else "yes" if all(goal.holds for goal in row.goals) else "NO"
        if quick and holds:
            holds = "-"
        if row.trouble:
            holds = f"{holds} ({row.trouble})".strip()
        lines.append(f"| {row.name} | {len(row.runs)} | {row.found} of {row.there} | {number(row.recall)} | "
                     f"{number(row.precision)} | {row.median_s:.2f} | {wanted} | {holds} |")
    return "\n".join(lines)


def measure(options):
    lab = Lab(options)
    started = time.monotonic()
    rows, skipped = [], []
    try:
        for name, case in cases.ALL.items():
            if options.cases and name not in options.cases:
                continue
            if time.monotonic() - started > options.limit * 60:
                skipped.append(name)
                continue
            rows += case(lab)
    finally:
        lab.network.close()
    return rows, skipped, time.monotonic() - started


def do_calibrate(options):
    lab = Lab(options)
    started = time.monotonic()
    try:
        text, records = calibrate.calibrate(lab, 1 if options.quick else options.calibrate, options.kinds,
                                            options.first_seed)
    except Unable as unable:
        print(f"accuracy: NOT MEASURED: {unable}", file=sys.stderr)
        return 1
    finally:
        lab.network.close()
    about = machine()
    print(f"{text}\n\n{len(records)} runs, {about['cpus']} CPUs, Linux {about['kernel']}, "
          f"revision {about['revision']}, {(time.monotonic() - started) / 60:.0f} minutes.")
    if options.json:
        Path(options.json).write_text(json.dumps(
            {"schema": "portolan-calibration/1", "machine": about, "runs": records}, indent=1) + "\n",
            encoding="utf-8")
    return 0


def main():
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folder goes, too
    if options.calibrate:
        return do_calibrate(options)
    if options.list:
        for name, case in cases.ALL.items():
            print(f"{name}: {case.__doc__}")
        return 0
    if not shutil.which("nmap"):
        print("accuracy: nmap is missing; ./dev accuracy installs it", file=sys.stderr)
        return 1
    try:
        rows, skipped, seconds = measure(options)
    except Unable as unable:
        print(f"accuracy: NOT MEASURED: {unable}", file=sys.stderr)
        return 1
    about = machine()
    text = table(rows, options.quick)
    if options.quick:
        text += "\n\n(--quick: tiny networks; the numbers mean nothing)"
    if skipped:
        text += f"\n\nNOT MEASURED, out of time: {', '.join(skipped)}"
    text += (f"\n\n{about['cpus']} CPUs, Linux {about['kernel']}, revision {about['revision']}, "
             f"{seconds / 60:.0f} minutes.")
    print(text, file=sys.stderr if options.json == "-" else sys.stdout)
    if options.json:
        record = json.dumps({"schema": "portolan-accuracy/1", "machine": about, "quick": options.quick,
                             "seeds": options.seeds, "rows": [row.as_json() for row in rows],
                             "not_measured": skipped}, indent=1) + "\n"
        if options.json == "-":
            sys.stdout.write(record)
        else:
            Path(options.json).write_text(record, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
