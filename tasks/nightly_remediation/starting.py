"""Starting a night's ownership changes, each as a run of its own, and telling what became of them.

Only the outermost run may wait: deployed, each is a run of its deployment, which this run does not wait for. From a
shell each is carried out in this process, one after another, since a shell waits in place.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Failed

from journal import departed, operations
from journal.outcomes import Outcomes
from models.night_plan import LeftOver, NightJob, NightPlan
from models.operation_end import came_to_its_end, has_ended
from models.outcomes import DONE
from models.report import Report
from models.rules.departed import GOES_ON
from models.starting import night_key
from models.tables.journal import ChangeRow, OperationRow
from reports.csv_out import append_csv, readable
from tasks.nightly_remediation.changed import still_out
from tasks.nightly_remediation.earlier import lines_of, run_address, started_operation
from tasks.operation import Operation
from tasks.owners import look_at_owners
from tasks.runs import begin_run
from tasks.step import task
from tasks.suspending import is_deployed

Remediate = Callable[..., State[dict[str, Any]]]


def start_jobs(operation: Operation, plan: NightPlan, remediate: Remediate) -> None:
    """Start what the plan names. Repeated: what was started is not started again."""
    for job in plan.jobs:
        row = operation.changes.intend(job.key, "ownership-change", str(job))
        if row.state == "applied":
            continue
        result = _deployed(operation, plan, job) if is_deployed() else _here(operation, plan, job, row, remediate)
        operation.changes.applied(job.key, result)


def _parameters(operation: Operation, plan: NightPlan, job: NightJob) -> dict[str, Any]:
    return {
        "waves": plan.waves,
        "wave_wait": plan.wave_wait,
        "mailbox": job.mailbox,
        "contacts": "\n".join(job.contacts) or None,
        "workspace": operation.row.workspace,
        "sequences": list(job.sequences) or None,
        "dry_run": operation.is_dry_run or not job.live,
    }


def _deployed(operation: Operation, plan: NightPlan, job: NightJob) -> dict[str, Any]:
    # The key makes a start that is repeated after a crash find the run that was started.
    run = begin_run("ownership-change", _parameters(operation, plan, job), night_key(operation.id, job.key))
    return {"flow_run_id": str(run.id)}


def _here(
    operation: Operation, plan: NightPlan, job: NightJob, change: ChangeRow, remediate: Remediate
) -> dict[str, Any]:
    """What a run in this process answered. Repeated after a crash: the operation that was begun goes on."""
    begun = _begun(operation, plan, job, change) if change.state == "intended" else None
    if begun is not None and came_to_its_end(begun):
        return {"operation_id": begun.id}
    state = remediate(**_parameters(operation, plan, job), operation=begun.id if begun else None)
    if state.is_completed():
        return {"operation_id": Report.model_validate(state.result()).operation_id}
    return {"failed": state.message or state.name or Failed().name or ""}


def _begun(operation: Operation, plan: NightPlan, job: NightJob, change: ChangeRow) -> OperationRow | None:
    """The live operation that was begun for a job before the process died, if there is one to go on with."""
    wanted = _parameters(operation, plan, job)
    for row in operations.of_subject(operation.journal, operation.row.workspace, "ownership-change", job.mailbox):
        given = row.parameters or {}
        same = (given.get("contacts"), given.get("sequences")) == (wanted["contacts"], wanted["sequences"])
        mine = row.started_at >= change.intended_at and same
        if mine and row.status != "cancelled":
            return row
    return None


@task(task_run_name="take the record of owners", cache_policy=NO_CACHE)
def take_record(operation_id: str) -> None:
    """Write down once more who owns each mailbox and who runs from it, where something was carried out in this process:
    whoever is back is in the record. The plan looked before, and what deployed runs do is for the next night's look."""
    operation = Operation.at_hand(operation_id)
    if not is_deployed() and operation.changes.made():
        look_at_owners(operation)


