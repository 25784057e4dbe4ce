"""What people do in the platform, each allowed to the roles that the platform allows (D5, R47)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel

from models.changes import (
    AddExclusion,
    Bounce,
    Change,
    ChangeMailboxOwner,
    DeleteAudience,
    DeletePlay,
    DeleteSequence,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    Enroll,
    FinishTask,
    MakePlay,
    OptOut,
    OutOfOffice,
    PauseEnrollment,
    PauseMailbox,
    PauseSequence,
    PublishPlay,
    ReassignQueued,
    ReassignTask,
    Reply,
    ResumeEnrollment,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    Unenroll,
    UploadAudience,
    plain,
)
from models.errors import NotAllowed, Refused
from models.records import SequenceTaskAssignment
from models.tables.workspace import SequenceRow
from platforms.sandbox.behaviour.adding import add_exclusion
from platforms.sandbox.behaviour.answers import bounce, opt_out, reply
from platforms.sandbox.behaviour.audiences import (
    duplicate_play,
    duplicate_sequence,
    make_play,
    publish_play,
    upload_audience,
)
from platforms.sandbox.behaviour.backlog import reassign_queued
from platforms.sandbox.behaviour.deleting import delete_audience, delete_empty_sequence, delete_play
from platforms.sandbox.behaviour.enrolling import end_enrollments, enroll_by_hand, run_play
from platforms.sandbox.behaviour.pausing import out_of_office, pause_enrollment, pause_mailbox, pause_sequence
from platforms.sandbox.behaviour.propagation import set_value
from platforms.sandbox.behaviour.reassigning import reassign_tasks
from platforms.sandbox.behaviour.refusals import ALREADY_SEQUENCED, REENROLLMENT_REASONS
from platforms.sandbox.behaviour.removing import change_setting
from platforms.sandbox.behaviour.task_writes import complete_task
from platforms.sandbox.behaviour.versions import edit_sequence
from platforms.sandbox.lookup import named, running_in, sequence_by_name, task_by_number
from platforms.sandbox.store import Work, from_json

Result = dict[str, Any]


def _set(work: Work, change: SetSetting) -> Result:
    takes_effect = change_setting(work, change.setting, plain(change.value))
    return {"setting": change.setting, "value": set_value(work, change.setting), "takes_effect_at": takes_effect}


def _change_mailbox_owner(work: Work, change: ChangeMailboxOwner) -> Result:
    """A mailbox gets another owner; whoever runs from it, queued ones too, falls out (R1, R2)."""
    mailbox = named(work, "mailbox", "mailbox", change.mailbox)
    owner = named(work, "user_account", "owner", change.owner)
    fell_out = 0
    if owner["id"] != mailbox["owner_id"]:
        work.run("UPDATE mailbox SET owner_id = :owner WHERE id = :id", owner=owner["id"], id=mailbox["id"])
        fell_out = end_enrollments(work, "mailbox_id = :id", "mailbox_owner_changed", id=mailbox["id"])
    return {"mailbox": mailbox["email"], "owner": owner["email"], "unenrolled": fell_out}


def _run_play(work: Work, change: RunPlay) -> Result:
    """A run's metrics (docs/interface.md)."""
    run_id = run_play(work, change.play)
    reasons = {
        row["reason"]: row["people"]
        for row in work.rows(
            "SELECT reason, COUNT(*) AS people FROM play_log WHERE run_id = :run GROUP BY reason"
            " ORDER BY MIN(person_id)",
            run=run_id,
        )
    }
    enrolled, refused = reasons.pop(None, 0), sum(count for reason, count in reasons.items() if reason)
    metrics = {"entered": enrolled + refused, "enrolled": enrolled, "not_enrolled": refused}
    return {"play": change.play, "metrics": metrics, "not_enrolled": reasons}


def _log_of_last_run(work: Work, play: str) -> list[Result]:
    found = work.rows(
        "SELECT p.email, l.reason FROM play_log l JOIN person p ON p.id = l.person_id WHERE l.logged AND l.run_id"
        " = (SELECT MAX(r.id) FROM play_run r JOIN play y ON y.id = r.play_id WHERE y.name = :play)"
        " ORDER BY l.person_id",
        play=play,
    )
    return [_log_entry(entry) for entry in found]


def _log_entry(entry: dict[str, Any]) -> Result:
    reason = entry["reason"]
    result = {"email": entry["email"], "result": "not_enrolled" if reason else "enrolled", "reason": reason}
    return result | ({"message": ALREADY_SEQUENCED} if reason in REENROLLMENT_REASONS else {})


def _enroll(work: Work, change: Enroll) -> Result:
    person = named(work, "person", "person", change.person)
    mailboxes = [named(work, "mailbox", "mailbox", email) for email in change.mailbox]
    free = [row["id"] for row in mailboxes if not row["paused"]] or [mailboxes[0]["id"]]
    entrant = {"person_id": person["id"], "mailbox_id": free[0], "first_mailbox_id": mailboxes[0]["id"]}
    [verdict] = enroll_by_hand(work, change.sequence, [entrant])
    if (reason := verdict["reason"]) is not None:
        words = ALREADY_SEQUENCED if reason in REENROLLMENT_REASONS else f"{person['email']} cannot be enrolled"
        raise Refused(reason, words, f"`handoff explain {person['email']} --sequence '{change.sequence}'` says more")
    return {"person": person["email"], "sequence": change.sequence, "resumes_at_step": verdict["resume_after"] + 1}


