"""Where the contacts of a report are: by mailbox, with its owner, and by sequence."""

from dataclasses import dataclass

import pandas as pd

from models.report import Report
from reports.phrases import clean


@dataclass(frozen=True)
class Place:
    """The contacts of a sequence that go out from a mailbox: how many there are, and how many of each outcome.

    `owner` is empty where no look at the mailbox shows one.
    """

    mailbox: str
    owner: str
    sequence: str
    contacts: int
    outcomes: tuple[tuple[str, int], ...]


def places(frame: pd.DataFrame, report: Report) -> tuple[Place, ...]:
    """The places of the contacts in a tidy frame of outcomes, those with the most contacts first."""
    known = frame[(frame["mailbox"] != "") | (frame["sequence"] != "")]
    owners = {one.mailbox: one.owner or "nobody" for one in report.owners}
    counts: dict[tuple[str, str], dict[str, int]] = {}
    sizes = known.groupby(["mailbox", "sequence", "outcome"]).size().reset_index(name="contacts")
    for mailbox, sequence, outcome, number in sizes.itertuples(index=False, name=None):
        counts.setdefault((mailbox, sequence), {})[clean(outcome)] = int(number)
    found = [
        Place(
            mailbox=clean(mailbox),
            owner=clean(owners.get(mailbox, "")),
            sequence=clean(sequence),
            contacts=sum(by_outcome.values()),
            outcomes=tuple(sorted(by_outcome.items(), key=lambda item: (-item[1], item[0]))),
        )
        for (mailbox, sequence), by_outcome in counts.items()
    ]
    return tuple(sorted(found, key=lambda place: (-place.contacts, place.mailbox, place.sequence)))
