"""What a case yields: rows of samples and goals; printed as Markdown, or as JSON."""
import os
import platform
import subprocess
import time
from dataclasses import dataclass, field
from statistics import median

SCHEMA = "portolan-bench/1"


@dataclass
class Row:
    """One program, or one setting, and its runs. `there` is the truth; None: nothing to find."""

    name: str
    samples: list
    there: set | None = None
    extra: dict = field(default_factory=dict)

    @property
    def median_s(self):
        return median(sample.seconds for sample in self.samples)

    @property
    def median_cpu_s(self):
        return median(sample.cpu_s for sample in self.samples)

    @property
    def peak_kib(self):
        return max(sample.peak_kib for sample in self.samples)

    @property
    def found(self):
        """Of the worst run."""
        return min(len(sample.found & self.there) for sample in self.samples)

    @property
    def false(self):
        """Reported open and not so, in the worst run."""
        return max(len(sample.found - self.there) for sample in self.samples)

    @property
    def trouble(self):
        texts = set()
        for sample in self.samples:
            if sample.timed_out:
                texts.add("ended by the bench: too slow")
            elif sample.status != 0:
                texts.add(f"exit status {sample.status}")
        return ", ".join(sorted(texts))

    def as_json(self):
        record = {"name": self.name, "median_s": round(self.median_s, 6),
                  "seconds": [round(sample.seconds, 6) for sample in self.samples],
                  "cpu_s": [round(sample.cpu_s, 6) for sample in self.samples],
                  "peak_kib": self.peak_kib, "trouble": self.trouble or None, **self.extra}
        if self.there is not None:
            record |= {"open_there": len(self.there), "open_found": self.found,
                       "open_false": self.false,
                       "recall": self.found / len(self.there) if self.there else None}
        return record


@dataclass
class Goal:
    """What is wanted: `low` <= measured <= `high`."""

    what: str
    measured: float
    high: float
    low: float = float("-inf")
    unit: str = ""
    row: str | None = None  # the name of the row that shows it, too
    brief: str = ""  # what is measured, where the row and its columns do not say

    @property
    def holds(self):
        return self.low <= self.measured <= self.high

    @property
    def wanted(self):
        if self.low == self.high:
            return f"{number(self.high)}{self.unit}"
        if self.low == float("-inf"):
            return f"at most {number(self.high)}{self.unit}"
        if self.high == float("inf"):
            return f"at least {number(self.low)}{self.unit}"
        return f"{number(self.low)} to {number(self.high)}{self.unit}"

    @property
    def verdict(self):
        words = [self.brief, self.wanted] if self.brief else [self.wanted]
        return f"{' '.join(words)}: {'yes' if self.holds else 'NO'}"

    def as_json(self):
        return {"what": self.what, "row": self.row, "measured": round(self.measured, 4), "unit": self.unit.strip(),
                "low": None if self.low == float("-inf") else self.low,
                "high": None if self.high == float("inf") else self.high, "holds": self.holds}


@dataclass
class Report:
    """One case. With a `reference` the table says how its median compares to each row's."""

    name: str
    title: str
    rows: list = field(default_factory=list)
    goals: list = field(default_factory=list)
    reference: str | None = None
    notes: list = field(default_factory=list)
    unable: str | None = None
    table: str | None = None  # in place of a line for each row

    def row(self, name):
        return next(row for row in self.rows if row.name == name)

    def ratio(self, name):
        """Under 1: the reference is faster than the row of that name."""
        return self.row(self.reference).median_s / self.row(name).median_s

    def as_json(self):
        return {"name": self.name, "title": self.title, "unable": self.unable,
                "reference": self.reference, "rows": [row.as_json() for row in self.rows],
                "goals": [goal.as_json() for goal in self.goals], "notes": self.notes}


def number(value):
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def columns_of(report):
    columns = ["what", "runs", "median s", "min", "max", "CPU s", "peak MB"]
    if report.reference:
        columns.append(f"{report.reference} / this")
    if any(row.there is not None for row in report.rows):
        columns += ["open found", "false"]
    for row in report.rows:
        columns += [name for name in row.extra if name not in columns]
    if any(goal.row for goal in report.goals):
        columns.append("goal, and does it hold")
    if any(row.trouble for row in report.rows):
        columns.append("trouble")
    return columns


