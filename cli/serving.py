"""`handoff sandbox serve`: the vendor's HTTP API over the sandbox."""

import ipaddress
import secrets
import socket
from contextlib import suppress
from typing import Annotated

import typer

from cli.output import say

BYTES_OF_A_KEY = 24


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="On which port.")] = 8765,
    host: Annotated[str, typer.Option(help="On which address. Other than loopback: whoever has the key gets in.")] = (
        "127.0.0.1"
    ),
    latency_ms: Annotated[float, typer.Option(min=0, max=60_000, help="What each answer is late by.")] = 0,
    fault_rate: Annotated[float, typer.Option(min=0, max=1, help="How many of the requests go wrong: 0.2 of 1.")] = 0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed makes the same faults.")] = 0,
) -> None:
    """The vendor's HTTP API over the sandbox, for whoever has the key: HANDOFF_SANDBOX_API_KEY, or one that is made."""
    import uvicorn
    from pydantic import SecretStr

    from cli.timed_connection import TimedConnection
    from models.settings import Settings
    from platforms.emulator.absent import ABSENT
    from platforms.emulator.app import make_app
    from platforms.emulator.weather import Weather
    from platforms.opening import open_sandbox

    settings = Settings()
    sandbox = open_sandbox(settings)
    user = sandbox.acting_user
    listening = _listening(host, port)
    made = SecretStr(secrets.token_urlsafe(BYTES_OF_A_KEY))
    app = make_app(sandbox, settings.sandbox_api_key or made, Weather(latency_ms, fault_rate, seed))
    say(f"the Unify API over the sandbox, acting as {user}")
    say(f"  address  http://{host}:{port}")
    if settings.sandbox_api_key is None:
        say(f"  key      {made.get_secret_value()}")
        say("  (made for this time; HANDOFF_SANDBOX_API_KEY sets one that stays)")
    if not _is_loopback(host):
        say("anybody who reaches this address and has the key can change the sandbox")
    say(f"{len(ABSENT)} of the vendor's operations answer 501 (docs/emulator.md). Ctrl-C ends it")
    # The dates of its answers are the sandbox's: uvicorn's own would tell another time.
    config = uvicorn.Config(
        app, log_level="warning", date_header=False, server_header=False, lifespan="off", http=TimedConnection
    )
    with listening, suppress(KeyboardInterrupt):  # which uvicorn passes on when it has ended: nothing was cut short
        uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises InvalidInput where it cannot."""
    from models.errors import InvalidInput

    found = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Only where the protocol is named does asyncio send at once (TCP_NODELAY); else each answer is 40 ms late.
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen()  # who reads the address below may call at once
    except OSError as error:
        if found is not None:
            found.close()
        option = "--host" if isinstance(error, socket.gaierror) else "--port"
        raise InvalidInput(option, f"{host}:{port} cannot be used ({error.strerror})", "Name another") from error
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
