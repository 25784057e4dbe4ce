"""What commands look up in the journal of this home: operations by their ids, and their reports. None loads Prefect."""

from typing import TYPE_CHECKING

from cli.output import console

if TYPE_CHECKING:  # each command loads what it needs
    from collections.abc import Iterable

    from journal.database import Journal
    from models.report import Report
    from models.story import Event
    from models.tables.journal import OperationRow

UNDONE = ("completed", "needs_attention")


def open_journal() -> "Journal":
    """The journal of this home."""
    from journal.database import Journal
    from models.settings import Settings

    return Journal(Settings().journal_url)


def find(operation_id: str) -> "OperationRow":
    """An operation's row. Raises InvalidInput with the nearest ids."""
    from journal import operations

    return operations.named(open_journal(), "OPERATION_ID", operation_id)


def find_unfinished(operation_id: str, command: str) -> "OperationRow":
    """The row of an operation that can be gone on with, by this command. Raises InvalidInput for one that has ended
    otherwise, or that is part of another."""
    from models.errors import InvalidInput
    from models.operation_end import can_go_on
    from models.parts import refuse_part

    row = find(operation_id)
    refuse_part(row, command)
    if not can_go_on(row):
        raise InvalidInput("OPERATION_ID", f"{operation_id} has ended ({row.status})", "See `handoff show`")
    return row


def _can_be_undone(report: "Report") -> bool:
    from models.not_undone import NOT_UNDONE
    from models.twins import is_twin

    done = report.mode == "live" and report.status in UNDONE
    return done and report.procedure not in NOT_UNDONE and not is_twin(report.workspace)


def print_report_of(report: "Report", events: "Iterable[Event]" = (), *, goes_on: bool = True) -> None:
    """Show a report at the terminal, with its contacts, and with these events as what happened; and the command that
    `goes_on` from it, where there is one."""
    import pandas as pd

    from journal.reading import outcomes_read
    from reports.terminal import print_report

    outcomes = None
    if "outcomes" in report.files:  # there is none before the operation has come so far
        found = list(outcomes_read(open_journal(), find(report.operation_id)))
        outcomes = pd.concat(found, ignore_index=True) if found else None
    print_report(report, console(), outcomes, events)
    if not goes_on:
        return
    if report.status == "planned" and report.plan:
        from tasks.requests import command_of

        # Not folded, so that it can be copied.
        words = command_of(report.procedure, report.parameters, report.workspace)
        console().print(f"Live: {words}", soft_wrap=True, markup=False)
    elif _can_be_undone(report):
        console().print(f"Undo: handoff undo {report.operation_id}", soft_wrap=True, markup=False)
