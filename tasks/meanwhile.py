"""Looking at contacts once more right before they are enrolled: what people did meanwhile is not undone."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from models.names_in_frames import one_each
from models.rules.meanwhile import left_as_they_are
from models.wording import counted
from tasks.made_before import how_it_ended, others_is
from tasks.narration import tell
from tasks.operation import Operation

MEANWHILE = "meanwhile"
"""What is in the detail of everybody who is left for this."""
A_SECOND = pd.Timedelta(seconds=1)  # platforms tell whole seconds, and what happened within that one the plan has seen
LEFT_THERE = f"began in another sequence {MEANWHILE}; left there"


def who_stays(operation: Operation, contacts: pd.DataFrame, target: str, takes_from: str | None = None) -> pd.DataFrame:
    """Who of these is not to be enrolled any more, by what has happened since the operation began.

    Columns `email, outcome, reasons, detail`, to be written down by `leave`; nothing is written here.
    """
    since = _since(operation)
    history = operation.platform.history(contacts[["email"]].assign(since=since).reset_index(drop=True))
    return _by_history(operation, contacts, target, takes_from, history)


def who_stays_of_audience(
    operation: Operation, chunks: Iterable[pd.DataFrame], audience: str, target: str, takes_from: str | None
) -> pd.DataFrame:
    """The same of contacts in chunks who are all in an audience, which is looked at once."""
    history = operation.platform.history_of_audience(audience, _since(operation).to_pydatetime())
    found = [chunk[chunk["email"].isin(history["email"])] for chunk in (chunks if len(history) else ())]
    if not any(len(chunk) for chunk in found):
        return pd.DataFrame(columns=["email"])
    return _by_history(operation, pd.concat(found, ignore_index=True), target, takes_from, history)


def _since(operation: Operation) -> pd.Timestamp:
    return pd.Timestamp(operation.row.started_at) + A_SECOND


def _by_history(
    operation: Operation, contacts: pd.DataFrame, target: str, takes_from: str | None, history: pd.DataFrame
) -> pd.DataFrame:
    wanted = contacts[["email"]].assign(sequence=target)
    found = left_as_they_are(wanted, history, _since(operation), takes_from)
    outcomes_of = [_outcome(enrollment, takes_from) for _, enrollment in found.iterrows()]
    rows = pd.DataFrame(outcomes_of, columns=["outcome", "reasons", "detail"], index=found.index, dtype=object)
    email = contacts.loc[found.index, "email"]
    return rows.assign(email=email, reasons=one_each(rows["reasons"]))[["email", "outcome", "reasons", "detail"]]


def _outcome(enrollment: "pd.Series[Any]", takes_from: str | None) -> tuple[str, str, str]:
    match enrollment["what"]:
        case "answered":
            detail = f"answered {MEANWHILE} in '{enrollment['sequence']}'; left alone, it {how_it_ended(enrollment)}"
            return "blocked", str(enrollment["end"]), detail
        case "elsewhere":
            return "blocked", "already_enrolled", LEFT_THERE
        case "paused":
            detail = f"was paused in '{takes_from}' {MEANWHILE}; left there: move it again, and it goes on paused"
            return "unchanged", "", detail
        case "left":
            return "unchanged", "", f"left '{takes_from}' {MEANWHILE}; left alone, it {how_it_ended(enrollment)}"
    return "unchanged", "", f"{MEANWHILE} {others_is(enrollment)}"


def leave(operation: Operation, staying: pd.DataFrame) -> None:
    """Write down the contacts that `who_stays` gave."""
    if len(staying):
        tell(f"{counted(len(staying), 'contact is', 'contacts are')} left as they are, by what happened {MEANWHILE}")
        operation.outcomes.record(staying)


def without_who_stays(operation: Operation, contacts: pd.DataFrame, target: str) -> pd.DataFrame:
    """The contacts who are to be enrolled still; the others are written down."""
    if contacts.empty:
        return contacts
    staying = who_stays(operation, contacts, target)
    leave(operation, staying)
    return contacts.drop(staying.index)
