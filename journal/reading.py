"""A report put together from what the journal holds. Nothing here writes."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import cast

import pandas as pd

from journal import counted, decisions, facts, loans, operations, waits
from journal.database import Journal
from journal.folders import folder_of
from journal.outcomes import Outcomes
from journal.owners import owners_shown
from journal.rehearsals import rehearsal_of
from journal.timeline import timeline_of
from models.names import NONE
from models.outcomes import DONE, can_have
from models.report import Difference, Report, ReportedAnswer, ReportedLoan, ReportedWait, Status
from models.setting_keys import shown
from models.story import StartedFrom
from models.tables.journal import OperationRow
from models.wording import counted as counted_words

FILES = {
    "planned": "planned.csv",
    "outcomes": "outcomes.csv",
    "audience": "audience.csv",
    "rejects": "rejects.csv",
    "worklist": "worklist.csv",
    "matches": "matches.csv",
    "reached": "reached.csv",
    "tasks": "tasks.csv",
    "contacts": "contacts.csv",
    "document": "document.md",
    "page": "document.html",
    "report": "report.html",
}
"""What an operation may write into its folder, by what it is."""
OUTCOME_COLUMNS = ["email", "outcome", "reasons", "sequence", "mailbox", "step", "detail"]


def outcomes_read(journal: Journal, operation: OperationRow) -> Iterator[pd.DataFrame]:
    """What became of each contact as people read it, chunk by chunk: OUTCOME_COLUMNS, where `reasons` are Names; of a
    dry run the forecasts."""
    if operation.mode != "live":
        yield from forecasts_read(journal, operation)
        return
    yield from Outcomes(journal, operation.id).chunks(columns=OUTCOME_COLUMNS)


def forecasts_read(journal: Journal, operation: OperationRow) -> Iterator[pd.DataFrame]:
    """What is forecast of each contact, likewise."""
    read = ("email", "forecast", "forecast_reasons", "sequence", "mailbox", "step", "detail")
    for contacts in Outcomes(journal, operation.id).chunks(columns=read):
        reasons = contacts["forecast_reasons"].where(~contacts["forecast"].isin(DONE), NONE)
        yield contacts.assign(outcome=contacts["forecast"], reasons=reasons)[OUTCOME_COLUMNS]


def report_of(journal: Journal, operation: OperationRow, files: dict[str, str], now: datetime | None = None) -> Report:
    """The report of an operation as it stands now; the counts of a dry run are forecasts.

    `now` is the workspace's time, to tell which loans are overdue; None where it is unknown.
    """
    live = operation.mode == "live"
    plan_shown = operation.told or {"lines": (), "found": "", "rejected": 0}
    removed = counted.removed_of(journal, operation.id)
    each = (operation.id, *(part.id for part in operations.parts_of(journal, operation.id)))
    return Report(
        operation_id=operation.id,
        procedure=operation.procedure,
        workspace=operation.workspace,
        mode="live" if live else "dry_run",
        status=cast(Status, operation.status),
        started_at=operation.started_at,
        ended_at=operation.ended_at,
        parameters=operation.parameters or {},
        counts=_counts(journal, operation, live, plan_shown["rejected"]),
        reasons=counted.reasons(journal, operation),
        waits=tuple(wait for one in each for wait in _waits(journal, one)),
        loans=tuple(loan for one in each for loan in _loans(journal, one, now)),
        differences=tuple(Difference(**row) for row in Outcomes(journal, operation.id).differing()),
        next=tuple(operation.next or ()),
        files=files,
        plan=tuple(plan_shown["lines"]),
        found=plan_shown["found"],
        answers=_answers(journal, each),
        verdicts=counted.verdicts(journal, operation.id),
        acting_user=operation.acting_user,
        started_by=operation.started_by,
        started_from=cast(StartedFrom | None, operation.started_from),
        recorded_at=operation.recorded_at,
        recorded_end_at=operation.recorded_end_at,
        owners=owners_shown(journal, operation),
        timeline=timeline_of(journal, operation),
        rehearsal=rehearsal_of(journal, operation),
        facts=facts.reported(journal, operation),
        contacts_removed_at=removed.removed_at if removed else None,
    )


def files_of(operation: OperationRow) -> dict[str, str]:
    """The files that an operation has written, by what they are."""
    folder = folder_of(operation)
    return {name: str(folder / file) for name, file in FILES.items() if (folder / file).exists()}


def _counts(journal: Journal, operation: OperationRow, live: bool, rejected: int) -> dict[str, int]:
    found = counted.counts(journal, operation.id, "outcome" if live else "forecast")
    can = can_have(operation.procedure, operation.parameters or {})
    names = dict.fromkeys([*can, *found])
    counts = {name: found.get(name, 0) for name in names} | ({"rejected": rejected} if "rejected" in names else {})
    return {"considered": sum(counts.values())} | counts


def _waits(journal: Journal, operation_id: str) -> tuple[ReportedWait, ...]:
    return tuple(
        ReportedWait.model_validate(
            {
                "for": row.waits_for,
                "from": row.since,
                "until": row.ended_at or row.wakes_at,
                "ended": row.ended,
                "proved_by": row.proved_by,
            }
        )
        for row in waits.of_operation(journal, operation_id)
    )


def _answers(journal: Journal, each: tuple[str, ...]) -> tuple[ReportedAnswer, ...]:
    """What was answered in an operation, the first of `each`, and in its parts, where somebody was asked there."""
    whole, *parts = each
    asked = (row for part in parts for row in decisions.of_operation(journal, part) if row.shown is not None)
    return tuple(
        ReportedAnswer(
            question=row.question,
            answer=_in_words(row.answer),
            by=row.decided_by,
            at=row.decided_at,
            plan=row.plan_hash,
        )
        for row in (*decisions.of_operation(journal, whole), *asked)
    )


def _in_words(answer: str) -> str:
    """An answer for people; approved contacts are counted, `matches.csv` and the outcomes name them."""
    if not answer.startswith("{"):
        return answer
    return f"{counted_words(len(json.loads(answer)['approved']), 'contact')} approved"


def _loans(journal: Journal, operation_id: str, now: datetime | None) -> tuple[ReportedLoan, ...]:
    return tuple(
        ReportedLoan(
            setting=row.setting,
            was=shown(row.was),
            set_to=shown(row.set_to),
            state=loans.loan_state(row, now),
        )
        for row in loans.of_operation(journal, operation_id)
    )
