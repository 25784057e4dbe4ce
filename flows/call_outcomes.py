"""`call-outcomes`: read what came of calls and unenroll by policy, since the platform does not (R49, R50)."""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.form_parameters import MAY_BE_BLANK
from flows.procedure import procedure
from tasks.approving import confirm, refuse_unless_allowed
from tasks.call_outcomes.planning import check_outcomes, plan_outcomes
from tasks.call_outcomes.unenrolling import unenroll_contacts
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, give_up

Policy = Annotated[
    dict[str, str],
    Field(
        title="Policy",
        description="What each disposition means, as JSON: unenroll or keep. One that is not named refuses all.",
        examples=[{"Not interested": "unenroll", "Voicemail": "keep"}],
    ),
]
PastedOutcomes = Annotated[
    str | None,
    Field(
        title="Outcomes",
        description="What came of the calls: paste a CSV with the header email,disposition and a row a contact.",
    ),
    MAY_BE_BLANK,
]
OutcomesCsv = Annotated[
    str | None,
    Field(
        title="Outcomes file",
        description="The same as a file: the path of a CSV that the worker can read. Give one of the two.",
        examples=["/srv/handoff/outcomes.csv"],
    ),
    MAY_BE_BLANK,
]
OnlySequence = Annotated[
    str | None,
    Field(
        title="Sequence",
        description="Only enrollments in this sequence. Left out: in whichever.",
        examples=["Outbound Q4"],
    ),
    MAY_BE_BLANK,
]


@procedure("call-outcomes", otherwise="pasted outcomes")
def call_outcomes(
    policy: Policy,
    outcomes: PastedOutcomes = None,
    outcomes_csv: OutcomesCsv = None,
    sequence: OnlySequence = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Unenroll contacts by the dispositions of their calls; an unknown disposition is refused, not guessed."""
    ask = cache(partial(check_outcomes, workspace_at_hand(workspace), outcomes_csv, outcomes, policy, sequence))
    op = begin("call-outcomes", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_outcomes(op.id, ask)
    if op.is_dry_run or not plan.contacts:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, plan)
    agreed = confirm(op, plan, partial(plan_outcomes, op.id, ask))
    if agreed is None:
        return final_state(give_up(op.id, "not_approved"))

    unenroll_contacts(op)
    return final_state(conclude(op.id))
