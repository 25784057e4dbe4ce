"""What was rehearsed on the twin beside what then happened, in words."""

from dataclasses import dataclass

from models.report import Rehearsal
from reports.phrases import clean


@dataclass(frozen=True)
class RehearsalShown:
    """What was rehearsed on the twin and what came of it: by outcome, and the contacts that differ (email, rehearsed,
    outcome, reasons), of which there are `differing`."""

    operation_id: str
    counts: tuple[tuple[str, str, str], ...]
    contacts: tuple[tuple[str, str, str, str], ...]
    differing: int


def rehearsal_shown(rehearsal: Rehearsal | None) -> RehearsalShown | None:
    """None where nothing was rehearsed."""
    if rehearsal is None:
        return None
    counts = tuple((name, f"{one['rehearsed']:,}", f"{one['outcome']:,}") for name, one in rehearsal.counts.items())
    contacts = tuple(
        (clean(one.email), one.rehearsed or "not there", one.outcome or "not there", clean(one.reasons))
        for one in rehearsal.contacts
    )
    return RehearsalShown(clean(rehearsal.operation_id), counts, contacts, rehearsal.differing)
