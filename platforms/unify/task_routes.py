"""What shows of how tasks came to where they are: people and owners, and nothing of enrollments."""

from collections.abc import Sequence

import pandas as pd

from platforms.port.tasks import TASK_ROUTE_COLUMNS
from platforms.unify.directory import Directory
from platforms.unify.enrollments import Enrollments
from platforms.unify.observing import mailboxes
from platforms.unify.people import people
from platforms.unify.rep_tasks import RepTasks
from platforms.unify.wire import Wire

INSTANTS = ("enrolled_at", "own_set_at", "ruleset_set_at")


def task_routes(
    wire: Wire, directory: Directory, enrollments: Enrollments, tasks: RepTasks, ids: Sequence[str] | None
) -> pd.DataFrame:
    """See the port: a task is linked to no enrollment, so what comes of one is None or NaT, and `pool` NA.

    Requests: those of `RepTasks.tasks`, of `people` and of `mailboxes`.
    """
    found = tasks.tasks(None, None, None, ids)
    known = people(wire, found["email"].dropna().unique().tolist(), directory.few).set_index("email")
    owners = {"record_owner": known["owner"], "company_owner": known["company_owner"]}
    out = found[["task", "email", "type", "status", "assignee"]].copy()
    for column, of_person in owners.items():
        out[column] = out["email"].map(of_person).astype(object).where(lambda owners: owners.notna(), None)
    with_mailbox = set(mailboxes(wire, enrollments)["owner"].dropna())
    owner = out["record_owner"].where(out["record_owner"].notna(), out["company_owner"])
    never = pd.Series(pd.NaT, index=out.index, dtype="datetime64[ns, UTC]")
    out = out.assign(
        owner_has_mailbox=owner.isin(with_mailbox),
        pool=pd.Series(pd.NA, index=out.index, dtype="Int64"),
        **dict.fromkeys(INSTANTS, never),
    )
    for column in TASK_ROUTE_COLUMNS:
        if column not in out:
            out[column] = pd.Series([None] * len(out), index=out.index, dtype=object)
    return out[TASK_ROUTE_COLUMNS]
