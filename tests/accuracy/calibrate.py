"""Is the bound of `estimate` right? Many runs on networks of many kinds, good and bad ones.

`./dev accuracy --calibrate` scans each kind with a truth of its own for every run, and counts how
often no more open ports were missed than `missed_open_at_most` says.
"""
from dataclasses import dataclass, field
from statistics import median

HOST = "198.18.0.1"
PORTS = "1-4000"
# A bound of 95 %, in so many of the runs at least.
WANTED = {True: 0.93, False: 0.90}


@dataclass
class Kind:
    name: str
    network: dict
    profile: dict = field(default_factory=dict)
    hosts: int = 1
    ports: str = PORTS
    independent: bool = True  # each attempt is lost, or not, whatever became of others


HALF_SILENT = {"open": 0.02, "silent": 0.5}
FIREWALLED = {"open": 0.02, "silent": 0.98}
BURSTS = {"outage_at": "60ms", "outage": "50ms", "outage_every": "500ms"}
LATE = {"slow": 0.1, "slow_rtt": "700ms"}
SOON = {"timeout": "500ms"}
HURRY = {"adaptive": False, "retries": 0, "concurrency": 4000}

KINDS = [
    Kind("no loss", {}),
    Kind("no loss, only open ports answer", FIREWALLED),
    Kind("no loss, `retries: 0`", {}, {"retries": 0}),
    Kind("1 % lost each way", {"loss": 0.01}),
    Kind("5 % lost each way", {"loss": 0.05}),
    Kind("5 %, only open ports answer", {"loss": 0.05, **FIREWALLED}),
    Kind("5 %, 60 ports of which 6 are open", {"loss": 0.05, "open": 0.1, "silent": 0.7}, ports="1-60"),
    Kind("5 %, `retries: 0`", {"loss": 0.05}, {"retries": 0}),
    Kind("5 %, `adaptive: false`", {"loss": 0.05}, {"adaptive": False}),
    Kind("5 %, `adaptive: false`, `retries: 0`", {"loss": 0.05}, {"adaptive": False, "retries": 0}),
    Kind("5 %, 16 hosts", {"loss": 0.05}, hosts=16, ports="1-250"),
    Kind("20 % lost each way", {"loss": 0.2}, ports="1-500"),
    Kind("20 %, `retries: 2`, `loss_retries: 0`", {"loss": 0.2}, {"retries": 2, "loss_retries": 0}),
    Kind("2,000 SYNs a second", {"syn_rate": 2000}, independent=False),
    Kind("2,000 a second, `adaptive: false`, concurrency 4,000", {"syn_rate": 2000},
         {"adaptive": False, "concurrency": 4000}, independent=False),
    Kind("2,000 a second, the same and `retries: 0`", {"syn_rate": 2000}, HURRY, independent=False),
    Kind("2,000 a second, only open ports answer, in a hurry", {"syn_rate": 2000, **FIREWALLED}, HURRY,
         independent=False),
    Kind("2,000 a second, 10,000 ports, in bursts of 1,024", {"syn_rate": 2000, "open": 0.01, "silent": 0},
         {"adaptive": False, "retries": 0, "concurrency": 1024, "timeout": "500ms"}, ports="1-10000",
         independent=False),
    Kind("a gate of 2,000 a second, 8 hosts", {"gate": 2000}, hosts=8, ports="1-500", independent=False),
    Kind("the same gate, in a hurry", {"gate": 2000}, HURRY, hosts=8, ports="1-500", independent=False),
    Kind("a link of 5,000 a second, 300 wait", {"link": 5000}, independent=False),
    Kind("the same link, in a hurry", {"link": 5000}, HURRY, independent=False),
    Kind("4 of 8 hosts answer 300 a second", {"syn_rate": 300, "syn_rate_hosts": 4}, hosts=8,
         ports="1-500", independent=False),
    Kind("the same hosts, in a hurry", {"syn_rate": 300, "syn_rate_hosts": 4}, HURRY, hosts=8,
         ports="1-500", independent=False),
    Kind("bursts of 50 ms in each 500 ms", BURSTS, independent=False),
    Kind("the same bursts, and 2 %", {"loss": 0.02, **BURSTS}, independent=False),
    Kind("the same bursts, `adaptive: false`, `retries: 0`", BURSTS, {"adaptive": False, "retries": 0},
         independent=False),
    Kind("the same bursts, `concurrency: 64`", BURSTS, {"concurrency": 64}, independent=False),
    Kind("a tenth of the ports answers later than `timeout`", LATE, SOON, independent=False),
    Kind("as late, and 5 % lost", {"loss": 0.05, **LATE}, SOON, independent=False),
    Kind("as late, only open ports answer", {**LATE, **FIREWALLED}, SOON, independent=False),
    Kind("as late, `concurrency: 200`", LATE, {"concurrency": 200, **SOON}, independent=False),
    Kind("16 hosts, as late each as 20 to 800 ms", {"rtt_to": "800ms"}, SOON, hosts=16, ports="1-250",
         independent=False),
]


