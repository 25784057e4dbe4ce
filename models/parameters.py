"""What every procedure asks for, checked before anything is looked at or changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.errors import InvalidInput


def parse_time(field: str, given: str | datetime | None) -> datetime | None:
    """A time that a person gave; without a zone it is UTC. Raises InvalidInput that says how to write one."""
    if given is None or given == "":
        return None
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    try:
        found = datetime.fromisoformat(given.strip())
    except ValueError as error:
        raise InvalidInput(field, f"'{given}' is no time", "Write it as 2026-11-02T09:00:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


Range = tuple[timedelta, timedelta]
"""How long to wait at least, and at most."""


def check_range(name: str, least: int, most: int) -> Range:
    """`NAME_min` and `NAME_max`, in minutes: the first not above the second and neither below zero."""
    if least < 0:
        raise InvalidInput(f"{name}_min", f"{least} is below zero", "Give minutes")
    if most < least:
        raise InvalidInput(f"{name}_max", f"{most} is less than {name}_min ({least})", "Give more minutes")
    return timedelta(minutes=least), timedelta(minutes=most)


def refuse_what_is_no_text(field: str, value: Any) -> None:
    """Raise InvalidInput for text, also within lists and mappings, that no database and no file name can hold."""
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and value != value.encode(errors="replace").decode()):
            raise InvalidInput(field, f"{value[:80]!r} holds signs that are no text", "Write it in UTF-8")
    elif isinstance(value, dict):
        refuse_what_is_no_text(field, [*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            refuse_what_is_no_text(field, one)


SET_BY_THE_RUN = ("workspace", "dry_run", "operation")


def same_parameters(these: dict[str, Any] | None, those: dict[str, Any] | None) -> bool:
    """Whether two runs have the same request, wherever and however they ran."""
    mine, theirs = (
        {name: value for name, value in (given or {}).items() if name not in SET_BY_THE_RUN} for given in (these, those)
    )
    return mine == theirs


def as_kept(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as a report keeps them: what was left out is left out, times are text."""
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in parameters.items()}
    return {name: value for name, value in plain.items() if value not in (None, "", []) and name != "operation"}
