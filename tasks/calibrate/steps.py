"""The single steps of a trial, as tasks: each writes down before what it does, and afterwards what came of it."""

from collections.abc import Callable, Iterable

import pandas as pd
from prefect.cache_policies import NO_CACHE

from journal import facts
from models.calibration_plan import CalibrationPlan
from models.changes import Change
from models.errors import Hidden, Refused
from models.open_questions import OPEN_QUESTIONS
from models.records import Record
from models.setting_words import in_words, value_in_words
from tasks import applying
from tasks.applying import make_once
from tasks.borrowing import changed_by_others
from tasks.by_hand import have_tried
from tasks.calibrate.request import ever
from tasks.narration import tell
from tasks.operation import Operation
from tasks.retrying import READS
from tasks.step import task

OWNER = "owner before"
"""The step at which it is noted who has the mailbox, before it is handed over."""


class Answer(Record):
    """What a platform answered to an enrollment: the reason (None: enrolled), its words, and the step to begin at."""

    reason: str | None
    words: str = ""
    step: int = 0


class Standing(Record):
    """What the test person did: how many steps of a sequence, in how many enrollments there; whether they were in any
    sequence at all, and completed a step anywhere."""

    steps_done: int
    enrollments: int
    ever_enrolled: bool
    completed_a_step: bool


class Place(Record):
    """Where the test person runs: in which sequence, from which mailbox, and which step is next."""

    sequence: str
    mailbox: str
    step: int


def own_name(operation_id: str) -> str:
    """What an operation calls the exclusion, the audience and the play that it has made."""
    return f"Calibrate {operation_id}"


def standing(operation: Operation, person: str, sequence: str) -> Standing:
    """What somebody did, in a sequence and anywhere. On Unify it takes up to three query jobs."""
    history = operation.platform.history(ever(person))
    here = history[history["sequence"].eq(sequence)]
    return Standing(
        steps_done=int(here["steps_done"].max()) if len(here) else 0,
        enrollments=len(here),
        ever_enrolled=bool(len(history)),
        completed_a_step=bool(history["steps_done"].gt(0).any()),
    )


def place_of(operation: Operation, plan: CalibrationPlan) -> Place | None:
    """Where the test person runs, of the two sequences. On Unify a query job, where they run."""
    for sequence in (plan.other_sequence, plan.sequence):
        found = operation.platform.places([plan.person], sequence)
        if len(found):
            return Place(sequence=sequence, mailbox=found["mailbox"].iloc[0], step=int(found["step"].iloc[0]))
    return None


def owner_of(operation: Operation, mailbox: str) -> str:
    """Who has a mailbox, or "" where nobody does or it does not show."""
    try:
        return applying.owner_of(operation.platform, mailbox) or ""
    except Hidden:
        return ""


@task(task_run_name="look what the test person did", **READS)
def look_back(operation_id: str, plan: CalibrationPlan, sequence: str) -> Standing:
    """What the test person did so far."""
    return standing(Operation.at_hand(operation_id), plan.person, sequence)


@task(task_run_name="look where the test person is", **READS)
def look(operation_id: str, plan: CalibrationPlan) -> Place | None:
    """Where the test person runs now."""
    return place_of(Operation.at_hand(operation_id), plan)


@task(task_run_name="try to enroll the test person into {sequence}", cache_policy=NO_CACHE)
def try_to_enroll(operation_id: str, key: str, plan: CalibrationPlan, sequence: str, paused: bool) -> Answer:
    """The platform's answer. Repeated: the first one; where that was lost, whether they run there decides."""
    operation = Operation.at_hand(operation_id)
    row = operation.changes.intend(key, "try_enrolling", f"try to enroll the test person into '{sequence}'")
    if row.state == "applied":
        return Answer.model_validate(row.result)
    wanted = {"email": plan.person, "sequence": sequence, "mailbox": plan.mailbox, "paused": paused}
    found = operation.platform.enroll(pd.DataFrame([wanted])).iloc[0]
    reason = None if pd.isna(found["reason"]) else str(found["reason"])
    if reason == "already_enrolled" and len(operation.platform.places([plan.person], sequence)):
        reason = None  # by the request whose answer was lost
    words = "" if reason is None else str(found.get("detail") or reason).replace(plan.person, "the test person")
    answer = Answer(reason=reason, words=words, step=int(found["step"]))
    operation.changes.applied(key, answer.model_dump())
    tell(f"the test person was {'enrolled' if reason is None else 'refused: ' + answer.words} ('{sequence}')")
    return answer


@task(task_run_name="take the test person out", cache_policy=NO_CACHE)
def take_out(operation_id: str, plan: CalibrationPlan) -> str:
    """End what the test person runs in, of the two sequences. Repeated: nothing."""
    take_out_of(Operation.at_hand(operation_id), plan)
    return "done"


def take_out_of(operation: Operation, plan: CalibrationPlan) -> None:
    """The same, where an operation is ended before its end."""
    for sequence in (plan.sequence, plan.other_sequence):
        operation.platform.unenroll(pd.DataFrame({"email": [plan.person], "sequence": [sequence]}))


@task(task_run_name="{change}", cache_policy=NO_CACHE)
def make(operation_id: str, key: str, change: Change) -> str:
    """Make a change once; "", or the words of the platform that refused it."""
    operation = Operation.at_hand(operation_id)
    try:
        make_once(operation, key, change)
    except Refused as error:
        operation.changes.refused(key, {"words": str(error)})
        return str(error)
    return ""


def make_or_have_made(operation: Operation, key: str, change: Change) -> str:
    """Make a change, or have a person make it where the platform cannot; as `make`."""
    if operation.platform.supports(type(change)):
        return make(operation.id, key, change)
    have_tried(operation, key, change)
    return ""


def disturbed_by(operation: Operation) -> str:
    """Which setting that the operation has out somebody changed, in a sentence; "" where none shows so."""
    for setting, now in changed_by_others(operation):
        return f"somebody changed {in_words(setting)} meanwhile: it is {value_in_words(now)}"
    return ""


def note_fact(operation_id: str, question: str, answer: str, words: str) -> str:
    """Write a fact down. Repeated: the last one counts."""
    operation = Operation.at_hand(operation_id)
    facts.note(operation.journal, operation.row.workspace, operation_id, question, answer, words, operation.now())
    tell(f"seen: {OPEN_QUESTIONS[question].in_words(answer)}")
    return answer


def note_open(operation_id: str, name: str, why: str, questions: Iterable[str]) -> None:
    """Write down why questions stay open."""
    operation = Operation.at_hand(operation_id)
    for question in questions:
        key = f"{facts.LEFT_OPEN}{question}"
        operation.changes.intend(key, "left_open", f"{name}: {why}")
        operation.changes.applied(key, {"why": why})
    tell(f"{name}: {why}")


def note_once(operation: Operation, key: str, find: Callable[[], str]) -> str:
    """What `find` gives, found once and kept."""
    row = operation.changes.intend(key, "noted", key)
    if row.state == "applied":
        return str((row.result or {})["found"])
    found = find()
    operation.changes.applied(key, {"found": found})
    return found


def seen_answer(operation: Operation, question: str) -> str:
    """What was seen in this workspace, or "". What it tells of itself does not count: that is on trial."""
    seen = facts.seen(operation.journal, operation.row.workspace)
    return seen[question][0] if question in seen else ""
