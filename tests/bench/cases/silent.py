"""Ports that never answer: what a scan takes is the timeout, not the program."""
from statistics import median

import peers
from lab import Unable
from tables import Goal
from turns import in_turn

NAME = "silent-10000"
TITLE = "10,000 silent ports, timeout 500ms, no retries"


def run(lab, report):
    options = lab.options
    count = 500 if options.quick else 10000
    wide, narrow = (500, 250) if options.quick else (10000, 1000)
    output = str(lab.path("results.json"))

    def portolan(concurrency):
        profile = lab.profile(f"silent-{concurrency}", hosts="198.18.0.1", ports=f"1-{count}",
                              concurrency=concurrency, timeout="500ms", retries=0,
                              scope=["198.18.0.0/15"], report={"json": output})
        return peers.portolan(lab, f"portolan, concurrency {concurrency}", profile, output)

    took_s = []

    def read_sends(path):
        took_s.append(int(path.read_text(encoding="ascii")) / 1e9)
        return set()

    sends_alone = peers.floor(lab, "the sends alone", ["198.18.0.1"], f"1-{count}", "--sends")
    sends_alone.read = read_sends
    with lab.simnet(1, f"1-{count}", rtt="20ms", open=0, silent=1) as stage:
        report.rows = in_turn(stage, NAME, [
            portolan(wide),
            portolan(narrow),
            sends_alone,
        ], options.rounds, options.slow_rounds)
    if len(took_s) < len(report.rows[2].samples):
        raise Unable("floor --sends failed")
    sends = median(took_s)
    report.rows[2].extra["sends s"] = sends
    report.goals = [
        Goal(f"concurrency {wide}: beyond 0.5 s and the sends",
             report.rows[0].median_s - 0.5 - sends, 0.15, unit=" s", row=report.rows[0].name,
             brief="beyond 0.5 s and the sends"),
        Goal(f"concurrency {narrow}: whole run", report.rows[1].median_s, 5.25, 4.75, " s",
             report.rows[1].name),
    ]
    report.notes = ["\"The sends alone\" only starts the connects (floor --sends); `sends s` is "
                    "that part of the process, without closing the sockets."]
