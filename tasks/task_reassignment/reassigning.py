"""Handing tasks over: planned, done in bulk, each read back (R70, R71)."""

from collections import Counter

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.rules.handing_tasks_over import EMAILS, handed_over
from models.step_words import task_kind
from models.task_plans import ReassignmentPlan
from models.wording import counted
from reports.csv_out import readable, write_csv
from tasks.handing_over import hand_over
from tasks.narration import tell
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once
from tasks.retrying import READS
from tasks.step import task
from tasks.task_reassignment.request import TaskReassignment, TaskReassignmentRequest
from tasks.visible_tasks import perhaps_not_all

CHUNK = 20_000


@task(task_run_name="look at the tasks", **READS)
def plan_reassignment(operation_id: str, request: TaskReassignmentRequest) -> ReassignmentPlan:
    """The plan, with a forecast for each task in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, ReassignmentPlan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: TaskReassignment) -> ReassignmentPlan:
    platform = operation.platform
    tasks = _meant(operation, request)
    role = platform.users().set_index("user")["role"].get(platform.acting_user)
    judged = handed_over(tasks, request.to_user, platform.acting_user, role)
    forecasts = Forecasts(operation)
    forecasts.add(judged, before=tasks[["assignee"]])
    if len(tasks):
        write_csv(readable(tasks), operation.folder / "tasks.csv")
    given = tasks[judged["forecast"].eq("reassigned").to_numpy()]
    emails = int((given["type"].isin(EMAILS) & given["mailbox"].notna()).sum())
    linked = counted(emails, "of them has", "of them have")
    kept = f"{linked} an email linked: it still leaves from its own mailbox, whoever has the task (R72)"
    by_kind = Counter(zip(given["type"], given["assignee"].fillna("nobody"), strict=True))
    return ReassignmentPlan(
        purpose=f"hand {forecasts.changed} tasks over to {request.to_user}",
        contacts=forecasts.changed,
        found=f"{counted(len(tasks), 'task')} looked at{perhaps_not_all(platform)}",
        to_user=request.to_user,
        actions=("reassign_task",),
        steps=tuple(
            f"hand {counted(number, task_kind(kind))} over from {holder} to {request.to_user}"
            for (kind, holder), number in sorted(by_kind.items())
        ),
        warnings=(kept,) if emails else (),
        contacts_digest=forecasts.digest,
    )


def _meant(operation: Operation, request: TaskReassignment) -> pd.DataFrame:
    """The tasks that are meant; named ones whatever their status, so that a closed one is reported as such."""
    statuses = request.only_statuses if request.numbers is None else None
    return operation.platform.tasks(
        types=request.only_types or None,
        statuses=statuses,
        assignee=request.from_user,
        sequence=request.sequence,
        numbers=request.numbers,
    )


def reassign_tasks(operation: Operation, plan: ReassignmentPlan) -> None:
    """Hand over everything that is to be handed over, and write each outcome down."""
    while reassign_next(operation.id, plan):
        pass


@task(task_run_name="hand a chunk over to {plan.to_user}", cache_policy=NO_CACHE)
def reassign_next(operation_id: str, plan: ReassignmentPlan) -> int:
    """Hand the next tasks over; 0 when none is left. Repeated after a crash: what was handed over stays so."""
    operation = Operation.at_hand(operation_id)
    rows = next(operation.outcomes.chunks(CHUNK, forecast="reassigned", outcome=None), None)
    if rows is None:
        return 0
    key, description = f"reassign:{rows['item'].iloc[0]}", f"hand {counted(len(rows), 'task')} over to {plan.to_user}"
    operation.changes.intend(key, "reassign_task", description)
    hand_over(operation, rows, plan.to_user)
    operation.changes.applied(key, {"tasks": len(rows)})
    tell(description)
    return len(rows)
