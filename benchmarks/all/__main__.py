"""Measure everything in benchmarks/, one after the other, and hold it against the goals.

    make bench BENCH=all [ARGS="--only NAME …"]          or: python -m benchmarks.all [OPTION …]

What was measured is kept in build/benchmarks.json after each measurement, with machine, versions, commit and date, so a
run that was ended goes on with what is missing. At the end, and with --show alone, it prints a table of all figures and
draws them beside the file. With --page the figures of benchmarks/measured.json go to docs/performance.md; to fill that
file: --file benchmarks/measured.json.
"""

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.all.measurements import ALL, Measurement
from benchmarks.all.page import MEASURED, write_page
from benchmarks.all.record import Record
from benchmarks.all.running import measure
from benchmarks.all.table import as_table

KEPT, TRIED = Path("build/benchmarks.json"), Path("build/benchmarks-quick.json")


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is missing; 1 where a benchmark did not end well. Goals that are missed are no failure."""
    given = _read(words)
    if given.page:
        return write_page()
    record = Record(given.file or (TRIED if given.quick else KEPT))
    due = [] if given.show else _due(record, given)
    _announce(due, record)
    failed = measure(due, record, quick=given.quick)
    Console(width=None if sys.stdout.isatty() else 140).print(as_table(record))
    if record.entries and record.file.resolve() != MEASURED:  # that one is drawn with its page
        from benchmarks.all.picture import draw

        drawn = record.file.with_suffix(".svg")
        drawn.write_text(draw(record), "utf-8")
        print(f"kept in {record.file}, drawn in {drawn}")
    for name in failed:
        print(f"did not end well: {name}")
    return bool(failed)


def _due(record: Record, given: argparse.Namespace) -> list[Measurement]:
    """What is to be measured now: what is missing, and what was asked for anew."""
    return [
        one
        for one in ALL
        if (not given.only or one.name in given.only or one.name in given.again)
        and not (given.quick and one.quick is None)
        and (one.name in given.again or record.is_missing(one, quick=given.quick))
    ]


def _announce(due: Sequence[Measurement], record: Record) -> None:
    minutes = sum(one.minutes for one in due)
    print(f"{len(due)} of {len(ALL)} measurements to make, about {minutes} minutes; kept in {record.file}")
    for one in due:
        print(f"  {one.name} ({one.minutes} min)")


def _read(words: Sequence[str] | None) -> argparse.Namespace:
    reading = argparse.ArgumentParser(
        prog="python -m benchmarks.all",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="NAME is one of, or the beginning of:\n" + "\n".join(f"  {one.name}" for one in ALL),
    )
    reading.add_argument("--only", nargs="+", type=_names, action="extend", default=[], metavar="NAME")
    reading.add_argument("--again", nargs="+", type=_names, action="extend", default=[], metavar="NAME")
    reading.add_argument("--quick", action="store_true", help="a try with small sizes, kept in a file of its own")
    reading.add_argument("--file", type=Path, help="where it is kept")
    reading.add_argument("--show", action="store_true", help="measure nothing, show what is kept")
    reading.add_argument("--page", action="store_true", help="write docs/performance.md of benchmarks/measured.json")
    given = reading.parse_args(words)
    given.only, given.again = ({name for names in chosen for name in names} for chosen in (given.only, given.again))
    return given


def _names(word: str) -> list[str]:
    """The measurements whose names begin so. Raises ArgumentTypeError where there is none."""
    names = [one.name for one in ALL]
    if not (found := [name for name in names if name.startswith(word)]):
        near = difflib.get_close_matches(word, names, 1, 0)
        raise argparse.ArgumentTypeError(f"nothing is called {word!r}; perhaps {near[0]!r}")
    return found


if __name__ == "__main__":
    sys.exit(main())
