"""`sequence-move`: move active contacts from one sequence to another.

The runbook is the help article's: let the source's ruleset re-enroll, wait until that acts, and run the play again
into the other sequence. Where the platform does not move people so, each is unenrolled first and then enrolled.
"""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import mailbox_parameters as m
from flows import parameters as p
from flows.form_parameters import MAY_BE_BLANK
from flows.procedure import procedure
from models.ended_waits import Done
from models.parameters import check_range
from tasks.approving import confirm, refuse_unless_allowed
from tasks.borrowing import borrow_settings, give_back
from tasks.enrolling import prepare_plays
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, give_up
from tasks.sequence_move.moving import move_contacts
from tasks.sequence_move.planning import plan_move
from tasks.sequence_move.request import check_move
from tasks.waiting import await_effect

FromSequence = Annotated[
    str,
    Field(
        title="From sequence",
        description="The sequence that they run in now.",
        min_length=1,
        examples=["Outbound Q3"],
    ),
]
ToSequence = Annotated[
    str,
    Field(
        title="To sequence",
        description="The sequence that they move to.",
        min_length=1,
        examples=["Outbound Q4"],
    ),
]
SendFrom = Annotated[
    list[str] | None,
    Field(
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: the play's, or the same one.",
        examples=["ana@send.acme.test"],
    ),
    MAY_BE_BLANK,
]


@procedure("sequence-move")
def sequence_move(
    from_sequence: FromSequence,
    to_sequence: ToSequence,
    contacts: p.PastedContacts = None,
    contacts_csv: p.ContactsCsv = None,
    send_from: SendFrom = None,
    waiting_days: m.WaitingDays = 0,
    reenrollment_wait_min: p.ReenrollmentWaitMin = 30,
    reenrollment_wait_max: p.ReenrollmentWaitMax = 90,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Move contacts who run in one sequence into another, and lose nobody in between."""
    times = check_range("reenrollment_wait", reenrollment_wait_min, reenrollment_wait_max)
    ask = cache(partial(
        check_move, workspace_at_hand(workspace), from_sequence, to_sequence, contacts_csv, contacts, send_from,
        waiting_days,
    ))  # fmt: skip
    op = begin("sequence-move", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_move(op.id, ask)
    if op.is_dry_run or not plan.contacts:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, plan)
    agreed = confirm(op, plan, partial(plan_move, op.id, ask))
    if agreed is None:
        return final_state(give_up(op.id, "not_approved"))

    prepare_plays(op, agreed)
    since = borrow_settings(op, agreed, times[1])
    if isinstance(await_effect(op, "re-enrollment settings", since, times, None), Done):
        move_contacts(op, agreed)
    give_back(op)
    return final_state(conclude(op.id))
