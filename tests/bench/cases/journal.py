"""What a journal costs a scan that waits for nothing."""
import peers
from tables import Goal
from turns import in_turn

NAME = "journal"
TITLE = "every port of 16 loopback addresses, with a journal and without"


def run(lab, report):
    options = lab.options
    hosts, ports = ("127.0.1.1-2", "1-1000") if options.quick else ("127.0.1.1-16", "1-65535")
    output = str(lab.path("results.json"))

    def portolan(name, **keys):
        profile = lab.profile(name.replace(" ", "-"), hosts=hosts, ports=ports, report={"json": output}, **keys)
        return peers.portolan(lab, name, profile, output)

    with lab.loopback([80]) as stage:
        report.rows = in_turn(stage, NAME, [
            portolan("without"),
            portolan("with a journal", journal=str(lab.path("scan.journal"))),
        ], options.rounds, options.rounds)
    without, journaled = report.rows
    without.there = journaled.there = None
    report.goals = [
        Goal("median s, with / without", journaled.median_s / without.median_s, 1.02, row=journaled.name,
             brief="with / without"),
        Goal("median CPU s, with / without", journaled.median_cpu_s / without.median_cpu_s, 1.05, row=journaled.name,
             brief="CPU"),
    ]
