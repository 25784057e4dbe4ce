"""The home of a benchmark: a folder of its own, and an environment in which nothing else of Handoff's is set."""

import os
from pathlib import Path


def environment_of(home: Path) -> dict[str, str]:
    """The environment of a command whose home this is, and in which nothing else is set."""
    home.mkdir(parents=True, exist_ok=True)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "UNIFY_"))}
    return ours | {"HANDOFF_HOME": str(home)}


def simulated(home: Path) -> dict[str, str]:
    """The same of a process in simulated time, on SQLite, whatever an `.env` says, with a Prefect of its own."""
    return environment_of(home) | {
        "HANDOFF_SANDBOX_CLOCK": "simulated",
        "PREFECT_HOME": str(home / "prefect"),
        "HANDOFF_DATABASE_URL": "",
        "HANDOFF_SANDBOX_URL": "",
        "HANDOFF_USER": "",
    }
