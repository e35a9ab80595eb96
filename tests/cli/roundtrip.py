#!/usr/bin/env python3
"""roundtrip.py PORTOLAN SEED TIMES: results of all kinds, converted through every pair of formats that can be
read back. Nothing may be lost: the JSON holds what was put in, and each format comes out byte for
byte the same from whichever file it is made.
"""
import json
import random
import re
import subprocess
import sys

STATES = ["open", "closed", "filtered", "error", "unprobed"]
REASONS = {"open": ["syn-ack"], "closed": ["conn-refused"], "error": ["EMFILE", "EADDRNOTAVAIL", "errno-150"],
           "filtered": ["no-response", "host-unreach", "admin-prohibited", "port-unreach", "unknown-icmp"]}
PIECES = ["a", "web", ".example", "\u00e4", "\u4e2d", "\U0001f600", "<b>", "&amp;", '"', "'", ",", "=1+1", "\\", "\x1b[31m",
          "\n", "\t", "\u202e", "]]>", "--", "{profile}", " ", "\u007f", "\u0085"]


def text(rng, most=6):
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, most)))


def address(rng, used):
    while True:
        if rng.random() < 0.3:
            ip = f"2001:2::{rng.randint(1, 0xffff):x}"
        else:
            ip = f"198.18.{rng.randint(0, 255)}.{rng.randint(0, 255)}"
        if ip not in used:
            used.add(ip)
            return ip


def port_text(ports):
    """As portolan writes a set: 22,80-81"""
    pieces, first = [], None
    for port, following in zip(ports, ports[1:] + [None]):
        first = port if first is None else first
        if following != port + 1:
            pieces.append(str(port) if first == port else f"{first}-{port}")
            first = None
    return ",".join(pieces)


def time(rng):
    return f"20{rng.randint(20, 90)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:59:07.{rng.randint(0, 999):03}Z"


def micros(rng):
    return rng.choice([None, 0, rng.randint(0, 100000), 268435454])


def result(rng, names, port, state, services):
    return {**names, "port": port, "protocol": "tcp", "state": state, "reason": rng.choice(REASONS[state]),
            "service": services[port], "rtt_us": micros(rng), "connect_us": micros(rng), "attempts": rng.randint(0, 31),
            "confirmed": rng.choice([None, "0/1", "2/3", "15/15"]), "offset_ms": rng.randint(0, 2**32 - 1)}


def make_hosts(rng, ports, listed, services):
    targets, results, used = [], [], set()
    for _ in range(rng.choice([0, 1, 1, 3, 8])):
        ip = address(rng, used)
        names = {"host": rng.choice([ip, text(rng)]), "ip": ip}
        weights = [rng.random() for _ in STATES]
        states = [rng.choices(STATES, weights)[0] for _ in ports]
        kept = [(port, state) for port, state in zip(ports, states) if state in listed]
        targets.append({"input": rng.choice([ip, names["host"], text(rng), "198.18.0.0/15"]), **names,
                        "open_ports": [port for port, state in kept if state == "open"],
                        **{state: states.count(state) for state in STATES},
                        "gave_up": rng.random() < 0.2, "suspicious": rng.choice([None, "all-open"])})
        results += [result(rng, names, port, state, services) for port, state in kept]
    return targets, results


