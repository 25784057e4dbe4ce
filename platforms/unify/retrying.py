"""What is sent again, how often and after how long: the one place that decides it.

A read is sent again after whatever may pass: no connection, a timeout, an answer that was cut or is no JSON, 429, 5xx.
A write is sent again only where it surely did not land: nothing was sent, or the answer was 429. There are no
idempotency keys, so whoever wrote has to read before writing again (`Unsure`).
"""

from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential


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
    answer: float = 60.0  # between two pieces of an answer, not for the whole of it
    attempts: int = 10
    first_pause: float = 0.2
    longest_pause: float = 5.0
    times_throttled: int = 60
    longest_quiet: float = 900.0  # a longer Retry-After is told, not waited for
    first_look: float = 0.25  # at a query job
    longest_look: float = 5.0
    longest_job: float = 3600.0

    def attempts_at(self, *, reads: bool) -> Retrying:
        """Calls what it is given until it succeeds, or fails for good: then with its last error.

        The pauses are drawn at random up to a bound that doubles, so that many that failed at once do not come back at
        once. After 429 there is none: the window of the service holds everybody back.
        """
        pause = wait_random_exponential(multiplier=self.first_pause, max=self.longest_pause)
        return Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, Failed) and (reads or error.landed is False)),
            wait=lambda state: 0 if _throttled(state) else pause(state),
            stop=lambda state: state.attempt_number >= (self.times_throttled if _throttled(state) else self.attempts),
            reraise=True,
        )


def _throttled(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return isinstance(error, Failed) and error.throttled
