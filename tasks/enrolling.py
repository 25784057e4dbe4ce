"""Putting contacts back: audiences and duplicated plays made ready, run, and each contact's outcome read back."""

from pathlib import Path
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
        _make_ready(operation, plan, str(at), group, operation.folder / part)
        ready += 1
    return ready


def _make_ready(operation: Operation, plan: EnrollmentPlan, number: str, group: Group, csv: Path) -> None:
    """Upload a group's audience, and duplicate its play onto it."""
    if group.play is not None:
        make_once(operation, f"upload:{number}", UploadAudience(name=group.name, csv=str(csv)))
        make_once(operation, f"duplicate_play:{number}", DuplicatePlay(
            play=group.play, name=group.name, audience=group.name, sequence=group.target, mailboxes=plan.send_from,
        ))  # fmt: skip


@task(task_run_name="look who began elsewhere before running {group.name}", cache_policy=NO_CACHE)
def without_who_began_elsewhere(operation_id: str, plan: EnrollmentPlan, at: int, group: Group) -> Group | None:
    """The group to run, None where nobody is left of it: whoever began in another sequence meanwhile stays there.

    The settings lifted for others could let them leave as well, and the play's run would take them (R22, C10). An
    audience that is uploaded keeps whom it has: so another copy is made, without them. Repeated: as of now.
    """
    operation = Operation.at_hand(operation_id)
    made = {row.key: row.state for row in changes.made(operation.journal, operation.id)}
    ready = [key for key, state in made.items() if key.startswith("duplicate_play:") and state == "applied"]
    group_now = _in_round(group, max(_rounds(at, ready)))
    if operation.platform.settles("C10") == "unenroll_first" or f"run_play:{at}" in made:
        return group_now
    found = [chunk[_run_elsewhere(operation, plan, group, chunk)] for chunk in unsettled(operation, group)]
    away = pd.concat([chunk[["email"]] for chunk in found])
    if away.empty:
        return group_now
    number = max(_rounds(at, list(made))) + 1  # one that was begun and not finished is not taken up
    fresh, csv = _in_round(group, number), operation.folder / f"audience-{at}.{number}.csv"
    left = 0
    for contacts in unsettled(operation, group):
        staying = contacts[~contacts["email"].isin(away["email"])]
        append_csv(staying[["email", "sequence", "play", "mailbox"]], csv)
        left += len(staying)
    if left:
        _make_ready(operation, plan, f"{at}.{number}", fresh, csv)
    tell(f"{len(away)} began in another sequence meanwhile, and are left there")
    outcomes.settle(operation.journal, operation.id, away.assign(
        outcome="blocked", reasons="already_enrolled", detail="began in another sequence meanwhile; left there",
    ))  # fmt: skip
    return fresh if left else None


def _rounds(at: int, keys: list[str]) -> list[int]:
    """The numbers of a group's copies, by the keys of their changes; the first copy is 0."""
    copies = (f"upload:{at}.", f"duplicate_play:{at}.")
    return [0, *(int(key.rpartition(".")[2]) for key in keys if key.startswith(copies))]


def _in_round(group: Group, number: int) -> Group:
    """The group under the name of its copy of that number; the first one has the plan's name."""
    return group.model_copy(update={"name": f"{group.name[:-1]}.{number})"}) if number else group


def _run_elsewhere(
    operation: Operation, plan: EnrollmentPlan, group: Group, contacts: pd.DataFrame
) -> "pd.Series[bool]":
    """Who of these runs in a sequence that is neither the target nor the one they are to leave."""
    asked = contacts[["email"]].assign(sequence=group.target).reset_index(drop=True)
    running = operation.platform.facts(asked)["running_in"].set_axis(contacts.index)
    return running.notna() & ~running.isin([group.target, plan.takes_from])


def enroll_groups(operation_id: str, plan: EnrollmentPlan) -> None:
    """Run each duplicated play and read its log; enroll directly whom no play put into the sequence."""
    operation = Operation.at_hand(operation_id)
    for at, group in enumerate(plan.groups, 1):
        if next(unsettled(operation, group, 1), None) is None:
            continue  # a retried run: everybody has an outcome
        if group.play is not None:
            if (ready := without_who_began_elsewhere(operation_id, plan, at, group)) is not None:
                metrics = run_play(operation_id, at, ready).get("metrics", {})
                tell(f"{ready.name}: " + ", ".join(f"{name} {number}" for name, number in metrics.items()))
                settle_play(operation_id, ready)
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
