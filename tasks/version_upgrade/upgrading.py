"""Editing a sequence and upgrading what runs in it, and the proof that nobody fell out.

People are followed by person and sequence: an upgrade ends the old enrollment and begins a new one (C20).
"""

from datetime import datetime

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.names import NONE
from models.upgrade_plan import UpgradePlan
from models.wording import counted
from tasks.applying import make_once
from tasks.by_hand import by_hand
from tasks.made_before import how_it_ended
from tasks.narration import tell
from tasks.operation import Operation
from tasks.reading_back import not_made
from tasks.step import task
from tasks.version_upgrade.planning import running_in

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
def record_upgrade(operation_id: str, plan: UpgradePlan) -> int:
    """Write down what became of each, as the workspace shows it: by person and sequence. Gives how many run on."""
    operation = Operation.at_hand(operation_id)
    there = running_in(operation, plan.sequence).set_index("email")
    since = operation.changes.written_at(EDIT) or operation.now()
    _take_in_new(operation, plan, there)
    run_on = 0
    for chunk in operation.outcomes.chunks(outcome=None):
        contacts = chunk[chunk["forecast"].isin(["upgraded", "unenrolled"])]
        if contacts.empty:
            continue
        version = contacts["email"].map(there["version"])
        upgraded, gone = version.eq(plan.version), version.isna()
        through = gone & contacts["forecast"].eq("unenrolled")
        ended = _ended_since(operation, plan, contacts[gone & ~through], since)
        out = contacts[["email"]].assign(outcome="failed", reasons=NONE, detail="fell out of the sequence")
        out.loc[~gone & ~upgraded, "detail"] = "still runs in an older version"
        out.loc[ended.index, ["outcome", "detail"]] = ended
        out.loc[through, ["outcome", "detail"]] = ["unenrolled", "is through: the new version has no further step"]
        out.loc[upgraded, "outcome"] = "upgraded"
        out.loc[upgraded, "detail"] = contacts.loc[upgraded, "detail"]
        out["step"] = (contacts["email"].map(there["steps_done"]).astype("Int64") + 1).astype(object)
        operation.outcomes.record(out)
        run_on += int(upgraded.sum())
    tell(f"{counted(run_on, 'enrollment runs', 'enrollments run')} on in version {plan.version} of {plan.sequence}")
    return run_on


def _take_in_new(operation: Operation, plan: UpgradePlan, there: pd.DataFrame) -> None:
    known = {email for part in operation.outcomes.chunks() for email in part["email"]}
    if late := sorted(set(there.index) - known):
        operation.outcomes.forecast(
            pd.DataFrame(
                {
                    "email": late,
                    "sequence": plan.sequence,
                    "forecast": "upgraded",
                    "detail": NEW,
                }
            )
        )


def _ended_since(operation: Operation, plan: UpgradePlan, contacts: pd.DataFrame, since: datetime) -> pd.DataFrame:
    """Who of those that are not there any more did not fall out by the upgrade, by the platform's history: they ended
    in the new version (`upgraded`), or before it was made (`unchanged`). Columns `outcome, detail`."""
    request = contacts[["email"]].assign(since=pd.Timestamp(operation.row.started_at)).reset_index(drop=True)
    found = operation.platform.history(request)
    found = found[found["sequence"].eq(plan.sequence)].drop_duplicates("email", keep="last").set_index("email")
    last = found.reindex(contacts["email"]).set_axis(contacts.index)
    new = last["version"].eq(plan.version).fillna(False).astype(bool)
    made_at = operation.changes.applied_at(EDIT) or since
    last = last.assign(
        outcome=new.map({True: "upgraded", False: "unchanged"}),
        before=new.map({True: "was upgraded, and ", False: "before the upgrade: "}),
    )[new | last["ended_at"].lt(pd.Timestamp(made_at))]
    details = [one["before"] + how_it_ended(one) for _, one in last.iterrows()]
    return pd.DataFrame({"outcome": last["outcome"], "detail": details})


def note_upgraded(operation: Operation, plan: UpgradePlan) -> None:
    """Write down what became of each, where the new version was made: also if that was not heard of."""
    written = operation.changes.written_at(EDIT) is not None
    if written and (operation.changes.is_made(EDIT) or not not_made(operation, plan.edit)):
        record_upgrade.fn(operation.id, plan)
