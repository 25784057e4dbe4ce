"""Putting contacts back: audiences and duplicated plays made ready, run, and each contact's outcome read back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from prefect.cache_policies import NO_CACHE

from journal.chunks import Chunks
from models.changes import Change, RunPlay
from models.enrollment_plan import EnrollmentPlan, Group
from models.tables.chunks import ChunkRow
from models.wording import counted
from reports.csv_out import append_csv, readable
from tasks.applying import make_once
from tasks.by_hand import by_hand
from tasks.chunk_runs.enrolling import enroll_in_chunks
from tasks.made_before import came_of, note_known
from tasks.meanwhile import MEANWHILE, leave, who_stays, who_stays_of_audience, without_who_stays
from tasks.narration import progress, tell
from tasks.operation import Operation
from tasks.paused_contacts import enroll, goes_back_paused, pause_ours
from tasks.reading_outcomes import record_outcomes
from tasks.step import task

CHUNK = 20_000
NEEDED = ("id", "email", "sequence", "mailbox", "play", "detail")
"""The columns of the journal's outcomes that enrolling takes."""
AUDIENCE = ("email", "sequence", "play", "mailbox")
"""The columns of an audience's file."""
Steps = tuple[tuple[str, Change], ...]


@task(task_run_name="write the audiences", cache_policy=NO_CACHE)
def write_audiences(operation_id: str, plan: EnrollmentPlan) -> None:
    """Everybody who is to be enrolled, in `audience.csv`; where there are several plays, each one's part beside it.

    Columns `email, sequence, play, mailbox`. Repeated: the same files anew.
    """
    operation = Operation.at_hand(operation_id)
    whole = operation.folder / "audience.csv"
    for path in operation.folder.glob("audience*.csv"):
        path.unlink()
    for wave in plan.wave_numbers:
        for rows in operation.outcomes.chunks(columns=AUDIENCE, forecast="enrolled", wave=wave):
            written = readable(rows)
            append_csv(written, whole)
            for at, group in plan.groups_of(wave) if len(plan.groups) > 1 else ():
                append_csv(written[_in_group(rows, group)], operation.folder / f"audience-{at}.csv")


def _in_group(rows: pd.DataFrame, group: Group) -> "pd.Series[bool]":
    through = rows["play"].isna() if group.play is None else rows["play"].eq(group.play)
    return through & rows["sequence"].eq(group.target)


def prepare_plays(operation: Operation, plan: EnrollmentPlan) -> None:
    """Duplicate what has to be duplicated, write and upload the audiences: all that comes before enrolling."""
    write_audiences(operation.id, plan)
    files = {at: str(operation.folder / plan.audience_file(at)) for at in range(1, len(plan.groups) + 1)}
    ready = [plan.making_ready(str(at), group, files[at]) for at, group in enumerate(plan.groups, 1)]
    steps = (*plan.duplicating(), *(step for part in ready for step in part))
    by_hand(operation, steps)
    make_ready(operation.id, steps)


@task(task_run_name="make the audiences and duplicates", cache_policy=NO_CACHE)
def make_ready(operation_id: str, steps: Steps) -> int:
    """Make changes, each once under its key; give how many."""
    operation = Operation.at_hand(operation_id)
    for key, change in steps:
        make_once(operation, key, change)
    return len(steps)


@task(task_run_name="look at everybody once more before running {group.name}", cache_policy=NO_CACHE)
def without_who_is_left(operation_id: str, plan: EnrollmentPlan, at: int, group: Group) -> Group | None:
    """The group to run, None where nobody is left of it: who is not to be enrolled any more stays as they are.

    Whoever began in another sequence meanwhile might be let go by the settings lifted for others, and the play's run
    would take them (R22, C10); it would let go on whoever was paused. An uploaded audience keeps its members: so
    another copy is made, without them. Repeated: as of now.
    """
    operation = Operation.at_hand(operation_id)
    made = {row.key: row.state for row in operation.changes.made()}
    group_now = copy_that_ran(operation, at, group)
    if f"run_play:{at}" in made:
        return group_now
    away = _who_stays(operation, plan, group)
    if away.empty:
        return group_now
    number = max(_rounds(at, list(made))) + 1  # one that was begun and not finished is not taken up
    fresh, csv = _in_round(group, number), operation.folder / f"audience-{at}.{number}.csv"
    left = 0
    for contacts in without_outcome(operation, group):
        staying = contacts[~contacts["email"].isin(away["email"])]
        append_csv(readable(staying[list(AUDIENCE)]), csv)
        left += len(staying)
    if left:
        make_ready.fn(operation_id, plan.making_ready(f"{at}.{number}", fresh, str(csv)))
    leave(operation, away)
    return fresh if left else None


