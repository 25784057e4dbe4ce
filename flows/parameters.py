"""The parameters of the flows, as the form shows them: flat, annotated, each with a title and a help text.

Flat arguments keep `prefect deployment run -p mailbox=…` working: one model would nest them under one key.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, ParamSpec, TypeVar

from prefect.runtime import flow_run
from pydantic import Field

P = ParamSpec("P")
R = TypeVar("R")

ReenrollmentWaitMin = Annotated[
    int,
    Field(
        title="First probe after (minutes)",
        ge=0,
        le=24 * 60,
        description="Re-enrollment settings take 30 to 60 minutes to act.",
    ),
]
ReenrollmentWaitMax = Annotated[
    int,
    Field(
        title="Give up after (minutes)",
        ge=0,
        le=7 * 24 * 60,
        description="Not proved by then: everything is given back.",
    ),
]
Probe = Annotated[
    bool, Field(title="Probe", description="Prove by one contact that the settings act. Off: trust the clock.")
]
WorkspaceName = Annotated[str, Field(title="Workspace", description="Which workspace is meant.", min_length=1)]
DryRun = Annotated[bool, Field(title="Dry run", description="On: only tell what would be done. Nothing is changed.")]
Resume = Annotated[
    str | None, Field(title="Operation to go on with", description="The id of one that was cut short. Usually empty.")
]


def run_name() -> str:
    """A run's name: procedure, subject, mode and workspace."""
    given = flow_run.parameters or {}
    mode = "dry run" if given.get("dry_run", True) else "live"
    subject = given.get("mailbox") or given.get("sequence") or ""
    return f"{(flow_run.flow_name or '').strip()} {subject} {mode} on {given.get('workspace', 'sandbox')}"


def documented(procedure: Callable[P, R]) -> Callable[P, R]:
    """Put the parameters' help texts into a flow's docstring, where Prefect's form looks for them.

    Prefect 3.8.8 shows a parameter by its name and takes its help from the docstring's `Args`, not from its `Field`.
    """
    parameters = inspect.signature(procedure).parameters.values()
    lines = [f"    {parameter.name}: {parameter.annotation.__metadata__[0].description}" for parameter in parameters]
    procedure.__doc__ = "\n".join([inspect.getdoc(procedure) or "", "", "Args:", *lines])
    return procedure
