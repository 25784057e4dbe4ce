"""What time it is on the vendor's servers, by the `Date` of their answers: ours may be off, or be set meanwhile."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf

A_SECOND = 1.0


class ServerClock:
    """The server's time against a local clock that nobody sets.

    An answer's `Date` is whole seconds: while it was on its way, the server's time was between that and a second more.
    Where these spans overlap, their intersection tells the time better than any of them.
    """

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self.rate = 1.0
        self._span: tuple[float, float] | None = None  # the server's seconds since 1970, less ours
        self._last = 0.0
        self._heard = threading.Lock()

    def hear_rate(self, header: str | None) -> None:
        """Learn how fast the clock of an emulator's sandbox goes. What is no such number is left alone."""
        with suppress(ValueError):
            rate = float(header or "1")
            if 0 <= rate < inf:
                self.rate = rate

    def hear(self, date: str | None, sent: float, received: float) -> None:
        """Learn from an answer, sent for and received at these ticks. A missing or odd date is left alone."""
        try:
            server = parsedate_to_datetime(date or "").timestamp()
        except ValueError:
            return
        low, high = server - received, server + 1 - sent
        with self._heard:
            both = (max(low, self._span[0]), min(high, self._span[1])) if self._span else (low, high)
            self._span = both if both[0] <= both[1] else (low, high)  # a clock was set, or drifts: begin anew

    def now(self) -> datetime:
        """The server's time (UTC); ours where no answer was heard yet. What was learned since may show that it was up
        to a second fast: it stands still then. Only a clock that was set steps back."""
        with self._heard:
            if self._span is None:
                return datetime.now(UTC)
            now = self._ticks() + sum(self._span) / 2
            self._last = self._last if now < self._last <= now + A_SECOND else now
            return datetime.fromtimestamp(self._last, UTC)
