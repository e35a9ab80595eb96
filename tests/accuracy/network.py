"""Runs of portolan, and of nmap, on the simulated network, with what they found and what there was."""
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

RUN_LIMIT_S = 300
NAMESPACE = Path(__file__).resolve().parents[1] / "support" / "namespace"
SCOPE = ["198.18.0.0/15"]


class Unable(Exception):
    """Nothing can be measured here; the message says why."""


@dataclass
class Run:
    seconds: float
    status: int
    timed_out: bool
    found: set = field(default_factory=set)
    there: set = field(default_factory=set)
    results: dict = field(default_factory=dict)  # results.json, of portolan's runs
    delays: dict = field(default_factory=dict)   # what simnet says of itself

    @property
    def trouble(self):
        if self.timed_out:
            return f"ended after {RUN_LIMIT_S} s"
        if self.status not in (0, 4):
            return f"exit status {self.status}"
        summary = self.results.get("summary")
        states = ("open", "closed", "filtered", "error", "unprobed")
        if summary and sum(summary[state] for state in states) != summary["probes"]:
            return "the states do not add up to the probes"
        if self.delays.get("dropped_by_queue") or self.delays.get("write_errors"):
            return "the simulated network was overrun"
        return ""


class Network:
    """The programs, and a folder for what they write."""

    def __init__(self, build):
        self.build = Path(build).resolve()
        for name in ("portolan", "tests/simnet", "tests/measure"):
            if not (self.build / name).is_file():
                raise Unable(f"{name} is not built in {self.build}")
        self.dir = Path(tempfile.mkdtemp(prefix="portolan-accuracy-"))

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, name):
        return str(self.dir / name)

    def _measured(self, launcher, argv, limit_s=RUN_LIMIT_S):
        """Runs argv under the launcher, timed inside it."""
        measured = self.dir / "measure.json"
        measured.unlink(missing_ok=True)
        done = subprocess.run(
            [*launcher, str(self.build / "tests/measure"), str(measured), str(limit_s), *argv],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            timeout=limit_s + 120, check=False, cwd=self.dir)
        if done.returncode == 77:
            raise Unable(done.stderr.strip())
        try:
            numbers = json.loads(measured.read_text(encoding="ascii"))
        except (OSError, ValueError):
            raise Unable(f"{argv[0]} did not run: {done.stderr.strip()}") from None
        return Run(numbers["elapsed_ns"] / 1e9, numbers["status"], numbers["timed_out"])

    def on_simnet(self, argv, **network):
        """argv on the network of these options; `found` is for the caller to fill."""
        truth, delays = self.dir / "truth.txt", self.dir / "delays.json"
        options = ["--truth", str(truth), "--delays", str(delays)]
        for name, value in network.items():
            options += [f"--{name.replace('_', '-')}", str(value)]
        run = self._measured([str(self.build / "tests/simnet"), "--unshare", *options, "--"], argv)
        run.delays = json.loads(delays.read_text(encoding="ascii"))
        lines = (line.split() for line in truth.read_text(encoding="ascii").splitlines())
        run.there = {(words[0], int(words[1])) for words in lines}
        return run

    def profile(self, **keys):
        """Writes a profile (JSON is YAML) and returns its path and that of its results."""
        output = self.dir / "results.json"
        output.unlink(missing_ok=True)
        keys.setdefault("scope", SCOPE)
        keys["report"] = {"json": str(output)}
        path = self.dir / "profile.yaml"
        path.write_text(json.dumps(keys, indent=1) + "\n", encoding="ascii")
        return str(path), output

    def _read(self, run, output):
        try:
            run.results = json.loads(output.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return run
        run.found = {(r["ip"], r["port"]) for r in run.results["results"] if r["state"] == "open"}
        return run

    def portolan(self, profile, nofile=None, **network):
        """One scan; `nofile`: under that RLIMIT_NOFILE."""
        path, output = self.profile(**profile)
        argv = [str(self.build / "portolan"), "run", path, "--quiet"]
        if nofile:
            argv = ["sh", "-c", f'ulimit -n {nofile} && exec "$@"', "sh", *argv]
        return self._read(self.on_simnet(argv, **network), output)

    def portolan_on_loopback(self, profile):
        """One scan of an empty 127.0.0.1."""
        path, output = self.profile(scope=["loopback"], **profile)
        launcher = [str(NAMESPACE)]
        argv = [str(self.build / "portolan"), "run", path, "--quiet"]
        return self._read(self._measured(launcher, argv), output)

    def nmap(self, host, **network):
        output = self.dir / "nmap.txt"
        output.unlink(missing_ok=True)
        run = self.on_simnet(["nmap", "-n", "-Pn", "-sT", "-T4", "-p", network["ports"], "-oG", str(output), host],
                             **network)
        for word in output.read_text(encoding="ascii").replace(",", " ").split():
            port, _, rest = word.partition("/")
            if rest.startswith("open/"):
                run.found.add((host, int(port)))
        return run