@dataclass
class Outcome:
    seed: int
    there: int
    missed: int
    estimate: dict
    seconds: float
    trouble: str
    results: dict

    @property
    def claims(self):
        return self.estimate["missed_open_at_most"] is not None

    @property
    def holds(self):
        return self.missed <= self.estimate["missed_open_at_most"]


def scan(network, kind, seed):
    hosts = HOST if kind.hosts == 1 else f"198.18.0.1-{kind.hosts}"
    options = {"hosts": kind.hosts, "ports": kind.ports, "rtt": "20ms", **HALF_SILENT, **kind.network}
    run = network.portolan({"hosts": hosts, "ports": kind.ports, **kind.profile}, seed=seed, **options)
    summary = run.results.get("summary", {})
    none = {"missed_open": None, "missed_open_at_most": None, "recall_at_least": None}
    return Outcome(seed, len(run.there), len(run.there - run.found), summary.get("estimate", none),
                   run.seconds, run.trouble, run.results)


def as_json(kind, outcome):
    return {"kind": kind.name, "seed": outcome.seed, "there": outcome.there, "missed": outcome.missed,
            "estimate": outcome.estimate, "seconds": round(outcome.seconds, 3),
            "evidence": outcome.results.get("summary", {}).get("evidence"),
            "targets": [{key: target[key] for key in ("ip", "open_ports", "estimate", "evidence")}
                        for target in outcome.results.get("targets", [])],
            "trouble": outcome.trouble or None}


def row(kind, outcomes):
    claims = [outcome for outcome in outcomes if outcome.claims]
    held = sum(outcome.holds for outcome in claims)
    cells = [kind.name, str(len(outcomes)), f"{sum(o.missed for o in outcomes)} of {sum(o.there for o in outcomes)}"]
    if claims:
        bounds = sorted(o.estimate["missed_open_at_most"] for o in claims)
        good = held / len(claims) >= WANTED[kind.independent]
        cells += [f"{sum(o.estimate['missed_open'] for o in claims):.1f}",
                  f"{bounds[0]} to {bounds[-1]}",
                  f"{median(o.estimate['recall_at_least'] for o in claims):.4f}",
                  f"{held} of {len(claims)} ({100 * held / len(claims):.0f} %)",
                  f"{'yes' if good else 'NO'} ({100 * WANTED[kind.independent]:.0f} %)"]
    else:
        cells += ["", "", "", "claims nothing", ""]
    trouble = sorted({outcome.trouble for outcome in outcomes if outcome.trouble})
    if trouble:
        cells[-1] += f" ({', '.join(trouble)})"
    return "| " + " | ".join(cells) + " |"


HEAD = ("| network, settings | runs | open ports missed | expected | at most, a run | recall at least, median "
        "| bound held | as wanted |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")


def calibrate(lab, runs, kinds, first_seed=1):
    """Returns the table, and every run for machines."""
    lines, records = [HEAD], []
    for kind in KINDS:
        if kinds and not any(word in kind.name for word in kinds):
            continue
        outcomes = []
        for seed in range(first_seed, first_seed + runs):
            outcomes.append(scan(lab.network, kind, seed))
            records.append(as_json(kind, outcomes[-1]))
        lines.append(row(kind, outcomes))
        lab.say(lines[-1])
    return "\n".join(lines), records
