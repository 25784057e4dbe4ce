"""A small server, and wires to it that lose their patience sooner."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from platforms.unify.http_wire import HttpWire
from platforms.unify.retrying import Patience
from tests.platforms.unify.small_server import SmallServer

KEY = "unify-key-of-the-tests"
QUICK = Patience(
    connect=2,
    answer=0.3,
    attempts=4,
    first_pause=0.01,
    longest_pause=0.05,
    times_throttled=8,
    times_made=3,
    longest_quiet=5,
    first_look=0.01,
    longest_look=0.05,
    longest_job=2,
)


@pytest.fixture
def server() -> Iterator[SmallServer]:
    server = SmallServer()
    yield server
    server.close()


class Wires(Protocol):
    """`wires(answer=1)` gives a wire to the small server; what is named differs from `QUICK`."""

    def __call__(
        self, *, limits: Any = None, at_once: int = 4, base_url: str | None = None, **patience: float
    ) -> HttpWire: ...


@pytest.fixture
def wires(server: SmallServer) -> Iterator[Wires]:
    opened: list[HttpWire] = []

    def wire(*, limits: Any = None, at_once: int = 4, base_url: str | None = None, **patience: float) -> HttpWire:
        made = HttpWire(
            base_url or server.url, SecretStr(KEY), limits=limits, at_once=at_once, patience=replace(QUICK, **patience)
        )
        opened.append(made)
        return made

    yield wire
    for made in opened:
        made.close()
