"""The cases: what is scanned, on which network, and what is wanted of it."""
import resource
from dataclasses import dataclass, field
from statistics import median

HOST = "198.18.0.1"


@dataclass
class Goal:
    what: str
    measured: float
    most: float | None = None
    least: float | None = None
    unit: str = ""

    @property
    def holds(self):
        return ((self.most is None or self.measured <= self.most) and
                (self.least is None or self.measured >= self.least))

    @property
    def wanted(self):
        bound = f"at most {self.most:g}" if self.least is None else f"at least {self.least:g}"
        return f"{self.what} {bound}{self.unit}"


@dataclass
class Row:
    """One setting, and its runs over the seeds."""

    name: str
    runs: list
    goals: list = field(default_factory=list)

    @property
    def found(self):
        return sum(len(run.found & run.there) for run in self.runs)

    @property
    def there(self):
        return sum(len(run.there) for run in self.runs)

    @property
    def reported(self):
        return sum(len(run.found) for run in self.runs)

    @property
    def recall(self):
        return self.found / self.there if self.there else None

    @property
    def precision(self):
        return self.found / self.reported if self.reported else None

    @property
    def median_s(self):
        return median(run.seconds for run in self.runs)

    @property
    def trouble(self):
        return ", ".join(sorted({run.trouble for run in self.runs if run.trouble}))

    def want(self, *, recall, seconds=None):
        """The goals that most rows have."""
        self.goals += [Goal("recall", self.recall, least=recall),
                       Goal("precision", self.precision, least=1)]
        if seconds is not None:
            self.goals.append(Goal("median", self.median_s, most=round(seconds, 2), unit=" s"))
        return self

    def as_json(self):
        return {"case": self.name, "seeds": len(self.runs), "found": self.found,
                "there": self.there, "false": self.reported - self.found,
                "recall": self.recall, "precision": self.precision,
                "median_s": round(self.median_s, 3),
                "seconds": [round(run.seconds, 3) for run in self.runs],
                "attempts": [run.results.get("summary", {}).get("attempts") for run in self.runs],
                "trouble": self.trouble or None,
                "goals": [{"what": g.what, "measured": round(g.measured, 5), "most": g.most,
                           "least": g.least, "unit": g.unit.strip(), "holds": g.holds}
                          for g in self.goals]}


def over_seeds(lab, name, profile, nofile=None, **network):
    runs = []
    for seed in lab.seeds:
        lab.say(f"{name}: seed {seed}")
        runs.append(lab.network.portolan(profile, nofile=nofile, seed=seed, **network))
    return Row(name, runs)


def loss(lab):
    """1 % and 5 % lost each way, beside nmap at 1 %."""
    profile = {"hosts": HOST, "ports": lab.ports}
    network = {"hosts": 1, "ports": lab.ports, "open": lab.share, "rtt": "20ms"}
    one = over_seeds(lab, "1 % lost each way", profile, loss=0.01, **network)
    five = over_seeds(lab, "5 % lost each way", profile, loss=0.05, **network)
    quick = over_seeds(lab, "5 % lost each way, adaptive_timeout",
                       {**profile, "adaptive_timeout": True}, loss=0.05, **network)
    lab.say("nmap -sT -T4 at 1 % lost each way")
    nmap = Row("nmap -sT -T4, 1 % lost each way",
               [lab.network.nmap(HOST, seed=lab.seeds[0], loss=0.01, **network)])
    for row, recall in ((one, 0.999), (five, 0.995), (quick, 0.995)):
        row.want(recall=recall)
        row.goals.append(Goal("median / nmap's", row.median_s / nmap.median_s, most=0.1))
    return [one, five, quick, nmap]


