"""Tasks handed over to another assignee, one or many (R70, R71).

The assignee changes and nothing else: an email linked to the task leaves from the mailbox that it left from before
(R72), and the tasks that the enrollment makes later go where its own assignment says (open question Q11).
"""

import pandas as pd

from models.errors import InvalidInput
from platforms.sandbox.lookup import named
from platforms.sandbox.store import Work

CHUNK = 50_000


def reassign_tasks(work: Work, tasks: list[int], assignee: str) -> pd.DataFrame:
    """See `Platform.reassign_tasks`: numbers of tasks in; `task, reason` out, in this order."""
    to = named(work, "user_account", "assignee", assignee)["id"]
    reasons: dict[int, str | None] = {}
    for start in range(0, len(tasks), CHUNK):
        reasons |= reassign(work, tasks[start : start + CHUNK], to)
    rows = [(number, reasons[number]) for number in tasks]
    return pd.DataFrame(rows, columns=["task", "reason"], dtype=object).astype({"task": "int64"})


def reassign(work: Work, tasks: list[int], to: int | None) -> dict[int, str | None]:
    """Hand tasks to a user, or to nobody; why not, by their numbers: `task_closed`, `needs_admin`, None where done."""
    these = f"id IN ({', '.join(str(number) for number in tasks)})"
    # A rep may hand over only their own (D5); what is the assignee's already is left as it is.
    admin = work.value("SELECT 1 FROM user_account WHERE id = :user AND role = 'admin'", user=work.user_id)
    others = "1 = 0" if admin else f"COALESCE(assignee_id, 0) NOT IN ({work.user_id or 0}, {to or 0})"
    closed = "status NOT IN ('NOT_READY', 'READY')"
    found = {
        row["id"]: row["reason"]
        for row in work.rows(
            f"SELECT id, CASE WHEN {closed} THEN 'task_closed' WHEN {others} THEN 'needs_admin' END AS reason"
            f" FROM rep_task WHERE {these}"
        )
    }
    for number in tasks:
        if number not in found:
            raise InvalidInput("task", f"there is no task number {number}", "See `handoff sandbox dump`")
    work.run(
        f"UPDATE rep_task SET assignee_id = :to, changed_at = :now WHERE {these} AND NOT ({closed})"
        f" AND NOT ({others}) AND COALESCE(assignee_id, 0) <> :same",
        to=to,
        same=to or 0,
    )
    return found
