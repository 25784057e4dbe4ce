"""A sandbox that shows and does what the platform's API shows and does, and a person who does the rest by hand."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from models.changes import Change, Enroll, ReassignTask, Unenroll
from models.errors import Hidden
from models.manual_steps import ManualStep
from models.setting_keys import SettingKey
from platforms.sandbox.sandbox import Sandbox
from tasks import by_hand
from tasks.by_hand import StepDone

BY_API = (Enroll, Unenroll, ReassignTask)
HIDDEN = frozenset({
    "exclusions", "plays", "audiences", "pending_settings", "sequence_task_assignment", "daily_limits",
    "idle_mailboxes",
})  # fmt: skip


class HidingSandbox(Sandbox):
    """The sandbox as its API would be: nothing of plays, audiences and exclusions, no setting is changed."""

    @property
    def hidden(self) -> frozenset[str]:
        return HIDDEN

    def supports(self, change: type[Change]) -> bool:
        return change in BY_API

    def apply(self, change: Change) -> dict[str, Any]:
        assert isinstance(change, BY_API), change
        return super().apply(change)

    def setting(self, key: SettingKey) -> Any:
        if key.kind != "ruleset":
            raise Hidden("exclusions")
        return super().setting(key)

    def settles(self, conflict: str) -> str | None:
        return None

    def pending(self) -> tuple[Any, ...]:
        return ()

    def facts(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return super().facts(contacts).assign(excluded_by=None)

    def mailboxes(self) -> pd.DataFrame:
        return super().mailboxes().assign(daily_limit=None)

    def plays(self) -> pd.DataFrame:
        raise Hidden("plays")

    def play_log(self, play: str) -> pd.DataFrame:
        raise Hidden("plays")

    def play_metrics(self, play: str) -> dict[str, int] | None:
        raise Hidden("plays")

    def entrants(self, play: str) -> pd.DataFrame:
        raise Hidden("plays")

    def audience(self, name: str) -> list[str]:
        raise Hidden("audiences")

    def audience_size(self, name: str) -> int | None:
        raise Hidden("audiences")

    def exclusions(self) -> pd.DataFrame:
        raise Hidden("exclusions")

    def exclusion_toggles(self) -> pd.DataFrame:
        raise Hidden("exclusions")

    def matches(self, exclusion: str, emails: list[str] | None = None) -> pd.DataFrame:
        raise Hidden("exclusions")


class Person:
    """Does by hand, on the sandbox itself, what is asked; `asked` are the titles, `problems` what was wrong before.

    `forget` are words of titles at which they only say at first that they did; `refuse` those that they cannot do.
    """

    def __init__(self, sandbox: Sandbox, forget: tuple[str, ...] = (), refuse: tuple[str, ...] = ()) -> None:
        self.sandbox, self.forget, self.refuse = sandbox, list(forget), refuse
        self.asked: list[str] = []
        self.problems: list[str] = []
        self._changes: dict[str, Change] = {}

    def noting(self, step_for: Any) -> Any:
        """`step_for`, with a look at which change is meant: a person reads that from the instructions."""

        def noted(change: Change, hidden: frozenset[str] = frozenset()) -> ManualStep:
            step: ManualStep = step_for(change, hidden)
            self._changes[step.title] = change
            return step

        return noted

    def __call__(self, step: ManualStep, problem: str) -> StepDone:
        self.asked.append(step.title)
        if problem:
            self.problems.append(problem)
        if any(words in step.title for words in self.refuse):
            return StepDone(outcome="cannot be done", remark="no such button", done_by="Olga")
        change = self._changes[step.title]
        was = self._was(change) if step.asks_was else ""
        if forgotten := [words for words in self.forget if words in step.title]:
            self.forget.remove(forgotten[0])
        else:
            self.sandbox.apply(change)
        return StepDone.model_validate({"outcome": "done", "it_was": was, "done_by": "Olga"})

    def _was(self, change: Any) -> str:
        return "on" if self.sandbox.setting(SettingKey.parse(change.setting)) else "off"


def at_work(person: Person, monkeypatch: Any) -> Iterator[Person]:
    """A person at the terminal as long as the test runs."""
    monkeypatch.setattr(by_hand, "step_for", person.noting(by_hand.step_for))
    by_hand.ask_steps_with(person)
    yield person
    by_hand.ask_steps_with(None)
