"""A run that dies around a write, in this process: nothing of it goes on, and no hook is called, as after SIGKILL.

That a real SIGKILL leaves the same behind is tried at chosen points (`test_procedures_killed.py`,
`test_ownership_change_killed.py`): those runs are processes of their own, and take ten times as long.
"""

from collections.abc import Callable
from typing import Any

import pytest

from journal import operations
from platforms.sandbox.sandbox import Sandbox
from tasks import carrying
from tests.flows.house import House


def cut_short(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    procedure: str,
    parameters: dict[str, Any],
    *,
    at: str,
    before: bool = False,
    only: Callable[[Any], bool] = lambda what: True,
    on: type = Sandbox,
) -> str:
    """Carry a procedure out until it dies right after (or `before`) a write to the platform `on`: the first of this
    name for whose argument `only` holds. Gives the id of the operation that is left behind."""
    write = getattr(on, at)

    def dying(self: Any, what: Any, **how: Any) -> Any:
        fatal = only(what)
        answer = None if before and fatal else write(self, what, **how)
        if fatal:
            raise ConnectionError("the process died")
        return answer

    with monkeypatch.context() as dies, pytest.raises(ConnectionError):
        dies.setattr(on, at, dying)
        dies.setattr("tasks.hooks.release_operation_of", lambda *_: None)
        house.carry_out(procedure, **parameters)
    [row] = [row for row in operations.in_flight(house.journal) if row.mode == "live"]
    carrying.put_down(house.journal, row.id)  # as who comes after a killed process finds it
    return row.id
