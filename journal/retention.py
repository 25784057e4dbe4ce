"""Which operations' contacts and files were kept long enough, and their removal (docs/decisions/0061).

What a later night, run or undo could still read stays, however old it is:

- operations that have not ended, failed or were cancelled, and those that a loan hangs on which is out;
- those that ended after the last look at mailboxes, or after somebody who departed unaccounted for was last seen;
- those of which an undo could take something back: somebody whom it enrolled runs there at the last look, or it handed
  tasks over and was not undone;
- and of every operation the contacts that its enrollment was ended of, so that nobody takes them for fallen out, and
  those whose waiting period alone kept them out: a night tries them again.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Delete, and_, delete, exists, false, func, not_, or_, select, text
from sqlmodel import SQLModel, col

from journal import counted
from journal.database import Journal
from journal.loans import OUT
from journal.operations import ENDED
from journal.outcome_rows import TABLE
from journal.rehearsals import rehearsal_of
from models.operation_end import TO_THE_END
from models.outcomes import DONE, ENDING, GATHERING, TAKEN_OUT
from models.tables.journal import WAITING, LoanHolderRow, LoanRow, OperationRow
from models.tables.owners import DepartedRow, OwnerSnapshotRow, SnapshotEnrollmentRow
from models.tables.removed import RemovedContactsRow

OPERATION, RUNNING, LOOK = (
    SQLModel.metadata.tables[str(row.__tablename__)] for row in (OperationRow, SnapshotEnrollmentRow, OwnerSnapshotRow)
)
CHANGED = (*DONE, "failed")  # who failed may run all the same
NOT_UNDONE = (*GATHERING, "enrollment-diagnosis", "calibrate")
"""The procedures of whose contacts an undo takes nothing back: its parts are undone, or it changed nobody."""
BY_LOOKS = ("ownership-change", "exclusion-rerun", "enroll-contacts")
"""The procedures that only enroll: what they did can be taken back as long as somebody runs where they put them."""


def kept_long_enough(journal: Journal, before: datetime, limit: int) -> list[OperationRow]:
    """The operations that ended before an instant (our time), whose contacts are not removed yet and not needed any
    more; the first ones first, so many at most."""
    operation = OperationRow
    ended = func.coalesce(col(operation.recorded_end_at), col(operation.recorded_at))
    query = (
        select(operation)
        .where(
            ended < before,
            ENDED,
            col(operation.status).in_(TO_THE_END),
            ~exists().where(col(RemovedContactsRow.operation_id) == col(operation.id)),
            ~_hangs_on_a_loan(),
            ~_under_way_about_it(),
            or_(
                col(operation.mode) != "live", and_(_before_the_last_look(), ~_may_be_asked_about(), ~_can_be_undone())
            ),
        )
        .order_by(ended, col(operation.id))
        .limit(limit)
    )
    with journal.session() as session:
        return list(session.execute(query).scalars())


def _hangs_on_a_loan() -> ColumnElement[bool]:
    """Whether it took or joined a loan that is out, whoever holds it now."""
    return exists().where(
        col(LoanHolderRow.operation_id) == OPERATION.c.id,
        col(LoanRow.id) == col(LoanHolderRow.loan_id),
        col(LoanRow.state).in_(OUT),
    )


def _under_way_about_it() -> ColumnElement[bool]:
    """Whether an undo of it, the whole of which it is a part, or a part of it is under way."""
    other = OPERATION.alias()
    undo = and_(other.c.procedure == "undo", other.c.subject == OPERATION.c.id)
    whole, part = other.c.id == OPERATION.c.started_by, other.c.started_by == OPERATION.c.id
    return exists().where(other.c.ended_at.is_(None), or_(undo, whole, part))


def _before_the_last_look() -> ColumnElement[bool]:
    """Whether somebody looked at the workspace's mailboxes since: the next look asks for operations since the last."""
    return exists().where(
        col(OwnerSnapshotRow.workspace) == OPERATION.c.workspace,
        col(OwnerSnapshotRow.complete),
        col(OwnerSnapshotRow.taken_at) > OPERATION.c.ended_at,
    )


def _may_be_asked_about() -> ColumnElement[bool]:
    """Whether somebody departed who was seen to run before it ended, and is not accounted for yet."""
    return exists().where(
        col(DepartedRow.workspace) == OPERATION.c.workspace, col(DepartedRow.seen_at) <= OPERATION.c.ended_at
    )


def _can_be_undone() -> ColumnElement[bool]:
    """Whether an undo could take something back that the removal would take the record of."""
    undo = OPERATION.alias()
    was_undone = exists().where(
        undo.c.procedure == "undo",
        undo.c.subject == OPERATION.c.id,
        undo.c.mode == "live",
        undo.c.status.in_(TO_THE_END),
        undo.c.ended_at.is_not(None),
    )
    changed = and_(TABLE.c.operation_id == OPERATION.c.id, TABLE.c.outcome.in_(CHANGED))
    runs = exists().where(
        changed, RUNNING.c.email == TABLE.c.email, RUNNING.c.snapshot_id == LOOK.c.id, _is_last_look()
    )
    other = and_(OPERATION.c.procedure.not_in((*BY_LOOKS, *ENDING, *NOT_UNDONE)), exists().where(changed))
    return and_(~was_undone, or_(and_(OPERATION.c.procedure.in_(BY_LOOKS), runs), other))


def _is_last_look() -> ColumnElement[bool]:
    """Whether a look is the last one at a mailbox of the operation's workspace."""
    later = LOOK.alias()
    same = and_(later.c.workspace == LOOK.c.workspace, later.c.mailbox == LOOK.c.mailbox, later.c.complete)
    return and_(
        LOOK.c.workspace == OPERATION.c.workspace, LOOK.c.complete, ~exists().where(same, later.c.id > LOOK.c.id)
    )


def remove(journal: Journal, operation: OperationRow, now: datetime) -> int:
    """Remove the contacts of an operation that nobody needs, and keep what is counted of all of them; give how many
    were removed. Repeated: nothing."""
    kept = _kept(journal, operation, now)
    with journal.session() as session:
        if session.get(RemovedContactsRow, operation.id) is not None:
            return 0
        kept.removed = session.execute(_removal(operation)).rowcount  # type: ignore[attr-defined]  # a DELETE's has it
        session.add(kept)
        return kept.removed


def _kept(journal: Journal, operation: OperationRow, now: datetime) -> RemovedContactsRow:
    rehearsal = rehearsal_of(journal, operation)
    return RemovedContactsRow(
        operation_id=operation.id,
        removed_at=now,
        forecasts=counted.counts(journal, operation.id, "forecast"),
        outcomes=counted.counts(journal, operation.id, "outcome"),
        reasons=counted.reasons(journal, operation),
        verdicts=counted.verdicts(journal, operation.id),
        as_forecast=counted.came_as_forecast(journal, operation.id),
        mailboxes=sorted(counted.mailboxes(journal, operation.id)),
        rehearsal=rehearsal.model_copy(update={"contacts": ()}).model_dump(mode="json") if rehearsal else None,
    )


def _removal(operation: OperationRow) -> Delete:
    """The removal of all contacts of a dry run; of a live one without those who were taken out, or wait."""
    statement = delete(TABLE).where(TABLE.c.operation_id == operation.id)
    if operation.mode != "live":
        return statement
    taken_out = TABLE.c.outcome.in_(TAKEN_OUT) if operation.procedure in ENDING else false()
    return statement.where(not_(or_(func.coalesce(taken_out, false()), text(f"({WAITING})"))))
