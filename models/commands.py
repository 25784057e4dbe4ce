"""Commands for people to run, as a shell takes them (docs/interface.md, *Commands*)."""

import shlex
from typing import Any


def handoff_run(procedure: str, workspace: str, *, live: bool = False, **parameters: Any) -> str:
    """`handoff run PROCEDURE --set key=value … --workspace NAME`: a list is a repeated key; what is None is left out.

    The workspace is always said: who runs it later may have another one as default.
    """
    words = ["handoff", "run", procedure]
    for name, value in parameters.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is not None:
                words += ["--set", f"{name}={one}"]
    return shlex.join([*words, "--workspace", workspace, *(["--live"] if live else [])])


def sandbox_do(action: str, **values: str) -> str:
    """`handoff sandbox do ACTION key=value …`."""
    return shlex.join(["handoff", "sandbox", "do", action, *(f"{name}={value}" for name, value in values.items())])
