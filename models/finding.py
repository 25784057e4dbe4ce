"""What `handoff doctor` finds: what works, what is worth knowing, and what would stop a run, each with its remedy."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from models.failures import failure_of

State = Literal["ok", "note", "trouble"]
SEE = "See to it, then look again"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `check` is its group and its name, `home.journal`; a `trouble` would stop a run.

    `remedy` is what a person can do about it; None where nothing need be done.
    """

    check: str
    state: State
    message: str
    remedy: str | None = None


def fine(check: str, message: str) -> Finding:
    """What works."""
    return Finding(check, "ok", message)


def note(check: str, message: str, remedy: str | None = None) -> Finding:
    """What stops no run, and is worth knowing."""
    return Finding(check, "note", message, remedy)


def trouble(check: str, message: str, remedy: str = SEE) -> Finding:
    """What would stop a run."""
    return Finding(check, "trouble", message, remedy)


def would_stop(findings: Iterable[Finding]) -> bool:
    """Whether any of these would stop a run."""
    return any(one.state == "trouble" for one in findings)


def failed(check: str, error: BaseException) -> Finding:
    """What an error comes to: its sentence, and what it says to do."""
    failure = failure_of(error)
    if failure.field:
        return trouble(check, f"{failure.field}: {failure.message}", failure.remedy or SEE)
    message, _, remedy = failure.sentence.partition(". ")
    return trouble(check, message, remedy or SEE)


def looked(check: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look finds; a look that fails is a finding itself, and the others go on."""
    try:
        yield from look()
    except Exception as error:  # whatever it is: nobody asks a doctor who falls ill at the first patient
        yield failed(check, error)
