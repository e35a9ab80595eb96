"""Runs in turn: what disturbs the machine for a while disturbs every program alike."""
import sys

from peers import SLOW
from tables import Row


def say(text):
    print(text, file=sys.stderr, flush=True)


def slow_rounds(runs, slow_runs):
    """Those of the rounds in which the slow ones take part, spread evenly."""
    wanted = min(runs, slow_runs)
    return {i * runs // wanted for i in range(wanted)}


def in_turn(stage, case, peers, runs, slow_runs):
    """ABC, BCA, CAB, ...: one row a peer, in the order of the peers."""
    slow = slow_rounds(runs, slow_runs)
    samples = {peer.name: [] for peer in peers}
    for number in range(runs):
        say(f"{case}: round {number + 1} of {runs}")
        start = number % len(peers)
        for peer in peers[start:] + peers[:start]:
            if peer.pace == SLOW and number not in slow:
                continue
            samples[peer.name].append(peer.once(stage))
    return [Row(peer.name, samples[peer.name], stage.truth) for peer in peers]
