"""Procedures on Unify, through the vendor's API as the emulator speaks it over the house's sandbox.

The sandbox's clock is moved as it is without the API between: then both end at the same instant.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from models.errors import InvalidInput
from models.report import Report
from models.settings import Settings
from platforms.port import Platform
from platforms.unify.unify import Unify
from tests.flows.house import House
from tests.person_at_work import Person, at_work
from tests.platforms.in_process import unify_over

Working = Callable[..., Person]


class UnifyHouse(House):
    """A house whose procedures act on the workspace `unify`, which is the house's sandbox behind its API."""

    def carry_out(self, procedure: str, **how: Any) -> Report:
        return super().carry_out(procedure, **({"workspace": "unify"} | how))


class MovedByHand(Unify):
    """Unify whose clock a test moves: it is the sandbox's, and stands still otherwise."""

    sandbox: Any

    def now(self) -> datetime:
        found: datetime = self.sandbox.now()
        return found

    def clock_rate(self) -> float:
        return 0.0

    def advance(self, to: datetime) -> None:
        self.sandbox.advance(to)


@pytest.fixture
def unify(house: House, monkeypatch: pytest.MonkeyPatch) -> UnifyHouse:
    """A home where the workspace `unify` is the API over its sandbox."""

    def opened(name: str, settings: Settings) -> Platform:
        if name == "sandbox":
            return house.sandbox
        if name != "unify":
            raise InvalidInput("workspace", f"there is no workspace '{name}'")
        return unify_behind(house)

    monkeypatch.setattr("tasks.operation.open_workspace", opened)
    return UnifyHouse(house.home)


def unify_behind(house: House) -> MovedByHand:
    """The platform over the house's sandbox."""
    sandbox = house.sandbox
    plain = unify_over(sandbox)
    moved = MovedByHand(plain._wire, "unify")
    moved.sandbox = sandbox
    return moved


@pytest.fixture
def working(unify: UnifyHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Working]:
    """Makes a person who does the steps that the API cannot."""
    made: list[Iterator[Person]] = []

    def make(**how: Any) -> Person:
        made.append(at_work(Person(unify.sandbox, **how), monkeypatch))
        return next(made[-1])

    yield make
    for one in made:
        next(one, None)
