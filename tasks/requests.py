"""The procedures' requests by the procedures' names, and a run's parameters as the command that gives them."""

import json
import shlex
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from models.parameters import SET_BY_THE_RUN
from tasks.request import Request

UNDO = "undo"  # a command of its own


def class_of(procedure: str) -> str:
    """The name of the class that is a procedure's request."""
    return f"{procedure.title().replace('-', '')}Request"


def request_of(procedure: str) -> type[Request]:
    """The request of a procedure, which is in a room of its name. Loads no other."""
    found: type[Request] = getattr(import_module(f"tasks.{procedure.replace('-', '_')}.request"), class_of(procedure))
    return found


def command_of(procedure: str, parameters: Mapping[str, Any], workspace: str) -> str:
    """The command that carries a procedure out with these parameters, ready to be copied into a shell."""
    request = request_of(procedure)
    if procedure == UNDO:
        return shlex.join(["handoff", UNDO, parameters["undone"], "--live"])
    words = ["handoff", "run", procedure]
    for name, value in parameters.items():
        field = request.model_fields.get(name)
        if field is None or name in SET_BY_THE_RUN or value == field.default:
            continue
        if isinstance(value, bool):
            words.append(option_of(name) if value else f"--no-{option_of(name)[2:]}")
            continue
        for one in value if isinstance(value, list) else [value]:
            words += [option_of(name), as_typed(one)]
    return shlex.join([*words, *(["--workspace", workspace] if workspace != "sandbox" else []), "--live"])


def as_typed(value: Any) -> str:
    """A value as somebody types it: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def option_of(parameter: str) -> str:
    """A parameter as an option of the shell."""
    return f"--{parameter.replace('_', '-')}"
