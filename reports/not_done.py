"""The contacts that were not done, for a table in Prefect."""

from models.outcomes import NOT_DONE
from reports.digest import Digest
from reports.explanations import meaning_of

ROWS = 200


def not_done(told: Digest) -> list[dict[str, str]]:
    """At most ROWS contacts with what kept them out; a row each, its cells as text. Empty where everybody was done."""
    rows = [row for row in told.contacts.rows if row[1] in NOT_DONE][:ROWS]
    return [
        {
            "contact": email, "outcome": outcome, "reasons": reasons.replace(";", ", "), "means": _means(reasons),
            "sequence": sequence, "mailbox": mailbox, "detail": detail,
        } for email, outcome, reasons, sequence, mailbox, _, detail in rows
    ]  # fmt: skip


def how_many(told: Digest) -> int:
    """How many contacts were not done, all of them counted."""
    return sum(figure.number for figure in told.figures if figure.name in NOT_DONE and figure.name != "rejected")


def _means(reasons: str) -> str:
    return "; ".join(meaning_of(code).label for code in reasons.split(";") if code)
