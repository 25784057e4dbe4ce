"""Many requests at once, and what became of each."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from models.errors import HandoffError
from platforms.unify.wire import Answer, Request, Unsure

Send = Callable[[Request], Answer]


def each(send: Send, requests: Sequence[Request], at_once: int) -> list[Answer | Unsure]:
    """Send all, `at_once` at a time; what became of each, in order.

    Where the platform or the key goes away meanwhile, no more are begun, and those that were not sent come back as
    Unsure with `sent` False: what was answered before is not lost. It is gone when one request could not be sent at
    all, or when as many in a row as go at once got no answer. Where it was gone from the start: raises what `send`
    raised.
    """
    sending = _Sending(send, requests, at_once)
    return sending.outcomes()


class _Sending:
    def __init__(self, send: Send, requests: Sequence[Request], at_once: int) -> None:
        self._send, self._requests, self._at_once = send, requests, at_once
        self._outcomes: list[Answer | Unsure | None] = [None] * len(requests)
        self._turn = count()
        self._noting = threading.Lock()
        self._unanswered_in_a_row = 0
        self._gone: HandoffError | None = None
        self._interrupted = False

    def outcomes(self) -> list[Answer | Unsure]:
        workers = min(self._at_once, len(self._requests))
        with ThreadPoolExecutor(max(workers, 1), thread_name_prefix="unify") as pool:
            try:
                for worker in [pool.submit(self._work) for _ in range(workers)]:
                    worker.result()
            except BaseException:  # such as Ctrl-C: what is under way is waited for, nothing else begins
                self._interrupted = True
                raise
        if self._gone is not None and not any(self._outcomes):
            raise self._gone
        why = str(self._gone)
        return [
            outcome or Unsure(request, why, sent=False)
            for request, outcome in zip(self._requests, self._outcomes, strict=True)
        ]

    def _work(self) -> None:
        while not (self._gone or self._interrupted) and (turn := next(self._turn)) < len(self._requests):
            try:
                self._note(turn, self._send(self._requests[turn]))
            except Unsure as unsure:
                self._note(turn, unsure)
            except HandoffError as error:  # surely not carried out, and so would no other be
                self._gone = self._gone or error

    def _note(self, turn: int, outcome: Answer | Unsure) -> None:
        with self._noting:
            self._outcomes[turn] = outcome
            self._unanswered_in_a_row = self._unanswered_in_a_row + 1 if isinstance(outcome, Unsure) else 0
            if isinstance(outcome, Unsure) and self._unanswered_in_a_row >= max(self._at_once, 8):
                self._gone = self._gone or outcome
