"""The networks by name: what is at the far end, what is asked, and what happens meanwhile."""
from dataclasses import dataclass, field

from network import Event


@dataclass
class Case:
    title: str
    far: list  # lines, as machine.py reads them
    hosts: str
    ports: str
    setup: list = field(default_factory=list)  # (near or far, command)
    events: list = field(default_factory=list)
    keys: dict = field(default_factory=dict)  # of the profile, beside hosts and ports
    services: tuple = ()


ICMP_PER_SECOND = 100
LINK = ["198.18.0.2 listen=1-1000*12", "198.18.0.9 listen=1-1000*9"]
BUSY = "198.18.0.2 listen=1-65535*60"
NFT = "nft add rule inet far input"

ALL = {
    "link-39": Case("39 addresses of one link, 2 in use, 1,000 ports", LINK, "198.18.0.2-40", "1-1000"),
    "link-256": Case("a /24 of a link, 2 addresses in use, 1,000 ports", LINK, "198.18.0.0/24", "1-1000"),
    "two-hosts": Case(
        "2 hosts, all ports; one drops 1,023, rejects 1,000, answers 1,000 at 200 a second",
        ["198.18.0.2 listen=1024-65535*80 drop=1-1023 reject=20000-20999 limit=30000-30999@200",
         "198.18.0.3 listen=1-65535*50"], "198.18.0.2-3", "1-65535"),
    "limited-ports": Case("1,000 ports that a firewall lets 200 SYNs a second in to, beside 2,000 dropped and 2,000 free",
                          ["198.18.0.2 listen=1-1000*1000 listen=3001-5000*20 limit=1-1000@200 drop=1001-3000"],
                          "198.18.0.2", "1-5000"),
    "icmp-100": Case("5,000 ports, 70 % refused by ICMP, of which the host sends 100 a second",
                     ["198.18.0.2 listen=1-1500*30 reject=1501-5000"], "198.18.0.2", "1-5000",
                     setup=[("far", f"sysctl -qw net.ipv4.icmp_ratelimit={1000 // ICMP_PER_SECOND}")]),
    "icmp-1": Case("2,000 ports, half of them refused by ICMP, with Linux's own limit: one a second",
                   ["198.18.0.2 listen=1-1000*20 reject=1001-2000:admin"], "198.18.0.2", "1-2000"),
    "icmp-kinds": Case("every kind of ICMP, and RST, without a limit",
                       ["198.18.0.2 listen=1-100*10 reject=101-108 reject=109-116:net reject=117-124:host "
                        "reject=125-132:admin reject=133-140:host-prohibited reset=141-160 listen=141-160"],
                       "198.18.0.2", "1-160",
                       setup=[("far", "sysctl -qw net.ipv4.icmp_ratelimit=0")]),
    "ipv6": Case("IPv6: 16 addresses of a link, 2 in use; drop, reject, reset",
                 ["fd00::2 listen=1-2000*20 drop=1001-1200 reject=1201-1400 reset=1401-1500",
                  "fd00::3 listen=1-2000*10 reject=1-100:admin"], "fd00::2-fd00::11", "1-2000"),
    "shared-limit": Case("8 addresses of one machine that takes 1,000 SYNs a second for all of them",
                         [*(f"198.18.0.{i} listen=1-500*{i + 3}" for i in range(2, 10)), "every limit=1-65535@1000"],
                         "198.18.0.2-9", "1-500"),
    "one-limited": Case("4 addresses, one of which takes 500 SYNs a second",
                        ["198.18.0.2 listen=1-5000*20 limit=1-65535@500",
                         *(f"198.18.0.{i} listen=1-5000*20" for i in (3, 4, 5))], "198.18.0.2-5", "1-5000"),
    "mostly-drop": Case("all ports of a host that drops all but 200",
                        ["198.18.0.2 listen=1-200*40 drop=201-65535"], "198.18.0.2", "1-65535"),
    "source": Case("a firewall that lets one of this machine's two addresses in, which source_address names",
                   ["198.18.0.2 listen=1-1000*10 from=198.18.255.7"], "198.18.0.2", "1-1000",
                   setup=[("near", "ip addr add 198.18.255.7/15 dev near")],
                   keys={"source_address": "198.18.255.7"}),
    "router": Case("a router: 8 addresses behind it that answer, 24 for which it has no way",
                   ["198.18.0.2 listen=1-500*5", *(f"198.19.0.{i} listen=1-500*{i + 2} later" for i in range(1, 9))],
                   "198.19.0.1-32", "1-500",
                   setup=[("near", "ip route add 198.19.0.0/24 via 198.18.0.2"),
                          ("far", "sysctl -qw net.ipv4.ip_forward=1"),
                          ("far", "ip route add unreachable 198.19.0.0/24"),
                          ("far", "for i in 1 2 3 4 5 6 7 8; do ip addr add 198.19.0.$i/32 dev lo; done")]),
    "late": Case("an address that comes up after 5 s, beside one that takes 500 SYNs a second",
                 ["198.18.0.2 listen=1-4000*20 limit=1-65535@500", "198.18.0.3 listen=1-4000*25 later"],
                 "198.18.0.2-3", "1-4000",
                 events=[Event("far", "ip addr add 198.18.0.3/15 dev far", seconds=5)]),
    "near-down": Case("this machine's own link is down for 3 s: no route",
                      [BUSY, "198.18.0.3 listen=1-65535*40"], "198.18.0.2-3", "1-65535",
                      events=[Event("near", "ip link set near down", packets=20000),
                              Event("near", "ip link set near up", seconds=3)]),
    "far-down": Case("the far end of the link is down for 3 s: no carrier",
                     [BUSY, "198.18.0.3 listen=1-65535*40"], "198.18.0.2-3", "1-65535",
                     events=[Event("far", "ip link set far down", packets=20000),
                             Event("far", "ip link set far up", seconds=3)]),
    "drop-3s": Case("a firewall that drops everything for 3 s in the middle",
                    [BUSY, "198.18.0.3 listen=1-65535*40"], "198.18.0.2-3", "1-65535",
                    events=[Event("far", "nft insert rule inet far input tcp dport 1-65535 drop", packets=20000),
                            Event("far", "nft flush chain inet far input", seconds=3)]),
    "drop-all": Case("a firewall that drops everything from the middle on",
                     [BUSY, "198.18.0.3 listen=1-65535*40"], "198.18.0.2-3", "1-65535",
                     events=[Event("far", f"{NFT} tcp dport 1-65535 drop", packets=20000)], keys={"outage": "5s"}),
    "drop-one": Case("a firewall that drops everything to one of two addresses from the middle on",
                     [BUSY, "198.18.0.3 listen=1-65535*40"], "198.18.0.2-3", "1-65535",
                     events=[Event("far", f"{NFT} ip daddr 198.18.0.3 tcp dport 1-65535 drop", packets=20000)],
                     keys={"outage": "5s"}),
    "services": Case("nginx, redis and sshd beside a firewall",
                     ["198.18.0.2 drop=100-199 reject=200-209 reset=300-309"], "198.18.0.2", "1-2000,6379,8080",
                     services=("nginx", "redis", "sshd")),
}
