"""Ten hosts behind a 20 ms round trip."""
import peers
from tables import Goal
from turns import in_turn

NAME = "simnet-10"
TITLE = "10 hosts of the simulated network, every port, 20 ms round trip"


def run(lab, report):
    options = lab.options
    count = 2 if options.quick else 10
    ports = f"1-{options.ports}"
    hosts = [f"198.18.0.{i + 1}" for i in range(count)]
    output = str(lab.path("results.json"))
    profile = lab.profile("simnet-10", hosts=f"198.18.0.1-{count}", ports=ports, concurrency=4000,
                          scope=["198.18.0.0/15"], report={"json": output})
    fastest = "-sT -T5 --min-rate 100000"
    with lab.simnet(count, ports, rtt="20ms", open=0.005, silent=0) as stage:
        report.reference = "portolan"
        report.rows = in_turn(stage, NAME, [
            peers.portolan(lab, "portolan", profile, output),
            peers.floor(lab, "floor, event loops", hosts, ports, "--events", "4000"),
            peers.nmap(lab, fastest, hosts, ports),
        ], options.rounds, options.slow_rounds)
    report.notes.append(lab.delays_note())
    own = report.row("portolan")
    report.goals = [
        Goal(f"portolan / nmap {fastest}", report.ratio(f"nmap {fastest}"), 0.45,
             row=f"nmap {fastest}"),
        Goal("open ports found", own.found, len(own.there), len(own.there), row=own.name,
             brief="open found"),
        Goal("false opens", own.false, 0, 0, row=own.name, brief="false"),
    ]
