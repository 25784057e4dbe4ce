"""Query jobs: made, awaited, and read page by page (docs/platform.md, D16).

An account makes about 100 jobs in a day. Where the answer to a job's making is lost, another one is made: the list of
jobs does not show their queries, so one that is found there may be another process's, with other rows.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from models.errors import HandoffError, InvalidInput, Unreachable, Unreadable
from platforms.unify.exchange import NDJSON, Reply
from platforms.unify.refusals import refusal
from platforms.unify.retrying import Failed, Patience
from platforms.unify.wire import Json, Request, Unsure

PAGE_SIZES = (10_000, 5_000, 2_500, 1_250, 625, 125, 25, 5, 1)
"""The most that NDJSON may have (docs/platform.md), and what is tried where a page is too large: each divides the one
before, so that a smaller page begins where the last one ended."""
READING = logging.getLogger("platforms.unify.reading")
"""Says what is being read, and how far: it may take minutes, and a shell shows it."""


class Carried(Protocol):
    """Carries one request, as often as it may; `check` raises Failed for a reply that is not whole."""

    def __call__(self, request: Request, accept: str = ..., check: Callable[[Reply], None] = ...) -> Reply: ...


class _Gone(Exception):
    """The job or its results are no longer there (404, 410)."""


class QueryJob:
    """One question to the vendor, whichever job answers it in the end."""

    def __init__(self, carried: Carried, patience: Patience, path: str, body: Mapping[str, Any]) -> None:
        if not path.endswith("/query-jobs"):
            raise InvalidInput(path, "is no address of query jobs", "Such as /sequences/v1/enrollments/query-jobs")
        self._carried, self._patience, self._path, self._body = carried, patience, path, body
        self._what = path.removesuffix("/query-jobs").rpartition("/")[2].replace("-", " ")

    def rows(self) -> Iterator[Json]:
        """Every row. A job that is gone before its first row was given is made anew, once; after that it is an error,
        since another job may have other rows in another order."""
        READING.info("reading %s", self._what)
        for is_last in (False, True):
            given = False
            try:
                job = self._made()
                self._await(job)
                for page in self._pages(job):
                    given = given or bool(page)
                    yield from page
                return
            except _Gone:
                if given or is_last:
                    break
        raise Unreachable(f"{self._path}: the results were gone before all were read (they expire). Read again")

    def _made(self) -> str:
        """The id of a new job. One whose answer was lost is left to expire."""
        request, lost = Request("POST", self._path, self._body), ""
        try:
            reply = self._patience.attempts_at_a_job()(self._carried, request)
        except Unsure as unsure:
            lost = unsure.problem
        else:
            if reply.status != 201:
                raise refusal(request, reply)
            return _text(reply.body, "job_id", f"POST {self._path}")
        raise Unreachable(f"POST {self._path}: {lost}, {self._patience.times_made} times. Try again later")

    def _await(self, job: str) -> None:
        """Until it is finished. Raises HandoffError where it failed or was cancelled."""
        request, pause = Request("GET", f"{self._path}/{job}"), self._patience.first_look
        until = time.monotonic() + self._patience.longest_job
        while time.monotonic() < until:
            reply = self._carried(request)
            if reply.status == 404:
                raise _Gone
            if reply.status != 200:
                raise refusal(request, reply)
            match status := _text(reply.body, "status", f"GET {self._path}"):
                case "FINISHED":
                    return
                case "EXPIRED":
                    raise _Gone
                case "FAILED" | "CANCELED":
                    raise self._ended(status.lower(), reply.body.get("error_code"))
            time.sleep(pause)
            pause = min(pause * 1.5, self._patience.longest_look)
        raise Unreachable(
            f"{self._path}: the job is not finished after {self._patience.longest_job:g} s. Try again later"
        )

    def _pages(self, job: str) -> Iterator[Sequence[Json]]:
        sizes, done = iter(PAGE_SIZES), 0
        size = next(sizes)
        while True:
            reply = self._page(job, done, size)
            if reply.status == 413:
                if (smaller := next(sizes, None)) is None:
                    raise Unreadable(f"GET {self._path}: a single row is too large (413)")
                size = smaller
                continue
            yield reply.rows
            done += len(reply.rows)
            if reply.total is not None and reply.total > size:
                READING.info("reading %s: %d of %d", self._what, done, reply.total)
            if done >= reply.total if reply.total is not None else len(reply.rows) < size:
                return

    def _page(self, job: str, done: int, size: int) -> Reply:
        """One page (200), or that it is too large (413)."""
        request = Request("GET", f"{self._path}/{job}/results", params={"page": done // size + 1, "page_size": size})
        while True:
            reply = self._carried(request, NDJSON, lambda reply: _refuse_cut(reply, done, size))
            match reply.status:
                case 200 | 413:
                    return reply
                case 404 | 410:
                    raise _Gone
                case 409 if reply.body.get("status") == "results_not_ready":
                    time.sleep(self._patience.first_look)
                    self._await(job)
                case 409:
                    raise self._ended(str(reply.body.get("status")).removeprefix("results_"), None)
                case _:
                    raise refusal(request, reply)

    def _ended(self, how: str, code: object) -> HandoffError:
        reason = f" ({code})" if code else ""
        return HandoffError(f"{self._path}: the platform's query job was {how}{reason}. Run this again")


def _refuse_cut(reply: Reply, done: int, size: int) -> None:
    """Raise Failed for a page that has not as many rows as it should by the total that came with it."""
    if reply.status == 200 and reply.total is not None and len(reply.rows) != min(size, max(reply.total - done, 0)):
        raise Failed(f"a page of results has {len(reply.rows)} rows of {min(size, reply.total - done)}")


def _text(body: Json, field: str, request: str) -> str:
    if not isinstance(value := body.get(field), str) or not value:
        raise Unreadable(f"{request}: the answer has no {field}")
    return value
