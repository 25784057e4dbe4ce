"""The vendor's limits (docs/emulator.md): requests of each service in a sliding window, and what query jobs may cost.

Jobs are counted for the account, whatever they ask about; the rest for each service.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from platforms.emulator.problems import Problem, rate_limited

DAY = 86_400.0
ROUNDING = 1e-9  # seconds: a client that waited the whole Retry-After gets in
SERVICES = ("data", "sequences", "tasks")
KEPT_ARRIVALS = 1_000_000  # of each service: enough for a benchmark, some 30 MB


@dataclass
class Limits:
    """How much is allowed. Times are seconds of real time, whatever the sandbox's clock does."""

    requests: int = 100_000
    window: float = 300.0
    jobs_a_day: int = 100
    looks_a_second: int = 10
    pages_a_second: int = 5
    ticks: Callable[[], float] = time.monotonic
    arrivals: dict[str, deque[float]] = field(
        default_factory=lambda: {service: deque(maxlen=KEPT_ARRIVALS) for service in SERVICES}
    )
    """When each request with the right key came to a service, by `ticks`, oldest first; those refused are there too."""
    _log: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def request(self, service: str) -> None:
        """Count a request to a service. Raises Problem (429) where it is one too many. Other words are none."""
        if service in self.arrivals:
            self.arrivals[service].append(self.ticks())
            self._count(service, self.requests, self.window)

    def job_made(self) -> None:
        """Count a query job that is made."""
        self._count("jobs", self.jobs_a_day, DAY)

    def job_looked_at(self, service: str) -> None:
        """Count a look at a query job's status."""
        self._count(f"{service}: looks", self.looks_a_second, 1.0)

    def page_read(self, service: str) -> None:
        """Count a page of results that is read."""
        self._count(f"{service}: pages", self.pages_a_second, 1.0)

    def _count(self, what: str, allowed: int, window: float) -> None:
        log, now = self._log[what], self.ticks()
        while log and log[0] + window <= now + ROUNDING:
            log.popleft()
        if len(log) >= allowed:
            raise self._refusal(log, now, window)
        log.append(now)

    @staticmethod
    def _refusal(log: deque[float], now: float, window: float) -> Problem:
        return rate_limited(min(log[0] + window - now, window) if log else window)  # a sum of floats may exceed it


def unlimited() -> Limits:
    """No limits, for tests that are about something else."""
    return Limits(requests=10**9, jobs_a_day=10**9, looks_a_second=10**9, pages_a_second=10**9)
