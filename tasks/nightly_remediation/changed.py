"""Mailboxes whose owner changed: what of it is to be remediated, and what the policy leaves to a person."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from journal import counted, operations, snapshots
from models.night_plan import LeftOver, NightJob
from models.night_policy import NightPolicy
from models.operation_end import came_to_its_end
from models.tables.journal import OperationRow
from models.tables.owners import OwnerSnapshotRow
from tasks.operation import Operation
from tasks.ownership_change.cancellations import Cancellations
from tasks.ownership_change.observing import find_contacts
from tasks.ownership_change.request import OwnershipChangeRequest

NAMED = {"contacts", "contacts_csv"}
"""Parameters with which an ownership change is about some contacts only, whichever sequences they were in."""
LEFT_OUT = "the policy leaves {} out"


def changed(
    operation: Operation, policy: NightPolicy, busy: set[str], cut_short: dict[str, str]
) -> tuple[list[NightJob], list[LeftOver]]:
    """What to start and what is left, for each mailbox with another owner than at the last look under somebody else.

    Whatever was put back since is neither. A `busy` mailbox has a run under way, and nothing is started for it; where
    that one was `cut_short` (mailboxes with their operations), its contacts are left to a person.
    """
    jobs, left = list[NightJob](), list[LeftOver]()
    for mailbox, owner in operation.platform.mailboxes()[["mailbox", "owner"]].itertuples(index=False):
        change = snapshots.last_change(operation.journal, operation.row.workspace, mailbox, owner, operation.now())
        done = remediated(operation, mailbox, change[0]) if change else None
        if change is None or done is None:
            continue
        before, _ = change
        left += _left(operation, policy, mailbox, done, cut_short.get(mailbox))
        if mailbox not in busy and policy.allows_mailbox(mailbox):
            jobs += _job(operation, policy, before, owner, done)
    return jobs, left


def remediated(operation: Operation, mailbox: str, before: OwnerSnapshotRow) -> set[str] | None:
    """The sequences whose contacts were put back since the change; None where all of the mailbox was.

    A run counts if it ended with everybody back that it meant to put back.
    """
    done = set[str]()
    for row in operations.of_subject(operation.journal, operation.row.workspace, "ownership-change", mailbox):
        if _came_before(row, before) or not _ended_well(operation, row):
            continue
        given = row.parameters or {}
        if NAMED & set(given):
            continue
        only = [*given.get("sequences", ()), *filter(None, [given.get("sequence")])]
        if not only:
            return None
        done |= {str(name).casefold() for name in only}
    return {name for name in operation.platform.sequences()["sequence"] if name.casefold() in done}


def _came_before(row: OperationRow, look: OwnerSnapshotRow) -> bool:
    """Whether an operation began before a look, by our time: a workspace's clock may stand still between the two."""
    if look.recorded_at is None:  # a look of an earlier release
        return row.started_at < look.taken_at
    return row.recorded_at < look.recorded_at


def _ended_well(operation: Operation, row: OperationRow) -> bool:
    return came_to_its_end(row) and counted.came_as_forecast(operation.journal, row.id)


def _job(
    operation: Operation, policy: NightPolicy, before: OwnerSnapshotRow, owner: str | None, done: set[str]
) -> Iterator[NightJob]:
    """The job for all of a mailbox, or for those sequences that the policy allows and nobody remediated."""
    if Cancellations(operation, before.mailbox, before.taken_at).ends["ended_at"].lt(before.taken_at).all():
        return  # nobody was cancelled since
    number, only = before.running, tuple[str, ...]()
    if policy.sequences is not None or done:
        open_ones = [name for name in operation.platform.sequences()["sequence"] if name not in done]
        wanted = [name for name in open_ones if policy.allows(before.mailbox, name)]
        fallen = fell_out_of(operation, before.mailbox, wanted)
        number, only = sum(fallen.values()), tuple(sorted(fallen))
        if not fallen:
            return
    why = policy.why_planned("ownership-change", number)
    yield NightJob(
        key=f"changed:{before.mailbox}:{before.id}",
        mailbox=before.mailbox,
        sequences=only,
        live=not why,
        why=why,
        told=f"its owner was {before.owner or 'nobody'} and is {owner or 'nobody'}; {before.running} ran from it",
    )


def _left(
    operation: Operation, policy: NightPolicy, mailbox: str, done: set[str], cut_short: str | None
) -> Iterator[LeftOver]:
    names = [name for name in operation.platform.sequences()["sequence"] if name not in done]
    if cut_short is None:
        names = [name for name in names if not policy.allows(mailbox, name)]
    what = "this sequence" if policy.allows_mailbox(mailbox) else "this mailbox"
    why, how = LEFT_OUT.format(what), ""
    if cut_short is not None:
        why, how = f"operation {cut_short} was cut short", f"`handoff resume {cut_short}` goes on with it"
    for sequence, number in sorted(fell_out_of(operation, mailbox, names).items()):
        yield LeftOver(mailbox=mailbox, sequence=sequence, contacts=number, why=why, how=how)


def fell_out_of(operation: Operation, mailbox: str, sequences: list[str]) -> dict[str, int]:
    """How many fell out of each of these sequences when the mailbox's owner changed, and are not back."""
    found = Counter[str]()
    for contacts in still_out(operation, mailbox, sequences):
        found.update(contacts["sequence"])
    return dict(found)


def still_out(operation: Operation, mailbox: str, sequences: list[str]) -> Iterator[pd.DataFrame]:
    """Whom an ownership change of these sequences would find, without those who were enrolled anywhere since.

    Columns `email, sequence, mailbox`, in chunks.
    """
    if not sequences:
        return
    request = OwnershipChangeRequest(mailbox=mailbox, sequences=sequences).check(operation.platform)
    for contacts in find_contacts(operation, request).contacts:
        last = operation.platform.last_enrollments(contacts["email"].tolist(), None).set_index("email")["ended_at"]
        same = contacts["fell_at"].eq(contacts["email"].map(last))
        yield contacts.loc[same, ["email", "sequence"]].assign(mailbox=mailbox).reset_index(drop=True)
