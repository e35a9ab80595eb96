"""What the sweeps share: one row a setting, on loopback and on the simulated network."""
import peers
from tables import Goal
from turns import in_turn


def sweep(lab, report, case, key, on_loopback, on_network, fixed):
    """Scans every port with each value of `key`; recall has to be whole at every one."""
    options = lab.options
    ports = f"1-{options.ports}"
    output = str(lab.path("results.json"))
    rounds = min(options.rounds, 3)

    def scans(where, hosts, scope, values):
        for value in values:
            settings = {**fixed, key: value}
            profile = lab.profile(f"{case}-{where}-{value}", hosts=hosts, ports=ports, scope=scope,
                                  report={"json": output}, **settings)
            yield peers.portolan(lab, f"{where}, {key} {value}", profile, output)

    with lab.loopback(options.open) as stage:
        report.rows += in_turn(stage, f"{case}, loopback", list(
            scans("loopback", "127.0.0.1", ["loopback"], on_loopback)), rounds, rounds)
    with lab.simnet(1, ports, rtt="20ms", open=0.005, silent=0) as stage:
        report.rows += in_turn(stage, f"{case}, network", list(
            scans("network", "198.18.0.1", ["198.18.0.0/15"], on_network)), rounds, rounds)
    report.notes.append(lab.delays_note())
    missed = sum(len(row.there) - row.found for row in report.rows)
    report.goals = [
        Goal(f"open ports missed, all of {len(report.rows)} settings", missed, 0, 0),
        Goal("false opens, all settings", sum(row.false for row in report.rows), 0, 0),
        Goal("settings with a run that failed or hung",
             sum(1 for row in report.rows if row.trouble), 0, 0),
    ]
