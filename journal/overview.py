"""What is going on and what is owed: the documents of `handoff status` and `handoff history`."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from journal import loans, operations, questions, sweeps, waits
from journal.database import Journal
from journal.folders import unknown_operations
from models.parts import whole_of
from models.setting_keys import shown
from models.settings import Settings
from models.tables.journal import LoanRow, OperationRow, QuestionRow, WaitRow
from models.up_file import up_in
from models.watch_file import Watch, watch_in


def summary(row: OperationRow) -> dict[str, Any]:
    """One operation in a line."""
    return {
        "operation_id": row.id,
        "procedure": row.procedure,
        "subject": row.subject,
        "workspace": row.workspace,
        "mode": row.mode,
        "status": row.status,
        "started_at": _iso(row.started_at),
        "ended_at": _iso(row.ended_at),
        "recorded_at": _iso(row.recorded_at),
    }


def overview(journal: Journal, settings: Settings, now_in: Callable[[str], datetime | None]) -> dict[str, Any]:
    """Operations in flight with what they wait for, the loans that are out, and who looks after them; `now_in` is a
    workspace's time."""
    watch = watch_in(settings.home_folder)
    wholes = {row.id: whole_of(row) or row.id for row in operations.in_flight(journal, with_parts=True)}
    open_questions = questions.every_open(journal)
    pending = {wholes.get(operation_id, operation_id): row for operation_id, row in waits.pending(journal).items()}
    return {
        "workspace": settings.workspace,
        "home": str(settings.home_folder),
        "operations": [
            summary(row) | _waiting(open_questions.get(row.id), pending.get(row.id)) | _carried(row)
            for row in operations.in_flight(journal)
        ],
        "loans": [_loan(journal, row, now_in(row.workspace), wholes) for row in loans.open_loans(journal)],
        "sweep": [
            row | {"last_ended_at": _iso(row["last_ended_at"])}
            for row in sweeps.overview(journal, watch.deployed, datetime.now(UTC))
        ],
        "unknown_operations": [asdict(one) for one in unknown_operations(journal, settings.operations_folder)],
        "watch": _watch(watch, is_kept=up_in(settings.home_folder) is not None),
    }


def _watch(watch: Watch, *, is_kept: bool) -> dict[str, Any]:
    """What `handoff up` saw when it looked last, and whether it runs; what is to come only where it does."""
    return {
        "up": is_kept,
        "seen_at": _iso(watch.seen_at),
        "next": {procedure: _iso(due) for procedure, due in watch.next.items()} if is_kept else {},
        "troubles": [{"what": one.what, "message": one.message, "since": _iso(one.since)} for one in watch.troubles]
        if is_kept
        else [],
    }


def needs_somebody(found: dict[str, Any]) -> bool:
    """Whether an overview shows a loan past its deadline, or a sweep that is late."""
    overdue = any(loan["state"] == "overdue" for loan in found["loans"])
    return overdue or any(row["late"] is True for row in found["sweep"])


def _waiting(question: QuestionRow | None, wait: WaitRow | None) -> dict[str, Any]:
    if question is not None and question.state == "given":
        return {"waits_for": f"a worker to take up the answer: {question.told}", "until": None, "latest": None}
    if question is not None:
        expires = _iso(question.expires_at)
        return {"waits_for": f"an answer: {question.told}", "until": expires, "latest": expires}
    if wait is None:
        return {"waits_for": None, "until": None, "latest": None}
    return {"waits_for": wait.waits_for, "until": _iso(wait.wakes_at), "latest": _iso(wait.latest)}


def _carried(row: OperationRow) -> dict[str, Any]:
    """Who carries an operation, and since when nobody does: it promised a sign of life and gave none."""
    return {
        "deployed": row.deployed,
        "flow_run_id": row.flow_run_id,
        "silent_since": _iso(operations.silent_since(row)),
    }


def _loan(journal: Journal, row: LoanRow, now: datetime | None, wholes: Mapping[str, str]) -> dict[str, Any]:
    """A loan that is out. Of a holder that is part of another operation the whole is named: people go on with that."""
    age = datetime.now(UTC) - row.recorded_at
    holders = (holder.operation_id for holder in loans.holders(journal, row.id or 0))
    return {
        "setting": row.setting,
        "workspace": row.workspace,
        "was": shown(row.was),
        "set_to": shown(row.set_to),
        "state": loans.loan_state(row, now),
        "opened_at": _iso(row.opened_at),
        "age_minutes": round(age.total_seconds() / 60),
        "deadline": _iso(row.deadline),
        "holders": list(dict.fromkeys(wholes.get(holder, holder) for holder in holders)),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z") if moment else None
