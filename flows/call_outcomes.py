"""`call-outcomes`: read what came of calls and unenroll by policy, since the platform does not (R49, R50)."""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.procedure import procedure
from tasks.approving import confirm, refuse_unless_allowed
from tasks.calls.planning import check_outcomes, plan_outcomes
from tasks.calls.unenrolling import unenroll_contacts
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, give_up

OutcomesCsv = Annotated[
    str | None,
    Field(title="Outcomes file", description="A CSV with email, disposition: a path that the worker can read."),
]
PastedOutcomes = Annotated[
    str | None,
    Field(title="Outcomes", description="The same pasted.", json_schema_extra={"format": "textarea"}, min_length=15),
]
Policy = Annotated[
    dict[str, str],
    Field(
        title="Policy",
        description="What each disposition means: unenroll or keep. One that is not named refuses the whole run.",
    ),
]
OnlySequence = Annotated[
    str | None, Field(title="Sequence", description="Only enrollments in this sequence. Left out: in whichever.")
]


@procedure("call-outcomes")
def call_outcomes(
    policy: Policy,
    outcomes_csv: OutcomesCsv = None,
    outcomes: PastedOutcomes = None,
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
