"""The figures as a table in the terminal."""

from rich.table import Table

from benchmarks.all.judging import verdicts
from benchmarks.all.record import Record

REACHED = {True: "[green]yes[/]", False: "[bold yellow]NO[/]", None: ""}


def as_table(record: Record) -> Table:
    """A row for each figure, its goal, and whether it is reached."""
    table = Table("measured", "figure", "found", "goal", "reached", title=_title(record))
    table.columns[2].justify = "right"
    last = None
    for verdict in verdicts(record):
        is_first, last = verdict.measurement is not last, verdict.measurement
        if is_first and table.rows:
            table.add_section()
        table.add_row(
            verdict.measurement.name if is_first else "",
            verdict.figure.name.replace("`", ""),
            verdict.figure.shown(verdict.value),
            verdict.figure.shown_goal(),
            REACHED[verdict.is_reached],
        )
    return table


def _title(record: Record) -> str:
    is_try = any(entry.quick for entry in record.entries.values())
    return "A TRY WITH SMALL SIZES: no figure of it counts" if is_try else "Figures and goals"
