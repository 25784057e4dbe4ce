"""A live run that kills itself with SIGKILL: `python -m tests.flows.killed_run before|after NUMBER PROCEDURE JSON`.

The number counts the writes to the workspace, whichever way they are made; 0 kills nobody. A run that is not killed
ends with exit code 0 and prints how many writes it made.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from platforms.sandbox.sandbox import Sandbox

WRITES = ("apply", "enroll", "unenroll", "reassign_tasks")
made = 0


def kill_at(when: str, number: int) -> None:
    """Wrap the sandbox's writes so that this process dies around the one of this number."""

    def dying(write: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(self: Sandbox, *what: Any, **how: Any) -> Any:
            global made
            made += 1
            if (when, number) == ("before", made):
                os.kill(os.getpid(), signal.SIGKILL)
            answer = write(self, *what, **how)
            if (when, number) == ("after", made):
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return wrapped

    for name in WRITES:
        if hasattr(Sandbox, name):
            setattr(Sandbox, name, dying(getattr(Sandbox, name)))


def main() -> None:
    when, number, procedure, parameters = sys.argv[1:]
    kill_at(when, int(number))
    from cli.procedures import load
    from tasks.approving import always_yes, ask_with

    ask_with(always_yes)
    load(procedure)(dry_run=False, **json.loads(parameters))
    sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main()
