"""Procedures that change nothing: their reports are worded otherwise than those that do."""

from collections.abc import Callable
from dataclasses import dataclass

from models.report import Report
from reports.phrases import counted


@dataclass(frozen=True)
class OwnWords:
    """What a procedure's report says otherwise: its headline, what outcomes are called, the titles of its parts.

    `main` is the outcome whose contacts are shown by sequence; `live_note` and `dry_next` stand for what other reports
    say of a live run and at the end of a dry one.
    """

    main: str
    headline: Callable[[Report], str]
    labels: dict[str, str]
    main_title: str
    reasons_title: str
    plan_title: str
    live_note: str
    dry_next: str


def _handover(report: Report) -> str:
    counts = report.counts
    if not counts.get("considered"):
        return "Nobody would fall out."
    queued = counts.get("manual", 0)
    parts = (
        (queued, f"{'is' if queued == 1 else 'are'} queued and can be moved first"),
        (counts.get("unchanged", 0), "can be put back afterwards"),
        (counts.get("blocked", 0), "cannot"),
    )
    listed = ", ".join(f"{number:,} {words}" for number, words in parts if number)
    return f"{counted(counts['considered'], 'contact')} would fall out: {listed}."


OWN = {
    "handover-plan": OwnWords(
        main="unchanged",
        headline=_handover,
        labels={"manual": "can be moved first", "unchanged": "can be put back", "blocked": "cannot be put back"},
        main_title="Who would fall out and can be put back, by next step",
        reasons_title="Who can be moved first, and who cannot be put back",
        plan_title="What to do, in this order",
        live_note="nothing was changed; who runs was written down",
        dry_next="Read the document. A live run changes nothing either: besides, it writes down who runs, so that"
        " ownership-change knows for certain who fell out.",
    )
}
