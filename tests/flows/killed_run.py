"""A live run that kills itself with SIGKILL: `python -m tests.flows.killed_run before|after NUMBER MAILBOX`.

The number counts the writes to the workspace, changes and direct enrollments alike. A run that is not killed ends
with exit code 0.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from platforms.sandbox.sandbox import Sandbox


def kill_at(when: str, number: int) -> None:
    """Wrap the sandbox's writes so that this process dies around the one of this number."""
    made = 0

    def dying(write: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(self: Sandbox, what: Any) -> Any:
            nonlocal made
            made += 1
            if (when, number) == ("before", made):
                os.kill(os.getpid(), signal.SIGKILL)
            answer = write(self, what)
            if (when, number) == ("after", made):
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return wrapped

    for name in ("apply", "enroll"):
        setattr(Sandbox, name, dying(getattr(Sandbox, name)))


def main() -> None:
    when, number, mailbox = sys.argv[1:]
    kill_at(when, int(number))
    from flows.ownership_change import ownership_change
    from tasks.approving import ask_with

    ask_with(lambda question: True)
    ownership_change(mailbox=mailbox, dry_run=False, reenrollment_wait_min=60)


if __name__ == "__main__":
    main()
