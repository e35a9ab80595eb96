#!/usr/bin/env python3
"""Kills runs of portolan at random moments and resumes them: every result equals the truth, nothing
that was settled is asked again, and no more is asked twice than was on its way or unwritten.

Usage: kills.py [--build DIR] [--kills N] [--seed N]
Status 0: all of it held; 1: it did not; 77: this system allows no namespace or no TUN device."""
import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT_S = 120
# What was asked in so long before the last writing may be unwritten: it may have been silent, and as much for a busy
# machine.
UNWRITTEN_NS = 500_000_000
STATES = ("open", "closed", "filtered")

# name: the profile, and the network (None: loopback)
CASES = {
    "plain": ({"hosts": "198.18.0.1-4", "ports": "1-800", "rate": 2000}, {"hosts": 4, "open": 0.05, "rtt": "5ms"}),
    "loss": ({"hosts": "198.18.0.1-4", "ports": "1-400", "retries": 3},
             {"hosts": 4, "open": 0.1, "silent": 0.1, "loss": 0.02, "rtt": "10ms"}),
    "silent": ({"hosts": "198.18.0.1-3", "ports": "1-500", "retries": 2},
               {"hosts": 2, "open": 0.02, "silent": 0.9, "rtt": "5ms"}),
    "limits": ({"hosts": "198.18.0.1-4", "ports": "1-500", "retries": 3},
               {"hosts": 4, "open": 0.1, "rtt": "5ms", "syn-rate": 500, "syn-rate-hosts": 2}),
    "confirm": ({"hosts": "198.18.0.1-4", "ports": "1-600", "confirm": 2, "rate": 2000},
                {"hosts": 4, "open": 0.1, "icmp": 0.05, "rtt": "20ms"}),
    "loopback": ({"hosts": "127.0.0.1-16", "ports": "1-65535", "rate": 300000, "scope": "loopback"}, None),
}


class Failure(Exception):
    """What did not hold."""


def now_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def unwritten_since(start_ns, killed_ns):
    """What was asked before that was written when the run was killed, just now."""
    written_ns = start_ns
    if Path("j").exists():
        written_ns = max(start_ns, killed_ns - (time.time_ns() - Path("j").stat().st_mtime_ns))
    return written_ns - UNWRITTEN_NS


def portolan(order, *words):
    return [order["portolan"], "run", "./p.yaml", "--quiet", "--journal", "j", "--resume", "--json", "r.json", *words]


def inner(path):
    """In the namespace: kills, and lets the last one end. Leaves word of it in events.json."""
    order = read(Path(path))
    rng = random.Random(order["seed"])
    kills = []
    for _ in range(order["kills"]):
        start_ns = now_ns()
        with subprocess.Popen(portolan(order), stdin=subprocess.DEVNULL) as run:
            try:
                run.wait(rng.uniform(0.02, order["longest_s"]))
                break  # it was faster: its results are judged
            except subprocess.TimeoutExpired:
                run.kill()
            run.wait()
        at_ns = now_ns()
        kill = {"at_ns": at_ns, "since_ns": unwritten_since(start_ns, at_ns), "settled": []}
        if Path("j").exists():
            subprocess.run([order["portolan"], "convert", "j", "--json", "k.json", "--quiet"], check=True)
            kill["settled"] = [[one["ip"], one["port"], one["state"]] for one in read(Path("k.json"))["results"]
                               if one["reason"] != "no-response"] if order["log"] else []
        kills.append(kill)
        if Path("r.json").exists():
            break  # all it had left to do was to leave
    status = 0
    if not Path("r.json").exists():
        status = subprocess.run(portolan(order), stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False).returncode
    Path("events.json").write_text(json.dumps({"kills": kills, "status": status}), encoding="ascii")


def truth_of(folder):
    """State of every port that is not closed."""
    lines = (line.split() for line in (folder / "truth").read_text(encoding="ascii").splitlines())
    return {(ip, int(port)): "filtered" if state == "icmp" else state for ip, port, state in lines}


def judge_states(results, truth):
    summary = results["summary"]
    if not results["run"]["complete"] or summary["unprobed"] or summary["error"]:
        raise Failure(f"not complete: {summary}")
    if sum(summary[state] for state in STATES) != summary["probes"]:
        raise Failure(f"the states do not add up: {summary}")
    found = {}
    for one in results["results"]:
        key = (one["ip"], one["port"])
        if key in found:
            raise Failure(f"{key} is there twice")
        found[key] = one["state"]
    if len(found) != summary["probes"]:
        raise Failure(f"{len(found)} results of {summary['probes']} probes")
    wrong = {key: (state, truth.get(key, "closed")) for key, state in found.items() if truth.get(key, "closed") != state}
    if wrong:
        raise Failure(f"{len(wrong)} ports are not what they are: {dict(list(wrong.items())[:5])}")


