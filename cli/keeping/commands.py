"""The Prefect commands that keep the house, and the environment that they and the runs get."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from cli.prefect_settings import credentials, server_database
from models.databases import read_address
from models.errors import InvalidInput
from models.settings import Settings
from models.surroundings import direct_to_this_machine

POOL = "handoff"
HOST = "127.0.0.1"
DEFAULT_CLOCK = "x600"
FILE = "prefect.yaml"

_UNLESS_SET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # A wait is woken within a second or two. A run's process takes some seconds to start, so runs are fetched early;
    # one that is there before its time waits by itself.
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_WORKER_PREFETCH_SECONDS": "2",
    # Kept in memory, as by default, the slot of a run that died with its server would never be free again, and its
    # deployment would never run again.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_CLI_WRAP_LINES": "false",
    "NO_COLOR": "1",
    "PYTHONUNBUFFERED": "1",
}


def clock_of(settings: Settings) -> str:
    """The sandbox's clock under `handoff up`. Raises InvalidInput for a simulated one, which nobody would move."""
    from platforms.sandbox.clock import ClockMode

    clock = settings.sandbox_clock if "sandbox_clock" in settings.model_fields_set else DEFAULT_CLOCK
    if ClockMode.parse(clock).rate == 0:
        raise InvalidInput(
            "HANDOFF_SANDBOX_CLOCK", "nobody moves a simulated clock in a deployed run", "Unset it, or set x600 or real"
        )
    return clock


def environment(settings: Settings, api_url: str, reports_url: str, clock: str) -> dict[str, str]:
    """What server, worker and runs get: the environment of the shell, completed."""
    home = settings.home_folder
    beside = str(Path(sys.executable).parent)  # deploying calls `python3`
    ours = {
        "PREFECT_API_URL": api_url,
        "HANDOFF_HOME": str(home),
        "HANDOFF_SANDBOX_CLOCK": clock,
        "HANDOFF_REPORTS_URL": reports_url,
        "HANDOFF_TIMEZONE": settings.timezone,
        "PATH": os.pathsep.join([beside, os.environ.get("PATH", os.defpath)]),
        **direct_to_this_machine(os.environ),
    }
    env = {"PREFECT_HOME": str(home / "prefect"), **_UNLESS_SET, **os.environ, **ours, **credentials()}
    env.pop("HANDOFF_SERVER_DATABASE_URL", None)  # the server's alone: see `server_environment`
    return env


def server_environment(settings: Settings, env: Mapping[str, str]) -> dict[str, str]:
    """What the server gets besides: its database. Raises InvalidInput where that is no PostgreSQL."""
    url = settings.server_database_url
    if not url or not url.get_secret_value():
        return server_database(Path(env["PREFECT_HOME"])) | dict(env) if "PREFECT_HOME" in env else dict(env)
    return {**env, "PREFECT_SERVER_DATABASE_CONNECTION_URL": _by_asyncpg(url.get_secret_value())}


def _by_asyncpg(url: str) -> str:
    """The address of a PostgreSQL, as people write it, for the driver that Prefect's server needs."""
    refused = InvalidInput(  # the address may hold a password: it is left out
        "HANDOFF_SERVER_DATABASE_URL",
        "is not the address of a PostgreSQL database",
        "Write postgresql://user:password@host/database, or leave it out: SQLite in the home",
    )
    try:
        address = read_address(url, "HANDOFF_SERVER_DATABASE_URL")
    except InvalidInput:
        raise refused from None
    if address.get_backend_name() != "postgresql" or not address.database:
        raise refused
    query = {"ssl" if name == "sslmode" else name: value for name, value in address.query.items()}
    return address.set(drivername="postgresql+asyncpg", query=query).render_as_string(hide_password=False)


def server(port: int) -> list[str]:
    start = ["prefect", "server", "start", "--host", HOST, "--port", str(port)]
    return [sys.executable, "-m", "cli.keeping.one_writer", *start]


def worker() -> list[str]:
    """It makes the pool where there is none yet."""
    return _prefect("worker", "start", "--pool", POOL, "--type", "process", "--name", f"handoff up, {os.getpid()}")


def deploy() -> list[str]:
    """Runs start in the folder that this is called in, whose `.env` they read.

    Raises InvalidInput where the deployments' file is missing: neither in the checkout nor, from a wheel, beside this.
    """
    places = Path(__file__).parents[2] / FILE, Path(__file__).parent / FILE
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise InvalidInput(FILE, f"is not in {places[0].parent}", "Install Handoff again")
    return _prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(file))


def _prefect(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]
