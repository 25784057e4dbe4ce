"""Looking after those who were declined while an exclusion is off: who of them was enrolled, by what, and the way back.

See docs/decisions/0027-who-was-declined-is-looked-after.md for what is done about whom.
"""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from journal import loans, outcomes
from models.errors import HandoffError
from models.rerun_plan import RerunPlan
from models.rules.keeping_out import exclusion_of
from models.wording import counted, in_utc
from tasks.exclusion_rerun.declined import MARK, approved_by, declined_of, notes_on_declined
from tasks.narration import tell
from tasks.operation import Operation
from tasks.reporting import write_files
from tasks.retrying import READS
from tasks.step import task

RERUN = "exclusion-rerun"


@dataclass(frozen=True)
class LetIn:
    """An enrollment of somebody declined that began after the exclusion was lifted; `play` is None: by hand."""

    email: str
    sequence: str
    play: str | None
    started_at: datetime
    runs: bool
    steps_done: int

    @property
    def key(self) -> str:
        """What it is called among an operation's changes."""
        return f"{MARK}{self.email}:{self.sequence}:{self.started_at:%Y%m%dT%H%M%S}"

    def __str__(self) -> str:
        by, at = f"by the play '{self.play}'" if self.play else "by hand", f"{in_utc(self.started_at)}"
        return f"{self.email}, whom nobody approved, was enrolled in '{self.sequence}' {by} at {at}"


@task(task_run_name="look whether somebody declined was let in", **READS)
def look_after_declined(operation_id: str, plan: RerunPlan) -> int:
    """Find who of the declined was enrolled since the exclusion came off, and say so at once; give how many.

    Whom a play let in is taken out again; whom a person enrolled is left there. Repeated: each enrollment once.
    """
    operation = Operation.at_hand(operation_id)
    found = [one for one in let_in_since(operation) if not _may_be_there(operation, one)]
    fresh = [one for one in found if not operation.changes.is_made(one.key)]
    for one in fresh:
        _look_after(operation, plan, one)
    if fresh:
        lines = notes_on_declined(operation.journal, operation.id)
        known = Operation.at_hand(operation_id).row.next or []
        operation.update(next=list(dict.fromkeys([*known, *lines])))
        write_files(Operation.at_hand(operation_id))
    return len(found)


def look_before_it_ends(operation: Operation) -> list[str]:
    """The look of whoever gives back for a run that ended early; gives what there is to say of the declined.

    Nothing may keep the settings from going back: where the workspace cannot be asked, that is said instead.
    """
    if operation.row.procedure != RERUN or not operation.row.plan:
        return []
    unseen = []
    try:
        look_after_declined.fn(operation.id, RerunPlan.model_validate(operation.row.plan))
    except HandoffError as error:
        unseen = [f"nobody could look whether somebody declined was let in ({error}): look at them by hand"]
    return [*notes_on_declined(operation.journal, operation.id), *unseen]


def let_in_since(operation: Operation) -> list[LetIn]:
    """Enrollments of the declined that began after this operation lifted the exclusion, in sequences that it opened."""
    lifted = [loan for loan in loans.of_operation(operation.journal, operation.id) if exclusion_of(loan.setting)]
    declined = declined_of(operation.journal, operation.id)
    if not lifted or not declined:
        return []
    since = pd.Timestamp(min(loan.opened_at for loan in lifted))
    found = operation.platform.history(pd.DataFrame({"email": declined, "since": since}))
    began = found[found["started_at"] > since]  # the others ran before, and ended since or run still
    rulesets = operation.platform.sequences().set_index("sequence")["ruleset"]
    off = [loan.setting for loan in lifted if loan.was is not False]
    opened = {key.owner for key in off if key.kind == "ruleset_exclusion"}
    everywhere = any(key.kind == "exclusion" for key in off)  # it kept them out of every sequence (R68)
    return [
        LetIn(
            row["email"],
            row["sequence"],
            None if pd.isna(row["play"]) else row["play"],
            row["started_at"],
            pd.isna(row["ended_at"]),
            int(row["steps_done"]),
        )
        for row in began.to_dict("records")
        if everywhere or rulesets.get(row["sequence"]) in opened
    ]


def _may_be_there(operation: Operation, one: LetIn) -> bool:
    """Whether another operation's answers approve somebody for that very sequence."""
    others = outcomes.operations_meaning(operation.journal, one.email, one.sequence, operation.row.procedure)
    return any(one.email in (approved_by(operation.journal, other) or ()) for other in others if other != operation.id)


def _look_after(operation: Operation, plan: RerunPlan, one: LetIn) -> None:
    """Take out whom a play let in, leave whom a person enrolled, and note which."""
    by_play = one.play is not None
    row = operation.changes.intend(one.key, "unenroll" if by_play else "look", f"{one}; '{plan.exclusion}' is off")
    problem = _take_out(operation, one) if by_play and one.runs else ""
    steps = f" after {counted(one.steps_done, 'step')}" if one.steps_done else " before its first step"
    if not by_play:
        done = "left there, since a person chose that: unenroll them if it was a mistake" if one.runs else "has ended"
    elif problem:
        done = f"could not be taken out ({problem}): unenroll them by hand now"
    else:  # an intent of an earlier look that was cut off: it was taken out by us
        ours = one.runs or row.state != "new"
        done = f"taken out again{steps}" if ours else f"it ended{steps}"
    told = f"{one} while '{plan.exclusion}' was off: {done}"
    tell(told)
    operation.outcomes.note([one.email], told)
    if not problem:  # else it is tried again at the next look
        operation.changes.applied(one.key, {"told": told})
    else:
        known = Operation.at_hand(operation.id).row.next or []
        operation.update(next=list(dict.fromkeys([*known, told])))


def _take_out(operation: Operation, one: LetIn) -> str:
    """Why somebody could not be taken out of a sequence; "": they were, as it is read back."""
    try:
        operation.platform.unenroll(pd.DataFrame({"email": [one.email], "sequence": [one.sequence]}))
    except HandoffError as error:
        return str(error)
    return "" if operation.platform.places([one.email], one.sequence).empty else "they run there still"
