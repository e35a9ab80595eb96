#!/usr/bin/python3
"""nights.py LINE FOLDER RUNS HOSTS PORTS: an index of so many nights, of hosts with so many ports each.

LINE is a file whose first line is one of a real index: keys that are not varied here are taken from it. A third of
the ports opens at some time, a quarter closes for good, one answer of a hundred is lost, every fortieth run is cut
short, and some nights are missing. Prints how many runs and ports there are, and how many ports are open in the last.
"""
import datetime
import json
import pathlib
import random
import sys

line, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
runs, hosts, ports = map(int, sys.argv[3:])
draw = random.Random(18)
model = json.loads(line.read_text(encoding="utf-8").splitlines()[0])
start = datetime.datetime(2026, 1, 1, 2, tzinfo=datetime.timezone.utc)
keys = [(f"198.18.{host // 250}.{host % 250 + 1}", 20 + port * 7) for host in range(hosts) for port in range(ports)]
opens = {key: draw.randrange(1, runs) if draw.random() < 1 / 3 else 0 for key in keys}
closes = {key: draw.randrange(runs) if draw.random() < 1 / 4 else runs for key in keys}
before = dict.fromkeys(keys)
told = 0


def stamp(when):
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


folder.mkdir(parents=True, exist_ok=True)
with (folder / "index.jsonl").open("w", encoding="ascii") as index:
    for night in range(runs):
        if night % 300 == 299:
            continue
        complete, seen, changes = night % 40 != 17, {}, {"opened": [], "closed": []}
        now = {}
        for key in keys:
            state = "open" if opens[key] <= night < closes[key] else "closed"
            if not complete and draw.random() < 0.5:
                state = "unknown"
            elif draw.random() < 0.01:
                state = "perhaps"
            if before[key] is None and state != "open":
                continue # not named before it is open
            now[key] = state
            if state != before[key]:
                seen.setdefault(state, {}).setdefault(key[0], []).append(key[1])
            if complete and before[key] == "closed" and state == "open":
                changes["opened"].append({"host": key[0], "ip": key[0], "port": key[1], "service": None, "was": ["closed"], "is": ["open"]})
            if complete and before[key] == "open" and state == "closed":
                changes["closed"].append({"host": key[0], "ip": key[0], "port": key[1], "service": None, "was": ["open"], "is": ["closed"]})
        before.update(now)
        when = start + datetime.timedelta(days=night, seconds=draw.randrange(120))
        one = dict(model, when=stamp(when), finished=stamp(when + datetime.timedelta(minutes=9)), complete=complete,
                   file=when.strftime("%Y%m%dT%H%M%S.000Z.json.gz"), open=sum(state == "open" for state in now.values()),
                   probes_per_second=9000 + draw.randrange(2000), limit=12000 + draw.randrange(500), seen=seen)
        one["changes"] = dict(model["changes"], since=stamp(start) if told else None)
        for kind, list_ in changes.items():
            one["changes"].update({kind: list_, f"{kind}_count": len(list_)})
        index.write(json.dumps(one, separators=(",", ":")) + "\n")
        told += 1
print(told, sum(state is not None for state in before.values()), one["open"])
