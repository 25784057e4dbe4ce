"""What an earlier try of a step had made before its process died: found by history, and written down as ours.

Each step writes its intent down with the platform's time before it enrolls anybody. Whoever comes back to it asks what
has happened since then (`models/rules/ours.py`), not who runs now: what was made may have ended meanwhile.
"""

from datetime import datetime
from typing import Any

import pandas as pd

from models.names import NONE
from models.rules.ours import what_came_of
from models.wording import in_utc
from tasks.operation import Operation

ENDS = {
    "replied": "the contact replied",
    "bounced": "the email bounced",
    "opted_out": "the contact opted out",
    "excluded": "an exclusion took the contact out",
    "completed": "it was finished",
    "canceled": "cancelled, the platform does not tell why",
}
KNOWN = ("ours", "others")


def came_of(
    operation: Operation,
    contacts: pd.DataFrame,
    since: datetime,
    *,
    sequence: str,
    play: str | None = None,
    leaves: str | None = None,
    mailboxes: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """What came of enrolling these contacts (columns `email, mailbox`) into a sequence since an intent was written
    down; columns as `what_came_of` gives them, with the index of `contacts`.

    They send from the `mailboxes` given, else each from its own; a play's copy chooses: then any mailbox is right.
    """
    of_each = [(mailbox,) if isinstance(mailbox, str) else () for mailbox in contacts["mailbox"]]
    meant = of_each if mailboxes is None else [mailboxes] * len(contacts)
    intended = contacts[["email"]].assign(
        sequence=sequence,
        play=play,
        since=pd.Timestamp(since),
        leaves=leaves,
        mailboxes=pd.Series([()] * len(contacts) if play else meant, index=contacts.index, dtype=object),
    )
    return what_came_of(operation.platform.history(intended[["email", "since"]].reset_index(drop=True)), intended)


def note_known(
    operation: Operation, contacts: pd.DataFrame, came: pd.DataFrame, outcome: str = "enrolled"
) -> pd.DataFrame:
    """Write down whose enrollment is ours, with its end, and who began elsewhere meanwhile; give the other contacts.

    Who began by somebody else's doing is `unchanged`: nobody is taken from there, or enrolled a second time.
    """
    known = came["came"].isin(KNOWN)
    found = came[known]
    ours = found["came"].eq("ours")
    operation.outcomes.record(
        pd.DataFrame(
            {
                "email": contacts.loc[known, "email"],
                "reasons": NONE,
                "outcome": ours.map({True: outcome, False: "unchanged"}),
                "mailbox": found["mailbox"].where(ours, contacts.loc[known, "mailbox"]),
                "step": (found["steps_done"].astype("Int64") + 1).where(ours).astype(object),
                "detail": [ours_is(one) if one["came"] == "ours" else others_is(one) for _, one in found.iterrows()],
            }
        )
    )
    return contacts[~known]


def ours_is(enrollment: "pd.Series[Any]") -> str:
    """What is to be said of an enrollment that is ours: where it goes on, or how it ended."""
    if pd.isna(enrollment["ended_at"]):
        return f"resumes at step {enrollment['steps_done'] + 1}"
    return f"was enrolled, and {how_it_ended(enrollment)}"


def others_is(enrollment: "pd.Series[Any]") -> str:
    """The notice for somebody who began by another's doing while the run was cut short."""
    began = enrollment["started_at"]
    at = f" at {in_utc(began)}" if not pd.isna(began) else ""
    still = "runs there" if pd.isna(enrollment["ended_at"]) else how_it_ended(enrollment)
    return f"began in '{enrollment['sequence']}'{at} from {enrollment['mailbox']}, not by this run: left alone; {still}"


def how_it_ended(enrollment: "pd.Series[Any]") -> str:
    """When and how an enrollment that has ended did so."""
    return f"ended {in_utc(enrollment['ended_at'])}: {ENDS.get(str(enrollment['end']), enrollment['end'])}"
