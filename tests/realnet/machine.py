"""The far machine from its description: one line an address, and what follows from them."""
import random
import re
from dataclasses import dataclass, field

ICMP_KINDS = {4: {"port": "port-unreachable", "net": "net-unreachable", "host": "host-unreachable",
                  "admin": "admin-prohibited", "host-prohibited": "host-prohibited"},
              6: {"port": "port-unreachable", "net": "no-route", "host": "addr-unreachable",
                  "admin": "admin-prohibited", "host-prohibited": "admin-prohibited"}}
EVERY_ADDRESS = "every"


class Wrong(Exception):
    """A description that says nothing sensible; the message says where."""


def ports_of(text):
    """"22,80-90" as a sorted list; "1-1000*20" draws so many of them, the same each time."""
    drawn = re.fullmatch(r"(.*)\*(\d+)", text)
    ports = set()
    for part in (drawn[1] if drawn else text).split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if not match or not 1 <= int(match[1]) <= int(match[2] or match[1]) <= 65535:
            raise Wrong(f"no ports: \"{part}\"")
        ports |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    if not drawn:
        return sorted(ports)
    if int(drawn[2]) > len(ports):
        raise Wrong(f"more than there are: \"{text}\"")
    return sorted(random.Random(text).sample(sorted(ports), int(drawn[2])))


@dataclass
class Limit:
    """SYNs beyond so many a second are dropped."""

    ports: str
    per_second: int


@dataclass
class Address:
    """One address of the far machine, or what holds for all of them together."""

    ip: str
    listen: list = field(default_factory=list)
    drop: list = field(default_factory=list)
    reject: list = field(default_factory=list)  # (ports, ICMP kind)
    reset: list = field(default_factory=list)
    limits: list = field(default_factory=list)
    only_from: str | None = None
    later: bool = False

    @property
    def family(self):
        return 6 if ":" in self.ip else 4

    def truth(self, port):
        """What a scan ought to say of the port."""
        if port in self.dropped or port in self.rejected:
            return "filtered"
        return "open" if port in self.listening and port not in self.resetting else "closed"

    def settle(self):
        """Sets from the lists, once the line is read."""
        self.listening, self.dropped = set(self.listen), set(self.drop)
        self.resetting = set(self.reset)
        self.rejected = {port for ports, _ in self.reject for port in ports_of(ports)}
        return self

    def rules(self):
        """The lines of the nft chain, the first that matches holds."""
        ip = "ip6" if self.family == 6 else "ip"
        mine = "" if self.ip == EVERY_ADDRESS else f"{ip} daddr {self.ip} "
        rules = [f"{mine}{ip} saddr != {self.only_from} tcp dport 1-65535 drop"] if self.only_from else []
        rules += [f"{mine}tcp dport {spans(self.drop)} drop"] if self.drop else []
        for ports, kind in self.reject:
            if kind not in ICMP_KINDS[self.family]:
                raise Wrong(f"no kind of ICMP: \"{kind}\"; there are {', '.join(ICMP_KINDS[self.family])}")
            how = f"icmp{'v6' if self.family == 6 else ''} type {ICMP_KINDS[self.family][kind]}"
            rules.append(f"{mine}tcp dport {spans(ports_of(ports))} reject with {how}")
        rules += [f"{mine}tcp dport {spans(self.reset)} reject with tcp reset"] if self.reset else []
        for limit in self.limits:
            rules.append(f"{mine}tcp flags & (syn | ack) == syn tcp dport {spans(ports_of(limit.ports))} "
                         f"limit rate over {limit.per_second}/second "
                         f"burst {max(5, limit.per_second // 50)} packets drop")
        return rules


def spans(ports):
    """A set of nft: { 1-10, 22 }."""
    runs = []
    for port in sorted(ports):
        if runs and port == runs[-1][1] + 1:
            runs[-1][1] = port
        else:
            runs.append([port, port])
    return "{ " + ", ".join(f"{a}-{b}" if a < b else f"{a}" for a, b in runs) + " }"


def read(line):
    """"198.18.0.2 listen=22,80 drop=1-10 reject=11-20:admin reset=30 limit=40-50@200 from=IP later"."""
    words = line.split()
    if not words:
        raise Wrong("an empty line")
    address = Address(words[0])
    for word in words[1:]:
        name, _, value = word.partition("=")
        if name == "later" and not value:
            address.later = True
        elif name in ("listen", "drop", "reset") and value:
            getattr(address, name).extend(ports_of(value))
        elif name == "reject" and value:
            ports, _, kind = value.partition(":")
            address.reject.append((ports, kind or "port"))
        elif name == "limit" and re.fullmatch(r".+@[1-9]\d*", value):
            ports, _, rate = value.rpartition("@")
            address.limits.append(Limit(ports, int(rate)))
        elif name == "from" and value:
            address.only_from = value
        else:
            raise Wrong(f"\"{word}\" in \"{line}\"")
    return address.settle()


def table(addresses):
    """What nft -f is given. What is meant for all of them comes first."""
    rules = [rule for address in sorted(addresses, key=lambda a: a.ip != EVERY_ADDRESS)
             for rule in address.rules()]
    body = "\n".join(f"  {rule}" for rule in rules)
    return ("table inet far {\n chain input {\n  type filter hook input priority 0;\n"
            f"{body}\n }}\n}}\n")
