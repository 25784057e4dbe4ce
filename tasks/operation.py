"""An operation at hand: its row in the journal, the journal itself, and the workspace it is about."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from prefect.runtime import flow_run
from sqlalchemy import URL

from journal import loans, operations
from journal.changes import Changes
from journal.database import Journal
from journal.folders import made_folder_of, unknown_operations
from journal.outcomes import Outcomes
from models.errors import InvalidInput, Refused
from models.operation_end import has_ended, is_left_to_a_person
from models.parameters import as_kept
from models.parts import PART, whole_of
from models.setting_keys import SettingKey
from models.settings import Settings
from models.starting import Start
from models.tables.journal import OperationRow
from models.unknown_operation import warning_of
from platforms.port import Platform
from tasks import carrying, heartbeat
from tasks.answered_forms import note_answer
from tasks.narration import tell
from tasks.request import Request
from tasks.started_by import start_of_this_run
from tasks.suspending import is_deployed
from tasks.workspaces import open_workspace


@lru_cache(maxsize=8)
def _opened(workspace: str, database: URL, clock: str, user: str | None) -> Platform:
    return open_workspace(workspace, Settings())


def workspace_at_hand(workspace: str) -> Platform:
    """The workspace of that name, opened once a process."""
    settings = Settings()
    return _opened(workspace, settings.sandbox_database, settings.sandbox_clock, settings.user)


@dataclass(frozen=True)
class Operation:
    """What a step needs. Tasks take the id and look it up: a live client among a task's inputs breaks its key."""

    row: OperationRow
    journal: Journal
    platform: Platform

    @property
    def id(self) -> str:
        """The operation's id."""
        return self.row.id

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return made_folder_of(self.row)

    @property
    def chain(self) -> tuple[str, ...]:
        """Its id, and that of the operation that it is part of, if any: one process carries both."""
        whole = whole_of(self.row)
        return (self.id,) if whole is None else (self.id, whole)

    @property
    def is_dry_run(self) -> bool:
        """Whether it only tells what would be done."""
        return self.row.mode == "dry_run"

    def now(self) -> datetime:
        """The workspace's time."""
        return self.platform.now()

    @property
    def changes(self) -> Changes:
        """Its changes, each written down before it is made."""
        return Changes(self.journal, self.id, self.now)

    @property
    def outcomes(self) -> Outcomes:
        """What was forecast and what became of its contacts."""
        return Outcomes(self.journal, self.id)

    def update(self, **values: Any) -> OperationRow:
        """Set fields of its row."""
        return operations.update(self.journal, self.id, **values)

    def add_next(self, *lines: str) -> None:
        """Add lines to what a person has to do, each once."""
        operations.add_next(self.journal, self.id, *lines)

    def on_loan(self) -> dict[SettingKey, Any]:
        """The first original values of the workspace's settings that are on loan, by setting."""
        return {loan.setting: loan.was for loan in loans.open_loans(self.journal, self.row.workspace)}

    @classmethod
    def at_hand(cls, operation_id: str) -> "Operation":
        """The operation of that id, read afresh. Raises Refused where this process carried it and does so no more."""
        journal = Journal(Settings().journal_url)
        row = operations.named(journal, "operation", operation_id)
        carrying.refuse_if_lost(row)
        return cls(row, journal, workspace_at_hand(row.workspace))


def begin(request: Request) -> Operation:
    """Begin an operation, or go on with the one this run began before (after a wait, a crash or a retry).

    A new operation is written down only if the request is right; one that goes on was checked when it began.
    """
    journal = Journal(Settings().journal_url)
    run_id = str(flow_run.id) if flow_run.id else None
    row = operations.of_flow_run(journal, run_id) if run_id else None
    if row is not None:
        note_answer(journal, row.id)
        return _gone_on(journal, row)
    if request.operation:
        # The run is written down as the operation's with the same write: who is refused has not touched it. That this
        # process lost it once does not matter: it takes it up anew.
        return _gone_on(
            journal,
            operations.named(journal, "operation", request.operation),
            flow_run_id=run_id,
            deployed=is_deployed(),
            woken=0,
        )
    if is_deployed() and not request.dry_run:  # in a shell the command has said so
        folder = Settings().operations_folder
        for line in warning_of(unknown_operations(journal, folder), folder):
            tell(line)
    platform = workspace_at_hand(request.workspace)
    if is_deployed() and not platform.clock_rate():
        raise InvalidInput("HANDOFF_SANDBOX_CLOCK", "nobody moves a simulated clock in a deployed run", "Set x600")
    given = flow_run.parameters or request.given()
    new = _new_row(request, platform, run_id, start_of_this_run(journal), given)
    row = carrying.take_up(journal, operations.begin(journal, new))
    tell(f"operation {row.id} begun on the workspace {request.workspace}")
    return Operation(row, journal, platform)


def begin_part(whole: Operation, request: Request, begun: OperationRow | None) -> Operation:
    """Begin an operation that is part of another, in the run that carries the whole, or go on with the one that was
    `begun`.

    Raises Refused as `begin` where a live one has the subject, InvalidInput where the request does not fit.
    """
    if begun is not None:
        return _gone_on(whole.journal, begun)
    row = whole.row
    start = Start(whole.id, PART, row.deployment)
    part = _new_row(request, whole.platform, None, start, request.given())
    return Operation(
        carrying.take_up(whole.journal, operations.begin(whole.journal, part)), whole.journal, whole.platform
    )


def _new_row(
    request: Request, platform: Platform, run_id: str | None, start: Start, parameters: dict[str, Any]
) -> OperationRow:
    """The operation as it begins. Raises InvalidInput where the request does not fit the workspace."""
    with platform.one_look():
        subject, operation_id, now = request.check(platform).subject, operations.new_id(), platform.now()
    return OperationRow(
        id=operation_id,
        procedure=request.procedure,
        workspace=request.workspace,
        subject=subject,
        deployed=is_deployed(),
        mode="dry_run" if request.dry_run else "live",
        acting_user=platform.acting_user,
        started_by=start.by,
        started_from=start.started_from,
        deployment=start.deployment,
        flow_run_id=run_id,
        parameters=as_kept(parameters),
        next=[],
        folder=str(Settings().operations_folder / operation_id),
        started_at=now,
        recorded_at=datetime.now(UTC),
        alive_until=datetime.now(UTC) + heartbeat.LIFE_SIGN,
    )


def _gone_on(journal: Journal, row: OperationRow, **values: Any) -> Operation:
    """A run that had failed, or whose loans were swept, begins a further attempt: it borrows and waits anew."""
    if row.status == "cancelled":  # a run that waited is started again when it is due, cancelled or not
        raise Refused("cancelled", f"operation {row.id} was cancelled", "Begin another one")
    row = carrying.take_up(journal, row, **values)
    left = is_left_to_a_person(row)
    swept = left and loans.has_let_go(journal, row.id)
    if swept or row.status == "failed":
        row = operations.begin_again(journal, row)
    elif not has_ended(row):
        row = operations.update(journal, row.id, status="running", next=[] if left else row.next)
    return Operation(row, journal, workspace_at_hand(row.workspace))
