"""What is sent again, how often and after how long: the one place that decides it.

A read is sent again after whatever may pass: no connection, a timeout, an answer that was cut or is no JSON, 429, 5xx.
A write is sent again only where it surely did not land: nothing was sent, or the answer was 429. There are no
idempotency keys, so whoever wrote has to read before writing again (`Unsure`). Making a query job is the one write that
may land twice: the other job is never read, and expires.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from platforms.unify.wire import Unsure

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Failed(Exception):
    """One attempt that failed in a way that may pass. `landed` is False where surely nothing was carried out, None
    where that is not known. `throttled`: the answer was 429, and its service is kept quiet for as long as it said."""

    problem: str
    landed: bool | None = None
    throttled: bool = False

    def __str__(self) -> str:
        return self.problem


@dataclass(frozen=True)
class Patience:
    """How long to wait for answers and for better times, in seconds."""

    connect: float = 10.0
    answer: float = 30.0  # between two pieces of an answer, not for the whole of it
    attempts: int = 10
    first_pause: float = 0.2
    longest_pause: float = 5.0
    times_throttled: int = 60
    times_made: int = 8  # a query job; of 100 a day
    longest_quiet: float = 900.0  # a longer Retry-After is reported, not waited for
    first_look: float = 0.25  # at a query job
    longest_look: float = 5.0
    longest_job: float = 3600.0

    def attempts_at(self, *, reads: bool) -> Retrying:
        """Calls what it is given until it succeeds, or fails for good: then with its last error.

        The pauses are drawn at random up to a bound that doubles, so that many that failed at once do not come back at
        once. After 429 there is none: the window of the service holds everybody back.
        """
        return self._until(
            lambda error: isinstance(error, Failed) and (reads or error.landed is False),
            lambda state: self.times_throttled if _throttled(state) else self.attempts,
        )

    def attempts_at_a_job(self) -> Retrying:
        """The same for making a query job, where its answer was lost."""
        return self._until(lambda error: isinstance(error, Unsure), lambda _: self.times_made)

    def _until(self, may_pass: Callable[[BaseException], bool], times: Callable[[RetryCallState], int]) -> Retrying:
        pause = wait_random_exponential(multiplier=self.first_pause, max=self.longest_pause)
        return Retrying(
            retry=retry_if_exception(may_pass),
            wait=lambda state: 0 if _throttled(state) else pause(state),
            stop=lambda state: state.attempt_number >= times(state),
            before_sleep=lambda state: _log.info("%s; trying again", _error(state)),
            reraise=True,
        )


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _throttled(state: RetryCallState) -> bool:
    error = _error(state)
    return isinstance(error, Failed) and error.throttled
