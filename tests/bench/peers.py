"""The scanners: how each is called, and what it found."""
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAST, SLOW = "fast", "slow"


class Peer:
    """A scanner ready to run: argv, and a function that reads the open ports from its output."""

    def __init__(self, name, argv, read, pace=FAST, output=None):
        self.name = name
        self.argv = argv
        self.read = read
        self.pace = pace
        self.output = output

    def once(self, stage):
        """One measured run. What an earlier run wrote is removed first."""
        if self.output:
            Path(self.output).unlink(missing_ok=True)
        stdout = stage.lab.path("stdout.txt")
        sample = stage.run(self.argv, stdout=stdout)
        try:
            sample.found = self.read(Path(self.output or stdout))
        except (OSError, ValueError, KeyError):
            sample.found = set()
        return sample


def read_portolan(path):
    found = set()
    with open(path, encoding="utf-8") as file:
        for result in json.load(file)["results"]:
            if result["state"] == "open":
                found.add((result["ip"], result["port"]))
    return found


def read_grepable(path):
    found = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"Host: (\S+) .*Ports: (.*)", line)
        if match:
            found |= {(match[1], int(port)) for port in re.findall(r"(\d+)/open/", match[2])}
    return found


def read_lines(path):
    words = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {(word[0], int(word[1])) for word in words}


def reader_of_seed(host):
    return lambda path: {(host, port) for port in json.loads(path.read_text())["open_ports"]}


def portolan(lab, name, profile, output):
    return Peer(name, [lab.portolan, "run", profile], read_portolan, output=output)


def floor(lab, name, hosts, ports, *options):
    first, last = ports.split("-")
    return Peer(name, [lab.tool("floor"), *options, hosts[0], str(len(hosts)), first, last],
                read_lines)


def nmap(lab, flags, hosts, ports, pace=FAST):
    flags = flags.split()
    output = str(lab.path("nmap.txt"))
    name = " ".join(["nmap", *flags])
    return Peer(name, ["nmap", "-n", "-Pn", *flags, "-p", ports, "-oG", output, *hosts],
                read_grepable, pace, output)


def seed(lab, name, script, host, ports, pace=SLOW):
    first, last = ports.split("-")
    output = str(lab.path("seed.json"))
    return Peer(name, [sys.executable, str(HERE / "seeds" / script), host, first, last, output],
                reader_of_seed(host), pace, output)
