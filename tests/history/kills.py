#!/usr/bin/env python3
"""kills.py [OPTIONS]: kills what keeps runs at random moments of its writing, and between any two of its steps; every
history reads, and nothing but the run that was being kept lacks. Status 0: so it is; 1: it is not."""
import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
EVERY = 4  # kill is of a step
STEPS = 14 # of two runs, one after the other


def kept(folder, portolan):
    """What the history tells, all of its files read."""
    done = subprocess.run([portolan, "history", str(folder), "--json", "-"], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"it does not read: {done.stderr.decode()}")
    runs = json.loads(done.stdout)["runs"]
    for run in runs:
        with gzip.open(folder / run["file"], "rt", encoding="utf-8") as file:
            assert json.load(file)["run"]["complete"], run
    return runs


def kill_once(options, rng, folder, number):
    """Returns how many runs were said to be kept before the kill."""
    words = [options.keep, options.results, str(folder), "1000000"]
    in_turn = number % EVERY == EVERY - 1
    if in_turn: # of chance's moments a fast disk leaves hardly any to what lies between its steps
        words.append(str(1 + number // EVERY % STEPS))
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as keeper:
        if in_turn:
            return len(keeper.stdout.read().splitlines())
        keeper.stdout.readline() # it is at work: from now on it does nothing but write
        time.sleep(rng.uniform(0, options.longest_ms / 1000))
        keeper.kill()
        return 1 + len(keeper.stdout.read().splitlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portolan", default=str(TOP / "build" / "portolan"))
    parser.add_argument("--keep", default=str(TOP / "build" / "tests" / "keep"))
    parser.add_argument("--results", default=str(TOP / "reports" / "sample" / "results.json"))
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--longest-ms", type=float, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    torn = lost = leftovers = 0
    with tempfile.TemporaryDirectory(prefix="portolan-kills-") as place:
        folder = Path(place) / "lan"
        before, missing = [], 0
        for number in range(options.kills):
            said = kill_once(options, rng, folder, number)
            runs = kept(folder, options.portolan)
            names = [run["file"] for run in runs]
            if names[:len(before)] != before:
                sys.exit(f"kill {number}: runs that were kept before are gone")
            # The run that was killed may have its line and not have said so. One that had its results in their
            # place got its line from the run after it, and counts here.
            new = len(runs) - len(before)
            if not said <= new <= said + 1 + missing:
                sys.exit(f"kill {number}: {said} runs were kept, {new} are there")
            files = {one.name for one in folder.iterdir()}
            lost += (missing := len([one for one in files if one.endswith(".json.gz") and one not in names]))
            if missing > 1:
                sys.exit(f"kill {number}: {missing} results files have no line")
            leftovers += any(one.startswith(".portolan.") for one in files)
            torn += not (folder / "index.jsonl").read_bytes().endswith(b"\n")
            json.loads((folder / "latest.json").read_text(encoding="utf-8"))
            before = names
        subprocess.run([options.keep, options.results, str(folder), "1"], check=True, stdout=subprocess.DEVNULL)
        names = {run["file"] for run in kept(folder, options.portolan)}
        if {one.name for one in folder.iterdir()} != names | {"index.jsonl", "latest.json"}:
            sys.exit("something is left: " + " ".join(sorted(one.name for one in folder.iterdir())))
    print(f"{options.kills} kills, {len(names)} runs kept: {torn} lines torn, {lost} results files without a line, "
          f"{leftovers} times a file without its name")


main()
