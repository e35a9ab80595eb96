"""The scanners: one run each against a far machine, and how far from the truth it was."""
import ipaddress
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "support"))
from readers import nmap_states, rustscan_found  # noqa: E402

NMAP = "nmap -n -Pn -sT -T4"
GRACE_S = 10  # for what was told to end


@dataclass
class Run:
    """What one scanner said; `states` holds (host, port): (state, reason), None where only opens are told."""

    scanner: str
    seconds: float
    status: int | None  # None: ended at the limit
    found: set
    states: dict | None = None
    summary: dict = field(default_factory=dict)
    most_attempts: int | None = None
    complete: bool | None = None
    warnings: list = field(default_factory=list)
    paths: list = field(default_factory=list)
    packets: int = 0

    def judged(self, far, hosts, ports):
        """As a flat record: what was there, found, and said wrongly."""
        pairs = [(host, port) for host in hosts for port in ports]
        truth = {pair: far.truth(*pair) for pair in pairs}
        there = {pair for pair, state in truth.items() if state == "open"}
        wrong = {"open": len(self.found - there)}
        reasons = {}
        for state in ("closed", "filtered"):
            said = {pair for pair, (word, _) in (self.states or {}).items() if word == state}
            wrong[state] = sum(truth.get(pair) != state for pair in said)
        for state, reason in (self.states or {}).values():
            reasons[f"{state} {reason}"] = reasons.get(f"{state} {reason}", 0) + 1
        return {"scanner": self.scanner, "seconds": round(self.seconds, 3), "status": self.status,
                "complete": self.complete, "probes": len(pairs), "attempts": self.summary.get("attempts"),
                "most_attempts": self.most_attempts, "packets": self.packets, "there": len(there),
                "found": len(self.found & there), "false": wrong, "error": self.summary.get("error"),
                "unprobed": self.summary.get("unprobed"), "reasons": reasons, "warnings": self.warnings,
                "paths": self.paths}


def line_of(record):
    """For people."""
    words = [f"{record['scanner']}: {record['seconds']:.2f} s"]
    words.append("ENDED AT THE LIMIT" if record["status"] is None else f"status {record['status']}")
    if record["complete"] is not None:
        words.append("complete" if record["complete"] else "incomplete")
    words.append(f"{record['found']} of {record['there']} open found")
    words.append("false: " + ", ".join(f"{n} {state}" for state, n in record["false"].items()))
    if record["attempts"] is not None:
        words.append(f"{record['attempts']} attempts ({record['attempts'] / record['probes']:.2f} a port, "
                     f"at most {record['most_attempts']})")
        words.append(f"{record['unprobed']} unprobed, {record['error']} errors")
    words.append(f"{record['packets']} packets at the far end")
    more = "".join(f"\n    {name}: {count}" for name, count in sorted(record["reasons"].items()))
    more += "".join(f"\n    warning: {text}" for text in record["warnings"])
    more += "".join(f"\n    path: {json.dumps({k: v for k, v in path.items() if k != 'course'})}"
                    for path in record["paths"])
    return "; ".join(words) + more


def verdicts_of(run):
    """For comparing: SCANNER HOST PORT STATE REASON."""
    name = run.scanner.split()[0]
    return "".join(f"{name} {host} {port} {state} {reason}\n"
                   for (host, port), (state, reason) in sorted((run.states or {}).items()))


def hosts_of(text):
    """The addresses of "A,B-C,D/24": the last number of a range may stand alone, as in a profile."""
    hosts = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if "/" in part:
            hosts += [str(ip) for ip in ipaddress.ip_network(part)]
            continue
        if last and last.isdigit() and "." in first:
            last = first.rpartition(".")[0] + "." + last
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last or first)
        hosts += [str(type(low)(number)) for number in range(int(low), int(high) + 1)]
    return hosts


def ended(argv, limit_s, **more):
    """Seconds, and the status, or None where it had to be told to end."""
    start_s = time.monotonic()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, **more)
    try:
        return process.wait(limit_s), time.monotonic() - start_s
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            pass
        return None, time.monotonic() - start_s
    finally:
        process.kill()
        process.wait()


def portolan(work, hosts, ports, limit_s, options, keys):
    """One scan with a profile of hosts and ports; `keys` are added to it, `options` to the command."""
    output = work / "portolan.json"
    output.unlink(missing_ok=True)
    profile = {"hosts": hosts.split(","), "ports": ports, "scope": ["198.18.0.0/15", "fd00::/8"],
               "report": {"json": str(output), "states": ["open", "closed", "filtered", "error"]}, **keys}
    (work / "realnet.yaml").write_text(json.dumps(profile, indent=1) + "\n", encoding="ascii")
    program = shutil.which("portolan", path=str(TOP / "build"))
    status, seconds = ended([program, "run", str(work / "realnet.yaml"), "--quiet", *options], limit_s)
    try:
        said = json.loads(output.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Run("portolan", seconds, status, set())
    states = {(r["ip"], r["port"]): (r["state"], r["reason"]) for r in said["results"]}
    return Run("portolan", seconds, status, {pair for pair, (state, _) in states.items() if state == "open"},
               states, said["summary"], max((r["attempts"] for r in said["results"]), default=0),
               said["run"]["complete"], said["warnings"], said["run"].get("paths", []))


def nmap(work, hosts, ports, limit_s):
    """Nmap as people call it."""
    output = work / "nmap.xml"
    output.unlink(missing_ok=True)
    (work / "hosts.txt").write_text("\n".join(hosts_of(hosts)) + "\n", encoding="ascii")
    argv = [*NMAP.split(), *(["-6"] if ":" in hosts else []), "-p", ports, "-oX", str(output),
            "-iL", str(work / "hosts.txt")]
    status, seconds = ended(argv, limit_s, stdout=subprocess.DEVNULL)
    states = nmap_states(output)
    return Run(NMAP, seconds, status, {pair for pair, (state, _) in states.items() if state == "open"}, states)


def rustscan_program():
    return shutil.which("rustscan", path=str(TOP / "build/tools/bin")) or shutil.which("rustscan")


def rustscan(work, hosts, ports, limit_s):
    """RustScan with its own defaults, which print [PORT,PORT] a host."""
    argv = [rustscan_program(), "--no-config", "--accessible", "-g", "-a", ",".join(hosts_of(hosts)),
            *(["-r", ports] if re.fullmatch(r"\d+-\d+", ports) else ["-p", ports])]
    output = work / "rustscan.txt"
    with output.open("w", encoding="utf-8") as out:
        status, seconds = ended(argv, limit_s, stdout=out, stderr=subprocess.DEVNULL)
    return Run("rustscan", seconds, status, rustscan_found(output))


def ready(name):
    """Why that scanner cannot be run, or None."""
    if name == "portolan":
        there = shutil.which("portolan", path=str(TOP / "build"))
    else:
        there = rustscan_program() if name == "rustscan" else shutil.which(name)
    return None if there else f"{name} is not there"
