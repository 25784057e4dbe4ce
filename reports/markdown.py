"""A report as Markdown, for an artifact in Prefect."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from models.outcomes import NOT_DONE
from models.report import Report
from models.wording import capitalized, counted
from reports.digest import Digest, digest
from reports.web_addresses import WebAddresses, plain

__all__ = ["as_markdown", "lay_out", "plain"]

MOST = 50  # lines of a list, rows of a table: an artifact is to be read, the files have everything
LONGEST = 500  # characters of a line


def as_markdown(report: Report, outcomes: pd.DataFrame | None = None, web: WebAddresses | None = None) -> str:
    """Headline, counts, what to do, reasons, some contacts, loans, waits, plan and files. No name in it is markup.

    `outcomes` has the columns of outcomes.csv.
    """
    return lay_out(digest(report, outcomes), web)


def lay_out(summary: Digest, web: WebAddresses | None = None) -> str:
    """The same for a report whose digest is there already."""
    web = web or WebAddresses()
    parts = [
        f"# {plain(summary.headline)}",
        f"**{plain(summary.mode)} in the workspace {plain(summary.workspace)}: {plain(summary.mode_note)}.**",
        f"{plain(f'{summary.procedure} {summary.subject}'.strip())}, {plain(summary.status)}; began {summary.started},"
        f" took {summary.took}.",
        plain(f"{capitalized(summary.found).rstrip('.')}.") if summary.found else "",
        _list("What to do now", summary.next, web) or plain(summary.nothing_next),
        _table(f"{summary.noun}s".capitalize(), ("outcome", f"{summary.noun}s"), _counts(summary)),
        _table(
            summary.reasons_title,
            (f"{summary.noun}s", "reason", "means", "what lifts it"),
            ((f"{group.contacts:,}", group.code, group.why, group.lift) for group in summary.reasons),
        ),
        _table(*_contacts(summary)),
        _table(
            "Borrowed settings",
            ("setting", "was", "set to", "state"),
            (
                (loan.about, loan.was, loan.set_to, loan.state if loan.returned else f"NOT RETURNED: {loan.state}")
                for loan in summary.loans
            ),
        ),
        _table(
            "Waits",
            ("for", "from – until", "how long", "ended"),
            ((wait.waits_for, wait.when, wait.length, wait.ended) for wait in summary.waits),
        ),
        _list("Who agreed", summary.answers, web),
        _list(summary.plan_title, summary.plan, web),
        _files(summary, web),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _counts(summary: Digest) -> Iterable[tuple[str, ...]]:
    yield "considered", f"{summary.considered:,}"
    for figure in summary.figures:
        yield figure.label, f"{figure.number:,}"


def _contacts(summary: Digest) -> tuple[str, tuple[str, ...], Iterator[tuple[str, ...]]]:
    """At most MOST contacts, those that were not done first."""
    ranks = {name: at for at, name in enumerate(NOT_DONE)}
    chosen = sorted(summary.contacts.rows, key=lambda row: ranks.get(row[1], len(ranks)))[:MOST]
    title = (
        f"{len(chosen)} of {counted(summary.contacts.of, summary.noun)}"
        if summary.contacts.of > len(chosen)
        else "Who, and why"
    )
    rows = ((email, outcome, reasons, sequence, detail) for email, outcome, reasons, sequence, _, _, detail in chosen)
    return title, ("contact", "outcome", "reasons", "sequence", "detail"), rows


def _files(summary: Digest, web: WebAddresses) -> str:
    """Links to the report and the CSVs where they are served; else where they are."""
    links = [
        f"- [{plain(Path(path).name)}]({address})"
        for _, path in sorted(summary.files, key=lambda file: file[0] != "report")
        if (address := web.file(summary.operation_id, path))
    ]
    if links:
        return "\n".join(["## Files", "", *links])
    report = dict(summary.files).get("report")
    return f"The whole report: {plain(report)}" if report else ""


def _list(title: str, lines: tuple[str, ...], web: WebAddresses) -> str:
    items = [f"- {web.linked(_cut(line))}" for line in lines[:MOST]]
    if more := len(lines) - len(items):
        items.append(f"- … and {more:,} more: see the report")
    return "\n".join([f"## {plain(title)}", "", *items]) if items else ""


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table under a heading; nothing where there are no rows."""
    body = [f"| {' | '.join(plain(_cut(cell)) for cell in row)} |" for row in rows]
    more = [f"\n… and {len(body) - MOST:,} more: see the report"] if len(body) > MOST else []
    head = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    return "\n".join([f"## {title}", "", *head, *body[:MOST], *more]) if body else ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
