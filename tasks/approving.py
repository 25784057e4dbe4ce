"""Asking a person before acting: in the shell at the terminal, in a deployed run by a form.

An answer binds to the plan that was shown. While somebody thought about it, contacts and settings may have changed:
then the plan is made anew, and asked about again.
"""

import getpass
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from prefect.input import RunInput
from pydantic import Field

from journal import decisions
from models.errors import NeedsPerson
from models.plan import Plan
from models.report import Report
from models.settings import Settings
from reports.web_addresses import WebAddresses
from tasks.by_hand import refuse_if_nobody_can_act
from tasks.forms import Question, ask_with_form
from tasks.narration import tell
from tasks.operation import Operation
from tasks.reporting import conclude, give_up, write_planned
from tasks.request import Request
from tasks.suspending import is_deployed

GO_ON = "go on"
NAMED = 12  # contacts that a question names
AT_ONCE = 1.0  # seconds: who answered faster did not have to think, and nothing changed meanwhile
P = TypeVar("P", bound=Plan)
A = TypeVar("A")
Q = TypeVar("Q", bound=Request)


@dataclass(frozen=True)
class Answer(Generic[A]):
    """What was answered, who answered, whether the workspace may have changed since the question was put, and that
    question; None where nobody was asked."""

    said: A
    by: str
    took_time: bool = False
    shown: Question | None = None

    @property
    def is_no(self) -> bool:
        """Whether nothing is to be done, whatever the plan says by now."""
        return self.said is False or (isinstance(self.said, str) and self.said == "none")


class Confirmation(RunInput):
    """Is this what should happen?"""

    go_on: bool = Field(default=False, title="Yes, carry this out", description="Leave off to change nothing.")
    approved_by: str = Field(title="Your name", description="Kept with the operation.", min_length=1)


Asker = Callable[[Question], bool]


def _nobody_to_ask(question: Question) -> bool:
    raise NeedsPerson(f"{question.words} Nobody can be asked here: run it in a terminal, or with --yes")


def always_yes(_: Question) -> bool:
    """The answer of somebody who agreed beforehand: no question is made for it."""
    return True


_asker: Asker | None = None
_asker_of_emails: Asker | None = None


def ask_about_emails_with(asker: Asker | None) -> None:
    """Let the shell ask what somebody who agreed beforehand has not agreed to: parts that send emails."""
    global _asker_of_emails
    _asker_of_emails = asker


def ask_with(asker: Asker) -> None:
    """Let the shell ask the questions of this process."""
    global _asker
    _asker = asker


def confirm(operation: Operation, plan: P, again: Callable[[], P]) -> P | None:
    """The live plan that a person agrees to, or None. `again` makes the plan, which is asked about anew if it changed.

    Who started a deployment with `dry_run` off has agreed, unless the plan asks all the same: contacts that are only
    candidates (no record from before the change names them) a person confirms, seeing the evidence.
    """
    given = decisions.find(operation.journal, operation.id, GO_ON, plan.fingerprint())
    if given is not None:
        return plan if given.answer == "yes" else None
    plan, answer = ask_until_it_holds(
        operation, plan, again, partial(_ask_on_form if is_deployed() else _ask_here, operation)
    )
    decisions.record(
        operation.journal,
        operation.id,
        GO_ON,
        plan.fingerprint(),
        "yes" if answer.said else "no",
        answer.by,
        operation.now(),
        answer.shown.as_kept() if answer.shown else None,
    )
    return plan if answer.said else None


def plan_and_agree(operation: Operation, plan: Callable[[str, Q], P], request: Q) -> P | Report:
    """The live plan that may be carried out: made, allowed, and agreed to; or the report of an operation that ends
    here, since it is a dry run, there is nothing to do, or somebody said no.

    Raises NotAllowed and NeedsPerson as `refuse_unless_allowed`.
    """
    made = plan(operation.id, request)
    if operation.is_dry_run or made.is_empty:
        return conclude(operation.id)
    return agree(operation, made, partial(plan, operation.id, request))


