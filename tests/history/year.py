#!/usr/bin/env python3
"""year.py [OPTIONS]: a night of runs after the other in a namespace whose listeners change by a script.

The history has to tell every change on its day, and no other. Status 0: it does; 1: it does not; 77: no namespace
can be made here, or no firewall rule."""
import argparse
import csv
import datetime
import io
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
HOSTS = [f"198.18.0.{number}" for number in range(1, 9)]
PORTS = range(1000, 1024)
OPEN = 40  # ports at first
REST = 6  # nights that a port or a host stays as it is: what changes more often is flapping
START = datetime.datetime(2026, 1, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)
PROFILE = """name: lan
hosts: 198.18.0.1-8
ports: 1000-1023
scope: 198.18.0.0/15
timeout: 200ms
report: {states: [open, closed]}
history: {dir: h, keep: {all: 30d, daily: 400d}}
"""


class Network:
    """What listens, and which hosts are there."""

    def __init__(self, loss):
        self.sockets, self.gone = {}, set()
        for host in HOSTS:
            subprocess.run(["ip", "address", "add", host, "dev", "lo"], check=True)
        rules = ["add table inet lan", "add set inet lan gone { type ipv4_addr; }",
                 "add chain inet lan in { type filter hook input priority 0; }",
                 "add rule inet lan in ip daddr @gone drop"]
        if loss > 0:
            rules.append(f"add rule inet lan in numgen random mod 1000 < {round(1000 * loss)} counter drop")
        self.nft(rules)

    @staticmethod
    def nft(rules):
        subprocess.run(["nft", "-f", "-"], input="\n".join(rules), text=True, check=True)

    def toggle(self, host, port):
        if port is None:
            verb = "delete" if host in self.gone else "add"
            self.nft([f"{verb} element inet lan gone {{ {host} }}"])
            self.gone ^= {host}
        elif (host, port) in self.sockets:
            self.sockets.pop((host, port)).close()
        else:
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((host, port))
            one.listen(1024)
            self.sockets[host, port] = one

    def truth(self):
        """Open ports and hosts (None) that are there."""
        there = {(host, None) for host in HOSTS if host not in self.gone}
        return there | {one for one in self.sockets if one[0] not in self.gone}


def change(network, rng, rested):
    """What changes before a night: mostly nothing, or a port or two, seldom a host."""
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        host, port = rng.choice(HOSTS), None if rng.random() < 0.1 else rng.choice(PORTS)
        if port is not None and rng.random() < 0.5 and network.sockets:
            host, port = rng.choice(sorted(network.sockets))
        # A host takes its ports with it: all of them rest.
        touched = [(host, port)] if port is not None else [(host, one) for one in (None, *PORTS)]
        if any(rested.get(one, REST) < REST for one in touched) or (port is not None and host in network.gone):
            continue
        network.toggle(host, port)
        rested.update(dict.fromkeys(touched, 0))
    for one in rested:
        rested[one] += 1


def run(options, when):
    """A night: the program believes that it is then."""
    words = [options.portolan, "run", "./lan.yaml", "--quiet", "--text", "/dev/null"]
    environment = dict(os.environ, FAKETIME_DONT_FAKE_MONOTONIC="1")
    stamp = when.strftime("%Y-%m-%d %H:%M:%S")
    subprocess.run(["faketime", "-f", stamp, *words], env={**environment, "TZ": "UTC"}, check=True, timeout=120)


def told(changes):
    """The changes of a run: what came, what went, what is in doubt."""
    def pick(*kinds):
        return {(one["host"], one.get("port")) for kind in kinds for one in changes[kind]}
    return (pick("opened", "come"), pick("closed", "gone"), pick("perhaps_closed", "perhaps_gone"),
            pick("flapping", "flapping_hosts"))


