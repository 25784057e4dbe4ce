"""`sequence-move`: move active contacts from one sequence to another.

The runbook is the help article's: let the source's ruleset re-enroll, wait until that acts, and run the play again
into the other sequence. Where the platform does not move people so, each is unenrolled first and then enrolled.
"""

from functools import partial
from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.ended_waits import Done
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.borrowing import borrow_settings, give_back
from tasks.enrolling import prepare_plays
from tasks.operation import begin
from tasks.reporting import conclude, final_state
from tasks.sequence_move.moving import move_contacts
from tasks.sequence_move.planning import plan_move
from tasks.sequence_move.request import SequenceMoveRequest
from tasks.waiting import await_effect
from tasks.waves import enroll_in_waves


@procedure
def sequence_move(request: SequenceMoveRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_move, request)
    if isinstance(plan, Report):
        return final_state(plan)

    prepare_plays(op, plan)
    since = borrow_settings(op, plan, request.wait[1])
    if isinstance(await_effect(op, "re-enrollment settings", since, request.wait, None), Done):
        enroll_in_waves(op, plan, partial(move_contacts, op, plan))
    give_back(op)
    return final_state(conclude(op.id))
