"""Representatives' tasks, by the Tasks API: they name no sequence, enrollment or mailbox."""

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from models.errors import InvalidInput
from platforms.port.tasks import TASK_COLUMNS
from platforms.unify import record_documents as documents
from platforms.unify.directory import Directory, answers
from platforms.unify.frames import framed
from platforms.unify.record_documents import TASKS, TaskShown
from platforms.unify.wire import Answer, Request, Wire
from platforms.unify.writing import TIMED_OUT, carry_out

TASK_JOBS = f"{TASKS}/query-jobs"
OPEN = ("NOT_READY", "READY")
UNLINKED = "Leave it out, and name the tasks themselves (tasks_csv)"


class RepTasks:
    """The tasks of a workspace."""

    def __init__(self, wire: Wire, directory: Directory) -> None:
        self._wire = wire
        self._directory = directory

    def tasks(
        self,
        types: Sequence[str] | None,
        statuses: Sequence[str] | None,
        assignee: str | None,
        ids: Sequence[str] | None,
    ) -> pd.DataFrame:
        """See the port; `task` is its UUID, and what would link it is None.

        Requests: one query job, or one for each of few tasks that are named; a query job of users if one is not kept;
        and the people's addresses (one each for few, else one query job).
        """
        filters: dict[str, Any] = {}
        if assignee is not None:
            filters["assigned_user"] = {"id": self._directory.user_id("assignee", assignee)}
        if types is not None:
            filters["type"] = {"in": list(types)}
        if statuses is not None:
            filters["status"] = {"in": list(statuses)}
        if any(wanted is not None and not len(wanted) for wanted in (types, statuses, ids)):
            return framed([], TASK_COLUMNS)
        found = self._named(ids) if ids is not None else self._query(filters)
        if ids is not None:
            to = filters.get("assigned_user", {}).get("id")
            found = [
                one
                for one in found
                if (types is None or one.type in types)
                and (statuses is None or one.status in statuses)
                and (to is None or one.assignee_id == to)
            ]
        return self._framed(sorted(found, key=lambda one: (one.created_at, one.id)))

    def _framed(self, found: list[TaskShown]) -> pd.DataFrame:
        emails = self._directory.person_emails({one.person_id for one in found})
        users = self._directory.user_emails(one.assignee_id for one in found)
        rows = [
            (
                one.id,
                emails.get(one.person_id),
                one.type,
                one.status,
                users.get(one.assignee_id),
                None,
                None,
                one.due_at,
                None,
            )
            for one in found
        ]
        return framed(rows, TASK_COLUMNS)

    def _query(self, filters: dict[str, Any]) -> list[TaskShown]:
        body = {"filter": filters} if filters else {}
        return [documents.task(row, TASK_JOBS) for row in self._wire.query(TASK_JOBS, body)]

    def _named(self, ids: Collection[str]) -> list[TaskShown]:
        """These tasks; what nobody has is left out."""
        wanted = list(dict.fromkeys(ids))
        if len(wanted) > self._directory.few:
            return self._query({"id": {"in": wanted}})
        read = answers(self._wire, [Request("GET", f"{TASKS}/{task_id}") for task_id in wanted])
        return [documents.task(one.body.get("data", {}), f"GET {TASKS}/{{id}}") for one in read if one.done]

    def reassign(self, ids: list[str], assignee: str) -> pd.DataFrame:
        """See `Platform.reassign_tasks`. `timed_out` is a task of which nobody can tell.

        Requests: one a task, those that read them (as `tasks`), and a query job of users if this one is not kept.
        """
        to = self._directory.user_id("assignee", assignee)
        found = {one.id: one for one in self._named(ids)}
        for task_id in ids:
            if task_id not in found:
                raise InvalidInput("task", f"there is no task {task_id}", "Nothing was changed")
        reasons: dict[str, str | None] = {
            one.id: None if one.status in OPEN else "task_closed" for one in found.values()
        }
        requests = {
            one.id: Request("PATCH", f"{TASKS}/{one.id}", {"assigned_user_id": to})
            for one in found.values()
            if one.status in OPEN and one.assignee_id != to
        }

        def landed(task_ids: Collection[str]) -> set[str]:
            return {one.id for one in self._named(task_ids) if one.assignee_id == to}

        reasons |= {key: _reason(answer) for key, answer in carry_out(self._wire, requests, landed).items()}
        return pd.DataFrame([(one, reasons[one]) for one in ids], columns=["task", "reason"], dtype=object)

    def status(self, task_id: str) -> str:
        """A task's status, in words of its own (READY, …)."""
        return next((one.status for one in self._named([task_id])), "CANCELED")


def _reason(answer: Answer | None) -> str | None:
    if answer is None:
        return TIMED_OUT
    if answer.done:
        return None
    if answer.status == 403:
        return "needs_admin"  # a rep may hand over only their own (D5)
    if answer.status in (404, 409):
        return "task_closed"  # it was open when we looked
    return str(answer.body.get("message") or f"the platform answered {answer.status}")
