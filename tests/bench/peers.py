"""The scanners: how each is called, and what it found."""
import json
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from lab import RUN_LIMIT_S

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from readers import nmap_states, rustscan_found  # noqa: E402

FAST, SLOW = "fast", "slow"


class Peer:
    """A scanner ready to run: argv, and a function that reads the open ports from its output."""

    def __init__(self, name, argv, read, pace=FAST, output=None, filtered=None):
        self.name = name
        self.argv = argv
        self.read = read
        self.pace = pace
        self.output = output
        self.filtered = filtered  # reads how many ports it called so

    def once(self, stage, most_s=RUN_LIMIT_S):
        """One measured run. What an earlier run wrote is removed first."""
        if self.output:
            Path(self.output).unlink(missing_ok=True)
        stdout = stage.lab.path("stdout.txt")
        sample = stage.run(self.argv, stdout, most_s)
        try:
            sample.found = self.read(Path(self.output or stdout))
            if self.filtered:
                sample.said_filtered = self.filtered(Path(self.output or stdout))
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
    def filtered(path):
        return json.loads(path.read_text(encoding="utf-8"))["summary"]["filtered"]
    return Peer(name, [lab.portolan, "run", profile], read_portolan, output=output, filtered=filtered)


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


def nmap_of_file(lab, flags, hosts_file, ports):
    """Nmap on many hosts, which also tells what it calls filtered."""
    output = str(lab.path("nmap.xml"))

    def of_state(path, wanted):
        return {pair for pair, (state, _) in nmap_states(path).items() if state == wanted}
    return Peer(f"nmap {flags}", ["nmap", "-n", "-Pn", *flags.split(), "-p", ports, "-oX", output, "-iL", hosts_file],
                lambda path: of_state(path, "open"), SLOW, output,
                filtered=lambda path: len(of_state(path, "filtered")))


RUSTSCAN_DESCRIPTORS = 20000


def rustscan_program(lab):
    """./dev bench puts it there; None where it did not."""
    return shutil.which("rustscan", path=str(lab.build / "tools" / "bin")) or shutil.which("rustscan")


def rustscan_name(lab):
    """With its version, where it is there."""
    program = rustscan_program(lab)
    version = program and subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return f"RustScan {version[-1]}" if version else "RustScan"


def rustscan(lab, hosts_file, ports):
    """RustScan with its defaults, which are made for as many descriptors."""
    soft = min(RUSTSCAN_DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    return Peer("RustScan", ["sh", "-c", f'ulimit -n {soft} && exec "$@"', "sh", rustscan_program(lab), "--no-config",
                             "--accessible", "-g", "-a", hosts_file, "-r", ports], rustscan_found, SLOW)
