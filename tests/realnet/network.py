"""Two namespaces and a veth between them: the scanner's, in which this runs, and the far machine's."""
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import machine

HERE = Path(__file__).resolve().parent
NAMESPACE = str(HERE.parent / "support" / "namespace")
INSIDE = "PTL_REALNET_INSIDE"
NEAR = ("198.18.255.1/15", "fd00::ffff:1/64")
PREFIX = {4: 15, 6: 64}
READY_LIMIT_S = 20
LOOK_EVERY_S = 0.002


class Unable(Exception):
    """No such network can be made here; the message says why."""


def enter():
    """Runs this program again in a namespace of its own."""
    if os.environ.get(INSIDE):
        # The variable alone proves nothing, and this is about to set addresses: /proc/net tells of the
        # namespace it is read in.
        routes = Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]
        if routes:
            raise Unable(f"{INSIDE} is set, and this is no namespace of the test's own: it has routes")
        do(["nft", "add", "table", "inet", "probe"])
        return
    os.execve(NAMESPACE, [NAMESPACE, "-m", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def do(argv, **more):
    """One command that has to succeed."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        raise Unable(f"{' '.join(argv)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


@dataclass
class Event:
    """What happens in the middle of a scan: so long, or so many packets at the far end, after the last event."""

    where: str  # near, far
    command: str
    seconds: float = 0
    packets: int = 0

    @classmethod
    def read(cls, text):
        """"2.5s far COMMAND" or "5000p near COMMAND"."""
        when, _, rest = text.partition(" ")
        where, _, command = rest.partition(" ")
        try:
            amount = float(when[:-1])
        except ValueError:
            amount = -1
        if amount < 0 or when[-1:] not in "sp" or where not in ("near", "far") or not command:
            raise machine.Wrong(f"no event: \"{text}\"")
        return cls(where, command, **({"seconds": amount} if when[-1] == "s" else {"packets": int(amount)}))


class Far:
    """The far machine, from its lines; it lives until close()."""

    def __init__(self, lines):
        self.addresses = [machine.read(line) for line in lines]
        self.hosts = {a.ip: a for a in self.addresses if a.ip != machine.EVERY_ADDRESS}
        self.started = []
        self.process = subprocess.Popen(
            ["unshare", "-nm", sys.executable, str(HERE / "far.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = str(self.process.pid)
        try:
            self._connect()
        except BaseException:
            self.close()
            raise

    def _connect(self):
        wanted = [[a.ip, a.listen] for a in self.hosts.values()]
        self.process.stdin.write(json.dumps(wanted) + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], READY_LIMIT_S)
        if not ready or self.process.stdout.readline().strip() != "ready":
            raise Unable("the far machine's listeners did not start")
        near = [["ip", "link", "set", "lo", "up"],
                ["ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", self.pid]]
        near += [["ip", "addr", "add", address, *(["nodad"] if ":" in address else []), "dev", "near"]
                 for address in NEAR]
        for argv in [*near, ["ip", "link", "set", "near", "up"]]:
            do(argv)
        for address in self.hosts.values():
            if not address.later:
                self.do(self.add_address(address.ip))
        for command in ("ip link set lo up", "ip link set far up"):
            self.do(command)
        do(self.inside(["nft", "-f", "-"]), input=machine.table(self.addresses))

    @staticmethod
    def add_address(ip):
        six = ":" in ip
        return f"ip addr add {ip}/{PREFIX[6 if six else 4]} {'nodad ' if six else ''}dev far"

    def inside(self, argv):
        return ["nsenter", "-n", "-m", "-t", self.pid, *argv]

    def do(self, command):
        """A shell command on the far machine."""
        return do(self.inside(["sh", "-c", command]))

    def start(self, argv, log):
        """A program on the far machine that ends with it; what it says goes to the file `log`."""
        self.started.append(subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *self.inside(argv)],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def packets(self):
        """Received there since the link is up."""
        for line in Path(f"/proc/{self.pid}/net/dev").read_text(encoding="ascii").splitlines():
            name, _, numbers = line.partition(":")
            if name.strip() == "far":
                return int(numbers.split()[1])
        return 0

    def truth(self, host, port):
        return self.hosts[host].truth(port) if host in self.hosts else "filtered"

    def close(self):
        for process in self.started:
            process.kill()
            process.wait()
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        # With its namespace the veth goes too, but later: the next one has the same name.
        subprocess.run(["ip", "link", "delete", "near"], capture_output=True, check=False)


class Script(threading.Thread):
    """Carries out the events of a scan, in a thread of its own, until stop()."""

    def __init__(self, far, events, say):
        super().__init__(daemon=True)
        self.far, self.events, self.say = far, events, say
        self.over = threading.Event()
        self.trouble = None
        self.done = 0

    def run(self):
        since_s, since_packets = time.monotonic(), self.far.packets()
        start_s = since_s
        for event in self.events:
            while time.monotonic() - since_s < event.seconds or self.far.packets() - since_packets < event.packets:
                if self.over.wait(LOOK_EVERY_S):
                    return
            since_s, since_packets = time.monotonic(), self.far.packets()
            self.say(f"{since_s - start_s:.2f} s, {self.far.packets()} packets: {event.where}: {event.command}")
            try:
                if event.where == "far":
                    self.far.do(event.command)
                else:
                    do(["sh", "-c", event.command])
            except Unable as unable:
                self.trouble = str(unable)
                return
            self.done += 1

    def stop(self):
        self.over.set()
        self.join()
