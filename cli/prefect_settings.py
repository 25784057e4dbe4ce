"""Prefect as the shell uses it: quiet, in Handoff's home, with a server of its own where none runs.

Must be called before Prefect is loaded. What the user set stays.
"""

import os

from models.settings import Settings


def prepare() -> None:
    """Set what is not set in the environment."""
    home = Settings().home_folder
    home.mkdir(parents=True, exist_ok=True)  # Prefect makes its own folder, but none above it
    defaults = {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",  # errors are told by the command, not by Prefect's log
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        # A server of one's own takes 15 to 25 s to start on a small machine the first time.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def running_server() -> str | None:
    """The API URL of a Prefect server that answers, or None."""
    import httpx

    url = os.environ.get("PREFECT_API_URL")
    try:
        return url if url and httpx.get(f"{url}/health", timeout=1).is_success else None
    except httpx.HTTPError:
        return None
