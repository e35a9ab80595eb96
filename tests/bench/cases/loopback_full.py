"""Every port of 127.0.0.1, against everybody."""
import peers
from tables import Goal
from turns import in_turn

NAME = "loopback-full"
TITLE = "every port of 127.0.0.1, JSON to a file"


def run(lab, report):
    options = lab.options
    ports = f"1-{options.ports}"
    output = str(lab.path("results.json"))
    profile = lab.profile("loopback-full", hosts="127.0.0.1", ports=ports, concurrency=1000,
                          report={"json": output})
    host = ["127.0.0.1"]
    fastest = "-sT -T5 --min-rate 100000"
    with lab.loopback(options.open) as stage:
        report.reference = "portolan"
        report.rows = in_turn(stage, NAME, [
            peers.portolan(lab, "portolan", profile, output),
            peers.floor(lab, "floor, blocking", host, ports),
            peers.floor(lab, "floor, event loops", host, ports, "--events", "1000"),
            peers.nmap(lab, "-sS -T5", host, ports),
            peers.nmap(lab, fastest, host, ports),
            peers.nmap(lab, "-sT -T4", host, ports, peers.SLOW),
            peers.seed(lab, "Python, 250 threads", "threadpool.py", host[0], ports, peers.FAST),
            peers.seed(lab, "Python, asyncio, 500", "asyncio_semaphore.py", host[0], ports),
            peers.seed(lab, "Python, asyncio, all", "asyncio_unbounded.py", host[0], ports),
        ], options.rounds, options.slow_rounds)
    own = report.row("portolan")
    report.goals = [
        Goal(f"portolan / nmap {fastest}", report.ratio(f"nmap {fastest}"), 0.33,
             row=f"nmap {fastest}"),
        Goal("portolan / nmap -sS -T5", report.ratio("nmap -sS -T5"), 0.6, row="nmap -sS -T5"),
        Goal("Python, 250 threads / portolan", 1 / report.ratio("Python, 250 threads"),
             float("inf"), 18, " times", "Python, 250 threads"),
        Goal("portolan / floor, blocking", report.ratio("floor, blocking"), 1.25,
             row="floor, blocking"),
        Goal("portolan / floor, event loops", report.ratio("floor, event loops"), 1.25,
             row="floor, event loops"),
        Goal("open ports found", own.found, len(own.there), len(own.there), row=own.name,
             brief="open found"),
        Goal("false opens", own.false, 0, 0, row=own.name, brief="false"),
        Goal("peak resident memory", own.peak_kib / 1024, 6, unit=" MB", row=own.name,
             brief="peak"),
    ]
