"""`handoff sandbox serve`, as a user starts it: its key, its address, and how it ends."""

import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Handoff
from tests.processes import PYTHON_PATH, LoggedProcess, free_port, wait_until

COMMAND = [sys.executable, "-c", "from cli.main import main; main()", "sandbox", "serve"]
OWN_KEY = "a-key-of-one's-own"
Serve = Callable[..., tuple[LoggedProcess, str, Callable[[], str]]]


@pytest.fixture
def serve(loaded: Handoff, home: Path) -> Iterator[Serve]:
    """Starts it over the small team; gives the process, its address, and what it has said."""
    begun: list[LoggedProcess] = []

    def start(**env: str) -> tuple[LoggedProcess, str, Callable[[], str]]:
        port, log = free_port(), home / "serve.log"
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "HANDOFF_"))}
        own = {"HANDOFF_HOME": str(home), "PYTHONPATH": PYTHON_PATH, "PYTHONUNBUFFERED": "1"}
        process = LoggedProcess([*COMMAND, "--port", str(port)], home, outside | own | env, log)
        begun.append(process)

        def is_ready() -> bool:
            assert process.running, log.read_text()
            return "Ctrl-C" in log.read_text()

        wait_until(is_ready, 120, log.read_text)
        return process, f"http://127.0.0.1:{port}", log.read_text

    yield start
    for process in begun:
        process.kill()


def names(address: str, key: str) -> list[str]:
    answer = httpx.get(f"{address}/sequences/v1/sequences", headers={"X-Api-Key": key}, timeout=60)
    return [one["name"] for one in answer.raise_for_status().json()["sequences"]]


def interrupt(process: LoggedProcess) -> int | None:
    """Ctrl-C."""
    os.kill(process.pid, signal.SIGINT)
    wait_until(lambda: not process.running, 60, "it does not end")
    return process.exit_code


def test_it_makes_and_shows_a_key_answers_who_has_it_and_ends_on_ctrl_c(serve: Serve) -> None:
    process, address, said = serve()
    [key] = re.findall(r"^ *key +(\S+)$", said(), re.MULTILINE)
    assert 32 == len(key)
    assert address in said()
    assert ["Outbound"] == names(address, key)
    assert 401 == httpx.get(f"{address}/sequences/v1/sequences", timeout=60).status_code
    assert 0 == interrupt(process)
    assert 1 == said().count(key)
    assert not re.search("Traceback|loan", said())


def test_a_key_of_ones_own_counts_and_is_never_shown(serve: Serve) -> None:
    process, address, said = serve(HANDOFF_SANDBOX_API_KEY=OWN_KEY)
    assert ["Outbound"] == names(address, OWN_KEY)
    assert 0 == interrupt(process)
    assert OWN_KEY not in said()
    assert not re.search(r"^ *key ", said(), re.MULTILINE)


def test_a_port_that_is_taken_is_refused(loaded: Handoff) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = loaded("sandbox", "serve", "--port", port)
    assert 2 == said.code
    assert f"127.0.0.1:{port} cannot be used" in said.err
    assert "key" not in said.out + said.err
