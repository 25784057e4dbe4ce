"""A real HTTP server on a socket that answers as it is told, and remembers who asked when."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    at: float  # monotonic


@dataclass(frozen=True)
class Says:
    """An answer. `cut` of its bytes are kept back and the connection is closed; `after` is in seconds; one that
    `hangs_up` says nothing at all. `text` goes as it is, anything else as JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    cut: int = 0
    after: float = 0.0
    hangs_up: bool = False


Answering = Callable[[Seen], Says]


class SmallServer:
    """Answers with `answering`; `in_turn` makes one of a list, whose last is said again and again."""

    def __init__(self) -> None:
        self.answering: Answering = lambda seen: Says(200, {})
        self.seen: list[Seen] = []
        self.dates_off_by = 0.0
        self.dates: str | None = None
        self._noting = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> list[str]:
        return [f"{seen.method} {seen.path}" for seen in self.seen]

    def note(self, seen: Seen) -> None:
        with self._noting:
            self.seen.append(seen)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def in_turn(*says: Says) -> Answering:
    turns, lock = iter(says[:-1]), threading.Lock()

    def answer(_: Seen) -> Says:
        with lock:
            return next(turns, says[-1])

    return answer


def by_path(**answers: Answering) -> Answering:
    """By `get_…` or `post_…` and what the path ends with, `_` for `-`; `job` for anything below query-jobs."""

    def answer(seen: Seen) -> Says:
        last = seen.path.rsplit("/", 1)[-1].replace("-", "_")
        known = f"{seen.method.lower()}_{last}"
        return answers.get(known, answers.get(f"{seen.method.lower()}_job", lambda _: Says(404, {})))(seen)

    return answer


def lines(rows: Iterable[Any], total: int | None = None) -> Says:
    """A page of NDJSON."""
    rows = list(rows)
    headers = {"Content-Type": "application/x-ndjson"} | ({} if total is None else {"x-total": str(total)})
    return Says(200, text="".join(json.dumps(row) + "\n" for row in rows), headers=headers)


def _handler(owner: SmallServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            at = time.monotonic()
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            seen = Seen(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                json.loads(raw) if raw else None,
                {name.lower(): value for name, value in self.headers.items()},
                at,
            )
            owner.note(seen)
            said = owner.answering(seen)
            time.sleep(said.after)
            if said.hangs_up:
                self.close_connection = True
                return
            self.say(said)

        def say(self, said: Says) -> None:
            text = said.text if said.text is not None else ("" if said.body is None else json.dumps(said.body))
            content = text.encode()
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) - said.cut])
            self.close_connection = said.cut > 0 or self.close_connection

        def date_time_string(self, timestamp: float | None = None) -> str:
            return owner.dates or super().date_time_string((timestamp or time.time()) + owner.dates_off_by)

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked did not wait
                super().handle()

        def log_message(self, *_: Any) -> None:
            pass

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

    return Handler
