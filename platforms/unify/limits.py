"""How often requests may go to the vendor, so that it never has to refuse (docs/platform.md).

100,000 requests in 5 minutes for each service, which the path's first segment names; of query jobs 100 made in a day,
some 10 looks at one in a second, and some 5 pages of results in a second.

Counted here is what this process asks. Several processes with one key, such as the runs of `handoff up`, know of each
other only where they have an `Allowance`: else they may reach the limit together. Then the vendor answers 429, and each
of them keeps its whole service quiet for as long as `Retry-After` says; nothing is lost by it, since what was answered
429 was not carried out.
"""

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from models.errors import Unreachable
from platforms.unify.allowance import Allowance

REQUESTS, FIVE_MINUTES = 100_000, 300.0
A_DAY = 86_400.0
_JOBS = re.compile(r"/query-jobs(?:(?P<results>/[^/]+/results)|(?P<one>/[^/]+))?/?$")


class Window:
    """At most `limit` requests in whichever `seconds` one looks at, as the server sees them arrive.

    When a request arrives is not known here, only that it is after it was sent and before it was answered. So its
    place is free again `seconds` after the answer: two that arrive sooner than they were sent are still apart.
    """

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.seconds, self._clock = limit, seconds, clock
        self._under_way = 0
        self._answered: deque[float] = deque()  # when, oldest first; none older than `seconds`
        self._quiet_until = 0.0
        self._gate = threading.Lock()  # one waits for the next place; the others wait for it, and are not woken in vain
        self._changed = threading.Condition()

    @contextmanager
    def place(self, patience: float | None = None) -> Iterator[None]:
        """Waits for a place, and holds it for one request. Raises Unreachable at once where the wait is known to be
        longer than `patience` (seconds)."""
        with self._gate, self._changed:
            while (wait := self.wait()) is None or wait > 0:
                if patience is not None and wait is not None and wait > patience:
                    raise Unreachable(
                        f"the {self.limit} allowed in {self.seconds:.0f} s are used up for another {wait:.0f} s"
                    )
                self._changed.wait(wait)
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._answered.append(self._clock())
                self._changed.notify()

    def wait(self) -> float | None:
        """Seconds until there may be a place, 0 where there is one; None where it takes an answer first."""
        now = self._clock()
        while self._answered and self._answered[0] + self.seconds <= now:
            self._answered.popleft()
        if now < self._quiet_until:
            return self._quiet_until - now
        if self._under_way + len(self._answered) < self.limit:
            return 0
        return self._answered[0] + self.seconds - now if self._answered else None

    def keep_quiet(self, seconds: float) -> None:
        """Nobody begins for so long, for the vendor said so."""
        with self._changed:
            self._quiet_until = max(self._quiet_until, self._clock() + seconds)


class Limits:
    """The windows of one key. The numbers are the documented ones; a test may scale them.

    `allowance` is what all processes with the key share of a service's requests; looks and pages, which are few, are
    parted evenly among so many `workers`.
    """

    def __init__(
        self,
        requests: int = REQUESTS,
        seconds: float = FIVE_MINUTES,
        jobs_made: int = 100,
        looks_a_second: int = 10,
        pages_a_second: int = 5,
        allowance: Allowance | None = None,
        workers: int = 1,
    ) -> None:
        self._of_a_service = (requests, seconds)
        self._services: dict[str, Window] = {}
        self._making = threading.Lock()
        self._jobs = Window(jobs_made, A_DAY)
        self._looks = Window(max(looks_a_second // workers, 1), 1.0)
        self._pages = Window(max(pages_a_second // workers, 1), 1.0)
        self._allowance = allowance

    def service(self, path: str) -> Window:
        """The window of a path's service."""
        with self._making:
            return self._services.setdefault(_service_of(path), Window(*self._of_a_service))

    @contextmanager
    def place(self, method: str, path: str) -> Iterator[None]:
        """A place for one request in each window that it counts in. Raises Unreachable where a day's query jobs are
        used up: a day is too long to wait; and as the allowance does."""
        with ExitStack() as places:
            if (jobs := _JOBS.search(path)) is not None:
                if jobs["results"]:
                    places.enter_context(self._pages.place())
                elif method == "GET" and jobs["one"]:
                    places.enter_context(self._looks.place())
                elif method == "POST" and not jobs["one"]:
                    places.enter_context(self._jobs.place(patience=FIVE_MINUTES))
            places.enter_context(self.service(path).place())
            if self._allowance is not None:  # last: it is good for a moment only
                self._allowance.take(_service_of(path))
            yield


def _service_of(path: str) -> str:
    return path.strip("/").split("/", 1)[0]
