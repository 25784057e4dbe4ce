"""Which tasks can be handed over, and what has to be said of each (R70 to R72)."""

from typing import Any

import pandas as pd

from models.names import NONE, names

OPEN = ("NOT_READY", "READY")
EMAILS = ("EMAIL", "REPLY_TO_EMAIL")


def handed_over(tasks: pd.DataFrame, to_user: str, acting_user: str, role: str | None) -> pd.DataFrame:
    """What becomes of each task, in this order.

    `tasks` as `Platform.tasks`; a rep may hand over only their own (D5). Columns `email, item` (the task's number as
    text), `sequence, mailbox, forecast, forecast_reasons, detail`.
    """
    closed = ~tasks["status"].isin(OPEN)
    theirs = tasks["assignee"].eq(to_user)
    not_theirs = tasks["assignee"].ne(acting_user) & (role == "rep")
    reasons = pd.Series(NONE, index=tasks.index, dtype=object)
    reasons = reasons.mask(not_theirs, names("needs_admin")).mask(closed, names("task_closed"))
    out = tasks[["email", "sequence", "mailbox"]].assign(
        item=tasks["task"].astype(str), forecast="reassigned", forecast_reasons=reasons
    )
    out.loc[reasons.ne(NONE), "forecast"] = "blocked"
    out.loc[theirs & ~closed, ["forecast", "forecast_reasons"]] = ["unchanged", NONE]
    out["detail"] = [in_words(task, to_user) for task in tasks.to_dict("records")]
    return out


def in_words(task: dict[Any, Any], to_user: str) -> str:
    """A task in words, and what stays as it is: the mailbox of a linked email never changes (R72)."""
    words = f"task {task['task']}: {task['type']}, {task['status']}, from {task['assignee'] or 'nobody'} to {to_user}"
    if task["mailbox"] and task["type"] in EMAILS:
        return f"{words}; its email still leaves from {task['mailbox']} (R72)"
    return words
