"""What a calibration leaves behind, and what is done about it when it ends before its end."""

from models.calibration_plan import CalibrationPlan
from models.changes import Change, ChangeMailboxOwner, PauseSequence, PublishPlay
from tasks.applying import make_once
from tasks.calibrate.steps import OWNER, own_name, take_out_of
from tasks.operation import Operation


def finish_trial(operation: Operation, plan: CalibrationPlan) -> None:
    """Take the test person out, and undo what an experiment had begun; what takes a person goes into `next`.

    Raises as the platform does. Repeated: nothing more.
    """
    take_out_of(operation, plan)
    name = own_name(operation.id)
    made = {row.key.rpartition(": ")[2] or row.key for row in operation.changes.made() if row.state != "new"}
    undone: list[tuple[str, str, Change]] = []
    if owner := _noted_owner(operation):
        back = ChangeMailboxOwner(mailbox=plan.mailbox, owner=owner)
        undone.append(("hand the mailbox over", "hand the mailbox back", back))
    undone.append(("publish the play", "take the play back", PublishPlay(play=name, published=False)))
    if plan.pauses_other:
        resume = PauseSequence(sequence=plan.other_sequence, paused=False)
        undone.append(("pause the other sequence", "resume the other sequence", resume))
    for begun, ended, change in undone:
        if begun not in made or ended in made:
            continue
        if operation.platform.supports(type(change)):
            make_once(operation, f"at the end: {ended}", change)
        else:
            operation.add_next(f"{ended}: {change}")


def _noted_owner(operation: Operation) -> str:
    noted = [row for row in operation.changes.made() if row.key.endswith(f": {OWNER}") and row.state == "applied"]
    return str((noted[-1].result or {})["found"]) if noted else ""


def left_behind(operation: Operation) -> list[str]:
    """What was made for the calibration and stays, for a person to remove: no API of the platform does."""
    name = own_name(operation.id)
    made = [what for what in ("exclusion", "audience", "play") if operation.changes.is_made(f"make the {what}")]
    return [f"remove the {', the '.join(made)} '{name}', if it is in the way: nothing of it is on"] if made else []