def agree(operation: Operation, plan: P, again: Callable[[], P]) -> P | Report:
    """The live plan that somebody agreed to (see `confirm`), or the report of an operation that ends with a no.

    Raises NotAllowed and NeedsPerson as `refuse_unless_allowed`.
    """
    refuse_unless_allowed(operation, plan)
    agreed = confirm(operation, plan, again)
    return give_up(operation.id, "not_approved") if agreed is None else agreed


def ask_until_it_holds(
    operation: Operation, plan: P, again: Callable[[], P], ask: Callable[[P], Answer[A]]
) -> tuple[P, Answer[A]]:
    """Ask about a plan until it is still the one that was shown when the answer has come; give both."""
    while True:
        answer = ask(plan)
        if answer.is_no or not answer.took_time:
            return plan, answer
        operation.update(plan=None, plan_hash=None)
        fresh = again()
        if fresh.fingerprint() == plan.fingerprint() or fresh.is_empty:
            return fresh, answer
        tell("contacts or settings changed since the plan was shown: it was made anew, and is asked about again")
        plan = fresh


def refuse_unless_allowed(operation: Operation, plan: Plan) -> None:
    """Raise NotAllowed where the acting user may not make one of the plan's changes (R47), NeedsPerson where one takes
    a person and nobody can be asked: before the first one."""
    for kind in plan.changes():
        operation.platform.refuse_unless_allowed(kind)
    refuse_if_nobody_can_act(operation, plan.changes())


def agreed_to(operation: Operation, part: str, asking: Question, *, sends_emails: bool) -> bool:
    """Whether a person agrees to one part of what an operation does. Repeated: their first answer.

    Who agreed beforehand has agreed to what sends no emails. Raises NeedsPerson where nobody can be asked.
    """
    given = decisions.find(operation.journal, operation.id, part, asking.bound_to)
    if given is not None:
        return given.answer == "yes"
    if is_deployed():
        form = ask_with_form(operation, asking, Confirmation, lambda answer: None)
        said, by = form.go_on, form.approved_by
    else:
        asker = _asker or _nobody_to_ask
        if asker is always_yes and sends_emails:
            asker = _asker_of_emails or _nobody_to_ask
        said, by = asker(asking), getpass.getuser()
    answer = "yes" if said else "no"
    decisions.record(
        operation.journal, operation.id, part, asking.bound_to, answer, by, operation.now(), asking.as_kept()
    )
    return said


def _ask_here(operation: Operation, plan: Plan) -> Answer[bool]:
    asker = _asker or (_nobody_to_ask if plan.asks else always_yes)
    if asker is always_yes:
        return Answer(True, getpass.getuser())
    begun, shown = time.monotonic(), about_plan(operation, plan, GO_ON)
    return Answer(asker(shown), getpass.getuser(), time.monotonic() - begun > AT_ONCE, shown)


def _ask_on_form(operation: Operation, plan: Plan) -> Answer[bool]:
    if not plan.asks:
        return Answer(True, "whoever started the run")
    shown = about_plan(operation, plan, GO_ON)
    form = ask_with_form(operation, shown, Confirmation, lambda answer: None)
    return Answer(form.go_on, form.approved_by, took_time=True, shown=shown)


def question(operation: Operation, plan: Plan) -> str:
    """What somebody is asked, in a sentence."""
    return f"Workspace {operation.row.workspace}: {plan.question()}?"


def about_plan(operation: Operation, plan: Plan, about: str, more: str = "") -> Question:
    """The question whether a plan is to be carried out, with everything that somebody has to know before saying yes."""
    otherwise = f"afterwards nothing is done. Plan {plan.fingerprint()}"
    first = operation.outcomes.first_to_change(NAMED)
    people = [" · ".join(filter(None, (one["email"], one["sequence"], _at(one["step"])))) for one in first]
    if first and (rest := plan.contacts - len(first)) > 0:
        file = write_planned(operation)
        people.append(f"and {rest:,} more: {file}")
        served = WebAddresses(reports=Settings().reports_url).file(operation.id, file.name)
        more += f"\n\n[All {plan.contacts:,} of them]({served})" if served else ""
    against, *others = plan.sections()
    sections = (against, ("Who is meant", tuple(people)), *others)
    return Question(about, plan.fingerprint(), question(operation, plan), sections, otherwise, more)


def _at(step: int | None) -> str:
    return f"step {step}" if step else ""
