"""What query jobs narrow by, checked as the contracts write it and as conditions in SQL: what services share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from platforms.emulator.ids import Kind, key_of
from platforms.sandbox.clock import seconds

NONE = "1 = 0"
Value = TypeVar("Value", bound=str)


class Filter(BaseModel):
    """Unknown keys are refused: without its condition, more rows would be selected than the client wants."""

    model_config = ConfigDict(extra="forbid")


class Between(Filter):
    """A range of times."""

    gt: AwareDatetime | None = None
    gte: AwareDatetime | None = None
    lt: AwareDatetime | None = None
    lte: AwareDatetime | None = None

    def sql(self, column: str) -> list[str]:
        """The conditions on a column of instants."""
        bounds = {">": self.gt, ">=": self.gte, "<": self.lt, "<=": self.lte}
        return [f"{column} {sign} {_instant(at, sign)}" for sign, at in bounds.items() if at is not None]


def _instant(at: datetime, sign: str) -> int:
    """Whole seconds, as the sandbox has them: a fraction counts on the side that keeps the condition's meaning."""
    up = sign in (">=", "<") and at.microsecond > 0
    return seconds(at) + int(up)


class One(Filter):
    id: str


class Among(Filter, Generic[Value]):
    """Values of one kind that are included, or left out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    among: list[Value] | None = Field(default=None, alias="in", min_length=1)
    not_in: list[Value] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.among is None and self.not_in is None:
            raise ValueError("names neither in nor not_in")
        return self


def named(kind: Kind, column: str, one: One | None) -> list[str]:
    """The condition that a column is the key that an id stands for."""
    if one is None:
        return []
    key = key_of(kind, one.id)
    return [NONE if key is None else f"{column} = {key}"]


def among(column: str, wanted: Among[Any] | None) -> list[str]:
    """The condition on a column of words: they are the contract's, and need no quoting."""
    return _either(column, wanted, lambda words: [f"'{word}'" for word in words])


def among_keys(kind: Kind, column: str, wanted: Among[Any] | None) -> list[str]:
    """The condition on a column of keys, of ids."""

    def keys(ids: Sequence[str]) -> list[str]:
        return [str(key) for key in (key_of(kind, one) for one in ids) if key is not None]

    return _either(column, wanted, keys)


def _either(column: str, wanted: Among[Any] | None, render: Any) -> list[str]:
    if wanted is None:
        return []
    found = []
    if wanted.among is not None:
        listed = render(wanted.among)
        found.append(f"{column} IN ({', '.join(listed)})" if listed else NONE)
    if wanted.not_in is not None and (listed := render(wanted.not_in)):
        found.append(f"({column} IS NULL OR {column} NOT IN ({', '.join(listed)}))")
    return found