@task(task_run_name="gather what became of them", cache_policy=NO_CACHE)
def gather(operation_id: str, plan: NightPlan) -> int:
    """Take the contacts of the started operations into this one's report, and say what is left to a person."""
    operation = Operation.at_hand(operation_id)
    operation.outcomes.clear()
    (operation.folder / "worklist.csv").unlink(missing_ok=True)
    lines, seen, jobs_in_words = [*lines_of(plan.earlier)], set[str](), list[str]()
    results = {row.key: row.result or {} for row in operation.changes.made()}
    for job in plan.jobs:
        result = results.get(job.key, {})
        jobs_in_words.append(f"{job}: {_became(operation, result)}")
        lines += [f"{job}: look at it and decide ({_became(operation, result)})"] if not job.live else []
        if "failed" in result:
            lines.append(f"{job}: {result['failed']}")
        elif (row := started_operation(operation, result)) is not None and has_ended(row):
            lines += [f"{line} (operation {row.id})" for line in row.next or [] if row.mode == "live"]
            seen |= _take_over(operation, row, seen)
    for left in plan.left:
        lines.append(f"{left}; {left.remedy}")
        seen |= _leave(operation, left, seen)
    seen |= _tell_who_runs_elsewhere(operation, seen)
    shown = plan.for_report() | {"lines": list(plan.lines_with(tuple(jobs_in_words)))}
    operation.update(next=lines, told=shown)
    return len(seen)


def _became(operation: Operation, result: dict[str, str]) -> str:
    """Where to look what a job came to: its run in Prefect, or its operation."""
    if run_id := result.get("flow_run_id"):
        return f"started, {run_address(run_id)}"
    row = started_operation(operation, result)
    return f"{row.status}, operation {row.id}" if row else "it did not end"


def _leave(operation: Operation, left: LeftOver, seen: set[str]) -> set[str]:
    """Write down the contacts that the policy leaves to a person, those not yet in; give their addresses."""
    found: set[str] = set()
    for contacts in _people_of(operation, left):
        new = contacts[~contacts["email"].isin(seen | found)]
        operation.outcomes.forecast(new.assign(forecast="manual"))
        to_do = new[["email", "sequence"]].assign(what_to_do=left.remedy)
        append_csv(readable(to_do), operation.folder / "worklist.csv")
        found |= set(new["email"])
    return found


def _tell_who_runs_elsewhere(operation: Operation, seen: set[str]) -> set[str]:
    """Write down who fell out, perhaps at a change of owner, and was enrolled elsewhere since: nobody has to act."""
    found: set[str] = set()
    for people in departed.named_chunks(operation.journal, operation.id):
        new = people[people["detail"].str.endswith(GOES_ON) & ~people["email"].isin(seen | found)]
        operation.outcomes.forecast(
            new[["email", "sequence", "mailbox", "detail"]].assign(forecast="unchanged", outcome="unchanged")
        )
        found |= set(new["email"])
    return found


def _people_of(operation: Operation, left: LeftOver) -> Iterator[pd.DataFrame]:
    """Who is left to a person, in chunks: columns `email, sequence, mailbox`, and `detail`: evidence, or what to do."""
    if left.departed:
        for people in departed.named_chunks(operation.journal, operation.id, left.mailbox, left.sequence):
            named = people[~people["detail"].str.endswith(GOES_ON)]
            yield named[["email", "sequence", "mailbox", "detail"]]
    elif left.emails:
        named = pd.DataFrame({"email": left.emails, "sequence": left.sequence, "mailbox": left.mailbox})
        yield named.assign(detail=left.remedy)
    else:
        for people in still_out(operation, left.mailbox, [left.sequence]):
            yield people.assign(detail=left.remedy)


def _take_over(operation: Operation, started: OperationRow, seen: set[str]) -> set[str]:
    """Copy the contacts of a started operation that has ended, those not yet in; give their addresses.

    Where it was only planned and the night is live, those it would put back are left to a person.
    """
    found: set[str] = set()
    for contacts in Outcomes(operation.journal, started.id).chunks():
        new = contacts[~contacts["email"].isin(seen | found)]
        if started.mode == "dry_run" and not operation.is_dry_run:
            left = new["forecast"].isin(DONE)
            remedy = f"run ownership-change for {started.subject} yourself"
            new = new.assign(forecast=new["forecast"].mask(left, "manual"), detail=new["detail"].mask(left, remedy))
            to_do = new.loc[left, ["email", "sequence"]].assign(what_to_do=remedy)
            append_csv(readable(to_do), operation.folder / "worklist.csv")
        operation.outcomes.forecast(new)
        found |= set(new["email"])
    return found
