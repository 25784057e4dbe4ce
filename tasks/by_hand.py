"""What the platform's API cannot do: a person does it, says so, and what can be read back is read back.

Called from flows, before the step that needs the change: that step then finds it made, by the key that it has in the
journal. A deployed run is suspended and shows a form; in a shell it is asked at the terminal.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import Literal

from prefect.input import RunInput
from pydantic import Field

from journal import questions
from models.changes import Change, ReassignQueued, RunPlay
from models.errors import NeedsPerson
from models.manual_steps import ManualStep
from models.rules.by_hand import step_for
from tasks.applying import intend
from tasks.forms import Question, ask_with_form
from tasks.narration import tell
from tasks.operation import Operation
from tasks.reading_back import SHOWN_AS_IT_IS, not_made, was_made_already
from tasks.suspending import is_deployed

BY_HAND = "a step by hand"
CANNOT = "cannot be done"
TRIED = "what comes of it, which is what is tried: your word is taken that it was done"


class StepDone(RunInput):
    """Has this been done in the platform?"""

    outcome: Literal["done", "cannot be done"] = Field(
        default="done", title="How it went", description="cannot be done: the run stops, and gives back what it can."
    )
    it_was: Literal["", "on", "off"] = Field(
        default="", title="What it showed before", description="Only for a toggle that cannot be read."
    )
    remark: str = Field(
        default="",
        title="Remark",
        description="Of a play that was run, or a backlog that was reassigned: what you saw, if what is read back says"
        " otherwise and you are right. Then each contact is judged by where it is.",
    )
    done_by: str = Field(title="Your name", description="Kept with the operation.", min_length=1)


StepAsker = Callable[[ManualStep, str], StepDone]
"""Asks at the terminal: the step, and why the last answer could not be taken ("" at first)."""
_asker: StepAsker | None = None


def ask_steps_with(asker: StepAsker | None) -> None:
    """Let the shell ask for steps by hand in this process; None: nobody can be asked here."""
    global _asker
    _asker = asker


def refuse_if_nobody_can_act(operation: Operation, kinds: Iterable[type[Change]]) -> None:
    """Raise NeedsPerson where changes take a person and none can be asked: before the first one."""
    if is_deployed() or _asker is not None or all(map(operation.platform.supports, kinds)):
        return
    nothing = "" if operation.changes.made() else ". Nothing was changed"
    raise NeedsPerson(
        f"parts of this have to be done by hand on the workspace {operation.row.workspace}, and nobody can be asked"
        f" here: run it in a terminal, or with --detach and answer by `handoff answer`{nothing}"
    )


def by_hand(operation: Operation, steps: Iterable[tuple[str, Change]], first: tuple[str, ...] = ()) -> None:
    """Have a person make those of these changes (each under its key) that the platform cannot make itself.

    `first` is what they have to do before. Repeated: what was made stays made. Raises NeedsPerson where
    somebody says that it cannot be done.
    """
    for key, change in steps:
        if why := by_hand_or_why_not(operation, key, change, first):
            raise NeedsPerson(why)


def by_hand_or_why_not(operation: Operation, key: str, change: Change, first: tuple[str, ...] = ()) -> str:
    """The same for one change that may be left undone: gives why, where somebody says that it cannot be done."""
    return "" if operation.platform.supports(type(change)) else _have_made(operation, key, change, first)


def _have_made(operation: Operation, key: str, change: Change, first: tuple[str, ...]) -> str:
    row = intend(operation, key, change, f"by hand: {change}")
    if row.state == "applied":
        return ""
    if was_made_already(operation, change):
        note_found_so(operation, key)
        return ""
    step = step_for(change, operation.platform.hidden)
    step = step.model_copy(update={"do": (*first, *step.do)})
    answer = _answer(operation, key, step, lambda answer: problem_of(operation, step, change, answer))
    if why := _why_it_cannot_be_done(operation, key, answer, str(change)):
        return why
    # In a shell who was asked before and did not answer was cut off; a deployed run comes back for each answer.
    again = {"asked_before": True} if row.state == "intended" and not is_deployed() else {}
    result = {"by": answer.done_by, "it_was": answer.it_was, "remark": answer.remark, **again}
    operation.changes.applied(key, result)
    tell(f"{change}: done by {answer.done_by}")
    return ""


def note_found_so(operation: Operation, key: str) -> None:
    """Write down that a step shows as done before its answer is taken up, if somebody was asked for it: by whom, where
    that is what the run came back with."""
    if operation.changes.open_under(key) is not None:
        operation.changes.applied(key, {"by": _who_answered(operation, key) or "found so"})


def _who_answered(operation: Operation, key: str) -> str | None:
    """Who answered the form of this step, where that is what the run came back with."""
    question = questions.open_question(operation.journal, operation.chain[-1])
    return question.answered_by if question is not None and _short(key) in question.key else None


def have_done(
    operation: Operation, key: str, step: ManualStep, problem_with: Callable[[], str | None] = lambda: None
) -> None:
    """Have a person do what is no change of ours, and take their word for it, but for what `problem_with` sees.

    Repeated: nothing that was done has to be done again. Raises NeedsPerson as `by_hand`.
    """
    row = operation.changes.intend(key, "by_hand", f"by hand: {step.title}")
    if row.state == "applied":
        return
    answer = _answer(operation, key, step, lambda answer: problem_with())
    if why := _why_it_cannot_be_done(operation, key, answer, step.title):
        raise NeedsPerson(why)
    done = {"by": answer.done_by, "remark": answer.remark}
    operation.changes.applied(key, done)
    tell(f"{step.title}: done by {answer.done_by}")


def have_tried(operation: Operation, key: str, change: Change) -> None:
    """Have a person make a change whose effect on people is what is to be found out.

    Only what the workspace shows of a setting is read back; for a play that ran, say, their word is taken.
    Repeated: nothing that was done has to be done again. Raises NeedsPerson as `by_hand`.
    """
    step = step_for(change, operation.platform.hidden)
    if isinstance(change, SHOWN_AS_IT_IS):
        have_done(operation, key, step, lambda: not_made(operation, change))
    else:
        have_done(operation, key, step.model_copy(update={"read_back": TRIED}))


def _why_it_cannot_be_done(operation: Operation, key: str, answer: StepDone, what: str) -> str:
    if answer.outcome != CANNOT:
        return ""
    operation.changes.refused(key, {"by": answer.done_by, "remark": answer.remark})
    why = f": {answer.remark}" if answer.remark else ""
    return f"{answer.done_by} says that this cannot be done: {what}{why}"


def _answer(
    operation: Operation, key: str, step: ManualStep, problem_with: Callable[[StepDone], str | None]
) -> StepDone:
    """The answer, asked for again while `problem_with` one that says that it is done says why it cannot be taken."""

    def problem_in(answer: StepDone) -> str | None:
        return None if answer.outcome == CANNOT else problem_with(answer)

    if is_deployed():
        asking = Question(
            BY_HAND,
            _short(key),
            f"Workspace {operation.row.workspace}: please {step.title}",
            (("How", step.lines()),),
            "afterwards the run ends, and what it borrowed is given back",
        )
        return ask_with_form(operation, asking, StepDone, problem_in)
    problem = ""
    while True:
        if _asker is None:
            raise NeedsPerson(f"nobody can be asked here to {step.title}")
        answer = _asker(step, problem)
        problem = problem_in(answer) or ""
        if not problem:
            return answer


def _short(key: str) -> str:
    """A key as Prefect takes it for an answer: letters and numbers alone."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def problem_of(operation: Operation, step: ManualStep, change: Change, answer: StepDone) -> str | None:
    """Why "done" cannot be taken, or None: it is so, as far as the platform shows it."""
    if step.asks_was and not answer.it_was:
        return "it_was: is empty. Say what the toggle showed before: on or off; it has to be given back to that"
    problem = not_made(operation, change)
    # A run that refused everybody looks like no run: of what is read back contact by contact a person's word counts.
    return None if isinstance(change, RunPlay | ReassignQueued) and answer.remark.strip() else problem
