"""What other scanners print, read; for tests/bench and tests/realnet."""
import re
from xml.etree import ElementTree


def ports_of(text):
    """"22,80-90" as a list."""
    ports = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        ports += range(int(first), int(last or first) + 1)
    return ports


def nmap_states(path):
    """{(host, port): (state, reason)} of nmap's XML (-oX), with the ports that it only counts for people."""
    if not path.is_file():
        return {}
    parser = ElementTree.XMLPullParser(["end"])  # nmap may have been ended before the file was whole
    parser.feed(path.read_text(encoding="utf-8"))
    states = {}
    for _, host in parser.read_events():
        if host.tag != "host":
            continue
        ip = host.find("address").get("addr")
        for port in host.findall("ports/port"):
            state = port.find("state")
            states[ip, int(port.get("portid"))] = (state.get("state"), state.get("reason"))
        for extra in host.findall("ports/extraports"):
            for why in extra.findall("extrareasons"):
                states |= {(ip, port): (extra.get("state"), why.get("reason")) for port in ports_of(why.get("ports"))}
    return states


def rustscan_found(path):
    """{(host, port)} of what RustScan -g prints."""
    found = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"(\S+) -> \[([\d,]*)\]", line)
        if match:
            found |= {(match[1], int(port)) for port in match[2].split(",") if port}
    return found
