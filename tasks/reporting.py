"""Telling what an operation did: from the journal, as files, an artifact, and the answer of the flow."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from journal import questions, waits
from journal.reading import OUTCOME_COLUMNS, files_of, forecasts_read, outcomes_read, report_of
from models.names import NONE, Names
from models.outcomes import ABOUT_TASKS, DONE
from models.parts import whole_of
from models.report import Report
from models.rules.backlog import PAST
from models.rules.sending import Senders
from models.rules.since import MOVED_ON
from models.setting_words import left_so, printed_in_words
from models.wording import counted
from reports.csv_out import append_csv, readable
from reports.digest import digest
from reports.html_report import write_page
from reports.report_json import write_json
from tasks import carrying
from tasks.artifacts import leave_report
from tasks.narration import tell
from tasks.operation import Operation
from tasks.requests import command_of, request_of
from tasks.runs import mark_as_needing_a_person
from tasks.step import task

NO_SENDER = "mailbox_unavailable"
HANDOVER = "handover-plan"  # what it counts as `manual` can be moved first, by the plan's own steps


@task(task_run_name="write the report", cache_policy=NO_CACHE)
def conclude(operation_id: str, status: str | None = None) -> Report:
    """End an operation: record the outcomes that are left, write its files, and give its report. Repeated: the same."""
    operation = Operation.at_hand(operation_id)
    if operation.row.mode == "live" and operation.row.plan:
        _record_forecasts(operation)
    ended_as, next_steps = _status(operation, status)
    operation.update(status=ended_as, next=next_steps, ended_at=operation.now())
    questions.close(operation.journal, operation.id, "expired")  # where one is left: nobody will answer it now
    carrying.put_down(operation.journal, operation.id)
    if ended_as == "needs_attention" and flow_run.id and whole_of(operation.row) is None:
        mark_as_needing_a_person(flow_run.id)
    return write_files(Operation.at_hand(operation_id))


@task(task_run_name="change nothing", cache_policy=NO_CACHE)
def give_up(operation_id: str, reason: str) -> Report:
    """End an operation before its first change, because somebody said no."""
    operation = Operation.at_hand(operation_id)
    operation.outcomes.record_rest("blocked", Names(reason), "nothing was changed")
    return conclude.fn(operation_id, "cancelled")


def nothing_to_do(procedure: str, workspace: str, now: datetime, *, dry_run: bool) -> Report:
    """The report of a run that found nothing to do and left nothing behind: no operation, no files, no artifact."""
    return Report(
        operation_id="",
        procedure=procedure,
        workspace=workspace,
        mode="dry_run" if dry_run else "live",
        status="planned" if dry_run else "completed",
        started_at=now,
        ended_at=now,
        parameters={},
        counts={"considered": 0},
        reasons={},
        waits=(),
        loans=(),
        differences=(),
        next=(),
        files={},
    )


def final_state(report: Report) -> State[dict[str, Any]]:
    """The state in which a flow ends; its data is the report as JSON."""
    data = report.model_dump(mode="json")
    counts = ", ".join(f"{name} {number}" for name, number in report.counts.items() if number)
    names = {"needs_attention": "NeedsAttention", "cancelled": "NotApproved", "planned": "Planned"}
    parts = [counts or "nothing to do", *(report.next[:1] if report.status == "needs_attention" else ())]
    return Completed(name=names.get(report.status, "Completed"), message="; ".join(parts), data=data)


def _record_forecasts(operation: Operation) -> None:
    """Contacts that were never attempted keep their forecast as the outcome; the others end as the wait did."""
    for contacts in operation.outcomes.chunks(outcome=None):
        as_forecast = contacts[~contacts["forecast"].isin(DONE)]
        decided = as_forecast[["email", "item"]].assign(
            outcome=as_forecast["forecast"], reasons=as_forecast["forecast_reasons"]
        )
        operation.outcomes.record(decided)
    timed_out = any(wait.ended == "timed_out" for wait in waits.of_operation(operation.journal, operation.id))
    reason, detail = (
        (Names("timed_out"), "the settings were not seen to act in time") if timed_out else (NONE, "not reached")
    )
    operation.outcomes.record_rest("failed", reason, detail)


def _status(operation: Operation, status: str | None) -> tuple[str, list[str]]:
    if status:
        return status, list(operation.row.next or [])
    next_steps = list(dict.fromkeys([*(operation.row.next or []), *next_lines(operation)]))  # repeated: the same
    if operation.row.mode == "dry_run":
        return "planned", next_steps
    return ("needs_attention" if next_steps else "completed"), next_steps


def next_lines(operation: Operation) -> list[str]:
    """What a person has to do now, one line each."""
    report = report_of(operation.journal, operation.row, files_of(operation.row), operation.now())
    lines = [
        left_so(loan.setting, loan.state, printed_in_words(loan.was))
        for loan in report.loans
        if loan.state in ("superseded", "unknown", "overdue")
    ]
    if report.counts.get("rejected"):
        refused = report.counts["rejected"]
        lines.append(
            f"{counted(refused, 'row was', 'rows were')} refused: see rejects.csv, mend and run again with that"
        )
    if nowhere := report.reasons.get(NO_SENDER):
        lines.append(_from_another_mailbox(operation, nowhere))
    for wait in report.waits:
        if wait.ended == "timed_out" and "settings" in wait.waits_for:
            lines.append(
                f"the {wait.waits_for} did not take effect in time; everything was given back: run again, perhaps with"
                " a longer wait (the parameter that ends in _wait_max)"
            )
    if report.counts.get("failed"):
        noun = "task" if report.procedure in ABOUT_TASKS else "contact"
        lines.append(f"{counted(report.counts['failed'], noun)} could not be done: see outcomes.csv, and run again")
    if (left := report.counts.get("manual", 0) - _needs_nobody(operation)) > 0 and report.procedure != HANDOVER:
        where = "worklist.csv says how" if (operation.folder / "worklist.csv").exists() else "outcomes.csv says why"
        lines.append(f"{counted(left, 'contact is', 'contacts are')} left to do by hand; {where}")
    return lines


def _from_another_mailbox(operation: Operation, contacts: int) -> str:
    """What to do about those whose mailbox cannot send, with a mailbox that can."""
    line = f"{counted(contacts, 'contact has', 'contacts have')} no mailbox that can send: let theirs send again"
    fields, row = request_of(operation.row.procedure).model_fields, operation.row
    option = next((name for name in ("send_from", "mailboxes") if name in fields), None)
    owned = operation.platform.mailboxes().dropna(subset=["owner"])
    able = Senders.of(owned, owned["mailbox"]).able
    if option is None or not able:
        return f"{line}, and run again"
    parameters = (row.parameters or {}) | {option: [able[0]]}
    return f"{line}, or send from another one: `{command_of(row.procedure, parameters, row.workspace)}`"


def _needs_nobody(operation: Operation) -> int:
    """How many are left to a person who has to do nothing: they have moved on, or their enrollment has begun (R75)."""
    column, status = ("reasons", "outcome") if operation.row.mode == "live" else ("forecast_reasons", "forecast")
    found = operation.outcomes.reasons(column, status)
    return sum(found.get(Names(code), 0) for code in (MOVED_ON, PAST))


def write_files(operation: Operation) -> Report:
    """outcomes.csv, report.json, report.html in the operation's folder, and artifacts in Prefect."""
    folder = operation.folder
    table = _write_outcomes(operation, folder / "outcomes.csv")
    report = report_of(
        operation.journal, operation.row, files_of(operation.row) | {"report": str(folder / "report.html")}
    )
    in_words = digest(report, table)
    write_page(in_words, folder / "report.html")
    write_json(report, folder / "report.json")
    leave_report(report.procedure, in_words)
    tell(f"the report is {folder / 'report.html'}")
    return report


def write_planned(operation: Operation) -> Path:
    """planned.csv, of what is forecast of each contact: somebody reads it before agreeing."""
    path = operation.folder / "planned.csv"
    _write_chunks(forecasts_read(operation.journal, operation.row), path)
    return path


def _write_outcomes(operation: Operation, path: Path) -> pd.DataFrame:
    parts = _write_chunks(outcomes_read(operation.journal, operation.row), path)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=OUTCOME_COLUMNS)


def _write_chunks(chunks: Iterable[pd.DataFrame], path: Path) -> list[pd.DataFrame]:
    path.unlink(missing_ok=True)
    parts = []
    for part in chunks:
        append_csv(readable(part), path)
        parts.append(part)
    if not parts:
        append_csv(pd.DataFrame(columns=OUTCOME_COLUMNS), path)
    return parts
