"""What a call-outcomes is asked to do, checked against the workspace before anything is begun."""

from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field

from inputs.addresses import address_in
from inputs.named_columns import NamedColumns, read_columns
from models.errors import InvalidInput
from models.nearest import nearest_of
from models.rules.dispositions import ACTIONS, contradictions, folded
from models.wording import counted
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once

REJECTS = ["row", "email", "reason", "line"]


class CallOutcomesRequest(Request):
    """Unenroll contacts by the dispositions of their calls; an unknown disposition is refused, not guessed."""

    procedure = "call-outcomes"
    without_subject = "pasted outcomes"

    policy: dict[str, str] = Field(
        title="Policy",
        description="What each disposition means, as JSON: unenroll or keep. One that is not named refuses all.",
        examples=[{"Not interested": "unenroll", "Voicemail": "keep"}],
    )
    outcomes: str | None = Field(
        None,
        title="Outcomes",
        description="What came of the calls: paste a CSV with the header email,disposition and a row a contact.",
    )
    outcomes_csv: str | None = Field(
        None,
        title="Outcomes file",
        description="The same as a file: the path of a CSV that the worker can read. Give one of the two.",
        examples=["/srv/handoff/outcomes.csv"],
    )
    sequence: Annotated[str | None, shared.SEQUENCE] = Field(
        None,
        title="Sequence",
        description="Only enrollments in this sequence. Left out: in whichever.",
        examples=["Outbound Q4"],
    )

    @once
    def check(self, platform: Platform) -> "CallOutcomes":
        """The request, checked. Raises InvalidInput that names the file, row and disposition; changes nothing.

        A disposition without policy refuses the whole: nothing is guessed. The rows are written beside the input.
        """
        if bool(self.outcomes_csv) == bool(self.outcomes):
            raise InvalidInput("outcomes_csv", "give it, or `outcomes` pasted", "Columns email, disposition")
        actions = _policy(self.policy)
        path = Path(self.outcomes_csv) if self.outcomes_csv else None
        found = read_columns(path, self.outcomes, "outcomes_csv" if path else "outcomes", ("email", "disposition"))
        checking.refuse_lifting(platform, found.source.field, found.source.name, found.status.not_opted_out)
        rows, rejects = _contacts(found)
        _refuse_unknown(found, rows, actions, path)
        for email, torn in contradictions(rows, actions):
            numbers = ", ".join(map(str, torn))
            raise found.source.refusal(f"rows {numbers}: {email} has dispositions of different actions", "Leave one")
        twice = rows["email"].duplicated()
        return self.checked_as(
            CallOutcomes,
            rows=rows[~twice].reset_index(drop=True),
            rejects=pd.concat([rejects, rows[twice].assign(reason="duplicate_row")[REJECTS]], ignore_index=True),
            actions=actions,
            sequence=checking.sequence(platform, "sequence", self.sequence) if self.sequence else None,
        )


class CallOutcomes(CallOutcomesRequest):
    """The request with names as the workspace spells them, and what was read of the outcomes.

    `rows` has `row, email, disposition, line`, each contact once; `rejects` what was refused of the file (columns
    REJECTS); `actions` has an action for each folded disposition.
    """

    rows: pd.DataFrame
    rejects: pd.DataFrame
    actions: dict[str, str]

    @property
    def source(self) -> Path | None:
        """The file that has the outcomes."""
        return Path(self.outcomes_csv) if self.outcomes_csv else None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.source.name if self.source else self.without_subject


def _policy(policy: dict[str, str]) -> dict[str, str]:
    if not policy:
        raise InvalidInput("policy", "is empty", 'Write {"Not interested": "unenroll", "Voicemail": "keep"}')
    for disposition, action in policy.items():
        if action not in ACTIONS:
            raise InvalidInput(
                f"policy.{disposition}", f"'{action}' is no action", f"Actions are {' and '.join(ACTIONS)}"
            )
    return {folded(disposition): action for disposition, action in policy.items()}


def _contacts(found: NamedColumns) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with an address, lower-cased; and those without one."""
    emails = found.rows["email"].map(address_in)
    bad = found.rows[emails.isna()].assign(reason="invalid_email")
    return found.rows.assign(email=emails)[emails.notna()].reset_index(drop=True), bad[REJECTS]


def _refuse_unknown(found: NamedColumns, rows: pd.DataFrame, policy: dict[str, str], path: Path | None) -> None:
    unknown = rows[~rows["disposition"].map(folded).isin(policy)]
    if unknown.empty:
        return
    from tasks.planning import write_beside  # noqa: PLC0415  # loads Prefect, which takes its time

    write_beside(unknown.assign(reason="unknown_disposition")[REJECTS], path)
    first, stated = int(unknown["row"].iloc[0]), str(unknown["disposition"].iloc[0])
    near = nearest_of(folded(stated), list(policy))
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise found.refuse(
        first,
        "disposition",
        f"the policy has no '{stated}' ({counted(len(unknown), 'row has', 'rows have')} such)",
        f"Add it to the policy, or mend the row.{hint} Nothing was changed",
    )
