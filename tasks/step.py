"""The steps of a procedure: tasks of Prefect, and plain functions in a dry run that needs no server of Prefect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from prefect import Task
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_chain, wait_fixed

from tasks.retrying import may_pass

P = ParamSpec("P")
R = TypeVar("R")
_without_server: ContextVar[bool] = ContextVar("without_server", default=False)


@contextmanager
def without_server() -> Iterator[None]:
    """Within this, steps are called as plain functions: Prefect's server learns of none."""
    before = _without_server.set(True)
    try:
        yield
    finally:
        _without_server.reset(before)


class Step(Task[P, R]):
    """A task of Prefect that can do without its server, and is then tried again as often and after the same pauses."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:  # type: ignore[override]  # steps are not async
        if not _without_server.get():
            done: R = super().__call__(*args, **kwargs)
            return done
        kwargs.pop("return_state", None)  # Prefect's own option; nobody here looks at states
        pauses: Any = self.retry_delay_seconds  # as it was given: for each try, or one for all
        tries = Retrying(
            stop=stop_after_attempt(self.retries + 1),
            wait=wait_chain(*map(wait_fixed, pauses)) if isinstance(pauses, list) else wait_fixed(pauses or 0),
            retry=retry_if_exception(may_pass),
            reraise=True,
        )
        return tries(self.fn, *args, **kwargs)


def task(**options: Any) -> Callable[[Callable[P, R]], Step[P, R]]:
    """Make a function a step: `options` are those of Prefect's `task`."""

    def made(function: Callable[P, R]) -> Step[P, R]:
        return Step(function, **options)

    return made