def medium(lab):
    """A bad medium, and one with a limit besides: what it loses no slower pace cures."""
    rows = []
    network = {"hosts": 1, "open": 0.02, "rtt": "20ms"}
    for name, ports, recall, seconds, more in (
            ("20 % lost each way, 2,000 ports", 2000, 0.99, 15, {"loss": 0.2}),
            ("the same, 70 % of them silent", 2000, 0.99, 15, {"loss": 0.2, "silent": 0.7}),
            ("5 % lost each way, 500 SYNs a second, 3,000 ports", 3000, 0.99, 12, {"loss": 0.05, "syn_rate": 500})):
        ports = f"1-{ports if not lab.quick else 200}"
        row = over_seeds(lab, name, {"hosts": HOST, "ports": ports}, ports=ports, **network, **more)
        rows.append(row.want(recall=recall, seconds=seconds))
        missed = [len(run.there - run.found) for run in row.runs]
        bounds = [run.results["summary"]["estimate"]["missed_open_at_most"] for run in row.runs]
        row.goals.append(Goal("runs that missed more than they say", sum(m > b for m, b in zip(missed, bounds)), most=0))
    return rows


def limited(lab):
    """A target that answers 2,000 SYNs a second and drops the rest."""
    rows = []
    for name, more in (("2,000 SYNs a second", {}),
                       ("2,000 SYNs a second, concurrency 4000", {"concurrency": 4000}),
                       ("the same, adaptive_timeout",
                        {"concurrency": 4000, "adaptive_timeout": True})):
        row = over_seeds(lab, name, {"hosts": HOST, "ports": lab.ports, **more}, hosts=1,
                         ports=lab.ports, open=lab.share, rtt="20ms", syn_rate=2000)
        rows.append(row.want(recall=0.995, seconds=1.5 * lab.port_count / 2000))
    return rows


def when_done(row, hosts):
    """When the last of the open ports of `hosts` was found, seconds, the median of the row's runs; what others have is
    taken out of the row."""
    done = []
    for run in row.runs:
        run.there = {pair for pair in run.there if pair[0] in hosts}
        run.found = {pair for pair in run.found if pair[0] in hosts}
        last = [r["offset_ms"] for r in run.results.get("results", []) if r["state"] == "open" and r["ip"] in hosts]
        done.append(max(last, default=float("inf")) / 1000)
    return median(done)


def healthy_beside(lab, names, limited_hosts, hosts, ports, more):
    """Rows of the healthy hosts beside what they are measured by, and beside limited ones, and of all; by `names`.
    Where those are as many, they are measured beside as many more healthy ones: with both CPUs or all permits in use, any
    other host has its share. Else alone."""
    network = {"hosts": hosts, "ports": ports, "open": lab.share, "rtt": "20ms"}
    healthy = {f"198.18.0.{number}" for number in range(limited_hosts + 1, hosts + 1)}
    as_many = 2 * limited_hosts == hosts
    others = over_seeds(lab, names[0], {"hosts": f"198.18.0.{1 if as_many else limited_hosts + 1}-{hosts}",
                                        "ports": ports, **more}, **network)
    both = over_seeds(lab, names[1], {"hosts": f"198.18.0.1-{hosts}", "ports": ports, **more}, **network,
                      syn_rate=2000, syn_rate_hosts=limited_hosts)
    everything = Row(names[2], [type(run)(**vars(run)) for run in both.runs])
    others_s, both_s = when_done(others, healthy), when_done(both, healthy)
    both.goals.append(Goal(f"healthy done ({both_s:.2f} s) / {'beside healthy ones' if as_many else 'alone'} "
                           f"({others_s:.2f} s)", both_s / others_s, most=1.15))
    return [others.want(recall=1), both.want(recall=1), everything.want(recall=0.995)]


