"""Which tasks are tried again: those that read, and only where the platform did not answer."""

from typing import Any, TypedDict

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from models.errors import HandoffError, Unreachable


def worth_another_try(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Whether a failure that a task ended with may pass."""
    return may_pass(state.result(raise_on_failure=False))


def may_pass(error: Any) -> bool:
    """Whether a failure may pass: not where input, permission or the platform's rules said no."""
    return isinstance(error, Unreachable) or not isinstance(error, HandoffError)


class _Reading(TypedDict):
    cache_policy: Any
    retries: int
    retry_delay_seconds: list[float]
    retry_condition_fn: Any


# A repeated read may answer otherwise than the first: never from the cache.
READS = _Reading(cache_policy=NO_CACHE, retries=3, retry_delay_seconds=[1, 5, 15], retry_condition_fn=worth_another_try)
