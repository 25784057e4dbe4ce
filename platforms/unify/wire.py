"""What the Unify platform needs of the network, and no more: a Protocol, so that the rest is read without it.

Paths begin with their service (`/data/v1/…`, `/sequences/v1/…`, `/tasks/v1/…`). What comes back is JSON as the vendor
wrote it: turning it into values is the readers' work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from models.errors import HandoffError, InvalidInput

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One write, or a read among many. `json` is its body, if any; `params` make its query (`validation_mode`)."""

    method: str
    path: str
    json: Mapping[str, Any] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, and so is sent again where a read would be: a GET, or a look-up by POST."""
        return self.method == "GET" or self.path.endswith("/find-unique")


@dataclass(frozen=True)
class Spent:
    """What a wire has sent so far: requests, those that were sent again counted each time, and the query jobs
    among them, of which an account has about 100 a day (docs/platform.md)."""

    requests: int
    jobs: int


@dataclass(frozen=True)
class Answer:
    """What the platform said to a write; `body` is {} where it said nothing (204).

    `status` is 2xx, or one of 400, 403 (a task that the key's user may not touch), 404 and 409 (R41, C24), which mean
    something to the caller and changed nothing.
    """

    status: int
    body: Json = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether the write was carried out."""
        return 200 <= self.status < 300


class Unsure(HandoffError):
    """A write was sent and its answer was lost: whether it landed is not known. Read before anything else.

    `sent` is False for one of many that was not even sent, since the platform or the key went away before its turn.
    Exit 3 where nobody reads: the platform could not be reached.
    """

    exit_code = 3

    def __init__(self, request: Request, problem: str, *, sent: bool = True) -> None:
        super().__init__(request, problem)
        self.request, self.problem, self.sent = request, problem, sent

    def __str__(self) -> str:
        if not self.sent:
            return f"{self.request.method} {self.request.path}: not sent, since before it: {self.problem}"
        return (
            f"{self.request.method} {self.request.path}: {self.problem}. Whether it was carried out is not known; "
            "read the state before you do it again"
        )


class Missing(InvalidInput):
    """The platform has nothing at this address (404)."""


class Wire(Protocol):
    """The vendor's API, used with one key.

    Raises KeyRefused for the key (401; 403 to a read), Unreachable where it does not answer, Unreadable for an answer
    that has not the documented shape, InvalidInput for a read that the platform calls wrong (400; 404: Missing).
    """

    def get(self, path: str, **params: Any) -> Json:
        """One read, retried. `params` make the query; those that are None are left out."""

    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        """Every item of a list that is paged by cursor, 100 a page, in the platform's order."""

    def query(self, jobs_path: str, body: Mapping[str, Any]) -> Iterator[Json]:
        """Every row of a query job, made, awaited and read in pages, such as of
        `/sequences/v1/enrollments/query-jobs`. The account has about 100 jobs a day (docs/platform.md)."""

    def send(self, request: Request) -> Answer:
        """One write. Raises Unsure where the answer was lost; it is never sent again unless it surely did not land."""

    def send_each(self, requests: Sequence[Request]) -> list[Answer | Unsure]:
        """Many writes or reads at once, as fast as the documented limit allows; what became of each, in order."""

    def clock_rate(self) -> float:
        """Seconds of the platform's time for each of ours: 1, unless an emulator on this machine says otherwise in
        its header `X-Sandbox-Clock-Rate`; 0 where its sandbox's clock stands still until it is moved by hand."""

    def server_now(self) -> datetime:
        """The platform's time, by the `Date` of its answers: UTC, to a second. Ours until the first answer."""

    def spent(self) -> Spent:
        """What went through this wire so far, from anywhere in this process."""
