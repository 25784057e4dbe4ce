"""Contacts whose outcome was not the forecast, those alike together."""

from collections import defaultdict
from dataclasses import dataclass

from models.report import Difference
from reports.outcome_groups import EXAMPLES
from reports.phrases import clean


@dataclass(frozen=True)
class DifferenceGroup:
    """Contacts that were forecast alike and turned out alike."""

    contacts: int
    forecast: str
    outcome: str
    reasons: str
    examples: tuple[str, ...]


def alike(differences: tuple[Difference, ...]) -> tuple[DifferenceGroup, ...]:
    """Those with the same forecast, outcome and reasons together; the largest group first."""
    together: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for contact in differences:
        together[contact.forecast, contact.outcome, contact.reasons].append(contact.email)
    groups = [
        DifferenceGroup(
            len(emails),
            clean(forecast),
            clean(outcome),
            clean(reasons.replace(";", ", ")),
            tuple(map(clean, emails[:EXAMPLES])),
        )
        for (forecast, outcome, reasons), emails in together.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.contacts))
