"""What a run is about, read from its parameters: in its name, and at the head of its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

SUBJECTS = (
    "mailbox",
    "exclusion",
    "from_mailbox",
    "from_user",
    "from_sequence",
    "user",
    "sequence",
    "play",
    "audience",
    "critical_sequences",
    "mailboxes",
    "outcomes_csv",
    "tasks_csv",
    "contacts_csv",
    "to_user",
    "undone",
)
"""The parameters that say what a run is about: the first that is given."""


def subject_of(given: Mapping[str, Any], otherwise: str = "") -> str:
    """What a run is about; `otherwise` where no parameter says so."""
    return next((shown(name, given[name]) for name in SUBJECTS if given.get(name)), otherwise)


def run_name(procedure: str, given: Mapping[str, Any], otherwise: str = "") -> str:
    """A run's name: procedure, subject, mode and workspace."""
    mode = "dry run" if given.get("dry_run", True) else "live"
    words = [procedure, subject_of(given, otherwise), mode, "on", str(given.get("workspace", "sandbox"))]
    return " ".join(filter(None, words))


def shown(parameter: str, value: Any) -> str:
    """A parameter's value in a run's name: a file by its name alone, a list by its first two."""
    if parameter.endswith("_csv"):
        return Path(str(value)).name
    if isinstance(value, list):
        return ", ".join(map(str, value[:2])) + (f" and {len(value) - 2} more" if len(value) > 2 else "")
    return f"for {value}" if parameter == "to_user" else str(value)
