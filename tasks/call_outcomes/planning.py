"""Planning a call-outcomes: whose enrollment ends by policy."""

import pandas as pd

from models.plan import Plan
from models.rules.dispositions import decided
from models.wording import counted
from reports.csv_out import write_csv
from tasks.call_outcomes.request import CallOutcomes, CallOutcomesRequest
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once, write_beside
from tasks.retrying import READS
from tasks.step import task

CHUNK = 50_000
REJECTS = ["row", "email", "reason", "line"]


@task(task_run_name="plan by the policy", **READS)
def plan_outcomes(operation_id: str, request: CallOutcomesRequest) -> Plan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, Plan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: CallOutcomes) -> Plan:
    known = set(operation.platform.people(request.rows["email"].tolist())["email"])
    there = request.rows["email"].isin(known)
    outcomes = decided(request.rows[there], _running(operation, request), request.actions)
    forecasts = Forecasts(operation)
    forecasts.add(outcomes, before=outcomes[["sequence", "mailbox", "step"]])
    unknown = request.rows[~there].assign(reason="unknown_contact")[REJECTS]
    rejects = pd.concat([request.rejects, unknown], ignore_index=True).sort_values("row", kind="stable")
    if len(rejects):
        write_csv(rejects, operation.folder / "rejects.csv")
        write_beside(rejects, request.source)
    ends = outcomes[outcomes["forecast"] == "unenrolled"]
    counts = ends["sequence"].value_counts().sort_index()
    return Plan(
        purpose=f"unenroll {counted(len(ends), 'contact')} by what came of their calls",
        contacts=len(ends),
        found=f"{counted(len(request.rows), 'contact')} with a disposition",
        actions=("unenroll",) if len(ends) else (),
        steps=tuple(f"unenroll {counted(number, 'contact')} from '{sequence}'" for sequence, number in counts.items()),
        rejected=len(rejects),
        contacts_digest=forecasts.digest,
    )


def _running(operation: Operation, request: CallOutcomes) -> pd.DataFrame:
    """Where these contacts run: `email, sequence, mailbox, step`."""
    emails = request.rows["email"].tolist()
    parts = [
        part
        for start in range(0, len(emails), CHUNK)
        for part in operation.platform.running(CHUNK, request.sequence, emails=emails[start : start + CHUNK])
    ]
    columns = ["email", "sequence", "mailbox", "steps_done"]
    found = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return found.assign(step=found["steps_done"].astype("Int64") + 1)[["email", "sequence", "mailbox", "step"]]
