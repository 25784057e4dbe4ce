"""A report for the terminal: short enough for a screen, readable at 80 columns and without colour."""

from collections.abc import Iterable

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.report import Report
from models.story import Event
from models.wording import capitalized, counted, in_utc
from reports.digest import Digest, digest
from reports.outcome_groups import ReasonGroup, SequenceGroup
from reports.rehearsed import RehearsalShown
from reports.setting_words import LoanInWords
from reports.story import StoryLine, story_lines

_ROWS = 6  # of a table; the page has them all
_PLAN_LINES = 12
BY_HAND = "by hand:"  # how a step that a person does begins (models.manual_steps)
_STYLES = {"good": "bold green", "attention": "bold yellow", "bad": "bold red", "neutral": "bold"}


def print_report(
    report: Report, console: Console, outcomes: pd.DataFrame | None = None, events: Iterable[Event] = ()
) -> None:
    """Headline, steps, reasons, loans, waits, events, what is left to do, and where the page with all of it is."""
    summary = digest(report, outcomes)
    _head(summary, console)
    several = f"{summary.noun}s"
    steps = ("sequence", several, "next step")
    _table(console, summary.back_title, steps if _with_steps(summary) else steps[:2], _sequences(summary))
    _table(
        console,
        summary.reasons_title,
        (several, "reason", "what it means, and what lifts it"),
        _reasons(summary.reasons),
    )
    if summary.rehearsal:
        _rehearsal(summary.rehearsal, console)
    _section(console, "Borrowed settings", map(_loan, summary.loans))
    _section(console, "Waits", (Text(f"{w.waits_for}: {w.length} ({w.when}), {w.ended}") for w in summary.waits))
    if summary.shows_plan:
        _section(console, summary.plan_title, map(Text, _plan(summary.plan)))
    _happened(story_lines(events, report.operation_id), console)
    _section(console, "What to do now", map(Text, summary.next))
    if not summary.next and summary.nothing_next:
        console.print()
        _say(console, summary.nothing_next)
    _foot(report, summary, console)


def _plan(lines: tuple[str, ...]) -> Iterable[str]:
    """The first lines, and each step that somebody has to do by hand: they have to know before they begin."""
    later = lines[_PLAN_LINES:]
    steps = [line for line in later if line.startswith(BY_HAND)]
    yield from (*lines[:_PLAN_LINES], *steps)
    if rest := len(later) - len(steps):
        yield f"and {rest} more, in the report"


def _head(summary: Digest, console: Console) -> None:
    console.print()
    _say(console, f"{summary.mode} in {summary.workspace}: {summary.mode_note}", "bold")
    _say(
        console,
        " ".join(filter(None, [summary.procedure, summary.subject])) + f", {summary.status}, took {summary.took}",
    )
    console.print()
    _say(console, summary.headline, _STYLES[summary.tone])
    if summary.found:
        _say(console, summary.found.removesuffix(".") + ".")


def _foot(report: Report, summary: Digest, console: Console) -> None:
    console.print()
    if report.contacts_removed_at is not None:
        _say(console, f"Contacts and files were removed on {in_utc(report.contacts_removed_at)}: the counts stay.")
    if "report" in report.files:
        # Not folded: a path in two pieces can neither be clicked nor copied.
        console.print(Text(f"Report: {dict(summary.files)['report']}"), soft_wrap=True)
    if "document" in report.files:
        console.print(Text(f"Document: {dict(summary.files)['document']}"), soft_wrap=True)
    if summary.operation_id:
        _say(console, f"Operation {summary.operation_id}")


def _with_steps(summary: Digest) -> bool:
    """Whether any step is known: of tasks, and of who is through, there is none."""
    return any(step for group in summary.sequences for step, _ in group.steps)


def _sequences(summary: Digest) -> Iterable[tuple[str, ...]]:
    groups, columns = summary.sequences, 3 if _with_steps(summary) else 2
    for row in _sequence_rows(groups):
        yield row[:columns]


def _sequence_rows(groups: tuple[SequenceGroup, ...]) -> Iterable[tuple[str, ...]]:
    for group in groups[:_ROWS]:
        steps = ", ".join(
            f"{number:,} at {f'step {step}' if step else 'a step not told'}" for step, number in group.steps
        )
        yield group.sequence, f"{group.contacts:,}", steps
    if rest := groups[_ROWS:]:
        yield (
            f"and {counted(len(rest), 'more sequence')}",
            f"{sum(group.contacts for group in rest):,}",
            "see the report",
        )


def _reasons(groups: tuple[ReasonGroup, ...]) -> Iterable[tuple[str, ...]]:
    for group in groups[:_ROWS]:
        yield (
            f"{group.contacts:,}",
            group.code or "none given",
            f"{capitalized(group.label)}. {group.lift}",
        )
    if rest := groups[_ROWS:]:
        yield "", f"and {counted(len(rest), 'more reason')}", "see the report"


def _rehearsal(rehearsal: RehearsalShown, console: Console) -> None:
    """What was rehearsed on the twin beside what then happened, and the contacts that differ."""
    columns = ("contacts are", "rehearsed", "outcome")
    _table(console, "Rehearsed on the twin, and what came of it", columns, rehearsal.counts)
    contacts = list(rehearsal.contacts[:_ROWS])
    if rest := rehearsal.differing - len(contacts):
        contacts.append((f"and {rest} more", "", "", "see report.json"))
    _table(console, "Not as rehearsed", ("email", "rehearsed", "outcome", "reasons"), contacts)
    if not rehearsal.differing:
        _say(console, "Everybody as rehearsed.")


def _table(console: Console, title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table under its title; nothing where there are no rows. Names are data, never markup."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column in ("contacts", "tasks") else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    if table.row_count:
        console.print()
        _say(console, title, "bold")  # as the table's own it would be folded to the width of the table
        console.print(table)


def _loan(loan: LoanInWords) -> Text:
    line = f"{loan.about}: was {loan.was}, set to {loan.set_to}, "
    if loan.returned:
        return Text(line + loan.state)
    return Text(line + f"now {loan.state.upper()}. {loan.remedy}", style="bold red")


def _happened(lines: Iterable[StoryLine], console: Console) -> None:
    """What happened, in order; a time is said once where several lines have it."""
    table = Table.grid(padding=(0, 1, 0, 0))
    before = ""
    for line in lines:
        table.add_row("  -", Text(line.when if line.when != before else "", no_wrap=True), Text(line.words))
        before = line.when
    if table.row_count:
        console.print()
        _say(console, "What happened", "bold")
        console.print(table)


def _section(console: Console, title: str, lines: Iterable[Text]) -> None:
    """Lines under a title, what is too long indented; nothing where there are none."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for line in lines:
        table.add_row("  -", line)
    if table.row_count:
        console.print()
        _say(console, title, "bold")
        console.print(table)


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(line, style=style))