def _unenroll(work: Work, change: Unenroll) -> Result:
    enrollment = running_in(work, change.person, change.sequence)
    ended = end_enrollments(work, "id = :id", "unenrolled", id=enrollment["id"])
    return {"person": change.person, "sequence": enrollment["sequence"], "unenrolled": ended}


def _reassign_task(work: Work, change: ReassignTask) -> Result:
    """One task handed over (R71), by the rules of many: see `reassigning.py`."""
    reason = reassign_tasks(work, [int(change.task)], change.assignee)["reason"].item()
    if reason == "task_closed":
        status = work.value("SELECT status FROM rep_task WHERE id = :id", id=change.task)
        raise Refused(reason, f"task {change.task} is {status.lower()}", "Nothing was changed")
    if reason is not None:
        raise NotAllowed(_user(work), "reassign somebody else's task")
    return {"task": change.task, "assignee": change.assignee}


def _finish_task(work: Work, change: FinishTask) -> Result:
    """A person does a task, a rep only their own (D5); the enrollment that waits for it goes on."""
    task = task_by_number(work, change.task)
    if task["assignee_id"] != work.user_id and _role(work) != "admin":
        raise NotAllowed(_user(work), "finish somebody else's task")
    if not complete_task(work, task):
        raise Refused("task_closed", f"task {task['id']} is {task['status'].lower()}", "Nothing was changed")
    return {"task": task["id"], "status": "COMPLETED"}


def _set_task_assignment(work: Work, change: SetTaskAssignment) -> Result:
    """A sequence's own "Manually assign tasks" (R83), for those who are enrolled from now on (R92)."""
    sequence = sequence_by_name(work, change.sequence)
    user = named(work, "user_account", "user", change.user)["email"] if change.user else None
    chosen = SequenceTaskAssignment(mode=change.mode, user=user).model_dump() if change.mode else None
    if chosen != from_json(sequence["task_assignment"]):
        table = SQLModel.metadata.tables[str(SequenceRow.__tablename__)]
        values = {"task_assignment": chosen, "task_assignment_set_at": work.now}
        work.connection.execute(table.update().where(table.c.id == sequence["id"]).values(values))
    return {"sequence": sequence["name"], "task_assignment": chosen}


@dataclass(frozen=True)
class _Action:
    does: Callable[[Work, Any], Result]
    admin_only: bool


# D5: reps use sequences and their own tasks; plays, exclusions and the organisation's settings are the admins'.
ACTIONS: dict[type[Change], _Action] = {
    SetSetting: _Action(_set, admin_only=True),
    ChangeMailboxOwner: _Action(_change_mailbox_owner, admin_only=True),
    UploadAudience: _Action(upload_audience, admin_only=False),
    DuplicatePlay: _Action(duplicate_play, admin_only=True),
    MakePlay: _Action(make_play, admin_only=True),
    RunPlay: _Action(_run_play, admin_only=True),
    DuplicateSequence: _Action(duplicate_sequence, admin_only=False),
    DeletePlay: _Action(delete_play, admin_only=True),
    DeleteAudience: _Action(delete_audience, admin_only=False),
    DeleteSequence: _Action(delete_empty_sequence, admin_only=False),
    EditSequence: _Action(edit_sequence, admin_only=False),
    Enroll: _Action(_enroll, admin_only=False),
    Unenroll: _Action(_unenroll, admin_only=False),
    OptOut: _Action(opt_out, admin_only=False),
    ReassignQueued: _Action(reassign_queued, admin_only=False),
    SetTaskAssignment: _Action(_set_task_assignment, admin_only=False),
    ReassignTask: _Action(_reassign_task, admin_only=False),
    FinishTask: _Action(_finish_task, admin_only=False),
    PauseEnrollment: _Action(pause_enrollment, admin_only=False),
    ResumeEnrollment: _Action(pause_enrollment, admin_only=False),
    PauseSequence: _Action(pause_sequence, admin_only=False),
    PauseMailbox: _Action(pause_mailbox, admin_only=True),
    PublishPlay: _Action(publish_play, admin_only=True),
    AddExclusion: _Action(add_exclusion, admin_only=True),
    # What contacts do, whoever acts here.
    Reply: _Action(reply, admin_only=False),
    Bounce: _Action(bounce, admin_only=False),
    OutOfOffice: _Action(out_of_office, admin_only=False),
}


def refuse_unless_allowed(work: Work, change_type: type[Change]) -> None:
    """Raise NotAllowed where the acting user's role may not make such a change (R47, R48)."""
    if ACTIONS[change_type].admin_only and _role(work) != "admin":
        raise NotAllowed(_user(work), change_type.action.replace("_", " "))


def act(work: Work, change: Change, *, briefly: bool = False) -> Result:
    """Make the change as the acting user; `briefly` as of `Platform.apply`. Raises InvalidInput, NotAllowed or Refused;
    then nothing changed."""
    refuse_unless_allowed(work, type(change))
    result = ACTIONS[type(change)].does(work, change)
    if isinstance(change, RunPlay) and not briefly:
        result["log"] = _log_of_last_run(work, change.play)
    return result


def _role(work: Work) -> str | None:
    role: str | None = work.value("SELECT role FROM user_account WHERE id = :id", id=work.user_id)
    return role


def _user(work: Work) -> str:
    return str(work.value("SELECT email FROM user_account WHERE id = :id", id=work.user_id) or "nobody")
