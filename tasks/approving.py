"""Asking a person before acting: in the shell at the terminal, in a deployed run by a form."""

import getpass
from collections.abc import Callable

from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from pydantic import Field

from journal import decisions
from models.errors import NeedsPerson
from models.plan import Plan
from tasks.operation import Operation
from tasks.pausing import is_deployed

WITHIN = 7 * 24 * 3600  # seconds that a form waits for its answer


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


def confirm(operation: Operation, plan: Plan) -> bool:
    """Whether a person agrees to a live plan. The answer is kept, bound to this very plan.

    Who started a deployment with `dry_run` off has agreed, unless contacts are only candidates (no record from
    before the change names them): those a person confirms, seeing the evidence.
    """
    shown = plan.fingerprint()
    given = decisions.find(operation.journal, operation.id, "go on", shown)
    if given is not None:
        return given.answer == "yes"
    yes, by = _ask_on_form(operation, plan, shown) if is_deployed() else _ask_here(operation, plan)
    decisions.record(operation.journal, operation.id, "go on", shown, "yes" if yes else "no", by, operation.now())
    return yes


def refuse_unless_allowed(operation: Operation, plan: Plan) -> None:
    """Raise NotAllowed where the acting user may not make one of the plan's changes (R47): before the first one."""
    for kind in plan.changes():
        operation.platform.refuse_unless_allowed(kind)


def _ask_here(operation: Operation, plan: Plan) -> tuple[bool, str]:
    asker = _asker or (_nobody_to_ask if plan.candidates else lambda question: True)
    return asker(_question(operation, plan)), getpass.getuser()


def _ask_on_form(operation: Operation, plan: Plan, shown: str) -> tuple[bool, str]:
    if not plan.candidates:
        return True, "whoever started the run"
    lines = "\n".join(f"- {line}" for line in plan.lines())
    form = Confirmation.with_initial_data(description=f"{_question(operation, plan)}\n\n{plan.found}\n\n{lines}")
    key = f"go-on-{shown}-{operation.row.attempt}"  # a retried run may not ask under a key that was answered
    answer = suspend_flow_run(wait_for_input=form, timeout=WITHIN, key=key)
    return answer.go_on, answer.approved_by


def _question(operation: Operation, plan: Plan) -> str:
    return f"Workspace {operation.row.workspace}: {plan.question()}?"
