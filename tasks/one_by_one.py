"""Doing the same for several: none may keep the others out."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from models.errors import HandoffError

T = TypeVar("T")


def one_by_one(items: Iterable[T], do: Callable[[T], Any]) -> list[HandoffError]:
    """Do it for each, also after one for which it cannot be done. Gives why it could not."""
    refusals = []
    for item in items:
        try:
            do(item)
        except HandoffError as error:
            refusals.append(error)
    return refusals