def cells_of(report, row, columns):
    seconds = [sample.seconds for sample in row.samples]
    cells = {"what": row.name, "runs": str(len(seconds)), "median s": f"{row.median_s:.4f}",
             "min": f"{min(seconds):.4f}", "max": f"{max(seconds):.4f}",
             "CPU s": f"{row.median_cpu_s:.3f}",
             "peak MB": f"{row.peak_kib / 1024:.1f}", "trouble": row.trouble}
    if report.reference:
        cells[f"{report.reference} / this"] = f"{report.ratio(row.name):.3f}"
    if row.there is not None:
        cells |= {"open found": f"{row.found} of {len(row.there)}", "false": str(row.false)}
    cells |= {name: number(value) for name, value in row.extra.items()}
    verdicts = [goal.verdict for goal in report.goals if goal.row == row.name]
    cells["goal, and does it hold"] = "; ".join(verdicts)
    return [cells.get(column, "") for column in columns]


def grid(header, lines, left=1):
    """A Markdown table whose columns line up; all but the first `left` to the right."""
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]

    def shape(line):
        cells = [cell.ljust(width) if i < left else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(line, widths))]
        return "| " + " | ".join(cells) + " |"
    rule = ["-" * width if i < left else "-" * (width - 1) + ":"
            for i, width in enumerate(widths)]
    return "\n".join([shape(header), "| " + " | ".join(rule) + " |", *map(shape, lines)])


def text_of(report):
    parts = [f"### {report.name}: {report.title}\n"]
    if report.unable:
        return parts[0] + f"\nNOT MEASURED: {report.unable}\n"
    columns = columns_of(report)
    parts.append((report.table or grid(columns, [cells_of(report, row, columns) for row in report.rows])) + "\n")
    parts += [f"{note}\n" for note in report.notes]
    return "\n".join(parts)


def goals_text(reports):
    lines = [[report.name, goal.what, f"{number(goal.measured)}{goal.unit}", goal.wanted,
              "yes" if goal.holds else "NO"] for report in reports for goal in report.goals]
    if not lines:
        return ""
    held = sum(1 for line in lines if line[-1] == "yes")
    return (f"### Goals: {held} of {len(lines)} hold\n\n" +
            grid(["case", "goal", "measured", "wanted", "holds"], lines, 2) + "\n")


def first_line(argv):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return (done.stdout.splitlines() or ["unknown"])[0].strip()


def machine(lab):
    model = "unknown"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    build = "RelWithDebInfo"  # what CMakeLists.txt takes where the cache says nothing
    cache = lab.build / "CMakeCache.txt"
    if cache.is_file():
        for line in cache.read_text(encoding="utf-8").splitlines():
            if line.startswith("CMAKE_BUILD_TYPE:"):
                build = line.split("=", 1)[1] or build
    return {"cpu": model, "cpus": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "memory_gb": round(memory / 2**30, 1), "load_at_start": round(os.getloadavg()[0], 2),
            "portolan": first_line([lab.portolan, "--version"]), "build": build,
            "commit": first_line(["git", "describe", "--always", "--dirty"]),
            "nmap": first_line(["nmap", "--version"]).split(" ( ")[0],
            "python": platform.python_version(),
            "hyperfine": first_line(["hyperfine", "--version"]),
            "date": time.strftime("%Y-%m-%d", time.gmtime())}


def machine_text(facts):
    busy = ""
    if facts["load_at_start"] > 0.5:
        busy = "\nThe machine was BUSY with other things: take these figures as provisional.\n"
    return (f"{facts['date']}: {facts['cpu']}, {facts['cpus']} CPUs, {facts['memory_gb']} GB, "
            f"Linux {facts['kernel']}; load at the start {facts['load_at_start']}.\n"
            f"{facts['portolan']} (commit {facts['commit']}, {facts['build']}), {facts['nmap']}, "
            f"Python {facts['python']}, {facts['hyperfine']}.\n{busy}")
