"""A person who does by hand, in the workspace, what the platform's API cannot do."""

from collections.abc import Iterator
from typing import Any

from models.changes import Change
from models.manual_steps import ManualStep
from models.setting_keys import SettingKey
from platforms.sandbox.sandbox import Sandbox
from tasks import by_hand
from tasks.by_hand import StepDone


class Person:
    """Does on the sandbox itself what is asked; `asked` are the titles, `problems` what was wrong before.

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
