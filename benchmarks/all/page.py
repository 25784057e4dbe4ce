"""docs/performance.md: what is between its marks is written of benchmarks/measured.json, the rest by people."""

import re
import shlex
from collections.abc import Iterator
from itertools import groupby

from benchmarks.all.judging import Verdict, verdicts
from benchmarks.all.measurements import ALL
from benchmarks.all.record import Machine, Record
from tests.architecture.source_files import ROOT

MEASURED = ROOT / "benchmarks" / "measured.json"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "performance.svg"
BLOCK = re.compile(
    r"(<!-- (\w+): written by `python -m benchmarks.all --page` -->\n).*?(<!-- end of \2 -->)", re.DOTALL
)
REASONS = re.compile(r"^## What stands between.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
REACHED = {True: "yes", False: "**no**", None: ""}


def write_page() -> int:
    """Write page and picture anew; 1 where what the page says about missed goals is not what was measured."""
    from benchmarks.all.picture import draw

    record = Record(MEASURED)
    PAGE.write_text(page := with_figures(PAGE.read_text("utf-8"), record), "utf-8")
    PICTURE.write_text(draw(record), "utf-8")
    for complaint in (complaints := wrong_reasons(page, record)):
        print(complaint)
    return bool(complaints)


def with_figures(page: str, record: Record) -> str:
    """The page with its marked parts as the record has them."""
    parts = {"goals": _goals, "machines": _machines, "commands": _commands}
    return BLOCK.sub(lambda found: found[1] + "\n".join(parts[found[2]](record)) + "\n" + found[3], page)


def wrong_reasons(page: str, record: Record) -> list[str]:
    """What is wrong where the page says what stands between us and missed goals, whose names are in bold there."""
    explained = set(BOLD.findall("".join(REASONS.findall(page))))
    of_goals = {one.name: one.is_reached for one in verdicts(record) if one.figure.goal}
    return [
        *(
            f"missed, and no reason is given: {name}"
            for name, is_reached in of_goals.items()
            if is_reached is False and name not in explained
        ),
        *(
            f"reached, and a reason is given: {name}"
            for name, is_reached in of_goals.items()
            if is_reached and name in explained
        ),
        *(f"no figure with a goal: {name}" for name in sorted(explained - set(of_goals))),
    ]


def _goals(record: Record) -> Iterator[str]:
    yield "| measured | figure | found | goal | reached |"
    yield "|---|---|---|---|---|"
    for _, figures in groupby(verdicts(record), key=lambda one: one.measurement.name):
        for at, one in enumerate(figures):
            yield _row("" if at else one.measurement.name, one)


def _row(name: str, one: Verdict) -> str:
    found, goal = one.figure.shown(one.value), one.figure.shown_goal()
    return f"| {name} | {one.figure.name} | {found} | {goal} | {REACHED[one.is_reached]} |"


def _machines(record: Record) -> Iterator[str]:
    """A sentence for each machine and its versions."""
    machines: list[Machine] = []
    for entry in record.entries.values():
        if entry.machine not in machines:
            machines.append(entry.machine)
    for one in machines:
        names = [name for name, entry in record.entries.items() if entry.machine == one]
        which = "Measured" if len(machines) == 1 else f"{', '.join(names)}: measured"
        versions = ", ".join(f"{name} {version}" for name, version in one.versions.items())
        yield f"{which} on {one.cores} cores of {one.cpu}, {one.memory:g} GiB, {one.system}; {versions}."


def _commands(record: Record) -> Iterator[str]:
    yield "| measured | by `python -m benchmarks.…` | when | commit | minutes | load before, after |"
    yield "|---|---|---|---|---|---|"
    for one in ALL:
        if entry := record.entries.get(one.name):
            minutes = f"{entry.seconds / 60:.1f}"
            command, loads = shlex.join(entry.command), "{:g}, {:g}".format(*entry.loads)
            yield f"| {one.name} | `{command}` | {entry.date} | {entry.commit} | {minutes} | {loads} |"
