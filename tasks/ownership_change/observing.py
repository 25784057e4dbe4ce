"""Looking: who fell out of sequences, who was named by a user, and what the rules need to know of them.

Nothing here is cached: the workspace may have changed since the last look.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from inputs.contacts_csv import ContactsFile
from journal import snapshots
from models.rules.fallout import ChangeMoment, fell_out
from models.wording import counted
from platforms.port.people import FACT_COLUMNS
from tasks.exclusion_rerun.declined import facts_for_enrolling
from tasks.operation import Operation
from tasks.ownership_change.cancellations import Cancellations
from tasks.ownership_change.request import OwnershipChange

CHUNK = 50_000
FALLEN_COLUMNS = ["email", "sequence", "play", "fell_at", "certain", "evidence", "alone", "paused", "paused_until"]


@dataclass(frozen=True)
class Found:
    """Contacts to judge: `contacts` in chunks, columns `email, sequence` (target, may be missing), `play`,
    `fell_at` (when they fell out, or NaT), `certain` (bool), `evidence`, and of who fell out perhaps `alone, paused,
    paused_until` and facts as `Platform.cancelled` tells them; how they were found, in a sentence; and about
    how many they are at most."""

    contacts: Iterator[pd.DataFrame]
    how: str
    changed_at: datetime | None
    total: int = 0


def find_contacts(operation: Operation, request: OwnershipChange) -> Found:
    """The contacts that an ownership change is about: named by the user, or found."""
    if request.named is not None:
        named = request.named
        how = f"{counted(len(named.contacts), 'contact')} {named.named_by_user}"
        return Found(_named(operation, request), how, request.change_time, len(named.contacts))
    before, after = snapshots.last_change(
        operation.journal, operation.row.workspace, request.mailbox, request.owner, operation.now()
    ) or (None, None)
    since = before.taken_at if before and request.change_time is None else None
    cancellations = Cancellations(operation, request.mailbox, since)
    moment = cancellations.moment(before, after, request.change_time)
    if moment is None:
        return Found(iter(()), f"no enrollment from {request.mailbox} was cancelled", None)
    recorded = snapshots.recorded(operation.journal, before.id or 0) if before else set()
    fallen = _fallen(cancellations, request, moment, recorded)
    return Found(fallen, _how(request, moment, before is not None), moment.at, moment.enrollments)


def _how(request: OwnershipChange, moment: ChangeMoment, recorded: bool) -> str:
    known = (
        "A snapshot from before the change tells who was running."
        if recorded
        else "Nothing was recorded before the change: they are candidates by the time at which they were cancelled."
    )
    return f"{request.mailbox} changed its owner about {moment}. {known}"


def _fallen(
    cancellations: Cancellations, request: OwnershipChange, moment: ChangeMoment, recorded: set[str]
) -> Iterator[pd.DataFrame]:
    for cancelled in cancellations.people():
        found = fell_out(cancelled, moment, recorded).rename(columns={"ended_at": "fell_at"})
        if only := request.only_sequences or (request.sequence and (request.sequence,)):
            found = found[found["sequence"].isin(only)]
        if len(found):
            beside = [name for name in FACT_COLUMNS if name in found and name not in FALLEN_COLUMNS]
            yield found.reindex(columns=[*FALLEN_COLUMNS, *beside]).reset_index(drop=True)


def _named(operation: Operation, request: OwnershipChange) -> Iterator[pd.DataFrame]:
    """Contacts named by the user: each goes back to the sequence they last fell out of from the mailbox, else to the
    one they last were in, or to that of the request."""
    emails = request.named.contacts["email"].tolist() if request.named else []
    for start in range(0, len(emails), CHUNK):
        chunk = pd.DataFrame({"email": emails[start : start + CHUNK]})
        last = _last_fallen(operation, request, chunk)
        found = chunk.merge(last[["email", "sequence", "play", "ended_at"]], on="email", how="left")
        if request.sequence:
            found["sequence"] = request.sequence
        found = found.rename(columns={"ended_at": "fell_at"})
        yield found.assign(certain=True, evidence="named by the user")


def _last_fallen(operation: Operation, request: OwnershipChange, named: pd.DataFrame) -> pd.DataFrame:
    """The enrollment of each that was cancelled last on the mailbox, else that runs or ended last; in the sequence
    of the request, if any. Columns `email, sequence, play, ended_at`."""
    ever = named.assign(since=pd.Series(pd.NaT, index=named.index, dtype="datetime64[ns, UTC]"))
    found = operation.platform.history(ever)
    if request.sequence:
        found = found[found["sequence"].eq(request.sequence)]
    fell = found["mailbox"].eq(request.mailbox) & found["end"].eq("canceled")
    runs = found["ended_at"].isna()
    # Whoever runs stays, with that as the outcome; of the others a fall from this mailbox counts before all else.
    found = found.assign(rank=runs.astype(int) * 2 + fell.astype(int)).sort_values(["rank", "ended_at"], kind="stable")
    return found.drop_duplicates("email", keep="last")[["email", "sequence", "play", "ended_at"]]


def facts_of(
    operation: Operation, contacts: pd.DataFrame, targets: dict[str, str], file: ContactsFile | None
) -> pd.DataFrame:
    """The facts of contacts for the sequences meant for them, in their order (`targets`: duplicates that exist);
    `file` is the user's."""
    if set(FACT_COLUMNS) <= set(contacts) and all(targets.get(name) == name for name in contacts["sequence"].unique()):
        return facts_for_enrolling(operation, contacts[["email", "sequence"]], file, contacts[FACT_COLUMNS])
    wanted = contacts[["email"]].assign(sequence=contacts["sequence"].replace(targets).astype(object))
    aimed, astray = wanted[wanted["sequence"].notna()], wanted[wanted["sequence"].isna()]
    facts = facts_for_enrolling(operation, aimed.reset_index(drop=True), file)
    if astray.empty:
        return facts
    known = _known(operation, astray["email"].tolist())
    return wanted.merge(facts, on=["email", "sequence"], how="left").assign(
        known=lambda out: out["known"].eq(True) | out["email"].isin(known)
    )


def _known(operation: Operation, emails: list[str]) -> list[str]:
    """Those without a sequence that the workspace knows: facts of any sequence show it."""
    if not emails:
        return []
    sequences = operation.platform.sequences()["sequence"]
    if sequences.empty:
        return emails
    facts = operation.platform.facts(pd.DataFrame({"email": emails, "sequence": sequences.iloc[0]}))
    return list(facts.loc[facts["known"], "email"])
