"""What is read within one look is read once: a query job costs one of the hundred of an account's day."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

T = TypeVar("T")


class Looks:
    """Keeps what was read as long as a look lasts, for whoever is within it: another thread reads afresh."""

    def __init__(self) -> None:
        self._kept: ContextVar[dict[Hashable, object] | None] = ContextVar("kept", default=None)

    @contextmanager
    def one(self) -> Iterator[None]:
        """A look. Within another one: that one."""
        if self._kept.get() is not None:
            yield
            return
        token = self._kept.set({})
        try:
            yield
        finally:
            self._kept.reset(token)

    @property
    def lasts(self) -> bool:
        """Whether this is within a look."""
        return self._kept.get() is not None

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """What was read under the key in this look; without one: read afresh. Nobody may change what they are given."""
        kept = self._kept.get()
        if kept is None:
            return read()
        if key not in kept:
            kept[key] = read()
        return cast(T, kept[key])
