"""A report as Markdown, for an artifact in Prefect."""

import re
from collections.abc import Iterable

from models.report import Report
from reports.digest import Digest, digest

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$>-])")


def as_markdown(report: Report) -> str:
    """Headline, counts, reasons, loans, waits, and what is left to do. Names are text: none of them is markup."""
    told = digest(report)
    parts = [
        f"# {plain(told.headline)}",
        f"**{plain(told.mode)} in the workspace {plain(told.workspace)}: {plain(told.mode_note)}.**",
        f"{plain(told.procedure)} {plain(told.subject)}, {plain(told.status)}; began {told.started}, took {told.took}.",
        *_next(told),
        _table("Contacts", ("outcome", "contacts"), _counts(told)),
        _table(told.reasons_title, ("contacts", "reason", "means", "what lifts it"), (
            (f"{group.contacts:,}", group.code, group.why, group.lift) for group in told.reasons
        )),
        _table("Borrowed settings", ("setting", "was", "set to", "state"), (
            (loan.setting, loan.was, loan.set_to, loan.state if loan.returned else f"NOT RETURNED: {loan.state}")
            for loan in told.loans
        )),
        _table("Waits", ("for", "from – until", "how long", "ended"), (
            (wait.waits_for, wait.when, wait.length, wait.ended) for wait in told.waits
        )),
        _list(told.plan_title, told.plan) if told.dry_run else "",
        f"The whole report: {plain(report.files['report'])}" if "report" in report.files else "",
    ]  # fmt: skip
    return "\n\n".join(filter(None, parts)) + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def _counts(told: Digest) -> Iterable[tuple[str, ...]]:
    yield "considered", f"{told.considered:,}"
    for figure in told.figures:
        yield figure.label, f"{figure.number:,}"


def _next(told: Digest) -> tuple[str, ...]:
    if told.next:
        return (_list("What to do now", told.next),)
    return (plain(told.nothing_next),)


def _list(title: str, lines: Iterable[str]) -> str:
    items = "\n".join(f"- {plain(line)}" for line in lines)
    return f"## {plain(title)}\n\n{items}" if items else ""


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table under a heading; nothing where there are no rows."""
    body = [f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows]
    head = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    return "\n".join([f"## {title}", "", *head, *body]) if body else ""
