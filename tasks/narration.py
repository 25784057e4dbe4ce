"""What a run says while it works: to the terminal in a shell, to log and progress artifact in a deployed run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger

from models.wording import one_line
from tasks.artifacts import ProgressArtifact

Step = Callable[[int], None]


class Narrator(Protocol):
    """Somebody who tells what goes on."""

    def tell(self, message: str) -> None:
        """Say one line."""

    def progress(self, what: str, total: int | None) -> "Iterator[Step]":
        """Show long work: what is yielded is called with how many more are done."""

    def sleep(self, until: datetime, seconds: float, reason: str) -> None:
        """Sleep so many seconds of ours, showing what for and until when (the workspace's time)."""


class _Log:
    """The narrator of a deployed run."""

    def tell(self, message: str) -> None:
        try:
            get_run_logger().info(message)
        except MissingContextError:
            return

    def progress(self, what: str, total: int | None) -> Iterator[Step]:
        done, shown = 0, ProgressArtifact.begin(what, total)

        def step(more: int) -> None:
            nonlocal done
            done += more
            self.tell(f"{what}: {done}" + (f" of {total}" if total else ""))
            shown.show(done)

        yield step
        shown.end()

    def sleep(self, until: datetime, seconds: float, reason: str) -> None:
        raise AssertionError("a deployed run gives its process back instead of sleeping")


_narrator: Narrator = _Log()


def narrate_with(narrator: Narrator) -> None:
    """Let somebody else tell what goes on in this process."""
    global _narrator
    _narrator = narrator


def tell(message: str) -> None:
    """Say one line about what goes on; no name in it is obeyed, or begins another line."""
    _narrator.tell(one_line(message))


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Step]:
    """Long work: call what this gives with how many more are done."""
    yield from _narrator.progress(one_line(what), total)


def sleep(until: datetime, seconds: float, reason: str) -> None:
    """Sleep in this process, showing why and until when."""
    _narrator.sleep(until, seconds, one_line(reason))