def copy_that_ran(operation: Operation, at: int, group: Group) -> Group:
    """The group under the name of its latest copy that is ready: the one that is run, or was."""
    made = operation.changes.made()
    ready = [row.key for row in made if row.key.startswith("duplicate_play:") and row.state == "applied"]
    return _in_round(group, max(_rounds(at, ready)))


def _who_stays(operation: Operation, plan: EnrollmentPlan, group: Group) -> pd.DataFrame:
    chunks = without_outcome(operation, group, columns=("email",))
    if "audiences" not in operation.platform.hidden:
        return who_stays_of_audience(operation, chunks, group.name, group.target, plan.takes_from)
    found = [who_stays(operation, chunk, group.target, plan.takes_from) for chunk in chunks]
    return pd.concat(found) if found else pd.DataFrame(columns=["email"])


@task(task_run_name="look who has to leave the audience of {group.name}", cache_policy=NO_CACHE)
def who_has_to_leave(operation_id: str, plan: EnrollmentPlan, group: Group) -> list[str]:
    """As above, where a person runs the copy: those to take out of its audience first. Repeated: as of now."""
    operation = Operation.at_hand(operation_id)
    leave(operation, _who_stays(operation, plan, group))
    everybody = operation.outcomes.chunks(sequence=group.target, play=group.play, wave=group.wave)
    return [email for one in everybody for email in one.loc[one["detail"].str.contains(MEANWHILE), "email"]]


def _rounds(at: int, keys: list[str]) -> list[int]:
    """The numbers of a group's copies, by the keys of their changes; the first copy is 0."""
    copies = (f"upload:{at}.", f"duplicate_play:{at}.")
    return [0, *(int(key.rpartition(".")[2]) for key in keys if key.startswith(copies))]


def _in_round(group: Group, number: int) -> Group:
    """The group under the name of its copy of that number; the first one has the plan's name."""
    return group.model_copy(update={"name": f"{group.name[:-1]}.{number})"}) if number else group


def enroll_groups(operation: Operation, plan: EnrollmentPlan, wave: int = 1, *, directly: bool = True) -> None:
    """Run each duplicated play of a wave and read its log; enroll directly those that no play put into the sequence,
    unless that is done otherwise."""
    for at, group in plan.groups_of(wave):
        if group.play is None and not directly:
            continue
        if next(without_outcome(operation, group, 1), None) is None:
            continue  # a retried run: everybody has an outcome
        if group.play is not None:
            _enroll_by_play(operation, plan, at, group)
        else:
            enroll_in_chunks(operation, group, enroll_block, CHUNK)
            enroll_directly(operation, group)


def _enroll_by_play(operation: Operation, plan: EnrollmentPlan, at: int, group: Group) -> None:
    if operation.platform.supports(RunPlay):
        ready = without_who_is_left(operation.id, plan, at, group)
    else:
        ready = _have_run(operation, at, group, who_has_to_leave(operation.id, plan, group))
    if ready is None:
        return
    metrics = run_play(operation.id, at, ready).get("metrics", {})
    tell(f"{ready.name}: " + ", ".join(f"{name} {number}" for name, number in metrics.items()))
    record_play(operation.id, at, ready)


def _have_run(operation: Operation, at: int, group: Group, leaving: list[str]) -> Group | None:
    """Have a person run a copy; None where nobody is left for it."""
    if next(without_outcome(operation, group, 1), None) is None:
        return None
    first = f"first take out of its audience, since they began elsewhere or answered meanwhile: {', '.join(leaving)}"
    by_hand(operation, [(f"run_play:{at}", RunPlay(play=group.name))], (first,) if leaving else ())
    return group


