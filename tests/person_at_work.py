"""A person who does by hand, in the workspace, what the platform's API cannot do."""

from collections.abc import Callable, Iterator
from typing import Any

from models.changes import Change
from models.manual_steps import ManualStep
from models.setting_keys import SettingKey
from platforms.sandbox.sandbox import Sandbox
from tasks import by_hand
from tasks.by_hand import StepDone


class Person:
    """Does on the sandbox itself what is asked; `asked` are the titles, `problems` what was wrong before.

    `forget` are words of titles at which they only say at first that they did; `refuse` those that they cannot do;
    `instead` what they do at first where the title has such words. `remark` is said of all.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        forget: tuple[str, ...] = (),
        refuse: tuple[str, ...] = (),
        instead: dict[str, Callable[[Any], object]] | None = None,
        remark: str = "",
    ) -> None:
        self.sandbox, self.refuse, self.remark = sandbox, refuse, remark
        self.instead = dict.fromkeys(forget, _nothing) | (instead or {})
        self.asked: list[str] = []
        self.first_lines: list[str] = []
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
        self.first_lines.append(step.do[0])
        if problem:
            self.problems.append(problem)
        if any(words in step.title for words in self.refuse):
            return StepDone(outcome="cannot be done", remark="no such button", done_by="Olga")
        change = self._changes.get(step.title)  # None: what is asked is no change of the tool's
        was = self._was(change) if step.asks_was else ""
        words = next((words for words in self.instead if words in step.title), "")
        self.instead.pop(words, self.sandbox.apply if change else _nothing)(change)
        return StepDone.model_validate({"outcome": "done", "it_was": was, "remark": self.remark, "done_by": "Olga"})

    def _was(self, change: Any) -> str:
        return "on" if self.sandbox.setting(SettingKey.parse(change.setting)) else "off"


def _nothing(change: Any) -> None:
    """They forgot."""


def at_work(person: Person, monkeypatch: Any) -> Iterator[Person]:
    """A person at the terminal as long as the test runs."""
    monkeypatch.setattr(by_hand, "step_for", person.noting(by_hand.step_for))
    by_hand.ask_steps_with(person)
    yield person
    by_hand.ask_steps_with(None)
