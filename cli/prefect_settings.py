"""Prefect as the shell uses it: quiet, in Handoff's home, on the server that runs or else on one of its own.

Must be called before Prefect is loaded. What the user set stays.
"""

import base64
import os
import signal
import time
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict
from sqlalchemy import URL

from cli.output import say
from models.environment import FromEnvironment
from models.errors import KeyRefused
from models.settings import Settings
from models.surroundings import LOOPBACK, reach_this_machine_directly, refuse_wrong_network
from models.up_file import up_in


class _Prefect(FromEnvironment):
    """Prefect reads its settings from `.env` too."""

    model_config = SettingsConfigDict(env_prefix="PREFECT_")

    api_url: str | None = None
    api_auth_string: SecretStr | None = None  # with which a client says who it is
    server_api_auth_string: SecretStr | None = None  # what a server of this shell asks for


def prepare() -> None:
    """Set what is not set in the environment; a server that answers is used. Raises InvalidInput for what is wrong
    there, since Prefect would say so in other words, or wait for minutes."""
    refuse_wrong_network()
    reach_this_machine_directly()
    if server_named() is None and (found := running_server()) is not None:
        os.environ.setdefault("PREFECT_API_URL", found)
    _set_what_is_not_set()


def prepare_without_server() -> None:
    """The same for a command that loads Prefect and asks no server."""
    refuse_wrong_network()
    _set_what_is_not_set()


def _set_what_is_not_set() -> None:
    home = Settings().make_home()  # Prefect makes its own folder, but none above it
    defaults = {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",  # the command reports errors, not Prefect's log
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        # A server of one's own takes 15 to 25 s to start on a small machine the first time.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }
    defaults |= server_database(Path(os.environ.get("PREFECT_HOME") or home / "prefect"))
    for name, value in (defaults | credentials()).items():
        os.environ.setdefault(name, value)


def server_database(prefect_home: Path) -> dict[str, str]:
    """Where a server keeps its SQLite, where Prefect would paste the folder into an address that means another: `?`."""
    if not {"?", "%", "#"} & set(str(prefect_home)):
        return {}
    address = URL.create("sqlite+aiosqlite", database=str(prefect_home / "prefect.db"))
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": address.render_as_string()}


def prepare_to_run() -> None:
    """The same for a command that cannot do without Prefect. Raises KeyRefused where its server does not let it in.

    Giving back goes on without: what Prefect's server knows is then unknown, and the journal says what is due.
    """
    prepare()
    if (found := running_server()) is not None:
        refuse_unless_let_in(found)


def start_own_server() -> None:
    """Start this command's server, where it has one, deaf to Ctrl-C: the terminal sends that to every process, and what
    was borrowed can only be given back, and said, while the server is there. It ends with the command (SIGTERM)."""
    if server_named() is not None:
        return
    from prefect.client.orchestration import get_client

    say("starting a Prefect server for this command; `handoff up` keeps one running")
    began = time.monotonic()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what is blocked stays so in what is started
    try:
        get_client(sync_client=True)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    say(f"it runs, after {time.monotonic() - began:.0f} s")


def server_named() -> str | None:
    """The API URL in `PREFECT_API_URL`, whether or not a server answers there."""
    return _Prefect().api_url or None


def server_of(home: Path) -> str | None:
    """The API URL of the server that commands use: the one in `PREFECT_API_URL`, else the one of `handoff up` in this
    home."""
    up = up_in(home)
    return server_named() or (up.api_url if up is not None else None)


def running_server() -> str | None:
    """The same, of a server that answers."""
    url = server_of(Settings().home_folder)
    return url if url is not None and answers(url) else None


def answers(api_url: str) -> bool:
    """Whether a Prefect server answers at its API URL within a second. It asks nobody who they are for that."""
    import httpx

    try:
        return httpx.get(f"{api_url.rstrip('/')}/health", timeout=1, trust_env=not _at_home(api_url)).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def _at_home(api_url: str) -> bool:
    import httpx

    return httpx.URL(api_url).host in LOOPBACK


def credentials() -> dict[str, str]:
    """What a client of Prefect has to have in its environment, where the server asks who is there.

    Whoever starts a server that asks (PREFECT_SERVER_API_AUTH_STRING) means its own worker and commands to be let in.
    """
    known = _Prefect()
    secret = known.api_auth_string or known.server_api_auth_string
    return {"PREFECT_API_AUTH_STRING": secret.get_secret_value()} if secret else {}


def auth_header() -> dict[str, str]:
    """The same, for a request that is made without Prefect's client."""
    secret = credentials().get("PREFECT_API_AUTH_STRING")
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}


def refuse_unless_let_in(api_url: str) -> None:
    """Raise KeyRefused where the server asks who is there, and does not take what is known here."""
    import httpx

    try:
        answer = httpx.get(
            f"{api_url.rstrip('/')}/admin/version", headers=auth_header(), timeout=10, trust_env=not _at_home(api_url)
        )
    except httpx.HTTPError:
        return  # whoever asks for more will say so
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        has = "does not take this one" if credentials() else "asks who is there, and none is set"
        raise KeyRefused(
            f"PREFECT_API_AUTH_STRING: the Prefect server at {api_url} {has}. "
            "Set it to what PREFECT_SERVER_API_AUTH_STRING was where that server was started"
        )
