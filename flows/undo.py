"""`undo`: take back what an operation did, as far as it can be taken back.

Whose enrollment has sent nothing is taken out of it first, at once. Who was moved goes back to where they were, and is
paused meanwhile where settings have to act first. Tasks go back to whose they were; what was set is set back, and what
was made is deleted.
"""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.ended_waits import Done
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.borrowing import borrow_settings, give_back
from tasks.operation import begin
from tasks.reporting import conclude, final_state
from tasks.undo.carrying_out import hand_back, put_back, reverse_changes, take_out
from tasks.undo.holding import hold_still, let_go_on
from tasks.undo.planning import plan_undo
from tasks.undo.request import UndoRequest
from tasks.waiting import await_effect


@procedure
def undo(request: UndoRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_undo, request)
    if isinstance(plan, Report):
        return final_state(plan)

    take_out(op, plan)
    hand_back(op, plan)
    if plan.must_act:  # else nobody waits
        hold_still(op, plan)
    since = borrow_settings(op, plan, request.wait[1])
    if isinstance(await_effect(op, "re-enrollment settings", since, request.wait, None), Done):
        put_back(op, plan)
    let_go_on(op, plan)
    give_back(op)
    reverse_changes(op, plan)
    return final_state(conclude(op.id))
