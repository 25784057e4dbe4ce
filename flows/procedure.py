"""What makes a function a procedure: a Prefect flow under its own name, whose failure gives back what was borrowed."""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from prefect import Flow
from prefect.context import FlowRunContext
from prefect.runtime import flow_run
from prefect.utilities.callables import parameter_schema

from flows.form_parameters import form_of
from flows.given_parameters import fitting
from models.errors import InvalidInput
from tasks.failing import failed_with, log_plainly
from tasks.hooks import give_back_hook

P = ParamSpec("P")
R = TypeVar("R")
SUBJECTS = (
    "mailbox", "exclusion", "from_mailbox", "from_user", "from_sequence", "user", "sequence", "play", "audience",
    "critical_sequences", "mailboxes", "outcomes_csv", "tasks_csv", "contacts_csv", "to_user",
)  # fmt: skip
"""The parameters that say what a run is about: the first that is given."""


class Procedure(Flow[P, R]):
    """A flow that takes parameters as they are where one does not fit, and whose function then says which, and why:
    Prefect would name the classes that it checked them with, and log all values."""

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            fitting(self.fn, parameters)
        except InvalidInput:
            return parameters
        return super().validate_parameters(parameters)


def procedure(name: str, otherwise: str = "") -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Make a function the flow of this name, which is also the name of its deployment and command.

    `otherwise` is what a run is about where no parameter says so.
    """

    def made(function: Callable[P, R]) -> Flow[P, R]:
        procedure = Procedure(
            _carried_out(function), name=name, flow_run_name=partial(name_of_this_run, otherwise=otherwise),
            persist_result=True, on_failure=[give_back_hook], on_crashed=[give_back_hook],
            on_cancellation=[give_back_hook],
        )  # fmt: skip
        # Prefect makes the form from the flow's signature and calls the function by the function's own.
        procedure.__signature__ = form_of(inspect.signature(function))  # type: ignore[attr-defined]  # inspect looks for it
        procedure.parameters = parameter_schema(procedure)
        return procedure

    log_plainly()
    return made


def _carried_out(function: Callable[P, R]) -> Callable[P, R]:
    """The function, whose errors become the state that it ends with. (What pauses a run is no Exception.)"""
    called: Callable[..., R] = function  # Prefect gives some by place
    signature = inspect.signature(function)

    @wraps(function)
    def carried_out(*args: P.args, **given: P.kwargs) -> Any:
        try:
            return called(**fitting(function, signature.bind(*args, **given).arguments))
        except Exception as error:
            if FlowRunContext.get() is None:  # called as a plain function: there is no run to fail
                raise
            return failed_with(error)

    return carried_out


def name_of_this_run(otherwise: str) -> str:
    """The name of the run that is under way."""
    return run_name((flow_run.flow_name or "").strip(), flow_run.parameters or {}, otherwise)


def run_name(procedure: str, given: dict[str, Any], otherwise: str = "") -> str:
    """A run's name: procedure, subject, mode and workspace."""
    mode = "dry run" if given.get("dry_run", True) else "live"
    subject = next((told(name, given[name]) for name in SUBJECTS if given.get(name)), otherwise)
    words = [procedure, subject, mode, "on", str(given.get("workspace", "sandbox"))]
    return " ".join(filter(None, words))


def told(parameter: str, value: Any) -> str:
    """A parameter's value in a run's name: a file by its name alone, a list by its first two."""
    if parameter.endswith("_csv"):
        return Path(str(value)).name
    if isinstance(value, list):
        return ", ".join(map(str, value[:2])) + (f" and {len(value) - 2} more" if len(value) > 2 else "")
    return f"for {value}" if parameter == "to_user" else str(value)
