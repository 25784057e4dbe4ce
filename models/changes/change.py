"""What every change has in common, and how its values look as JSON."""

from typing import Any, ClassVar

from models.records import Interval, Record


class Change(Record):
    """One change to a workspace. `action` is its name for scripts."""

    action: ClassVar[str]

    def __str__(self) -> str:
        values = ", ".join(f"{key} {value}" for key, value in self if value not in (None, (), ""))
        return f"{self.action.replace('_', ' ')}: {values}"


def plain(value: Any) -> Any:
    """A setting's value as JSON would hold it."""
    return value.model_dump(mode="json") if isinstance(value, Record) else value


def of_json(value: Any) -> Any:
    """The reverse of `plain`, for a setting's value."""
    return Interval.model_validate(value) if isinstance(value, dict) else value