def beside(lab):
    """Targets of 2,000 SYNs a second slow healthy ones no more than as many healthy ones do, 16 and 16; one of them slows 15
    not at all."""
    few = "1-2000"
    return (healthy_beside(lab, ["16 healthy hosts beside 16 more of them, concurrency 4000",
                                 "the same beside 16 of 2,000 SYNs a second", "all 32 of them"],
                           16, 32, lab.ports, {"concurrency": 4000}) +
            healthy_beside(lab, ["15 healthy hosts alone, 2,000 ports", "the same beside one of 2,000 SYNs a second",
                                 "all 16 of them"], 1, 16, few, {}))


def silent(lab):
    """10,000 ports, 99 % silent, with adaptive timeouts."""
    ports = "1-10000" if not lab.quick else "1-1000"
    rows = []
    for name, more in (("99 % silent, 10,000 ports, adaptive_timeout", {}),
                       ("99 % silent, adaptive_timeout, concurrency 4000",
                        {"concurrency": 4000})):
        row = over_seeds(lab, name, {"hosts": HOST, "ports": ports, "adaptive_timeout": True,
                                     "retries": 1, **more},
                         hosts=1, ports=ports, open=0.005, silent=0.99, rtt="20ms")
        rows.append(row.want(recall=1, seconds=1.5))
    return rows


def descriptors(lab):
    """Few descriptors and a concurrency far beyond them."""
    ports = "1-10000" if not lab.quick else "1-1000"
    row = over_seeds(lab, "64 descriptors, concurrency 5000, 10,000 ports",
                     {"hosts": HOST, "ports": ports, "concurrency": 5000}, nofile=64, hosts=1,
                     ports=ports, open=0.05, rtt="20ms")
    row.want(recall=1)
    errors = sum(run.results["summary"]["error"] for run in row.runs)
    warned = sum(any("descriptors" in text for text in run.results["warnings"]) for run in row.runs)
    row.goals += [Goal("errors", errors, most=0),
                  Goal("exit status", max(run.status for run in row.runs), most=0),
                  Goal("runs with a warning", warned, least=len(row.runs))]
    return [row]


def loopback(lab):
    """An empty 127.0.0.1: whatever is found there is false."""
    count = 100 if not lab.quick else 4
    lab.say(f"127.0.0.1, {count} times")
    runs = [lab.network.portolan_on_loopback({"hosts": "127.0.0.1", "ports": lab.ports})
            for _ in range(count)]
    row = Row(f"127.0.0.1, empty, {count} times", runs)
    row.goals.append(Goal("false opens", row.reported, most=0))
    return [row]


def round_trip(lab):
    """rtt_us under full load against the delays that the network really gave."""
    # More in flight than 2,000, and SYNs wait in the TUN device before the network sees them.
    row = over_seeds(lab, "rtt_us, concurrency 2000",
                     {"hosts": HOST, "ports": lab.ports, "concurrency": 2000}, hosts=1,
                     ports=lab.ports, open=lab.share, rtt="20ms")
    off = [abs(run.results["summary"]["rtt_us"]["p50"] / run.delays["p50"] - 1) for run in row.runs]
    row.want(recall=1)
    row.goals.append(Goal("p50 off by", max(off), most=0.05))
    return [row]


def same(lab):
    """The same seed and profile find the same at every concurrency."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit = min(limit, 1000000) if limit != resource.RLIM_INFINITY else 1000000
    rows = []
    for concurrency in (1, 8, 64, 512, 4000, limit):
        rows.append(over_seeds(lab, f"no loss, concurrency {concurrency}",
                               {"hosts": HOST, "ports": "1-4000", "concurrency": concurrency, "seed": 7},
                               hosts=1, ports="1-4000", open=0.05, rtt="1ms"))
    for row in rows:
        row.want(recall=1)
        differ = sum(run.found != first.found for run, first in zip(row.runs, rows[0].runs))
        row.goals.append(Goal("runs that differ", differ, most=0))
    return rows


ALL = {"loss": loss, "medium": medium, "limited": limited, "beside": beside, "silent": silent,
       "descriptors": descriptors, "loopback": loopback, "round-trip": round_trip, "same": same}
