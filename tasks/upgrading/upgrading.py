"""Editing a sequence and upgrading what runs in it, and the proof that nobody fell out.

People are followed by person and sequence: an upgrade ends the old enrollment and begins a new one (C20).
"""

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, outcomes
from models.upgrade_plan import UpgradePlan
from tasks.applying import make_once
from tasks.by_hand import by_hand
from tasks.narration import tell
from tasks.operation import Operation
from tasks.upgrading.planning import running_in

EDIT = "edit_sequence"
NEW = "began after the plan was made; the platform upgrades all that runs"


def upgrade_sequence(operation: Operation, plan: UpgradePlan) -> None:
    """Make the new version and upgrade everybody to it. Repeated: nothing."""
    by_hand(operation, [(EDIT, plan.edit)])
    edit_and_upgrade(operation.id, plan)


@task(task_run_name="edit {plan.sequence} and upgrade what runs", cache_policy=NO_CACHE)
def edit_and_upgrade(operation_id: str, plan: UpgradePlan) -> int:
    """Make the new version and upgrade everybody to it; give how many the platform upgraded. Repeated: nothing."""
    return int(make_once(Operation.at_hand(operation_id), EDIT, plan.edit).get("upgraded", 0))


@task(task_run_name="look that nobody fell out", cache_policy=NO_CACHE)
def settle_upgrade(operation_id: str, plan: UpgradePlan) -> int:
    """Write down what became of each, as the workspace shows it: by person and sequence. Gives how many run on."""
    operation = Operation.at_hand(operation_id)
    there = running_in(operation, plan.sequence).set_index("email")
    _take_in_new(operation, plan, there)
    run_on = 0
    for chunk in outcomes.chunks(operation.journal, operation.id, outcome=None):
        contacts = chunk[chunk["forecast"].isin(["upgraded", "unenrolled"])]
        if contacts.empty:
            continue
        version = contacts["email"].map(there["version"])
        upgraded, gone = version.eq(plan.version), version.isna()
        through = gone & contacts["forecast"].eq("unenrolled")
        ended = gone & ~through & _ended_by_themselves(operation, plan, contacts)
        out = contacts[["email"]].assign(outcome="failed", reasons="", detail="fell out of the sequence")
        out.loc[~gone & ~upgraded, "detail"] = "still runs in an older version"
        out.loc[ended, ["outcome", "detail"]] = ["unchanged", "ended before the upgrade"]
        out.loc[through, ["outcome", "detail"]] = ["unenrolled", "is through: the new version has no further step"]
        out.loc[upgraded, "outcome"] = "upgraded"
        out.loc[upgraded, "detail"] = contacts.loc[upgraded, "detail"]
        out["step"] = (contacts["email"].map(there["steps_done"]).astype("Int64") + 1).astype(object)
        outcomes.settle(operation.journal, operation.id, out)
        run_on += int(upgraded.sum())
    tell(f"{run_on} run on in version {plan.version} of {plan.sequence}")
    return run_on


def _take_in_new(operation: Operation, plan: UpgradePlan, there: pd.DataFrame) -> None:
    known = {email for part in outcomes.chunks(operation.journal, operation.id) for email in part["email"]}
    if late := sorted(set(there.index) - known):
        outcomes.forecast(operation.journal, operation.id, pd.DataFrame({
            "email": late, "sequence": plan.sequence, "forecast": "upgraded", "detail": NEW,
        }))  # fmt: skip


def _ended_by_themselves(operation: Operation, plan: UpgradePlan, contacts: pd.DataFrame) -> "pd.Series[bool]":
    """Whose enrollment ended before the upgrade could take it over: it was at its end, or somebody ended it."""
    edited = next(row for row in changes.made(operation.journal, operation.id) if row.key == EDIT)
    last = operation.platform.last_enrollments(contacts["email"].tolist(), plan.sequence).set_index("email")["ended_at"]
    return contacts["email"].map(last).lt(pd.Timestamp(edited.applied_at or edited.intended_at))
