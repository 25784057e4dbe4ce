"""The wire over HTTP: httpx underneath, threads for many requests at once.

Threads, because they were measured: with 50 ms of latency, httpx's synchronous client in 32 threads carried about 410
requests a second at 2 ms of processor each; its asynchronous one 150 at 6 ms with as many at once, and fewer with more.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any

import httpx
from pydantic import SecretStr

from models.errors import KeyRefused, Unreachable, Unreadable
from models.settings import could_be_a_key
from platforms.unify.exchange import JSON, Exchange, Reply, open_client
from platforms.unify.limits import Limits
from platforms.unify.many import each
from platforms.unify.opt_outs import refuse_to_lift
from platforms.unify.query_jobs import READING, QueryJob
from platforms.unify.refusals import refusal
from platforms.unify.retrying import Failed, Patience
from platforms.unify.server_clock import ServerClock
from platforms.unify.wire import Answer, Json, Request, Spent, Unsure

PAGE = 100  # the most that the vendor gives at once (docs/platform.md)
AT_ONCE = 32  # 333 requests a second, the documented rate, at up to 96 ms each
_LISTS = ("enrollments", "sequences", "steps", "jobs", "data")  # what the vendor calls the items of a page
_REMEDY = "Check the network and UNIFY_BASE_URL, and whether Unify is up, then try again"


def _whole(reply: Reply) -> None:
    """JSON that could be read is whole."""


class HttpWire:
    """A `Wire` to one workspace. Close it, or use it as a context manager, where warnings of open sockets matter."""

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        *,
        transport: httpx.BaseTransport | None = None,
        limits: Limits | None = None,
        patience: Patience | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        key = api_key.get_secret_value().strip()
        if not could_be_a_key(key):
            raise KeyRefused("there is no API key, or it is none. Set UNIFY_API_KEY, or the key of the Prefect block")
        self._patience, self._at_once = patience or Patience(), at_once
        self._client = open_client(base_url, key, self._patience, at_once, transport)
        self._clock = ServerClock()
        self._sent: Counter[str] = Counter()
        self._counting = Lock()
        self._exchange = Exchange(self._client, limits or Limits(), self._clock, self._patience)

    def __repr__(self) -> str:
        return f"HttpWire({str(self._client.base_url)!r})"

    def __enter__(self) -> "HttpWire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def clock_rate(self) -> float:
        """See `Wire`."""
        return self._clock.rate

    def server_now(self) -> datetime:
        """See `Wire`."""
        return self._clock.now()

    def spent(self) -> Spent:
        """See `Wire`."""
        with self._counting:
            return Spent(self._sent["requests"], self._sent["jobs"])

    def get(self, path: str, **params: Any) -> Json:
        """See `Wire`."""
        request = Request("GET", path, params=params)
        reply = self._carried(request)
        if not 200 <= reply.status < 300:
            raise refusal(request, reply)
        return reply.body

    def pages(self, path: str, **params: Any) -> Iterator[Json]:
        """See `Wire`. A cursor that comes again would go round for ever: raises Unreadable."""
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            page = self.get(path, **{"limit": PAGE, **params, "cursor": cursor})
            yield from _items(path, page)
            if "next_cursor" not in page:
                raise Unreadable(f"GET {path}: the answer has no next_cursor")
            cursor = page["next_cursor"]
            if cursor is None:
                return
            READING.info("reading %s: %d", path.rpartition("/")[2].replace("-", " "), PAGE * (len(seen) + 1))
            if cursor in seen:
                raise Unreadable(f"GET {path}: next_cursor came a second time, the list has no end")
            seen.add(cursor)

    def query(self, jobs_path: str, body: Mapping[str, Any]) -> Iterator[Json]:
        """See `Wire`; `QueryJob` tells what is done where a job or an answer is lost."""
        return QueryJob(self._carried, self._patience, jobs_path, body).rows()

    def send(self, request: Request) -> Answer:
        """See `Wire`."""
        refuse_to_lift(request)
        reply = self._carried(request)
        if 200 <= reply.status < 300 or 400 <= reply.status < 500:  # a refusal of this one is its caller's to read
            return Answer(reply.status, reply.body)
        raise refusal(request, reply)

    def send_each(self, requests: Sequence[Request]) -> list[Answer | Unsure]:
        """See `Wire`, and `many.each` for what happens where the platform goes away meanwhile."""
        for request in requests:
            refuse_to_lift(request)
        return each(self.send, requests, self._at_once)

    def _carried(self, request: Request, accept: str = JSON, check: Callable[[Reply], None] = _whole) -> Reply:
        """A reply, after as many attempts as `retrying` allows. Raises Unreachable where surely nothing was carried
        out, Unsure for a write that may have been, KeyRefused for the key."""

        def attempt() -> Reply:
            with self._counting:
                self._sent["requests"] += 1
                self._sent["jobs"] += request.method == "POST" and request.path.endswith("/query-jobs")
            reply = self._exchange(request, accept)
            check(reply)
            return reply

        try:
            reply = self._patience.attempts_at(reads=request.reads)(attempt)
        except Failed as error:
            failed = error
        else:
            if reply.status == 401:
                raise refusal(request, reply)
            return reply
        if request.reads or failed.landed is False:
            raise Unreachable(f"{request.method} {request.path}: {failed.problem}. {_REMEDY}")
        raise Unsure(request, failed.problem)


def _items(path: str, page: Json) -> list[Json]:
    name = next((name for name in _LISTS if name in page), None)
    items = page.get(name) if name else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unreadable(f"GET {path}: the answer has no list of items ({', '.join(_LISTS)})")
    return items
