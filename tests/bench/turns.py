"""Runs in turn: what disturbs the machine for a while disturbs every program alike."""
import sys

from peers import SLOW
from tables import Row


def say(text):
    print(text, file=sys.stderr, flush=True)


def slow_ones(rounds, slow_rounds):
    """Those of the rounds in which the slow ones take part, spread evenly, the first included."""
    wanted = min(rounds, slow_rounds)
    return {i * rounds // wanted for i in range(wanted)}


def in_turn(stage, case, peers, rounds, slow_rounds):
    """ABC, BCA, CAB, ...: one row a peer, in the order of the peers."""
    slow = slow_ones(rounds, slow_rounds)
    samples = {peer.name: [] for peer in peers}
    for number in range(rounds):
        if number > 0 and stage.lab.out_of_time():
            say(f"{case}: the limit was reached after {number} of {rounds} rounds")
            break
        say(f"{case}: round {number + 1} of {rounds}")
        start = number % len(peers)
        for peer in peers[start:] + peers[:start]:
            if peer.pace == SLOW and number not in slow:
                continue
            samples[peer.name].append(peer.once(stage))
    return [Row(peer.name, samples[peer.name], stage.truth) for peer in peers]
