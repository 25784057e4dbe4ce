"""Reading the fields of the vendor's JSON: what is there is checked, what is not known to us is left alone.

A required field that is missing or of the wrong type raises Unreadable, which names the operation and the field.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from models.errors import Unreadable


class Fields:
    """A JSON object that an operation of the contract answered with, and where in the answer it stands."""

    def __init__(self, document: Any, operation: str, place: str = "") -> None:
        if not isinstance(document, dict):
            raise Unreadable(f"{operation}: {place or 'the answer'} is {_said(document)}, not an object")
        self.document: dict[str, Any] = document
        self.operation = operation
        self._place = place

    def text(self, name: str) -> str:
        """A string that has to be there."""
        found = self.document.get(name)
        if not isinstance(found, str):
            raise self._odd(name, "a text")
        return found

    def text_or_none(self, name: str) -> str | None:
        """A string, or None where it is null or left out."""
        return None if self.document.get(name) is None else self.text(name)

    def address(self, name: str) -> str:
        """An email address, in lower case as every name of a person, user or mailbox here."""
        return self.text(name).strip().lower()

    def flag(self, name: str) -> bool:
        """True or false, which has to be there."""
        found = self.document.get(name)
        if not isinstance(found, bool):
            raise self._odd(name, "true or false")
        return found

    def number_or_none(self, name: str) -> int | None:
        """A whole number, or None where it is null or left out."""
        found = self.document.get(name)
        if found is None or (isinstance(found, int) and not isinstance(found, bool)):
            return found
        if isinstance(found, float) and found.is_integer():
            return int(found)
        raise self._odd(name, "a whole number")

    def instant(self, name: str) -> datetime:
        """An instant that has to be there, in UTC."""
        try:
            at = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._odd(name, "an instant") from None
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    def instant_or_none(self, name: str) -> datetime | None:
        """An instant in UTC, or None where it is null or left out."""
        return None if self.document.get(name) is None else self.instant(name)

    def inside(self, name: str) -> "Fields":
        """An object that has to be there."""
        if not isinstance(self.document.get(name), dict):
            raise self._odd(name, "an object")
        return Fields(self.document[name], self.operation, self._path(name))

    def inside_or_none(self, name: str) -> "Fields | None":
        """An object, or None where it is null or left out."""
        return None if self.document.get(name) is None else self.inside(name)

    def each(self, name: str) -> Iterator["Fields"]:
        """The objects of a list that has to be there."""
        found = self.document.get(name)
        if not isinstance(found, list):
            raise self._odd(name, "a list")
        for at, item in enumerate(found):
            yield Fields(item, self.operation, f"{self._path(name)}[{at}]")

    def has(self, name: str) -> bool:
        """Whether there is a field of that name, and not null."""
        return self.document.get(name) is not None

    def refuse(self, name: str, problem: str) -> Unreadable:
        """The error for a field that says what cannot be."""
        return Unreadable(f"{self.operation}: {self._path(name)} {problem}")

    def _path(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def _odd(self, name: str, wanted: str) -> Unreadable:
        if name not in self.document:
            return self.refuse(name, "is missing")
        return self.refuse(name, f"is {_said(self.document[name])}, not {wanted}")


def _said(value: Any) -> str:
    """What kind of JSON a value is; never the value, which may be anybody's data."""
    kinds = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return "null" if value is None else kinds.get(type(value), type(value).__name__)
