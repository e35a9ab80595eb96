"""Where the runs take place: namespaces, listeners, the simulated network, the measuring."""
import json
import os
import random
import select
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

RUN_LIMIT_S = 300
LAST_RUN_LIMIT_S = 20  # of a run that starts close to the limit of the whole bench
READY_LIMIT_S = 30
NAMESPACE = Path(__file__).resolve().parents[1] / "support" / "namespace"


class Unable(Exception):
    """A case cannot run here; the message says why."""


@dataclass
class Sample:
    """One run of one program."""

    seconds: float
    cpu_s: float
    peak_kib: int
    status: int
    timed_out: bool
    found: set = field(default_factory=set)
    said_filtered: int | None = None  # ports, of a scanner that tells


class Stage:
    """A network namespace that lives until close(); programs are started inside it."""

    def __init__(self, lab, holder, truth):
        # `holder` keeps the namespace: it says "ready" and ends when its input does.
        hold = ["sh", "-c", "echo ready; exec cat >/dev/null"]
        self.lab = lab
        self.log = open(lab.path("stage.log"), "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            [str(NAMESPACE), *holder, *hold],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], READY_LIMIT_S)
        if not ready or self.process.stdout.readline().strip() != "ready":
            self.__exit__()
            said = lab.path("stage.log").read_text(encoding="utf-8", errors="replace").strip()
            raise Unable(f"{Path(holder[0]).name} did not start: {said or 'no message'}")
        # Read only now: the simulated network writes its truth before it starts its command.
        self.truth = truth() if callable(truth) else truth

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def command(self, argv):
        pid = self.process.pid
        user = [] if os.path.samefile(f"/proc/{pid}/ns/user", "/proc/self/ns/user") else ["-U"]
        return ["nsenter", "--preserve-credentials", *user, "-n", "-t", str(pid), *argv]

    def run(self, argv, stdout=None, most_s=RUN_LIMIT_S):
        """Runs argv once, measured. What it prints goes to `stdout`, its messages to run.log."""
        limit_s = int(min(most_s, max(LAST_RUN_LIMIT_S, self.lab.seconds_left())))
        measured = self.lab.path("measure.json")
        measured.unlink(missing_ok=True)
        with open(stdout or os.devnull, "w", encoding="utf-8") as out, \
                open(self.lab.path("run.log"), "w", encoding="utf-8") as log:
            launcher = subprocess.Popen(
                self.command([self.lab.tool("measure"), str(measured), str(limit_s), *argv]),
                stdin=subprocess.DEVNULL, stdout=out, stderr=log, cwd=self.lab.dir)
            try:
                launcher.wait()
            except BaseException:
                launcher.terminate()  # it takes the program along
                launcher.wait()
                raise
        try:
            numbers = json.loads(measured.read_text(encoding="ascii"))
        except (OSError, ValueError):
            said = self.lab.path("run.log").read_text(encoding="utf-8", errors="replace").strip()
            raise Unable(f"{argv[0]} did not start: {said}") from None
        return Sample(numbers["elapsed_ns"] / 1e9,
                      (numbers["user_us"] + numbers["system_us"]) / 1e6,
                      numbers["peak_kib"], numbers["status"], numbers["timed_out"])


class Lab:
    """The programs, a folder for what they write, and the stages."""

    def __init__(self, build, options):
        self.build = Path(build).resolve()
        self.options = options
        self.dir = Path(tempfile.mkdtemp(prefix="portolan-bench-"))
        self.portolan = str(self.build / "portolan")
        self.ends_s = time.monotonic() + options.limit * 60

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def seconds_left(self):
        return self.ends_s - time.monotonic()

    def out_of_time(self):
        return self.seconds_left() <= 0

    def path(self, name):
        return self.dir / name

    def tool(self, name):
        for place in (self.build / "tests" / name, self.build / "tests" / "simnet" / name):
            if place.is_file():
                return str(place)
        raise Unable(f"{name} is not built in {self.build.name}/")

    def profile(self, name, **keys):
        """Writes a profile (JSON is YAML) and returns its path."""
        path = self.path(f"{name}.yaml")
        path.write_text(json.dumps(keys, indent=1) + "\n", encoding="ascii")
        return str(path)

    def loopback(self, open_ports):
        """A namespace whose 127.0.0.1 listens on so many ports, drawn from the seed, or on these."""
        if isinstance(open_ports, int):
            last = self.options.ports
            open_ports = random.Random(self.options.seed).sample(range(1, last + 1), open_ports)
        truth = {("127.0.0.1", port) for port in open_ports}
        holder = [self.tool("listen"), *map(str, sorted(open_ports)), "--"]
        return Stage(self, holder, truth)

    def simnet(self, hosts, ports, **settings):
        """A namespace with the simulated network: 198.18.0.1 and upward."""
        truth_path = self.path("truth.txt")
        truth_path.unlink(missing_ok=True)
        self.path("delays.json").unlink(missing_ok=True)
        holder = [self.tool("simnet"), "--seed", str(self.options.seed), "--hosts", str(hosts),
                  "--ports", ports, "--truth", str(truth_path),
                  "--delays", str(self.path("delays.json"))]
        for name, value in settings.items():
            holder += [f"--{name.replace('_', '-')}", str(value)]

        def truth():
            lines = (line.split() for line in truth_path.read_text(encoding="ascii").splitlines())
            return {(words[0], int(words[1])) for words in lines if words[2:3] == ["open"]}
        return Stage(self, [*holder, "--"], truth)

    def delays_note(self):
        """What the simulated network, now closed, says about the delays that it gave to all."""
        try:
            gave = json.loads(self.path("delays.json").read_text(encoding="ascii"))
        except (OSError, ValueError):
            raise Unable("simnet left no delays: it did not end well") from None
        failed = gave["dropped_by_queue"] + gave["write_errors"]
        return (f"The simulated network read {gave['syns']:,} SYNs and answered those to open ports "
                f"after {gave['p50'] / 1000:.1f} ms (p99 {gave['p99'] / 1000:.1f}, "
                f"max {gave['max'] / 1000:.1f}); {failed} answers failed.")