@task(task_run_name="run {group.name}", cache_policy=NO_CACHE)
def run_play(operation_id: str, at: int, group: Group) -> dict[str, Any]:
    """Run a duplicated play; give its metrics. Repeated: the first run's."""
    return make_once(Operation.at_hand(operation_id), f"run_play:{at}", RunPlay(play=group.name))


@task(task_run_name="read the log of {group.name}", cache_policy=NO_CACHE)
def record_play(operation_id: str, at: int, group: Group) -> int:
    """Read a run's log and where everybody is now; write each contact's outcome down. Gives how many."""
    operation = Operation.at_hand(operation_id)
    since = operation.changes.written_at(f"run_play:{at}") or operation.now()
    done = 0
    with progress(f"reading the log of {group.name}", group.contacts) as step:
        for contacts in without_outcome(operation, group):
            record_outcomes(operation, contacts, group.target, since, group.name)
            done += len(contacts)
            step(len(contacts))
    return done


def without_outcome(
    operation: Operation, group: Group, chunk: int = CHUNK, columns: Sequence[str] = NEEDED, after: int = 0
) -> Iterator[pd.DataFrame]:
    """A group's contacts without an outcome, in chunks, of those in rows after this number."""
    return operation.outcomes.chunks(
        chunk,
        columns,
        after=after,
        forecast="enrolled",
        outcome=None,
        sequence=group.target,
        play=group.play,
        wave=group.wave,
    )


def enroll_directly(operation: Operation, group: Group) -> None:
    """Enroll a group's contacts by hand, chunk by chunk."""
    last: int | None = 0
    while last is not None:
        last = enroll_next_chunk(operation.id, group, last)


@task(task_run_name="enroll a chunk directly into {group.target}", cache_policy=NO_CACHE)
def enroll_next_chunk(operation_id: str, group: Group, after: int) -> int | None:
    """Enroll a group's next contacts by hand (R41), of those in rows after this number, and write their outcomes down;
    gives the last one's row, None when nobody is left.

    Repeated after a crash: whoever was enrolled by it is found by history, running or not, and is not enrolled twice.
    """
    operation = Operation.at_hand(operation_id)
    contacts = next(without_outcome(operation, group, after=after), None)
    if contacts is None:
        return None
    _enroll(operation, contacts, group, f"enroll:{group.target}:")
    return int(contacts["id"].iloc[-1])


@task(task_run_name="enroll a block of chunk {chunk.number} directly into {group.target}", cache_policy=NO_CACHE)
def enroll_block(operation_id: str, chunk: ChunkRow, group: Group, size: int) -> int:
    """The same for the next contacts of a chunk, so many at most: other processes enroll others at the same time."""
    operation = Operation.at_hand(operation_id)
    contacts = Chunks(operation.journal, operation_id).next_contacts(chunk, size)
    return 0 if contacts.empty else _enroll(operation, contacts, group, f"enroll:{group.target}:chunk {chunk.id}:")


def _enroll(operation: Operation, contacts: pd.DataFrame, group: Group, prefix: str) -> int:
    """Write the intent down under a key that begins so, enroll, and write the outcomes down; give how many."""
    begun = operation.changes.open_under(prefix)
    key = begun.key if begun else f"{prefix}{contacts['email'].iloc[0]}"
    refusals = f"enroll {counted(len(contacts), 'contact')} directly into '{group.target}'"
    intent = operation.changes.intend(key, "enroll", refusals)
    left = note_enrolled_before(operation, contacts, group, intent.intended_at) if begun else contacts
    left = without_who_stays(operation, left, group.target)
    if len(left):
        answers = left["email"].map(enroll(operation, left).set_index("email")["reason"]).astype(object)
        record_outcomes(operation, left, group.target, intent.intended_at, answers=answers)
    operation.changes.applied(key, {"contacts": len(contacts)})
    return len(contacts)


def note_enrolled_before(
    operation: Operation, contacts: pd.DataFrame, group: Group, since: datetime, play: str | None = None
) -> pd.DataFrame:
    """Write down who of a group's contacts was enrolled by a try that was begun `since` then; give the others."""
    came = came_of(operation, contacts, since, sequence=group.target, play=play)
    pause_ours(operation, contacts, came, goes_back_paused(contacts))
    return note_known(operation, contacts, came)
