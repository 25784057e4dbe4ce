"""The contacts that were not done, for a table in Prefect."""

from models.names import Names
from models.outcomes import NOT_DONE
from models.reasons import reason_of
from reports.digest import Digest
from reports.phrases import clean

ROWS = 200


def not_done(summary: Digest) -> list[dict[str, str]]:
    """At most ROWS contacts with what kept them out; a row each, its cells as text. Empty where everybody was done."""
    table = zip(summary.contacts.rows, summary.contacts.reasons, strict=True)
    rows = [(row, reasons) for row, reasons in table if row[1] in NOT_DONE][:ROWS]
    return [
        {
            "contact": email,
            "outcome": outcome,
            "reasons": reason_names,
            "means": _means(reasons),
            "sequence": sequence,
            "mailbox": mailbox,
            "detail": detail,
        }
        for (email, outcome, reason_names, sequence, mailbox, _, detail), reasons in rows
    ]


def how_many(summary: Digest) -> int:
    """How many contacts were not done, all of them counted."""
    return sum(figure.number for figure in summary.figures if figure.name in NOT_DONE and figure.name != "rejected")


def _means(reasons: Names) -> str:
    return "; ".join(reason_of(clean(code)).label for code in reasons.each)
