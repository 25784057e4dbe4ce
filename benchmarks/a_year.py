"""What commands, nights and sweeps cost on the first day, and once a journal holds a year of nights.

    python -m benchmarks.a_year [--nights 365] [--contacts 2000] [--keep DAYS] [--json FILE]

On the first day a made-up team is looked at, its busy mailbox changes its owner, and a night puts the contacts back:
that is one home. A second home gets the year before: each of its nights is that night again, with what it started
(operations, changes, outcomes, loans, waits, answers, files), written by the journal's own functions at its own time,
and the look at mailboxes of that day, the busy one with another owner each month. Then the first day comes there too.
Each command is measured in both, in turn, three times; with `--keep` the second once more, after a sweep that removes
what ended longer ago. Figures: CPU seconds (user and system) of a command and what it started, the least of three.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from benchmarks import findings
from benchmarks.homes import environment_of
from benchmarks.workspaces import HANDOFF

if TYPE_CHECKING:
    import pandas as pd

    from journal.database import Journal
    from models.tables.journal import OperationRow

T = TypeVar("T")
NIGHT = ["run", "nightly-remediation", "--live", "--yes", "--json"]
SHIFTED = ("started_at", "ended_at", "planned_at", "recorded_at", "recorded_end_at")
MONTH = 30


@dataclass(frozen=True)
class Day:
    """What a night left in a journal: its operations, the night last; who owned and ran at a look before it."""

    operations: "list[OperationRow]"
    owners: "pd.DataFrame"
    running: "pd.DataFrame"
    outcomes: "dict[str, pd.DataFrame]"


def main() -> None:
    """Measure the first day, add the year, measure again, and print a table."""
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("--nights", type=int, default=365)
    reading.add_argument("--contacts", type=int, default=2_000)
    reading.add_argument(
        "--keep", type=int, metavar="DAYS", help="then remove what ended longer ago, and measure again"
    )
    findings.add_option(reading)
    given = reading.parse_args()
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        first, year = Path(folder) / "first", Path(folder) / "year"
        run(["sandbox", "reset", "--contacts", str(given.contacts), "--yes"], first)
        day = read_day(first, first_day(first))
        run(["sandbox", "reset", "--contacts", str(given.contacts), "--yes"], year)
        began = time.process_time()
        fill(first, year, day, given.nights)
        print(f"{'':>34} the year was written in {time.process_time() - began:.0f} s of CPU: {_size(year)}", flush=True)
        first_day(year)
        print(f"{'CPU seconds':>34} {'first day':>14} {'after a year':>14}")
        found = measure(first, year)
        if given.keep:
            cpu = run(["restore", "--json"], year, HANDOFF_KEEP_DAYS=str(given.keep))
            print(f"{'':>34} a sweep that removed took {cpu:.1f} s of CPU: {_size(year)}")
            print(f"{'CPU seconds':>34} {'after removing':>14}")
            found += measure(year)
        findings.write(
            {
                name: {"first day": found[0][name], "after a year": found[1][name]}
                | {"ratio": found[1][name] / found[0][name]}
                for name in found[0]
            },
            given.json,
        )


def first_day(home: Path) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """A night that takes the record; the busy mailbox changes its owner; a night puts its contacts back. Gives who
    owned mailboxes and who ran in between."""
    run(NIGHT, home)
    looked_at = _last_look(home)
    state = json.loads(_answer(["sandbox", "state", "--json"], home))
    others = [user["email"] for user in state["users"] if user["email"] != state["mailboxes"][0]["owner"]]
    run(["sandbox", "advance", "1d"], home)
    change = [f"mailbox={state['mailboxes'][0]['email']}", f"owner={others[-1]}"]
    run(["sandbox", "do", "change_mailbox_owner", *change], home)
    run(NIGHT, home)
    return looked_at


def measure(*homes: Path) -> list[dict[str, float]]:
    """What each command costs in each of the homes: the least of three times, one home after the other each time."""
    commands = [_commands(home) for home in homes]
    found: list[dict[str, float]] = [{} for _ in homes]
    for name in commands[0]:
        times = [[run(ours[name], home) for ours, home in zip(commands, homes, strict=True)] for _ in range(3)]
        for at, taken in enumerate(zip(*times, strict=True)):
            found[at][name] = min(taken)
        print(f"{name:>34} " + " ".join(f"{one[name]:>14.2f}" for one in found), flush=True)
    return found


def _commands(home: Path) -> dict[str, list[str]]:
    history = json.loads(_answer(["history", "--json"], home))
    shown = [row["operation_id"] for row in history if row["procedure"] == "ownership-change"]
    return {
        "--version": ["--version"],
        "status": ["status", "--json"],
        "history": ["history", "--json"],
        "show, of the newest": ["show", shown[0], "--json"],
        "show, of the oldest listed": ["show", shown[-1], "--json"],
        "a sweep that finds nothing": ["restore", "--json"],
        "a night, nothing changed": NIGHT,
    }


def run(arguments: list[str], home: Path, **more: str) -> float:
    """A command of the shell to its end: its CPU seconds. Raises SystemExit where it fails."""
    before = os.times()
    environment = environment_of(home) | more
    done = subprocess.run([*HANDOFF, *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"handoff {' '.join(arguments)} ended with {done.returncode}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _answer(arguments: list[str], home: Path) -> str:
    done = subprocess.run([*HANDOFF, *arguments], env=environment_of(home), capture_output=True, text=True, check=True)
    return done.stdout


def _journal(home: Path) -> "Journal":
    from journal.database import Journal

    return Journal(f"sqlite:///{home / 'journal.db'}")


def _size(home: Path) -> str:
    from sqlalchemy import text

    with _journal(home).engine.connect() as connection:
        operations, outcomes = (
            connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one() for table in ("operation", "outcome")
        )
    return f"{operations:,} operations, {outcomes:,} outcomes, {(home / 'journal.db').stat().st_size / 2**20:.0f} MiB"


def _last_look(home: Path) -> "tuple[pd.DataFrame, pd.DataFrame]":
    import pandas as pd

    with _journal(home).engine.connect() as connection:
        owners = pd.read_sql("SELECT mailbox, owner FROM owner_snapshot WHERE complete", connection)
        running = pd.read_sql(
            "SELECT mailbox, email, sequence FROM snapshot_enrollment r JOIN owner_snapshot s ON s.id = r.snapshot_id",
            connection,
        )
    return owners, running


def read_day(home: Path, looked_at: "tuple[pd.DataFrame, pd.DataFrame]") -> Day:
    """The last night of a home, and what it started."""
    from journal import operations
    from journal.outcomes import Outcomes

    journal = _journal(home)
    night = next(row for row in operations.past(journal) if row.procedure == "nightly-remediation")
    started = [row for row in operations.past(journal) if row.started_by == night.id]
    outcomes = {row.id: Outcomes(journal, row.id).everything() for row in [*started, night]}
    return Day([*started, night], *looked_at, outcomes)


def fill(first: Path, year: Path, day: Day, nights: int) -> None:
    """Write that many nights before the first day into a home's journal, the earliest first."""
    template = _journal(first)
    for ago in range(nights, 0, -1):
        _add_night(template, year, day, ago)


