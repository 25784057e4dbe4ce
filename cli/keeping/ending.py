"""The wish to end: Ctrl-C, SIGTERM, or a terminal that was closed. The second time it is meant at once."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from models.errors import HandoffError


class Ended(Exception):  # no error: somebody ended it while it was starting
    """Somebody asked to end."""


class Ending:
    """Whether somebody asked to end, and whether twice."""

    def __init__(self) -> None:
        self._requested, self._hurry = threading.Event(), threading.Event()

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        (self._hurry if self._requested.is_set() else self._requested).set()

    def requested(self, within: float = 0) -> bool:
        """True as soon as somebody asks, at the latest after so many seconds."""
        return self._requested.wait(within)

    def hurry(self) -> bool:
        return self._hurry.is_set()

    def wait_for(self, condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """Until the condition holds. Raises Ended when asked to end, HandoffError after so many seconds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise HandoffError(otherwise)
            if self.requested(0.2):
                raise Ended