def judge_log(results, events, log):
    """Returns how many SYNs were sent twice, and how many may be."""
    sentinels = results["run"]["paths"][0]["sentinels"]["asked"]
    sent, settled = {}, {}
    unwritten = again = uncounted = 0
    kills = iter(events["kills"])
    kill = next(kills, None)
    window = []
    for line in log.read_text(encoding="ascii").splitlines():
        at, ip, port = line.split()
        at, key = int(at), (ip, int(port))
        while kill is not None and at > kill["at_ns"]:
            unwritten += sum(then >= kill["since_ns"] for then, _ in window)
            uncounted += sum(known for then, known in window if then >= kill["since_ns"])
            window = []
            settled.update({(one[0], one[1]): one[2] for one in kill["settled"]})
            kill = next(kills, None)
        window.append((at, key in settled))
        sent[key] = sent.get(key, 0) + 1
        again += key in settled
    while kill is not None:  # nothing was sent after it
        unwritten += sum(then >= kill["since_ns"] for then, _ in window)
        window = []
        kill = next(kills, None)
    # Sentinels right before a kill were not counted any more.
    if again > sentinels + uncounted:
        raise Failure(f"{again} SYNs to ports that were settled before, and {sentinels} sentinels, {uncounted} uncounted")
    twice = 0
    for one in results["results"]:
        confirms = int(one["confirmed"].split("/")[1]) if one["confirmed"] else 0
        twice += max(0, sent.get((one["ip"], one["port"]), 0) - one["attempts"] - confirms)
    if twice > sentinels + unwritten:
        raise Failure(f"{twice} SYNs twice: {sentinels} sentinels, {unwritten} may have been unwritten")
    return twice, sentinels + unwritten


def campaign(build, name, seed):
    """One run with its kills. Returns how many there were."""
    profile, network = CASES[name]
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="portolan-kills-") as path:
        folder = Path(path)
        profile = {"scope": "198.18.0.0/15", "timeout": "300ms", "order": rng.choice(["interleaved", "random", "sequential"]),
                   "engine": rng.choice(["pool", "events"]), **profile}
        profile["report"] = {"states": ["open"] if network is None else ["open", "closed", "filtered"]}
        (folder / "p.yaml").write_text(json.dumps(profile), encoding="ascii")
        order = {"seed": seed, "kills": rng.randint(1, 8), "portolan": str(build / "portolan"),
                 "log": network is not None, "longest_s": rng.choice([0.3, 0.8, 1.5])}
        (folder / "order.json").write_text(json.dumps(order), encoding="ascii")
        command = [sys.executable, __file__, "--inner", "order.json"]
        if network is None:
            launcher = [str(Path(__file__).resolve().parents[1] / "support/namespace"), str(build / "tests/listen"),
                        "22:close", "80:close", "65535:close", "--"]
        else:
            launcher = [str(build / "tests/simnet"), "--unshare", "--log", "log", "--truth", "truth", "--truth-states", "all",
                        "--ports", profile["ports"], "--seed", str(seed)]
            for key, value in network.items():
                launcher += [f"--{key}", str(value)]
            launcher.append("--")
        done = subprocess.run([*launcher, *command], cwd=folder, timeout=4 * LIMIT_S, check=False)
        if done.returncode == 77:
            sys.exit(77)
        if done.returncode != 0:
            raise Failure(f"status {done.returncode}")
        events, results = read(folder / "events.json"), read(folder / "r.json")
        if events["status"] != 0:
            raise Failure(f"the last run ended with {events['status']}: {results['summary']}")
        twice = most = None
        if network is None:
            counts = {key: results["summary"][key] for key in STATES}
            if counts != {"open": 3, "closed": 16 * 65535 - 3, "filtered": 0} or not results["run"]["complete"]:
                raise Failure(f"found {counts}")
            if [(one["ip"], one["port"]) for one in results["results"]] != [("127.0.0.1", port) for port in (22, 80, 65535)]:
                raise Failure(f"open: {results['results']}")
        else:
            truth = truth_of(folder)
            live = network["hosts"]
            judge_states(results, {key: state for key, state in truth.items()} | {
                (f"198.18.0.{host}", port): "filtered" for host in range(live + 1, 5)
                for port in range(1, 801)})
            twice, most = judge_log(results, events, folder / "log")
        segments = results["run"].get("segments") or [None]
        told = "" if twice is None else f", {twice} SYNs twice of {most} that may be"
        print(f"{name} seed {seed}: {len(events['kills'])} kills, {len(segments)} segments{told}", flush=True)
        return len(events["kills"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(Path(__file__).resolve().parents[2] / "build"))
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", choices=CASES, action="append")
    parser.add_argument("--inner", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        inner(options.inner)
        return 0
    killed, seed, failures = 0, options.seed, 0
    names = options.case or list(CASES)
    last = options.seed + 4 * options.kills  # where hardly any run is slow enough to be killed
    while killed < options.kills and seed < last:
        name = names[seed % len(names)]
        try:
            killed += campaign(Path(options.build).resolve(), name, seed)
        except (Failure, subprocess.TimeoutExpired) as failure:
            print(f"FAILED: {name} seed {seed}: {failure}", flush=True)
            failures += 1
            if failures == 5:
                break
        seed += 1
    print(f"{killed} kills, {failures} failures")
    return 1 if failures or killed < options.kills else 0


if __name__ == "__main__":
    sys.exit(main())
