"""What the estimate of missed ports costs: with it, and a program of the same parts without it."""
import re
import shutil
import subprocess

import peers
from tables import Goal
from turns import in_turn

NAME = "estimate"
TITLE = "the estimate of what was missed: every port of 127.0.0.1, and 10,000 of which half are silent"
VALGRIND_LIMIT_S = 240


def instructions(lab, stage, program, profile):
    """How many the program executes itself, not the kernel for it: the same in every run, or nearly."""
    counter = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "run", profile, "--quiet"]
    done = subprocess.run(stage.command(counter), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, timeout=VALGRIND_LIMIT_S, check=False, cwd=lab.dir)
    said = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    return int(said[1]) if said else None


def compare(lab, report, stage, what, profile, output):
    programs = {"with": lab.portolan, "without": lab.tool("without_estimate")}
    rows = in_turn(stage, NAME, [peers.Peer(f"{what}, {name}", [program, "run", profile, "--quiet"],
                                            peers.read_portolan, output=output)
                                 for name, program in programs.items()], lab.options.rounds, lab.options.rounds)
    report.rows += rows
    with_it, without = rows
    report.goals += [
        Goal(f"{what}: median CPU s, with / without", with_it.median_cpu_s / without.median_cpu_s, 1.01,
             row=with_it.name, brief="CPU"),
        Goal(f"{what}: median s, with / without", with_it.median_s / without.median_s, 1.01, row=with_it.name,
             brief="with / without"),
    ]
    return rows


def run(lab, report):
    options = lab.options
    output = str(lab.path("results.json"))
    count = 1000 if options.quick else 65535
    all_ports = lab.profile("estimate-loopback", hosts="127.0.0.1", ports=f"1-{count}", engine="events",
                            concurrency=1000, report={"json": output})
    half = "1-500" if options.quick else "1-10000"
    half_silent = lab.profile("estimate-silent", hosts="198.18.0.1", ports=half, scope=["198.18.0.0/15"],
                              engine="events", report={"json": output})
    with lab.loopback(options.open) as stage:
        rows = compare(lab, report, stage, "loopback", all_ports, output)
        if shutil.which("valgrind") and not options.quick:
            counts = [instructions(lab, stage, program, all_ports)
                      for program in (lab.portolan, lab.tool("without_estimate"))]
            if all(counts):
                report.goals.append(Goal("loopback: instructions of its own, with / without", counts[0] / counts[1], 1.01,
                                         row=rows[0].name, brief="instructions"))
    with lab.simnet(1, half, rtt="20ms", open=0.02, silent=0.5) as stage:
        compare(lab, report, stage, "half silent", half_silent, output)
