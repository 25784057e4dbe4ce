"""Putting contacts back: audiences and duplicated plays made ready, run, and each contact's outcome read back."""

from typing import Any

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, outcomes
from models.changes import DuplicatePlay, DuplicateSequence, RunPlay, UploadAudience
from models.enrollment_plan import EnrollmentPlan, Group
from reports.csv_out import append_csv
from tasks.applying import make_once
from tasks.narration import progress, tell
from tasks.operation import Operation
from tasks.settling import settle

CHUNK = 20_000


def _write_audiences(operation: Operation, plan: EnrollmentPlan) -> None:
    """Everybody who is to be enrolled, in `audience.csv`; where there are several plays, each one's part beside it.

    Columns `email, sequence, play, mailbox`. Repeated: the same files anew.
    """
    whole = operation.folder / "audience.csv"
    for path in operation.folder.glob("audience*.csv"):
        path.unlink()
    for contacts in outcomes.chunks(operation.journal, operation.id, forecast="enrolled"):
        rows = contacts[["email", "sequence", "play", "mailbox"]]
        append_csv(rows, whole)
        if len(plan.groups) > 1:
            for at, group in enumerate(plan.groups, 1):
                append_csv(rows[_in_group(rows, group)], operation.folder / f"audience-{at}.csv")


def _in_group(rows: pd.DataFrame, group: Group) -> "pd.Series[bool]":
    through = rows["play"].isna() if group.play is None else rows["play"].eq(group.play)
    return through & rows["sequence"].eq(group.target)


@task(task_run_name="make the audiences and duplicates", cache_policy=NO_CACHE)
def prepare_plays(operation_id: str, plan: EnrollmentPlan) -> int:
    """Duplicate what has to be duplicated, write and upload the audiences; give how many plays are ready to run."""
    operation = Operation.at_hand(operation_id)
    _write_audiences(operation, plan)
    for source, name in plan.duplicate_sequences:
        make_once(operation, f"duplicate_sequence:{name}", DuplicateSequence(sequence=source, name=name))
    ready = 0
    for at, group in enumerate(plan.groups, 1):
        if group.play is None:
            continue
        part = f"audience-{at}.csv" if len(plan.groups) > 1 else "audience.csv"
        make_once(operation, f"upload:{at}", UploadAudience(name=group.name, csv=str(operation.folder / part)))
        make_once(operation, f"duplicate_play:{at}", DuplicatePlay(
            play=group.play, name=group.name, audience=group.name, sequence=group.target, mailboxes=plan.send_from,
        ))  # fmt: skip
        ready += 1
    return ready


def enroll_groups(operation_id: str, plan: EnrollmentPlan) -> None:
    """Run each duplicated play and read its log; enroll directly whom no play put into the sequence."""
    operation = Operation.at_hand(operation_id)
    for at, group in enumerate(plan.groups, 1):
        if next(unsettled(operation, group, 1), None) is None:
            continue  # a retried run: everybody has an outcome
        if group.play is not None:
            metrics = run_play(operation_id, at, group).get("metrics", {})
            tell(f"{group.name}: " + ", ".join(f"{name} {number}" for name, number in metrics.items()))
            settle_play(operation_id, group)
        else:
            while enroll_next_chunk(operation_id, group):
                pass


@task(task_run_name="run {group.name}", cache_policy=NO_CACHE)
def run_play(operation_id: str, at: int, group: Group) -> dict[str, Any]:
    """Run a duplicated play; give its metrics. Repeated: the first run's."""
    return make_once(Operation.at_hand(operation_id), f"run_play:{at}", RunPlay(play=group.name))


@task(task_run_name="read the log of {group.name}", cache_policy=NO_CACHE)
def settle_play(operation_id: str, group: Group) -> int:
    """Read a run's log and where everybody is now; write each contact's outcome down. Gives how many."""
    operation = Operation.at_hand(operation_id)
    log = operation.platform.play_log(group.name).set_index("email")["reason"]
    done = 0
    with progress(f"reading the log of {group.name}", group.contacts) as step:
        for contacts in unsettled(operation, group):
            reasons = contacts["email"].map(log).astype(object)
            logged = contacts["email"].isin(log.index)
            settle(operation, contacts, group.target, reasons.where(logged & reasons.notna(), None), logged)
            done += len(contacts)
            step(len(contacts))
    return done


def unsettled(operation: Operation, group: Group, chunk: int = CHUNK) -> Any:
    """A group's contacts without an outcome, in chunks."""
    return outcomes.chunks(
        operation.journal, operation.id, chunk,
        forecast="enrolled", outcome=None, sequence=group.target, play=group.play,
    )  # fmt: skip


@task(task_run_name="enroll a chunk directly into {group.target}", cache_policy=NO_CACHE)
def enroll_next_chunk(operation_id: str, group: Group) -> int:
    """Enroll a group's next contacts by hand (R41) and write their outcomes down; 0 when nobody is left.

    Repeated after a crash: whoever is in the sequence by then was enrolled by it, and is not enrolled twice.
    """
    operation = Operation.at_hand(operation_id)
    contacts = next(unsettled(operation, group), None)
    if contacts is None:
        return 0
    key = f"enroll:{group.target}:{contacts['email'].iloc[0]}"
    told = f"enroll {len(contacts)} contacts directly into '{group.target}'"
    changes.intend(operation.journal, operation.id, key, "enroll", told, operation.now())
    answer = operation.platform.enroll(contacts[["email", "sequence", "mailbox"]]).set_index("email")["reason"]
    reasons = contacts["email"].map(answer).astype(object)
    settle(operation, contacts, group.target, reasons.where(reasons.notna(), None), reasons.isna() | reasons.notna())
    changes.applied(operation.journal, operation.id, key, {"contacts": len(contacts)}, operation.now())
    return len(contacts)
