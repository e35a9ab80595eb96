#!/usr/bin/env python3
"""results.py OPTIONS HOST...: a results.json as a run would have written it, on standard output.

HOST is IP[=NAME]:STATES, a letter for each port: o(pen) c(losed) f(iltered) e(rror) u(nprobed).
"""
import argparse
import json

STATES = {"o": "open", "c": "closed", "f": "filtered", "e": "error", "u": "unprobed"}
REASONS = {"open": "syn-ack", "closed": "conn-refused", "filtered": "no-response", "error": "EMFILE"}


def ports_of(text):
    ports = []
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        ports += range(int(first), int(last or first) + 1)
    return ports


def evidence_of(count, is_poor):
    """What a run notes of ports in so many states: half of its sentinels were lost, or none."""
    def places(number, attempts):
        return [0] * (attempts - 1) + [number] if number else []
    attempts = 1 if is_poor else 4
    return {"open": places(count["open"], 1), "closed": places(count["closed"], 1),
            "silent": places(count["filtered"], attempts),
            "sentinels": {"asked": 200, "lost": 100 if is_poor else 0, "slices": 20, "alike": 0, "blind": 0}}


def make(options):
    ports = ports_of(options.ports)
    listed = [STATES[letter] for letter in options.states] + ["error"]
    targets, results = [], []
    total = dict.fromkeys(STATES.values(), 0)
    for host in options.hosts:
        names, letters = host.rsplit(":", 1)
        ip, _, name = names.partition("=")
        assert len(letters) == len(ports), (host, ports)
        states = [STATES[letter] for letter in letters]
        count = {state: states.count(state) for state in total}
        for state in total:
            total[state] += count[state]
        kept = [(port, state) for port, state in zip(ports, states) if state in listed]
        if options.targets <= 65536 or count["open"] + count["error"] + count["unprobed"] > 0:
            targets.append({"input": name or options.input or ip, "host": name or ip, "ip": ip,
                            "open_ports": [port for port, state in kept if state == "open"], **count,
                            "gave_up": False, "suspicious": None,
                            **({"evidence": evidence_of(count, ip in options.poor)} if options.evidence else {})})
        for port, state in kept:
            results.append({"host": name or ip, "ip": ip, "port": port, "protocol": "tcp", "state": state,
                            "reason": options.filtered if state == "filtered" else REASONS[state], "service": None, "rtt_us": None, "connect_us": 7,
                            "attempts": 1, "confirmed": None, "offset_ms": len(results)})
    number = max(options.targets, len(options.hosts))
    total["filtered"] += (number - len(options.hosts)) * len(ports)
    ports_untouched = options.untouched_count * len(ports)
    total["filtered"] -= ports_untouched
    total["unprobed"] += ports_untouched
    untouched = {"untouched": {"count": options.untouched_count, "ranges": options.untouched}} if options.untouched else {}
    run = {"profile": options.profile, "description": "", "file": "x.yaml", "profile_sha256": options.sha,
           "started": options.started, "finished": options.started, "elapsed_ms": 1000,
           "complete": options.stopped is None, "stopped_by": options.stopped, "out_of_memory": False,
           "ports": options.ports, "states": listed, "engine": "pool", "concurrency": 512,
           "effective_concurrency": 512, "workers": 2, "timeout_ms": 900, "adaptive_timeout": False,
           "adaptive": True, "retries": 1, "loss_retries": 4, "confirm": 0, "rate": 0,
           "order": "interleaved", "seed": 1}
    rtt = {"count": 0, **dict.fromkeys(("min", "p50", "p90", "p99", "max"))}
    summary = {"targets": number, "probes": number * len(ports), **total, "retried": 0,
               "attempts": number * len(ports), "syn_resent": 0, "probes_per_second": 1,
               "peak_in_flight": 1, "expectations": {"pass": 0, "fail": 0, "inconclusive": 0},
               "rtt_us": rtt}
    if options.evidence:
        summary["evidence"] = evidence_of(total, "all" in options.poor)
    union = sorted({result["port"] for result in results if result["state"] == "open"})
    return {"schema": "portolan-results/1", "tool": {"name": "portolan", "version": "0.1.0"}, "run": run,
            "summary": summary, "open_ports": union,
            "unresolved": [{"input": name, "message": "gone"} for name in options.unresolved],
            "warnings": [], "expectations": [], **untouched, "targets": targets, "results": results}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts", nargs="*", metavar="HOST")
    parser.add_argument("--file", help="more of them, one a line")
    parser.add_argument("--ports", default="22,80-81")
    parser.add_argument("--states", default="o", help="letters of those that results hold")
    parser.add_argument("--targets", type=int, default=0, help="so many, the others all filtered")
    parser.add_argument("--untouched", action="append", default=[], help="a range of them, never begun")
    parser.add_argument("--untouched-count", type=int, default=0, help="so many of them lie in the ranges")
    parser.add_argument("--profile", default="made")
    parser.add_argument("--sha", default="00ff")
    parser.add_argument("--input", default="")
    parser.add_argument("--started", default="2026-01-31T12:00:00.000Z")
    parser.add_argument("--stopped", choices=["signal", "deadline"])
    parser.add_argument("--unresolved", action="append", default=[])
    parser.add_argument("--evidence", action="store_true", help="of how ports answered")
    parser.add_argument("--poor", action="append", default=[],
                        help="a host, or all for the run, of which the evidence tells that ports were missed")
    parser.add_argument("--filtered", default="no-response", help="why ports are filtered")
    options = parser.parse_args()
    if options.file:
        with open(options.file, encoding="utf-8") as file:
            options.hosts += file.read().split()
    print(json.dumps(make(options)))


if __name__ == "__main__":
    main()
