"""`enrollment-diagnosis`: why is this contact, or this whole audience, not enrolled?

Every reason with its proof, when it lapses by itself, the settings that lift it, and whom else they let in. It
changes nothing, live or not.
"""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.form_parameters import MAY_BE_BLANK
from flows.procedure import procedure
from tasks.enrollment_diagnosis.planning import check_diagnosis_of, plan_diagnosis
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state

MeantSequence = Annotated[
    str | None,
    Field(
        title="Sequence",
        description="The sequence that is meant for them. Left out: the play's.",
        examples=["Outbound Q4"],
    ),
    MAY_BE_BLANK,
]
AudienceName = Annotated[
    str | None,
    Field(
        title="Audience",
        description="Everybody in an audience, instead of naming the contacts.",
        examples=["Q4 list"],
    ),
    MAY_BE_BLANK,
]
ThroughPlay = Annotated[
    str | None,
    Field(
        title="Play",
        description="Through which play; without contacts, everybody in its audience is looked at.",
        examples=["Q4 play"],
    ),
    MAY_BE_BLANK,
]


@procedure("enrollment-diagnosis", otherwise="named contacts")
def enrollment_diagnosis(
    sequence: MeantSequence = None,
    play: ThroughPlay = None,
    audience: AudienceName = None,
    contacts: p.PastedContacts = None,
    contacts_csv: p.ContactsCsv = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Say of each contact every reason why it is not enrolled, and which settings free the most for the least."""
    ask = cache(partial(
        check_diagnosis_of, workspace_at_hand(workspace), sequence, audience, contacts_csv, contacts, play
    ))  # fmt: skip
    op = begin("enrollment-diagnosis", workspace, ask, dry_run=dry_run, resume=operation)

    plan_diagnosis(op.id, ask)
    return final_state(conclude(op.id))
