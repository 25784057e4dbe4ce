"""The report pages, served to the browser of this machine from a thread."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from cli.timed_connection import TimedConnection
from models.errors import InvalidInput
from reports.pages import pages

HOST = "127.0.0.1"


class ReportServer:
    """Serves `operations/` of a home on loopback."""

    def __init__(
        self,
        operations: Path,
        port: int,
        public_url: str | None = None,
        look: Callable[[int], dict[str, Any]] | None = None,
    ) -> None:
        """`public_url` is where a proxy of yours shows the pages; `look` finds what the front page shows."""
        self.url = public_url or f"http://{HOST}:{port}"
        self._port = port
        names = [name for name in [urlsplit(self.url).hostname] if name]
        config = uvicorn.Config(
            pages(operations, names, look),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
            http=TimedConnection,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve. Raises InvalidInput where somebody else has the port."""
        sockets = [listening("--reports-port", self._port)]
        self._thread = threading.Thread(target=self._server.run, args=(sockets,), name="reports", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(5)


def listening(option: str, port: int) -> socket.socket:
    """A socket on a port of loopback. Raises InvalidInput naming the option where the port is taken."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise InvalidInput(option, f"{HOST}:{port} cannot be had ({error.strerror})", "Choose another") from error
    return taken
