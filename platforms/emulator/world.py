"""What every route of the emulator is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from platforms.emulator.jobs_kept import KeptJobs
from platforms.emulator.limits import Limits
from platforms.emulator.problems import Problem, forbidden
from platforms.sandbox.clock import moment
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.store import Work

# The sandbox's instant in the last transaction of the request that is being answered. A list, since a request may be
# answered in a thread: that has a copy of the context, and the same list in it.
_seen: ContextVar[list[int]] = ContextVar("_seen")


@dataclass(frozen=True)
class World:
    """The sandbox, the key, what is allowed, and the query jobs that were made."""

    sandbox: Sandbox
    key: SecretStr
    limits: Limits
    jobs: KeptJobs

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction on the sandbox, at its present instant: all or nothing."""
        with self.sandbox.work() as work:
            if (seen := _seen.get(None)) is not None:
                seen[:] = [work.now]
            yield work

    def now(self) -> datetime:
        """The sandbox's time."""
        with self.work() as work:
            return moment(work.now)

    def forget_now(self) -> None:
        """A request begins: what time it was in others does not count."""
        _seen.set([])

    def last_now(self) -> datetime:
        """The sandbox's time as this request saw it: a transaction less for its `Date`. Now, where it saw none."""
        seen = _seen.get(None)
        return moment(seen[0]) if seen else self.now()


def is_admin(work: Work) -> bool:
    """Whether the key's user is an admin; a rep sees only their own tasks (D5)."""
    return bool(work.value("SELECT role = 'admin' FROM user_account WHERE id = :id", id=work.user_id))


def only_admins(work: Work, what: str) -> None:
    """Raise Problem (403) for a rep."""
    if not is_admin(work):
        problem: Problem = forbidden(f"Only an admin may {what}")
        raise problem


def iso(instant: int | None) -> str | None:
    """An instant of the sandbox as the API writes it: `2026-11-02T09:00:00.000Z`."""
    return None if instant is None else f"{moment(instant).astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