def counts_up_to(rng, most):
    """By attempts; without zeros at the end."""
    counts = [rng.randint(0, most // 8) for _ in range(rng.choice([0, 1, 8]))]
    while counts and counts[-1] == 0:
        counts.pop()
    return counts


def evidence(rng, counts):
    asked = rng.randint(0, 10**6)
    return {"open": counts_up_to(rng, counts["open"]), "closed": counts_up_to(rng, counts["closed"]),
            "silent": counts_up_to(rng, counts["filtered"]),
            "sentinels": {"asked": asked, "lost": rng.randint(0, asked), "slices": rng.randint(0, 10**6),
                          "alike": rng.randint(0, 1000) / 1000, "blind": rng.randint(0, 1000) / 1000}}


def make_resets(rng):
    count = rng.choice([0, rng.randint(0, 10**6)])
    return {"count": count, "apart": rng.randint(0, count)}


def make_path(rng):
    return {"via": "all", "targets": rng.randint(0, 2**32), "limit": rng.choice([None, rng.randint(1, 10**6)]),
            "limited_by": rng.choice(["nothing", "local", "target", "path", "ceiling"]),
            "answers_per_second": rng.randint(0, 10**6), "round_trip_us": rng.choice([None, rng.randint(1, 10**6)]),
            "sentinels": {"asked": rng.randint(0, 99), "lost": rng.randint(0, 99)}, "unanswered_peak": rng.randint(0, 10**6),
            "outages": [{"at_ms": rng.randint(0, 10**6), "lasted_ms": rng.randint(0, 10**5),
                         "target": rng.choice([None, "198.18.0.1"])} for _ in range(rng.choice([0, 3]))],
            "course": [{"at_ms": rng.randint(0, 10**6), "limit": rng.randint(0, 10**6),
                        "answers_per_second": rng.randint(0, 10**6)} for _ in range(rng.choice([0, 1, 240]))]}


def make_segments(rng):
    """Of a run that was resumed."""
    reasons = [None, "signal", "deadline", "memory", "outage", "output", "killed"]
    return {"segments": [{"started": time(rng), "finished": time(rng), "probes": rng.randint(0, 2**53),
                          "reason": rng.choice(reasons)} for _ in range(rng.randint(1, 4))],
            "resumed": {"taken_over": rng.randint(0, 2**53), "asked_again": rng.randint(0, 2**20),
                        "oldest": time(rng), "salvaged": rng.random() < 0.5}}


def make_shard(rng):
    """Of a slice of a plan."""
    count = rng.choice([1, 2, 100000])
    return {"index": rng.randint(1, count), "count": count, "plan_sha256": "%064x" % rng.getrandbits(256),
            "machine": rng.choice(["", "node7"]), "targets": rng.randint(0, 2**32), "ports": rng.randint(0, 65535),
            "names": [{"name": text(rng, 1), "ip": rng.choice(["198.18.0.1", "2001:2::1"])} for _ in range(rng.choice([0, 2]))]}


def make_shards(rng):
    """Of merged slices of a plan."""
    runs = [{"index": index, "machine": rng.choice(["", "node7"]), "source_address": rng.choice([None, "198.18.0.9"]),
             "started": time(rng), "finished": time(rng), "elapsed_ms": rng.randint(0, 10**9) / 1000,
             "complete": rng.random() < 0.5, "stopped_by": rng.choice([None, "signal", "deadline", "outage"]),
             "targets": rng.randint(0, 2**32), "probes": rng.randint(0, 2**48), "effective_concurrency": rng.randint(1, 10**6),
             "workers": rng.randint(1, 1024), "rate": rng.randint(0, 10**7), "limit": rng.choice([None, 2000]),
             "limited_by": rng.choice(["nothing", "local", "target", "path", "ceiling"]),
             "answers_per_second": rng.randint(0, 10**6)} for index in range(1, rng.choice([2, 9]))]
    return {"shards": runs, **({"missing_shards": "9-12,100000/100000", "cut": True} if rng.random() < 0.5 else {})}


def make_expectations(rng, targets, unresolved, ports):
    expectations = []
    for target in targets:
        for port in ports:
            if rng.random() < 0.2:
                expectations.append({"host": target["host"], "ip": target["ip"], "port": port,
                                     "expected": rng.choice(["open", "closed", "not-open"]),
                                     "state": rng.choice(STATES), "verdict": rng.choice(["pass", "fail", "inconclusive"])})
        if rng.random() < 0.2:
            expectations.append({"host": target["host"], "ip": target["ip"], "port": None, "expected": "not-open",
                                 "state": None, "verdict": "pass"})
    for entry in unresolved:
        expectations.append({"host": entry["input"], "ip": None, "port": None, "expected": "not-open",
                             "state": "unprobed", "verdict": "inconclusive"})
    return expectations


def make_merged(rng, targets, ports):
    runs = [{"file": text(rng), "profile": text(rng), "profile_sha256": "", "started": time(rng), "finished": time(rng),
             "elapsed_ms": rng.randint(0, 10**9) / 1000, "complete": rng.random() < 0.5, "ports": "22,80",
             "targets": rng.randint(0, 9), "probes": rng.randint(0, 2**53)} for _ in range(rng.randint(1, 3))]
    disagreements = [{"host": target["host"], "ip": target["ip"], "port": rng.choice(ports), "protocol": "tcp",
                      "seen": [{"run": run, "states": STATES[:rng.randint(1, 3)], "reason": rng.choice([None, "syn-ack"])}
                               for run in range(len(runs))]} for target in targets if rng.random() < 0.5]
    return {"merged": runs, "disagreements": disagreements}


def make_changes(rng, targets, services):
    """Of more changes than are listed, the counts tell."""
    def listed(is_port):
        ports = [{"port": rng.choice(list(services)), "service": rng.choice([None, text(rng, 2)]),
                  "was": rng.choice([None, ["open"]]), "is": rng.choice([None, ["closed", "filtered"]])} if is_port else {}
                 for _ in range(rng.randint(0, 3))]
        return [{"host": target["host"], "ip": target["ip"], **port} for port in ports for target in targets[:1]]
    changes = {"since": rng.choice([None, time(rng)]), "after": rng.randint(1, 2), "fails": rng.random() < 0.5}
    ports, hosts = ("opened", "closed", "perhaps_closed", "flapping"), ("come", "gone", "perhaps_gone", "flapping_hosts")
    for kind in ports + hosts:
        changes[kind] = listed(kind in ports)
        changes[kind + "_count"] = len(changes[kind]) + rng.choice([0, 7])
    return {"changes": changes}


def make(rng):
    ports = sorted(rng.sample(range(1, 65536), rng.choice([1, 2, 30])) if rng.random() < 0.5 else range(20, 90))
    listed = [state for state in STATES[:3] if rng.random() < 0.6] + ["error"]
    services = {port: rng.choice([None, "http", "ssh", text(rng, 2)]) for port in ports}
    targets, results = make_hosts(rng, ports, listed, services)
    inputs = sorted({text(rng) for _ in range(rng.choice([0, 0, 2]))})
    unresolved = [{"input": name, "message": text(rng)} for name in inputs]
    expectations = make_expectations(rng, targets, unresolved, ports)
    stopped, lost = rng.choice([(None, False), (None, False), (None, True), ("signal", False), ("deadline", False)])
    concurrency = rng.choice([1, 512, 1000000, "unlimited"])
    run = {"profile": text(rng), "description": rng.choice(["", text(rng)]), "file": text(rng),
           "profile_sha256": rng.choice(["", "0f" * 32]), "started": time(rng), "finished": time(rng),
           "elapsed_ms": rng.choice([0, rng.randint(0, 10**9) / 1000]), "complete": stopped is None and not lost,
           "stopped_by": stopped, "out_of_memory": lost, "ports": port_text(ports), "states": listed,
           "engine": rng.choice(["sequential", "threads", "events", "pool"]), "concurrency": concurrency,
           "effective_concurrency": rng.randint(1, 10**6), "workers": rng.randint(1, 1024), "timeout_ms": rng.randint(1, 60000),
           "adaptive_timeout": rng.random() < 0.5, "adaptive": rng.random() < 0.5, "retries": rng.randint(0, 10),
           "loss_retries": rng.randint(0, 20), "confirm": rng.randint(0, 10), "rate": rng.randint(0, 10**7),
           "order": rng.choice(["interleaved", "sequential", "random"]), "seed": rng.randint(0, 2**52),
           "give_up_after": rng.randint(0, 99), "per_target": rng.randint(0, 10**6), "outage_ms": rng.choice([None, 60000]),
           "deadline_ms": rng.choice([None, 1000]), "address_family": rng.choice(["any", "ipv4", "ipv6"]),
           "resolve": rng.choice(["first", "all"]), "source_address": rng.choice([None, "198.18.0.9"])}
    if rng.random() < 0.5:
        run["plan_sha256"] = "3d" * 32
    if rng.random() < 0.7:
        run["paths"] = [make_path(rng)]
    if rng.random() < 0.3:
        run.update(make_segments(rng))
    if rng.random() < 0.3:
        run["shard"] = make_shard(rng)
    if rng.random() < 0.3:
        run.update(make_shards(rng))
    untouched = rng.choice([0, 0, 0, 65537, 2**31])
    ranges = ["198.18.0.1", "198.18.0.3-198.19.255.255", "2001:2::-2001:2::ffff:ffff"]
    count = rng.choice([0, 5])
    rtt = {"count": count, **{key: rng.randint(0, 10**6) if count else None for key in ("min", "p50", "p90", "p99", "max")}}
    summary = {"targets": len(targets) + untouched, "probes": (len(targets) + untouched) * len(ports),
               **{state: sum(target[state] for target in targets) for state in STATES},
               "retried": rng.randint(0, 99), "attempts": rng.randint(0, 2**53), "syn_resent": rng.randint(0, 99),
               "probes_per_second": rng.randint(0, 10**7) / 10, "peak_in_flight": rng.randint(0, 10**6),
               "expectations": {verdict: sum(one["verdict"] == verdict for one in expectations)
                                for verdict in ("pass", "fail", "inconclusive")}, "rtt_us": rtt}
    summary["unprobed"] += untouched * len(ports)
    if rng.random() < 0.7:
        for one in (summary, *targets):
            one["evidence"] = evidence(rng, one)
        if rng.random() < 0.5:
            summary["evidence"]["resets"] = make_resets(rng)
    return {"schema": "portolan-results/1", "tool": {"name": "portolan", "version": "0.1.0"}, "run": run, "summary": summary,
            "open_ports": sorted({one["port"] for one in results if one["state"] == "open"}), "unresolved": unresolved,
            "warnings": sorted({text(rng) for _ in range(rng.choice([0, 2]))}), "expectations": expectations,
            **(make_merged(rng, targets, ports) if rng.random() < 0.3 else {}),
            **(make_changes(rng, targets, services) if rng.random() < 0.3 else {}),
            **({"untouched": {"count": untouched, "ranges": ranges}} if untouched else {}), "targets": targets, "results": results}


def convert(portolan, data, name, form):
    done = subprocess.run([portolan, "convert", "-", f"--{form}", "-", "--quiet"], input=data, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{name} to {form}: status {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def less_estimates(document):
    """They follow from the evidence: nothing is lost with them."""
    for one in (document["summary"], *document["targets"]):
        estimate = one.pop("estimate")
        assert (estimate["basis"] == "not-recorded") == ("evidence" not in one), one
    return document


def check(portolan, forms, readable, number, original):
    written = convert(portolan, json.dumps(original).encode(), f"case {number}", "json")
    if less_estimates(json.loads(written)) != original:
        sys.exit(f"case {number}: {json.dumps(original)}\nbecame {written.decode()}")
    expected = {form: convert(portolan, written, f"case {number}, json", form) for form in forms}
    for one in readable:
        for form in forms:
            if convert(portolan, expected[one], f"case {number}, {one}", form) != expected[form]:
                sys.exit(f"case {number}: {form} of {one} is another than {form} of json: {json.dumps(original)}")


def main():
    portolan, seed, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    described = subprocess.run([portolan, "convert", "--help"], capture_output=True, check=True).stdout.decode()
    forms = re.findall(r"^  --(\w+) PATH ", described, re.M)
    readable = [form for form in forms if form in ("json", "jsonl")]
    rng = random.Random(seed)
    for number in range(times):
        check(portolan, forms, readable, number, make(rng))
    print(f"{times} cases, {len(forms)} formats, from {', '.join(readable)}")


main()
