"""Looking after runs that nobody carries any more: started again a few times, or ended and reported."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from journal import loans, operations, questions
from journal.database import Journal
from models.errors import HandoffError
from models.names import Names
from models.operation_end import has_ended, is_left_to_a_person
from models.rules.care import MOST_WAKES, Care, care_for
from models.settings import Settings
from models.tables.journal import OperationRow
from models.wording import in_utc
from tasks import carrying, heartbeat
from tasks.borrowing import return_everything
from tasks.hooks import end_parts, release
from tasks.one_by_one import one_by_one
from tasks.operation import Operation
from tasks.reporting import conclude
from tasks.restore_settings.not_begun import SWEEP, NotBegun, not_begun
from tasks.runs import end_run, start_again, state_of
from tasks.unfinished import finish_or_name

LOOK_BACK = timedelta(days=2)  # whose run crashed earlier is a matter for a person by now
WORDS: dict[Care, str] = {
    "wake": "start it again: its run crashed, or its process and worker died",
    "give_up": f"end it and give back: it was lost again after it had been started again {MOST_WAKES} times",
    "expire": "end it and give back: nobody answered within the time that its question had",
    "cancel": "end it and give back: its run was cancelled",
    "end": "end it and give back: its run has ended",
}


@dataclass(frozen=True)
class LostRun:
    """An operation whose run needs care, and which."""

    row: OperationRow
    care: Care

    @property
    def procedure(self) -> str:
        return self.row.procedure

    @property
    def workspace(self) -> str:
        return self.row.workspace

    @property
    def operation_id(self) -> str | None:
        return self.row.id

    @property
    def what_to_do(self) -> str:
        """What is to be done and why, in words."""
        return WORDS[self.care]

    def __str__(self) -> str:
        return f"{self.row.procedure} {self.row.subject} (operation {self.row.id}): {self.what_to_do}"

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to know of it."""
        return self.care in ("give_up", "expire", "end") and self.row.procedure != SWEEP

    def give(self) -> None:
        """Do what it needs."""
        _give(Operation.at_hand(self.row.id), self.care)


def lost_runs(workspace: str | None = None) -> list[LostRun | NotBegun]:
    """What needs care, of one workspace or of all: operations by their runs, and runs that never began. Changes
    nothing."""
    journal = Journal(Settings().journal_url)
    now = datetime.now(UTC)
    unanswered = {row.operation_id for row in questions.overdue(journal, now)}
    found: list[LostRun | NotBegun] = [*not_begun(workspace)]
    for row in operations.carried_by_workers(journal, workspace, now - LOOK_BACK):
        silent = operations.silent_since(row) is not None
        if row.procedure == SWEEP:  # the next one does what it did not
            care: Care = "end" if silent and not has_ended(row) else "leave"
        elif has_ended(row) and _was_begun_anew(journal, row):
            continue
        else:
            care = care_for(
                state_of(row.flow_run_id),
                silent=silent,
                ended=has_ended(row),
                kept_for_people=_keeps_something_out(journal, row),
                unanswered=row.id in unanswered,
                woken=row.woken,
            )
        if care != "leave" and not carrying.is_carried(row):  # its own process sees to it
            found.append(LostRun(row, care))
    return found


def _keeps_something_out(journal: Journal, row: OperationRow) -> bool:
    """Whether a run failed and kept a setting out under which people run. A swept one has nothing left to keep."""
    return is_left_to_a_person(row) and bool(loans.held_by(journal, row.id))


def _was_begun_anew(journal: Journal, row: OperationRow) -> bool:
    """Whether somebody began another operation on the subject since: then the old run is left alone."""
    return operations.of_subject(journal, row.workspace, row.procedure, row.subject)[0].id != row.id


def recover_all(cared: list[LostRun | NotBegun]) -> list[HandoffError]:
    """Do what each needs; one that cannot be helped must not keep the others waiting. Gives why not."""
    return one_by_one(cared, lambda one: one.give())


def _give(operation: Operation, care: Care) -> None:
    # Where it is woken a worker takes it up.
    if care != "wake" and not carrying.take_up_to_end(operation.journal, operation.row):
        return
    match care:
        case "wake":
            wake(operation)
        case "expire":
            expire(operation)
        case "cancel":
            release(operation, "cancelled", "its run was cancelled")
        case "give_up" | "end":
            release(operation, "failed", WORDS[care])


def wake(operation: Operation) -> bool:
    """Have a worker start an operation's run again, counted; give whether it was done here, not by another sweep."""
    row = operation.row
    if row.flow_run_id is None or not operations.count_wake(operation.journal, operation.id, row.woken):
        return False
    heartbeat.promise(operation.journal, operation.id)
    start_again(row.flow_run_id)
    return True


def expire(operation: Operation) -> None:
    """End an operation whose question nobody answered: as if somebody had said no."""
    question = questions.open_question(operation.journal, operation.id)
    detail = f"nobody answered until {in_utc(question.expires_at)}" if question else "nobody answered"
    end_parts(operation, "cancelled", detail)
    finish_or_name(operation, for_good=True)
    left = [f"{one}; then `handoff restore`" for one in return_everything(operation)]
    operation.outcomes.record_rest("blocked", Names("not_approved"), detail)
    operation.update(failure=detail)
    operation.add_next(*left)
    conclude.fn(operation.id, "cancelled")
    end_run(operation.row.flow_run_id)