def judge(nights, document):
    """What is wrong with what was told, one sentence each; how much was in doubt; what a run missed, as (night, it)."""
    wrong, doubted, missed = [], 0, set()
    if len(document["runs"]) != len(nights):
        return [f"{len(document['runs'])} runs are told, {len(nights)} were"], 0, missed
    late = set()  # closings that were in doubt on their day
    unseen = set()  # what came the night before, untold: that run missed it
    for number, (night, line) in enumerate(zip(nights, document["runs"])):
        came, went, perhaps, flapping = told(line["changes"])
        before = nights[number - 1] if number > 0 else night
        due, gone = night - before, before - night
        doubted += len(perhaps)
        day = line["when"][:10]
        wrong += [f"{day}: {one} came the day before, and is still untold" for one in unseen - came]
        # Of the first night nothing is told: what it missed shows by coming in the second.
        caught = (came - due) & (nights[0] if number == 1 else unseen)
        missed |= {(number - 1, one) for one in caught}
        wrong += [f"{day}: {one} is told to have come" for one in came - due - caught]
        unseen = due - came
        for one in sorted((gone - perhaps) - went, key=str):
            wrong.append(f"{day}: {one} went, untold")
        for one in sorted(went - gone - late, key=str):
            wrong.append(f"{day}: {one} is told to have gone")
        wrong += [f"{day}: {one} went the day before, in doubt, and is still untold" for one in late - went - due]
        wrong += [f"{day}: {one} is told to flap" for one in flapping]
        late = gone & perhaps
    missed |= {(len(nights) - 1, one) for one in unseen}
    return wrong, doubted, missed


def check_ports(nights, document, missed):
    """First and last open, and how often, of each port; runs that had it in doubt, or missed it, did not see it."""
    wrong = []
    doubted = [told(line["changes"])[2] for line in document["runs"]]
    days = [line["when"] for line in document["runs"]]
    seen = {(one["host"], one["port"]): one for one in document["ports"]}
    every = set().union(*nights)
    for one in sorted((one for one in every if one[1] is not None), key=str):
        open_in = [number for number, night in enumerate(nights)
                   if one in night and one not in doubted[number] and (number, one) not in missed]
        told_of = seen.pop(one, None)
        if not open_in and told_of is None:
            continue
        if told_of is None or not open_in or \
                [told_of["first_open"], told_of["last_open"]] != [days[open_in[0]], days[open_in[-1]]]:
            wrong.append(f"{one} was open on {[days[number] for number in open_in]}: {told_of}")
        elif abs(told_of["open_runs"] - len(open_in)) > len(nights) // 50:
            wrong.append(f"{one} was open in {len(open_in)} runs: {told_of}")
    return wrong + [f"{one} was never open" for one in seen]


def inner(options):
    rng = random.Random(options.seed)
    network = Network(options.loss)
    for host, port in rng.sample([(host, port) for host in HOSTS for port in PORTS], OPEN):
        network.toggle(host, port)
    Path("lan.yaml").write_text(PROFILE, encoding="utf-8")
    nights, rested = [], {}
    for number in range(options.runs):
        if number > 0:
            change(network, rng, rested)
        nights.append(network.truth())
        run(options, START + datetime.timedelta(days=number))
    begun = time.monotonic()
    out = subprocess.run([options.portolan, "history", "h/lan", "--json", "-"], check=True, capture_output=True).stdout
    took = time.monotonic() - begun
    document = json.loads(out)
    wrong, doubted, missed = judge(nights, document)
    wrong += check_ports(nights, document, missed)
    # A port that opens, and both attempts at it are lost: of 40 ports and 1 % hardly one in a hundred nights.
    if len(missed) > (1 + options.runs // 100 if options.loss > 0 else 0):
        wrong.append(f"missed when they came, and told the night after: {sorted(missed, key=str)}")
    changes = sum(len(night ^ before) for before, night in zip(nights, nights[1:]))
    size = sum(one.stat().st_size for one in Path("h/lan").iterdir())
    rows = list(csv.reader(io.StringIO(subprocess.run([options.portolan, "history", "h/lan", "--csv", "-"], check=True,
                                                      capture_output=True, text=True).stdout)))
    if len(rows) != options.runs + 1:
        wrong.append(f"the CSV has {len(rows)} rows")
    if size > options.most_mb << 20:
        wrong.append(f"the store has {size} bytes")
    for one in wrong:
        print(one)
    print(f"{options.runs} nights, loss {options.loss}: {changes} changes, {len(wrong)} wrong, {doubted} in doubt on their "
          f"day or another, {len(missed)} missed at first; {size / 1024:.0f} KiB in {len(list(Path('h/lan').iterdir()))} files, told in {took:.2f} s")
    return 1 if wrong or changes < options.runs / 10 else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portolan", default=str(TOP / "build" / "portolan"))
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--loss", type=float, default=0, help="share of the packets that is lost")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-mb", type=int, default=40)
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        return inner(options)
    with tempfile.TemporaryDirectory(prefix="portolan-year-") as place:
        return subprocess.run([str(TOP / "tests/support/namespace"), sys.executable, __file__, "--inner", *sys.argv[1:]],
                              cwd=place, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
