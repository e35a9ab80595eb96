"""Hosts and ports alone, everything at its defaults, on networks that nobody tuned for."""
from dataclasses import dataclass

import peers
from lab import Unable
from tables import Goal, Row, grid, number
from turns import say, slow_ones

NAME = "defaults"
TITLE = "hosts and ports alone, on ten networks, beside nmap and RustScan at their defaults"
RUN_LIMIT_S = 240
NMAP = "-sT -T4"


@dataclass
class Network:
    """What simnet is told; `most_s`: a scan that is wanted to take no longer, `recall`: to find so much."""

    name: str
    hosts: int
    ports: int
    most_s: float
    options: dict
    recall: float = 1


def limited_s(probes, per_second, times):
    """What so many probes take where so many a second get through."""
    return round(times * probes / per_second, 1)


NETWORKS = [
    Network("16 hosts x 10,000, 0.3 ms", 16, 10000, 1, {"rtt": "0.3ms", "open": 0.02}),
    Network("1 x 65,535, 99 % silent, 20 ms", 1, 65535, 5, {"rtt": "20ms", "silent": 0.99, "open": 0.005}),
    Network("255 x 1,000, 90 % of hosts dead, 30 % silent, 2 ms", 255, 1000, 12,
            {"rtt": "2ms", "dead": 0.9, "silent": 0.3, "open": 0.02}),
    Network("32 x 1,000, 80 to 250 ms, 10 % silent", 32, 1000, 4,
            {"rtt": "80ms", "rtt-to": "250ms", "silent": 0.1, "open": 0.02}),
    Network("1 x 20,000, 2 % lost each way, 40 ms", 1, 20000, 2.5, {"rtt": "40ms", "loss": 0.02, "open": 0.02}),
    Network("16 x 2,000 behind a gate of 2,000 SYNs/s", 16, 2000, limited_s(32000, 2000, 1.5),
            {"rtt": "20ms", "gate": 2000, "open": 0.02}),
    Network("8 x 2,500 behind a link of 3,000 packets/s, buffer 300", 8, 2500, limited_s(20000, 3000, 1.3),
            {"rtt": "20ms", "link": 3000, "buffer": 300, "open": 0.02}),
    Network("1 x 10,000, 95 % silent, a connection table of 2,048 entries, 5 s each", 1, 10000, RUN_LIMIT_S,
            {"rtt": "20ms", "silent": 0.95, "table": 2048, "table-time": "5s", "open": 0.02}, 0.995),
    Network("10 x 65,535, everything stalls 600 ms every 4 s", 10, 65535, 10,
            {"rtt": "20ms", "stall": "600ms", "stall-every": "4s", "open": 0.02}),
    Network("1 x 3,000, a host that answers nothing for 10 s to whoever asks over 1,000 a second", 1, 3000, 22.7,
            {"rtt": "20ms", "ban-rate": 1000, "ban-time": "10s", "open": 0.02}),
]


def scanners(lab, network, ports):
    """portolan and those of its peers that are here, for one network."""
    span = f"1-{ports}"
    names = [f"198.18.0.{i + 1}" for i in range(network.hosts)]
    hosts_file = lab.path("hosts.txt")
    hosts_file.write_text("\n".join(names) + "\n", encoding="ascii")
    output = str(lab.path("results.json"))
    profile = lab.profile("defaults", hosts=f"{names[0]}-{network.hosts}", ports=span,
                          scope=["198.18.0.0/15"], report={"json": output})
    found = [peers.portolan(lab, "portolan", profile, output)]
    if lab.options.quick and network is not NETWORKS[0]:
        return found  # one network shows that the peers work
    found.append(peers.nmap_of_file(lab, NMAP, str(hosts_file), span))
    if peers.rustscan_program(lab):
        found.append(peers.rustscan(lab, str(hosts_file), span))
    return found


def measured(lab, network, ports):
    """Rows of one network, and how many ports of it are silent. Each run has the network anew: no
    scanner finds the bans and full tables that another one left."""
    options = lab.options
    slow = slow_ones(options.rounds, 1)
    samples, silent, there = {}, 0, set()
    for turn in range(options.rounds):
        for peer in scanners(lab, network, ports):
            if turn > 0 and (lab.out_of_time() or (peer.pace == peers.SLOW and turn not in slow)):
                continue
            say(f"{NAME}: {network.name}: {peer.name}, round {turn + 1} of {options.rounds}")
            with lab.simnet(network.hosts, f"1-{ports}", truth_states="all", **network.options) as stage:
                samples.setdefault(peer.name, []).append(peer.once(stage, RUN_LIMIT_S))
                there = stage.truth
            lab.delays_note()
            words = lab.path("truth.txt").read_text(encoding="ascii").split()
            silent = words.count("filtered")
    rows = [Row(f"{name}, {network.name}", runs, there) for name, runs in samples.items()]
    for row in rows:
        said = [sample.said_filtered for sample in row.samples if sample.said_filtered is not None]
        if said:
            row.extra["filtered_false"] = max(0, max(said) - silent)
    return rows


def cell(row):
    """One scanner on one network: all or N of M, the time, what it said wrongly."""
    if row is None:
        return ""
    if all(sample.timed_out for sample in row.samples):
        limit = f"not done in {RUN_LIMIT_S} s"
        return f"{row.found} of {len(row.there)}, {limit}" if row.found else limit
    words = ["all" if row.found == len(row.there) else f"{row.found} of {len(row.there)}"]
    words.append(f"{row.median_s:.2f} s" if row.median_s < 10 else f"{row.median_s:.1f} s")
    if row.false:
        words.append(f"{row.false} false open")
    if row.extra.get("filtered_false"):
        words.append(f"{number(row.extra['filtered_false'])} false filtered")
    return ", ".join(words)


def goals_of(network, rows):
    """What is wanted on one network: recall, the time, no false verdict, and to be faster than who finds as much."""
    own = rows[0]
    recall = own.found / len(own.there) if own.there else 1
    goals = [Goal(f"{network.name}: recall", recall, float("inf"), network.recall),
             Goal(f"{network.name}: median", own.median_s, network.most_s, unit=" s"),
             Goal(f"{network.name}: false", own.false + own.extra.get("filtered_false", 0), 0, 0)]
    rivals = [row for row in rows[1:] if row.found >= own.found and not row.trouble]
    if rivals:
        best = min(row.median_s for row in rivals)
        goals.append(Goal(f"{network.name}: portolan / the fastest peer that finds as much", own.median_s / best, 1))
    return goals


def run(lab, report):
    lines = []
    for network in NETWORKS:
        ports = max(200, network.ports // 50) if lab.options.quick else network.ports
        if lab.out_of_time():
            raise Unable("the limit was reached before every network was measured")
        rows = measured(lab, network, ports)
        by_name = {row.name.partition(",")[0]: row for row in rows}
        report.rows += rows
        report.goals += goals_of(network, rows)
        lines.append([network.name, *(cell(by_name.get(name)) for name in ("portolan", f"nmap {NMAP}", "RustScan"))])
    report.table = grid(["network", "portolan", f"nmap -n -Pn {NMAP}", peers.rustscan_name(lab)], lines, left=4)
    report.notes.append("Open ports found of those there, by the worst run, and the median time; false filtered: "
                        "ports that answer, called filtered. RustScan reports open ports only.")
    if not peers.rustscan_program(lab):
        report.notes.append("RustScan was SKIPPED: neither it nor cargo is here to install it.")
