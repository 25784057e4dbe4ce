"""Steps of sequences, and kinds of tasks, in plain words: `email, then call 2 days later`."""

from collections.abc import Iterable

from models.records import SequenceStep
from models.wording import counted

_STEPS = {
    "AUTOMATIC_EMAIL": ("an", "email"),
    "MANUAL_EMAIL": ("an", "email by hand"),
    "ACTION_ITEM": ("an", "action item"),
    "PHONE_CALL": ("a", "call"),
    "MANUAL_LINKEDIN_PROFILE_VIEW": ("a", "look at the LinkedIn profile"),
    "MANUAL_LINKEDIN_CONNECTION": ("a", "LinkedIn connection"),
    "MANUAL_LINKEDIN_MESSAGE": ("a", "LinkedIn message"),
}
_TASKS = {
    "EMAIL": "email task",
    "ACTION_ITEM": "action item",
    "PHONE_CALL": "call task",
    "LINKEDIN_SEND_MESSAGE": "LinkedIn message task",
    "LINKEDIN_SEND_CONNECTION_REQUEST": "LinkedIn connection task",
    "LINKEDIN_VIEW_PROFILE": "LinkedIn profile task",
    "REPLY_TO_EMAIL": "reply task",
}


def step_kind(step: SequenceStep) -> str:
    """What a step is: `a call`."""
    return " ".join(_STEPS[step.type])


def step_in_words(step: SequenceStep) -> str:
    """A step and its wait: `a call 2 days later`; without a wait `an email at once`."""
    return f"{step_kind(step)} {_later(step) or 'at once'}"


def steps_in_words(steps: Iterable[SequenceStep]) -> str:
    """Steps in their order: `email, then call 2 days later`."""
    return ", then ".join(" ".join(filter(None, [_STEPS[step.type][1], _later(step)])) for step in steps)


def task_kind(kind: str) -> str:
    """What tasks of a type are called, one of them; a type of a later release as it is."""
    return _TASKS.get(kind, f"{kind} task")


def _later(step: SequenceStep) -> str:
    return f"{counted(step.wait_days, 'day')} later" if step.wait_days else ""
