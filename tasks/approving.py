"""Asking a person before acting: in the shell at the terminal, in a deployed run by a form.

An answer binds to the plan that was shown. While somebody thought about it, contacts and settings may have changed:
then the plan is made anew, and asked about again.
"""

import getpass
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from pydantic import Field

from journal import decisions, operations, questions
from models.errors import NeedsPerson
from models.plan import Plan
from models.settings import Settings
from reports.markdown import plain
from tasks import heartbeat
from tasks.narration import tell
from tasks.operation import Operation
from tasks.pausing import is_deployed

GO_ON = "go on"
AT_ONCE = 1.0  # seconds: who answered faster did not have to think, and nothing changed meanwhile
P = TypeVar("P", bound=Plan)
A = TypeVar("A")
F = TypeVar("F", bound=RunInput)


@dataclass(frozen=True)
class Answer(Generic[A]):
    """What was answered, by whom, and whether the workspace may have changed since the question was put."""

    said: A
    by: str
    took_time: bool = False

    @property
    def is_no(self) -> bool:
        """Whether nothing is to be done, whatever the plan says by now."""
        return self.said is False or (isinstance(self.said, str) and self.said == "none")


class Confirmation(RunInput):
    """Is this what should happen?"""

    go_on: bool = Field(default=False, title="Yes, carry this out", description="Leave off to change nothing.")
    approved_by: str = Field(title="Your name", description="Kept with the operation.", min_length=1)


Asker = Callable[[str], bool]


def _nobody_to_ask(question: str) -> bool:
    raise NeedsPerson(f"{question} Nobody can be asked here: run it in a terminal, or with --yes")


_asker: Asker | None = None


def ask_with(asker: Asker) -> None:
    """Let the shell ask the questions of this process."""
    global _asker
    _asker = asker


def confirm(operation: Operation, plan: P, again: Callable[[], P]) -> P | None:
    """The live plan that a person agrees to, or None. `again` makes the plan, which is asked about anew if it changed.

    Who started a deployment with `dry_run` off has agreed, unless contacts are only candidates (no record from
    before the change names them): those a person confirms, seeing the evidence.
    """
    given = decisions.find(operation.journal, operation.id, GO_ON, plan.fingerprint())
    if given is not None:
        return plan if given.answer == "yes" else None
    plan, answer = ask_until_it_holds(
        operation, plan, again, partial(_ask_on_form if is_deployed() else _ask_here, operation)
    )
    decisions.record(
        operation.journal, operation.id, GO_ON, plan.fingerprint(), "yes" if answer.said else "no", answer.by,
        operation.now(),
    )  # fmt: skip
    return plan if answer.said else None


def ask_until_it_holds(
    operation: Operation, plan: P, again: Callable[[], P], ask: Callable[[P], Answer[A]]
) -> tuple[P, Answer[A]]:
    """Ask about a plan until it is still the one that was shown when the answer has come; give both."""
    while True:
        answer = ask(plan)
        if answer.is_no or not answer.took_time:
            return plan, answer
        operations.update(operation.journal, operation.id, plan=None, plan_hash=None)
        fresh = again()
        if fresh.fingerprint() == plan.fingerprint() or fresh.is_empty:
            return fresh, answer
        tell("contacts or settings changed since the plan was shown: it was made anew, and is asked about again")
        plan = fresh


def refuse_unless_allowed(operation: Operation, plan: Plan) -> None:
    """Raise NotAllowed where the acting user may not make one of the plan's changes (R47): before the first one."""
    for kind in plan.changes():
        operation.platform.refuse_unless_allowed(kind)


def _ask_here(operation: Operation, plan: Plan) -> Answer[bool]:
    asker = _asker or (_nobody_to_ask if plan.candidates else lambda question: True)
    begun = time.monotonic()
    return Answer(asker(question(operation, plan)), getpass.getuser(), time.monotonic() - begun > AT_ONCE)


def _ask_on_form(operation: Operation, plan: Plan) -> Answer[bool]:
    if not plan.candidates:
        return Answer(True, "whoever started the run")
    form = ask_with_form(operation, GO_ON, plan, Confirmation, lambda answer: None)
    return Answer(form.go_on, form.approved_by, took_time=True)


def ask_with_form(
    operation: Operation, about: str, plan: Plan, form: type[F], problem_of: Callable[[F], str | None], more: str = ""
) -> F:
    """The answer on a form of the run's page in Prefect; until it comes, no process is held.

    The form names the plan and everything it costs, with `more` at its end. `problem_of` says why an answer cannot be
    taken: then it is asked for again. The form waits `HANDOFF_APPROVAL_HOURS`; afterwards Prefect ends the run
    without any hook, and the next sweep its operation.
    """
    journal, within = operation.journal, timedelta(hours=Settings().approval_hours)
    # A retried run may not ask under a key that was answered.
    shown = f"{about.replace(' ', '-')}-{plan.fingerprint()}-{operation.row.attempt}-"
    while True:
        problems = questions.problems(journal, operation.id, shown)
        key, now = f"{shown}{len(problems)}", datetime.now(UTC)
        asked = questions.ask(journal, operation.id, about, key, question(operation, plan), now, now + within)
        if asked.state == "open":
            operations.update(journal, operation.id, status="waiting")
            heartbeat.promise(journal, operation.id, asked.expires_at)
        text = as_markdown(operation, plan, asked.expires_at, problems[-1:]) + more
        answer = suspend_flow_run(
            wait_for_input=form.with_initial_data(description=text), timeout=int(within.total_seconds()), key=key
        )  # fmt: skip
        problem = problem_of(answer)
        questions.close(journal, operation.id, "refused" if problem else "answered", problem or "")
        operations.update(journal, operation.id, status="running")
        if problem is None:
            return answer
        tell(f"the answer could not be taken ({problem}): it is asked for again")


def question(operation: Operation, plan: Plan) -> str:
    """What somebody is asked, in a sentence."""
    return f"Workspace {operation.row.workspace}: {plan.question()}?"


def as_markdown(operation: Operation, plan: Plan, expires_at: datetime, problems: list[str]) -> str:
    """A question as the form shows it: with everything that somebody has to know before saying yes. Names are text."""
    again = [f"**The last answer could not be taken:** {plain(problem)}" for problem in problems]
    sections = [
        f"**{title}**\n\n" + "\n".join(f"- {plain(line)}" for line in lines)
        for title, lines in plan.sections() if lines
    ]  # fmt: skip
    by = f"Answer by {expires_at:%Y-%m-%d %H:%M}Z; afterwards nothing is done. Plan {plan.fingerprint()}."
    return "\n\n".join([*again, f"**{plain(question(operation, plan))}**", *sections, by])
