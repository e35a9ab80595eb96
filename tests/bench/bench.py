#!/usr/bin/env python3
"""Runs portolan and its peers in turn and prints medians, ratios, recall and peak memory.

Called by ./dev bench, which installs and builds what it needs first. README.md tells the rest.
"""
import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cases  # noqa: E402
import tables  # noqa: E402
from lab import NAMESPACE, Lab, Unable  # noqa: E402
from turns import say  # noqa: E402

START_MARK = "<!-- From here to the next mark: as ./dev bench --record wrote it. -->\n"
END_MARK = "<!-- The end of what ./dev bench wrote. -->\n"


def parse(arguments):
    names = [case.NAME for case in cases.ALL]
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("cases", metavar="CASE", nargs="*", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--json", metavar="FILE", help="the same, for machines; - is standard output")
    parser.add_argument("--rounds", type=int, metavar="N", help="runs of each program (default 7)")
    parser.add_argument("--slow-rounds", type=int, metavar="N",
                        help="those in which nmap -T4 and the asyncio strategies take part (default 3)")
    parser.add_argument("--limit", type=float, default=120, metavar="MINUTES",
                        help="no further round starts after so long (default 120)")
    parser.add_argument("--quick", action="store_true",
                        help="tiny cases, one run: shows that everything works and measures nothing")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ports are open (default 1)")
    parser.add_argument("--record", action="store_true",
                        help="also put what is printed into docs/performance.md")
    parser.add_argument("--list", action="store_true", help="list the cases and end")
    parser.add_argument("--build", default="build", metavar="DIR", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    unknown = [name for name in options.cases if name not in names]
    if unknown:
        parser.error(f"no case \"{unknown[0]}\"; there are {', '.join(names)}")
    if options.rounds is None:
        options.rounds = 1 if options.quick else 7
    if options.slow_rounds is None:
        options.slow_rounds = min(3, options.rounds)
    if options.rounds < 1 or options.slow_rounds < 1:
        parser.error("at least 1 round")
    if not 0 < options.limit <= 24 * 60:
        parser.error("--limit is from above 0 to 1440 minutes")
    if options.record and (options.quick or options.cases):
        parser.error("--record is for the whole bench")
    options.ports, options.open = (2000, 20) if options.quick else (65535, 200)
    return options


def check_machine():
    for program in ("nmap", "hyperfine", "unshare", "nsenter", "ip"):
        if not shutil.which(program):
            sys.exit(f"bench: {program} is missing; ./dev bench installs it")
    done = subprocess.run([str(NAMESPACE), "true"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"bench: {done.stderr.strip()}\n"
                 "bench: nothing was measured; it never scans the machine's own network")


def record(text):
    """Puts the tables between the two marks of docs/performance.md."""
    path = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
    before, rest = path.read_text(encoding="utf-8").split(START_MARK)
    after = rest.split(END_MARK)[1]
    path.write_text(f"{before}{START_MARK}\n{text}{END_MARK}{after}", encoding="utf-8")
    say(f"bench: wrote {path}")


def measure(case, lab):
    report = tables.Report(case.NAME, case.TITLE)
    try:
        if lab.out_of_time():
            raise Unable(f"the limit of {lab.options.limit:g} minutes was reached")
        case.run(lab, report)
    except Unable as unable:
        report.unable = str(unable)
        report.rows, report.goals = [], []
    if lab.options.quick:
        report.goals = []
    return report


def main():
    options = parse(sys.argv[1:])
    if options.list:
        for case in cases.ALL:
            print(f"{case.NAME:16} {case.TITLE}")
        return 0
    check_machine()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    out = sys.stderr if options.json == "-" else sys.stdout
    printed = []

    def show(text):
        printed.append(text + "\n")
        print(text, file=out, flush=True)

    lab = Lab(options.build, options)
    started = time.monotonic()
    try:
        facts = tables.machine(lab)
        show(tables.machine_text(facts))
        if options.quick:
            show("--quick: tiny cases, no figures to compare.\n")
        reports = []
        for case in cases.ALL:
            if options.cases and case.NAME not in options.cases:
                continue
            reports.append(measure(case, lab))
            show(tables.text_of(reports[-1]))
        goals = tables.goals_text(reports)
        if goals:
            show(goals)
    finally:
        lab.close()
    took = time.monotonic() - started
    say(f"bench: {len(reports)} cases in {took:.0f} s")
    if options.record:
        record("".join(printed))
    if options.json:
        text = json.dumps({"schema": tables.SCHEMA, "machine": facts, "quick": options.quick,
                           "rounds": options.rounds, "slow_rounds": options.slow_rounds,
                           "seed": options.seed, "limit_minutes": options.limit,
                           "took_s": round(took, 1),
                           "cases": [report.as_json() for report in reports]}, indent=1) + "\n"
        if options.json == "-":
            sys.stdout.write(text)
        else:
            Path(options.json).write_text(text, encoding="utf-8")
    # A case that could not run is not a success; a goal that is missed is a measurement.
    return 1 if any(report.unable for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
