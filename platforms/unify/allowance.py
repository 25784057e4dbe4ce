"""Requests that several processes with one key may send together: each asks for a block of them before it sends.

A block is good for a moment only. Whoever was stopped in between, for however long, asks anew before it goes on; so who
grants blocks decides at any time who may send at all.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

Grant = Callable[[str, int], None]
"""Waits until so many requests may be sent to a service. Raises HandoffError where none may be any more."""
BLOCK = 100
GOOD_FOR = 1.0  # seconds
MOST_ARRIVE_WITHIN = 0.5
"""Seconds from sending to arriving; whoever is late is few, and the vendor says no to those without harm (429)."""


@dataclass(frozen=True)
class Bucket:
    """What may be granted so that never more than `limit` requests arrive in any `seconds`, as a bucket that leaks:
    it holds `size` at once, and so many are free again a second later (`a_second`)."""

    limit: int
    seconds: float
    block: int = BLOCK
    good_for: float = GOOD_FOR
    late: float = MOST_ARRIVE_WITHIN

    @property
    def size(self) -> int:
        """Two blocks: one is taken while the one before is being used."""
        return 2 * self.block

    @property
    def a_second(self) -> float:
        # What arrives within any window was granted within it, or shortly before: as long as a block is good for.
        return (self.limit - self.size) / (self.seconds + self.good_for + self.late)


class Allowance:
    """What one process may send to each service of one key, in blocks.

    A process that sends little asks for little, since what is not used while it is good is lost to all: a block is as
    large as what was used of the one before, and twice as large where that was used up in half the time.
    """

    def __init__(
        self,
        grant: Grant,
        block: int = BLOCK,
        good_for: float = GOOD_FOR,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grant, self._block, self._good_for, self._clock = grant, block, good_for, clock
        self._services: dict[str, _Block] = {}
        self._making = threading.Lock()

    def take(self, service: str) -> None:
        """Wait until one request may be sent. Raises HandoffError as the grant does."""
        with self._making:
            block = self._services.setdefault(service, _Block())
        with block.gate:  # one asks for the next block; the others wait for it
            age = self._clock() - block.since
            if block.left and age < self._good_for:
                block.left -= 1
                return
            used = block.size - block.left
            fast = not block.left and age < self._good_for / 2
            size = min(max(2 * used if fast else used, 1), self._block)
            block.left = 0  # whatever the grant raises, nothing is left
            self._grant(service, size)
            block.size, block.left, block.since = size, size - 1, self._clock()


class _Block:
    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.size = self.left = 0
        self.since = -math.inf
