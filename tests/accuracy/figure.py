"""Permits over time on a target that answers so many SYNs a second, drawn from a real run as SVG."""
import csv
from pathlib import Path

from network import Network, Unable

WIDTH, LEFT, RIGHT = 760, 64, 24
PANEL, GAP, TOP = 190, 56, 52
COLOURS = {"limit": "#b3261e", "in_flight": "#1f6fb2", "answers": "#2e7d32", "losses": "#8a6d00"}


def record(network, *, ports, syn_rate, concurrency):
    """Rows of (seconds, limit or None, in flight, answers so far, losses so far)."""
    path, _ = network.profile(hosts="198.18.0.1", ports=ports, concurrency=concurrency)
    out = network.path("permits.csv")
    run = network.on_simnet([str(network.build / "tests/permits"), path, out], hosts=1, ports=ports,
                            open=0.005, rtt="20ms", syn_rate=syn_rate)
    if run.status != 0:
        raise Unable(f"permits: exit status {run.status}")
    with open(out, encoding="ascii") as file:
        return [(int(row["ms"]) / 1000, int(row["limit"]) if row["limit"] else None, int(row["in_flight"]),
                 int(row["answers"]), int(row["losses"])) for row in csv.DictReader(file)]


def rates(rows, column, width_s=0.5):
    """What was added to a cumulative column, a second, in slices of so many seconds."""
    slices = {}
    last = 0
    for row in rows:
        key = int(row[0] / width_s)
        slices[key] = slices.get(key, 0) + row[column] - last
        last = row[column]
    return [(key * width_s + width_s / 2, slices.get(key, 0) / width_s) for key in range(max(slices) + 1)]


def nice(most):
    """A round number of steps that covers `most`."""
    step = 1
    while most / step > 5:
        step *= 2.5 if str(step).startswith("2") else 2
        step = int(step)
    return step


class Panel:
    def __init__(self, top, seconds, most, title):
        self.top, self.seconds, self.most = top, seconds, most
        self.parts = [f'<text x="{LEFT}" y="{top - 10}" class="title">{title}</text>']
        step = nice(most)
        for value in range(0, int(most) + 1, step):
            y = self.y(value)
            self.parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
                              f'<text x="{LEFT - 8}" y="{y + 4:.1f}" class="tick" text-anchor="end">{value:,}</text>')
        for second in range(0, int(seconds) + 1, max(1, nice(seconds))):
            self.parts.append(f'<text x="{self.x(second):.1f}" y="{top + PANEL + 18}" class="tick" '
                              f'text-anchor="middle">{second} s</text>')

    def x(self, seconds):
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / self.seconds

    def y(self, value):
        return self.top + PANEL * (1 - min(value, self.most) / self.most)

    def line(self, points, name, dashed=False):
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="1.5"{dash}/>')

    def legend(self, entries):
        x = WIDTH - RIGHT
        for name, text, dashed in reversed(entries):
            dash = ' stroke-dasharray="6 4"' if dashed else ""
            x -= 7 * len(text)
            self.parts.append(f'<text x="{x}" y="{self.top - 10}" class="tick">{text}</text>'
                              f'<line x1="{x - 26}" x2="{x - 6}" y1="{self.top - 14}" y2="{self.top - 14}" '
                              f'stroke="{COLOURS[name]}" stroke-width="2"{dash}/>')
            x -= 42


def svg(rows, *, ports, syn_rate, concurrency):
    seconds = rows[-1][0]
    permits = Panel(TOP, seconds, concurrency, "permits")
    permits.line([(row[0], row[2]) for row in rows], "in_flight")
    permits.line([(row[0], row[1] if row[1] is not None else concurrency) for row in rows], "limit")
    permits.legend([("limit", "allowed", False), ("in_flight", "in flight", False)])
    answers, losses = rates(rows, 3), rates(rows, 4)
    most = 1.25 * max(syn_rate, *(y for _, y in answers), *(y for _, y in losses))
    a_second = Panel(TOP + PANEL + GAP, seconds, most, "a second")
    a_second.line([(0, syn_rate), (seconds, syn_rate)], "answers", dashed=True)
    a_second.line(losses, "losses")
    a_second.line(answers, "answers")
    a_second.legend([("answers", "answers", False), ("losses", "proven losses", False),
                     ("answers", "what the target bears", True)])
    height = TOP + 2 * PANEL + GAP + 34
    count = int(ports.split("-")[1])
    about = (f"{count:,} ports; the target answers {syn_rate:,} SYNs a second and drops the rest; "
             f"concurrency {concurrency}; one run")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="t">',
        f'<title id="t">Permits over time: {about}</title>',
        '<style>text { font-family: sans-serif; fill: #222 } .title { font-size: 14px; font-weight: bold }'
        ' .tick { font-size: 12px } .grid { stroke: #ddd }</style>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" class="tick">{about}</text>',
        *permits.parts, *a_second.parts, "</svg>"]) + "\n"


def draw(build, path, quick=False):
    what = {"ports": "1-2000" if quick else "1-65535", "syn_rate": 500 if quick else 2000,
            "concurrency": 1000 if quick else 4000}
    network = Network(build)
    try:
        rows = record(network, **what)
    finally:
        network.close()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(svg(rows, **what), encoding="utf-8")
