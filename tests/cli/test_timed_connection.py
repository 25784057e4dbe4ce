"""Nobody holds a connection to the report pages, or to the emulator, without asking and reading. Over real sockets."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from cli import timed_connection
from cli.keeping.report_server import HOST, ReportServer
from models.written_file import write_text

FAST = 0.5  # seconds instead of ten
OPERATION = "20261102-094500-0cd8"
LARGE = "x" * 40_000_000  # bytes: more than the buffers of both sides take
HALF = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half the headers": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode(),
    "half a body": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\nx".encode(),
}


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server of reports that waits for nobody longer than `FAST`."""
    monkeypatch.setattr(timed_connection, "WITHIN", FAST)
    write_text(LARGE, tmp_path / OPERATION / "outcomes.csv")
    with socket.socket() as free:
        free.bind((HOST, 0))
        number = int(free.getsockname()[1])
    server = ReportServer(tmp_path, number)
    server.start()
    while not answers(number):
        time.sleep(0.05)
    yield number
    server.stop()


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://{HOST}:{port}/", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def is_ended(connection: socket.socket, within: float) -> bool:
    """Whether the server ends it in time, whatever it sends before."""
    connection.settimeout(within)
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def read_on(connection: socket.socket) -> int:
    """How many bytes come until the server ends it."""
    read = 0
    try:
        while part := connection.recv(1 << 20):
            read += len(part)
    except ConnectionResetError:
        return read
    return read


@pytest.mark.parametrize("sent", HALF.values(), ids=HALF)
def test_whoever_sends_no_whole_request_is_not_waited_for(port: int, sent: bytes) -> None:
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(sent)
        began = time.monotonic()
        assert is_ended(connection, 10 * FAST)
        assert time.monotonic() - began < 5 * FAST


def test_whoever_sends_a_sign_now_and_then_is_not_waited_for_either(port: int) -> None:
    with socket.create_connection((HOST, port)) as connection:
        connection.settimeout(0.01)
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - began < 20 * FAST:
                connection.sendall(b"G")
                time.sleep(FAST / 5)
        assert time.monotonic() - began < 5 * FAST


def test_many_half_open_connections_take_no_threads_and_keep_nobody_out(port: int) -> None:
    before = threading.active_count()
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_connection((HOST, port))) for _ in range(200)]
        for connection in held:
            connection.sendall(HALF["half the headers"])
        assert answers(port)
        assert threading.active_count() <= before + 1
        assert all(is_ended(connection, 10 * FAST) for connection in held)


def test_whoever_does_not_read_is_not_waited_for(port: int) -> None:
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(f"GET /{OPERATION}/outcomes.csv HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        time.sleep(6 * FAST)
        assert read_on(connection) < len(LARGE)


def test_whoever_reads_slowly_gets_all_of_it(port: int) -> None:
    asked = http.client.HTTPConnection(HOST, port)
    asked.request("GET", f"/{OPERATION}/outcomes.csv")
    answer, read, began = asked.getresponse(), 0, time.monotonic()
    while part := answer.read(1_000_000):
        read += len(part)
        time.sleep(FAST / 10)
    assert len(LARGE) == read
    assert time.monotonic() - began > 3 * FAST
    asked.close()


def test_a_connection_that_asks_again_in_time_goes_on(port: int) -> None:
    asked = http.client.HTTPConnection(HOST, port)
    for _ in range(6):
        asked.request("GET", "/")
        assert 200 == asked.getresponse().read().startswith(b"<") * 200
        time.sleep(FAST / 2)
    asked.close()
