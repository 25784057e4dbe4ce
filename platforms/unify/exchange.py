"""One attempt: a request goes out, and what came back is a `Reply`, or a `Failed` that says whether it may have landed.

Errors of httpx carry the request, and with it the key: none of them leaves this module, nor is the cause of another.
"""

import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from models.errors import InvalidInput, Unreachable
from platforms.unify.limits import Limits
from platforms.unify.retrying import Failed, Patience
from platforms.unify.server_clock import ServerClock
from platforms.unify.wire import Json, Request

_log = logging.getLogger(__name__)
JSON = "application/json"
NDJSON = "application/x-ndjson"
AT_HOME = ("127.0.0.1", "localhost", "::1")
ADDRESS = "UNIFY_BASE_URL, or the base URL of the block"
_TELLS_WHY = (400, 409)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_QUIET_BY_DEFAULT = 5.0  # seconds, after a 429 without a Retry-After that can be read
_QUIET_AT_LEAST = 0.1
_WORTH_A_WORD = 10.0  # seconds that somebody at a terminal would wonder about


@dataclass(frozen=True)
class Reply:
    """What the platform said: `body` of JSON ({} where there was none), or `rows` of NDJSON."""

    status: int
    body: Json
    rows: tuple[Json, ...] = ()
    total: int | None = None  # of all pages (`x-total`)


class Exchange:
    """Carries requests to and fro, within the limits."""

    def __init__(self, client: httpx.Client, limits: Limits, clock: ServerClock, patience: Patience) -> None:
        self._client, self._limits, self._clock, self._patience = client, limits, clock, patience

    def __call__(self, request: Request, accept: str = JSON) -> Reply:
        """Raises Failed for what may pass, Unreachable for what will not pass soon."""
        with self._limits.place(request.method, request.path):
            response = self._sent(request, accept)
        if response.status_code == 429:
            self._obey(request, response)
        if response.status_code >= 500 and response.status_code != 501:  # not implemented: that does not pass
            raise Failed(f"the platform answered {response.status_code}")
        return _read(response)

    def _sent(self, request: Request, accept: str) -> httpx.Response:
        sent, landed, problem = time.monotonic(), None, ""
        try:
            response = self._client.request(
                request.method,
                request.path,
                params=_query(request.params),
                json=request.json,
                headers={"Accept": accept},
            )
            self._clock.hear(response.headers.get("Date"), sent, time.monotonic())
            if self._client.base_url.host in AT_HOME:
                self._clock.hear_rate(response.headers.get("X-Sandbox-Clock-Rate"))
            # httpx's refers back to the response: pages of results would stay until somebody looks for garbage.
            response.stream = httpx.ByteStream(b"")
            return response
        except _NOT_SENT as error:
            landed, problem = False, f"no connection ({_message(error)})"
        except httpx.TimeoutException:
            problem = f"no answer within {self._patience.answer:g} s"
        except httpx.HTTPError as error:
            problem = f"the connection broke ({_message(error)})"
        raise Failed(problem, landed)

    def _obey(self, request: Request, response: httpx.Response) -> None:
        """Keep the service quiet for as long as a 429 says, whoever it was said to."""
        seconds = _retry_after(response.headers)
        if seconds > self._patience.longest_quiet:
            raise Unreachable(
                f"{request.method} {request.path}: the platform's limit is used up (429), it says to wait "
                f"{seconds:.0f} s. Nothing was carried out; try again then"
            )
        if seconds >= _WORTH_A_WORD:
            _log.warning("Unify's limit is used up; nothing is sent for %.0f s, as it asks", seconds)
        self._limits.service(request.path).keep_quiet(max(seconds, _QUIET_AT_LEAST))
        raise Failed("the platform's limit is used up (429)", landed=False, throttled=True)


def _read(response: httpx.Response) -> Reply:
    """The body as JSON. Raises Failed where a good answer is none: it was cut, or somebody else answered; and where it
    is a refusal whose words matter: what was refused may be sent again."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    try:
        if kind == NDJSON:
            rows = tuple(json.loads(line) for line in response.text.split("\n") if line.strip())
            if all(isinstance(row, dict) for row in rows):
                return Reply(response.status_code, {}, rows, _total(response))
        elif not response.content:
            return Reply(response.status_code, {})
        elif isinstance(body := response.json(), dict):
            return Reply(response.status_code, body)
    except ValueError:
        pass
    if response.is_success:
        raise Failed("the answer is cut or no JSON object")
    if response.status_code in _TELLS_WHY:
        raise Failed(f"the platform refused it ({response.status_code}), and its reason is cut", landed=False)
    return Reply(response.status_code, {})


def _total(response: httpx.Response) -> int | None:
    total = response.headers.get("x-total", "")
    return int(total) if total.isdecimal() else None


def _retry_after(headers: httpx.Headers) -> float:
    """Seconds, which the header gives as such or as a time by the server's clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(headers.get("Date", ""))).total_seconds())
    except (ValueError, TypeError):
        return _QUIET_BY_DEFAULT


def _query(params: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is None; times as the vendor spells them."""
    given = {name: value for name, value in params.items() if value is not None}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in given.items()}


def _message(error: httpx.HTTPError) -> str:
    return str(error) or ("it took too long" if isinstance(error, httpx.TimeoutException) else "it broke off")


def open_client(
    base_url: str, key: str, patience: Patience, at_once: int, transport: httpx.BaseTransport | None
) -> httpx.Client:
    """A client that keeps its connections. Raises InvalidInput for an address that a key must not be sent to."""
    url = httpx.URL("")
    with suppress(httpx.InvalidURL):
        url = httpx.URL(base_url.strip())
    at_home = url.host in AT_HOME
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise InvalidInput(ADDRESS, "is no address of an API", "Write one such as https://api.unifygtm.com")
    if url.scheme == "http" and not at_home and transport is None:
        raise InvalidInput(ADDRESS, "the key would travel in the clear", "Write https://")
    return httpx.Client(
        base_url=url,
        transport=transport,
        headers={"X-Api-Key": key},
        trust_env=not at_home,
        timeout=httpx.Timeout(patience.answer, connect=patience.connect),
        limits=httpx.Limits(max_connections=2 * at_once, max_keepalive_connections=2 * at_once),
    )
