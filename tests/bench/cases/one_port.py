"""One port: what it takes to start, read a profile, probe once, print and end."""
import json
import shlex
import subprocess

import peers
from lab import Sample, Unable
from tables import Goal, Row
from turns import say

NAME = "one-port"
TITLE = "1 port of 127.0.0.1, text to standard output, whole process (timed by hyperfine -N)"
PORT = 80
BLOCKS = 3


def hyperfine(stage, argv, runs):
    out = stage.lab.path("hyperfine.json")
    out.unlink(missing_ok=True)
    done = subprocess.run(
        stage.command(["hyperfine", "-N", "--warmup", "3", "--runs", str(runs), "--output", "pipe",
                       "--style", "none", "--export-json", str(out), shlex.join(argv)]),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=stage.lab.dir, check=False)
    if done.returncode != 0:
        raise Unable(f"hyperfine: {done.stderr.strip()}")
    return json.loads(out.read_text(encoding="utf-8"))["results"][0]["times"]


def run(lab, report):
    runs = 2 if lab.options.quick else max(lab.options.rounds, 10)
    profile = lab.profile("one-port", hosts="127.0.0.1", ports=PORT)
    host, ports = ["127.0.0.1"], f"{PORT}-{PORT}"
    scans = [
        peers.Peer("portolan", [lab.portolan, "run", profile], None),
        peers.floor(lab, "floor, blocking", host, ports, "--threads", "1"),
        peers.nmap(lab, "-sT -T5", host, ports),
    ]
    rows = {scan.name: Row(scan.name, []) for scan in scans}
    with lab.loopback([PORT]) as stage:
        # Memory and CPU from one run each of our own launcher, the times from hyperfine.
        once = {scan.name: stage.run(scan.argv) for scan in scans}
        for block in range(BLOCKS):
            say(f"{NAME}: block {block + 1} of {BLOCKS}")
            for scan in scans[block:] + scans[:block]:
                first = once[scan.name]
                rows[scan.name].samples += [
                    Sample(seconds, first.cpu_s, first.peak_kib, first.status, first.timed_out)
                    for seconds in hyperfine(stage, scan.argv, runs)]
    report.rows = list(rows.values())
    report.reference = "portolan"
    report.goals = [Goal("whole process", rows["portolan"].median_s * 1000, 5, unit=" ms",
                         row="portolan")]
