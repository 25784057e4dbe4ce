"""How a sweep of several workspaces ended: as the worst of them did."""

from collections.abc import Mapping
from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed


def state_of_all(own: State[dict[str, Any]], others: Mapping[str, State[Any]]) -> State[dict[str, Any]]:
    """The state of a sweep, given its own workspace's and those of the others, by name.

    Failed where one of the others could not be swept, NeedsAttention where one needs a person, and otherwise its own.
    The data is always the report of its own.
    """
    failed = [f"{name}: {state.message}" for name, state in others.items() if not state.is_completed()]
    if failed:
        return Failed(message=f"not every workspace could be swept: {'; '.join(failed)}")
    attention = {name: state for name, state in others.items() if state.name == "NeedsAttention"}
    if not attention or own.name == "NeedsAttention":
        return own
    message = "; ".join(f"{name}: {state.message}" for name, state in attention.items())
    return Completed(name="NeedsAttention", message=message, data=own.data)
