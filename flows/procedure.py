"""What makes a function a procedure: a Prefect flow under its own name, whose failure gives back what was borrowed."""

import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from prefect import Flow, flow
from prefect.runtime import flow_run

from tasks.hooks import give_back_hook

P = ParamSpec("P")
R = TypeVar("R")
SUBJECTS = ("mailbox", "exclusion", "from_mailbox", "from_user", "from_sequence", "user", "sequence", "play")
"""The parameters that say what a run is about: the first that is given."""


def procedure(name: str) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Make a function the flow of this name, which is also the name of its deployment and command."""

    def made(function: Callable[P, R]) -> Flow[P, R]:
        return flow(
            name=name, flow_run_name=run_name, persist_result=True,
            on_failure=[give_back_hook], on_crashed=[give_back_hook], on_cancellation=[give_back_hook],
        )(documented(function))  # fmt: skip

    return made


def run_name() -> str:
    """A run's name: procedure, subject, mode and workspace."""
    given = flow_run.parameters or {}
    mode = "dry run" if given.get("dry_run", True) else "live"
    subject = next((given[name] for name in SUBJECTS if given.get(name)), "")
    words = [(flow_run.flow_name or "").strip(), str(subject), mode, "on", given.get("workspace", "sandbox")]
    return " ".join(filter(None, words))


def documented(function: Callable[P, R]) -> Callable[P, R]:
    """Put the parameters' help texts into a flow's docstring, where Prefect's form looks for them.

    Prefect 3.8.8 shows a parameter by its name and takes its help from the docstring's `Args`, not from its `Field`.
    """
    parameters = inspect.signature(function).parameters.values()
    lines = [f"    {parameter.name}: {parameter.annotation.__metadata__[0].description}" for parameter in parameters]
    function.__doc__ = "\n".join([inspect.getdoc(function) or "", "", "Args:", *lines])
    return function