def _add_night(template: "Journal", home: Path, day: Day, ago: int) -> None:
    from journal import operations, snapshots, sweeps

    journal, back = _journal(home), timedelta(days=ago)
    ids = {row.id: f"{row.recorded_at - back:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}" for row in day.operations}
    night = day.operations[-1]
    numbers = snapshots.begin_look(journal, night.workspace, _owners_then(day, ago), night.started_at - back)
    snapshots.add_running(journal, numbers, day.running)
    snapshots.finish_look(journal, night.workspace, numbers)
    for row in reversed(day.operations):
        times = {name: at - back for name in SHIFTED if (at := getattr(row, name)) is not None}
        folder = home / "operations" / ids[row.id]
        shutil.copytree(row.folder, folder)
        named = {"id": ids[row.id], "started_by": ids.get(row.started_by or "", row.started_by), "folder": str(folder)}
        operations.begin(journal, type(row)(**row.model_dump() | times | named | {"flow_run_id": None}))
        _add_details(template, journal, row, ids, day, back)
    sweeps.ended(journal, night.workspace, datetime.now(UTC) - back)


def _owners_then(day: Day, ago: int) -> "pd.DataFrame":
    """The owners of a day: the busy mailbox had another one each month, and last its own."""
    busy = day.operations[0].subject
    owner = f"owner-{(ago - 1) // MONTH}@acme.test" if ago > MONTH else None
    if owner is None:
        return day.owners
    return day.owners.assign(owner=day.owners["owner"].where(day.owners["mailbox"] != busy, owner))


def _given(value: T) -> T:
    return value


def _add_details(
    template: "Journal", journal: "Journal", row: "OperationRow", ids: dict[str, str], day: Day, back: timedelta
) -> None:
    from journal import decisions, loans, waits
    from journal.changes import Changes, changes_of
    from journal.outcomes import Outcomes

    new, contacts = ids[row.id], day.outcomes[row.id]
    outcomes = Outcomes(journal, new)
    outcomes.forecast(contacts.drop(columns=["outcome", "reasons", "detail"]))
    outcomes.record(contacts[["email", "outcome", "reasons", "detail"]])
    for change in changes_of(template, row.id):
        at = change.intended_at - back
        changes = Changes(journal, new, partial(_given, at))
        changes.intend(change.key, change.action, change.told, change.document, partial(_given, change.before))
        changes.applied(change.key, _renamed(change.result or {}, ids))
    for wait in waits.of_operation(template, row.id):
        waits.begin(journal, new, wait.waits_for, wait.since - back, wait.wakes_at - back, wait.latest - back)
        waits.end(
            journal, new, wait.waits_for, wait.ended or "done", wait.proved_by, (wait.ended_at or wait.latest) - back
        )
    for loan in loans.of_operation(template, row.id):
        opened, closed = loan.opened_at - back, (loan.closed_at or loan.deadline) - back
        deadline = loan.deadline - back
        taken = loans.take(journal, new, row.workspace, loan.setting, loan.was, loan.set_to, opened, deadline)
        loans.release(journal, taken.id or 0, new, closed)
        loans.close(journal, taken.id or 0, lambda _: "returned", closed)
    for answer in decisions.of_operation(template, row.id):
        at = answer.decided_at - back
        said = answer.question, answer.plan_hash, answer.answer, answer.decided_by
        decisions.record(journal, new, *said, at, answer.shown)


def _renamed(result: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    return {name: ids.get(value, value) if isinstance(value, str) else value for name, value in result.items()}


if __name__ == "__main__":
    main()
