"""What call-outcomes was asked to do, and the plan: whose enrollment ends by policy."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from prefect import task

from inputs.addresses import address_in
from inputs.named_columns import NamedColumns, read_columns
from models.errors import InvalidInput
from models.nearest import nearest_of
from models.plan import Plan
from models.rules.dispositions import ACTIONS, contradictions, decided, folded
from models.wording import counted
from platforms.port import Platform
from reports.csv_out import write_csv
from tasks import checking
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once, write_beside
from tasks.retrying import READS

CHUNK = 50_000
REJECTS = ["row", "email", "reason", "line"]


@dataclass(frozen=True)
class AskedOutcomes:
    """The parameters of `call-outcomes`. `rows` has `row, email, disposition, line`, each contact once; `rejects` what
    was refused of the file (columns REJECTS); `policy` gives an action for each folded disposition."""

    rows: pd.DataFrame
    rejects: pd.DataFrame
    policy: dict[str, str]
    sequence: str | None
    source: Path | None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.source.name if self.source else "pasted outcomes"


def check_outcomes(
    platform: Platform, outcomes_csv: str | None, outcomes: str | None, policy: dict[str, str], sequence: str | None
) -> AskedOutcomes:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the file, row and disposition; changes nothing.

    A disposition without policy refuses the whole: nothing is guessed. The rows are written beside the input.
    """
    if bool(outcomes_csv) == bool(outcomes):
        raise InvalidInput("outcomes_csv", "give it, or `outcomes` pasted", "Columns email, disposition")
    actions = _policy(policy)
    path = Path(outcomes_csv) if outcomes_csv else None
    found = read_columns(path, outcomes, "outcomes_csv" if path else "outcomes", ("email", "disposition"))
    checking.refuse_lifting(platform, found.source.field, found.source.name, found.status.not_opted_out)
    rows, rejects = _contacts(found)
    _refuse_unknown(found, rows, actions, path)
    for email, torn in contradictions(rows, actions):
        numbers = ", ".join(map(str, torn))
        raise found.source.refusal(f"rows {numbers}: {email} has dispositions of different actions", "Leave one")
    twice = rows["email"].duplicated()
    rejects = pd.concat([rejects, rows[twice].assign(reason="duplicate_row")[REJECTS]], ignore_index=True)
    return AskedOutcomes(
        rows[~twice].reset_index(drop=True), rejects, actions,
        checking.sequence(platform, "sequence", sequence) if sequence else None, path,
    )  # fmt: skip


def _policy(policy: dict[str, str]) -> dict[str, str]:
    if not policy:
        raise InvalidInput("policy", "is empty", 'Write {"Not interested": "unenroll", "Voicemail": "keep"}')
    for disposition, action in policy.items():
        if action not in ACTIONS:
            raise InvalidInput(
                f"policy.{disposition}", f"'{action}' is no action", f"Actions are {' and '.join(ACTIONS)}"
            )  # fmt: skip
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
    write_beside(unknown.assign(reason="unknown_disposition")[REJECTS], path)
    first, told = int(unknown["row"].iloc[0]), str(unknown["disposition"].iloc[0])
    near = nearest_of(folded(told), list(policy))
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise found.refuse(
        first, "disposition", f"the policy has no '{told}' ({counted(len(unknown), 'row has', 'rows have')} such)",
        f"Add it to the policy, or mend the row.{hint} Nothing was changed",
    )  # fmt: skip


@task(task_run_name="plan by the policy", **READS)
def plan_outcomes(operation_id: str, ask: Callable[[], AskedOutcomes]) -> Plan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, Plan, lambda: _plan(operation, ask()))


def _plan(operation: Operation, asked: AskedOutcomes) -> Plan:
    known = set(operation.platform.people(asked.rows["email"].tolist())["email"])
    there = asked.rows["email"].isin(known)
    told = decided(asked.rows[there], _running(operation, asked), asked.policy)
    forecasts = Forecasts(operation)
    forecasts.add(told)
    unknown = asked.rows[~there].assign(reason="unknown_contact")[REJECTS]
    rejects = pd.concat([asked.rejects, unknown], ignore_index=True).sort_values("row", kind="stable")
    if len(rejects):
        write_csv(rejects, operation.folder / "rejects.csv")
        write_beside(rejects, asked.source)
    ends = told[told["forecast"] == "unenrolled"]
    counts = ends["sequence"].value_counts().sort_index()
    return Plan(
        purpose=f"unenroll {counted(len(ends), 'contact')} by what came of their calls", contacts=len(ends),
        found=f"{counted(len(asked.rows), 'contact')} with a disposition", actions=("unenroll",) if len(ends) else (),
        steps=tuple(f"unenroll {counted(number, 'contact')} from '{sequence}'" for sequence, number in counts.items()),
        rejected=len(rejects), contacts_digest=forecasts.digest,
    )  # fmt: skip


def _running(operation: Operation, asked: AskedOutcomes) -> pd.DataFrame:
    """Where these contacts run: `email, sequence, mailbox, step`."""
    wanted = set(asked.rows["email"])
    parts = [part[part["email"].isin(wanted)] for part in operation.platform.running(CHUNK, sequence=asked.sequence)]
    columns = ["email", "sequence", "mailbox", "steps_done"]
    found = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return found.assign(step=found["steps_done"].astype("Int64") + 1)[["email", "sequence", "mailbox", "step"]]
