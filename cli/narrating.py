"""The narrator of a shell: lines and progress bars on standard error."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from cli.output import console
from models.wording import in_utc


class Terminal:
    """Tells what goes on to whoever sits at the terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console: Console = console(stderr=True)
        self._quiet = quiet
        self._hidden = quiet or not self._console.is_terminal  # a bar in a file is an empty line

    def tell(self, message: str) -> None:
        if not self._quiet:
            self._console.print(f"  {message}", markup=False, style="dim")

    def progress(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        display = Progress(*columns, console=self._console, transient=True, disable=self._hidden)
        with display:
            shown = display.add_task(what, total=total)
            yield lambda more: display.update(shown, advance=more)

    def sleep(self, until: datetime, seconds: float, reason: str) -> None:
        self.tell(f"waiting for {reason} until {in_utc(until)}; Ctrl-C leaves it to `handoff resume`")
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
        end = time.monotonic() + seconds
        with Progress(*columns, console=self._console, transient=True, disable=self._hidden) as display:
            shown = display.add_task(reason, total=seconds)
            while (left := end - time.monotonic()) > 0:
                display.update(shown, completed=seconds - left)
                time.sleep(min(0.5, left))


class _Reading(logging.Handler):
    """Shows what is being read of a workspace over its API."""

    def emit(self, record: logging.LogRecord) -> None:
        console(stderr=True).print(f"  {record.getMessage()} …", markup=False, style="dim")


def show_reading() -> None:
    """From now on say what is being read of Unify, which may take minutes."""
    log = logging.getLogger("platforms.unify.reading")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.handlers = [_Reading()]
