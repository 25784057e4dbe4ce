"""What an operation had begun when it ends before its end: finished where half of it is done, and written down.

Called before anything is given back, whoever ends the operation: `handoff cancel`, its failure hook, the sweep. Whom it
had taken out of a sequence is put in again while the settings still let them; what was made and not noted yet is found
by history, so that the report says what is so, and the sweep knows who runs under a loan.
"""

from datetime import datetime

from models.backlog_plan import BacklogPlan
from models.calibration_plan import CalibrationPlan
from models.changes import ReassignQueued, RunPlay
from models.enrollment_plan import EnrollmentPlan, Group, ReenrollmentPlan
from models.failures import failure_of
from models.move_plan import MovePlan
from models.rerun_plan import RerunPlan
from models.undo_plan import UndoPlan
from models.upgrade_plan import UpgradePlan
from tasks.applying import note_where_made
from tasks.calibrate.cleaning import finish_trial
from tasks.call_outcomes import unenrolling
from tasks.enrolling import copy_that_ran, note_enrolled_before, record_play, without_outcome
from tasks.handover_plan.gathering import gather
from tasks.left_out import MOVING, UNCERTAIN, name_left_out
from tasks.operation import Operation
from tasks.queued_backlog import by_a_person, directly, reassigning
from tasks.sequence_move import moving
from tasks.undo import carrying_out as undoing
from tasks.version_upgrade import upgrading


def finish_begun(operation: Operation, *, for_good: bool = True) -> None:
    """Finish the pairs that a live operation had begun, and write down what else it had made.

    Who cannot be put in again anywhere is named in the operation's `next`. One that does not end `for_good` may be
    resumed, and tries again then. Raises as the platform does: then nothing is known of who is left. Repeated: nothing
    is left to finish.
    """
    plan, live = operation.row.plan, operation.row.mode == "live"
    if not plan or not live:
        return
    match operation.row.procedure:
        case "sequence-move":
            move = MovePlan.model_validate(plan)
            _note_enrolled(operation, move)
            moving.finish_pairs.fn(operation.id, move, for_good=for_good)
        case "queued-backlog":
            _finish_backlog(operation, BacklogPlan.model_validate(plan), for_good)
        case "version-upgrade":
            upgrading.note_upgraded(operation, UpgradePlan.model_validate(plan))
        case "call-outcomes":
            unenrolling.note_unenrolled(operation)
        case "handover-plan" if plan.get("carried"):
            gather.fn(operation.id)
        case "undo":
            undo = UndoPlan.model_validate(plan)
            _note_enrolled(operation, undo)
            undoing.finish_begun(operation, undo, for_good=for_good)
        case "calibrate":
            finish_trial(operation, CalibrationPlan.model_validate(plan))
        case procedure if procedure in ENROLLING:
            _note_enrolled(operation, ENROLLING[procedure].model_validate(plan))


ENROLLING: dict[str, type[EnrollmentPlan]] = {
    "ownership-change": ReenrollmentPlan,
    "exclusion-rerun": RerunPlan,
    "enroll-contacts": EnrollmentPlan,
}


def finish_or_name(operation: Operation, *, for_good: bool) -> None:
    """The same for hooks and sweeps, which end an operation also where the platform does not answer: then everybody is
    named who may not have been put in again."""
    try:
        finish_begun(operation, for_good=for_good)
    except Exception as error:  # whatever it is, what was borrowed has to go back
        why = failure_of(error).sentence
        uncertain = operation.outcomes.everything(outcome=None, detail=MOVING)
        if for_good:
            operation.outcomes.record(uncertain[["email"]].assign(outcome="failed", detail=f"{UNCERTAIN}: {why}"))
        name_left_out(operation, uncertain["email"].tolist(), f"where they were, unless they run there ({why})")


def _finish_backlog(operation: Operation, plan: BacklogPlan, for_good: bool) -> None:
    for move in plan.moves:
        if plan.directly:
            directly.finish_pairs.fn(operation.id, plan, move, for_good=for_good)
        elif operation.platform.supports(ReassignQueued):
            reassigning.finish_move(operation, plan, move, for_good=for_good)
        else:
            by_a_person.finish_move(operation, plan, move, for_good=for_good)


def _note_enrolled(operation: Operation, plan: EnrollmentPlan) -> None:
    """Write down who was enrolled by a step that was begun, whether or not it was heard of again."""
    for at, group in enumerate(plan.groups, 1):
        for key in (f"probe:{group.target}:", f"enroll:{group.target}:"):
            if (begun := operation.changes.open_under(key)) is not None:
                _note_found(operation, group, begun.intended_at)
        ran_at = operation.changes.written_at(f"run_play:{at}")
        if group.play is None or ran_at is None:
            continue
        copy = copy_that_ran(operation, at, group)
        note_where_made(operation, f"run_play:{at}", RunPlay(play=copy.name))
        if operation.changes.is_made(f"run_play:{at}"):
            record_play.fn(operation.id, at, copy)
        else:
            _note_found(operation, group, ran_at, copy.name)


def _note_found(operation: Operation, group: Group, since: datetime, play: str | None = None) -> None:
    for contacts in without_outcome(operation, group):
        note_enrolled_before(operation, contacts, group, since, play)
