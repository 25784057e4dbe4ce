"""Looking at queued enrollments again right before they are moved: they are queued for a short time only (R77)."""

from collections.abc import Iterator

import pandas as pd

from journal import outcomes
from models.backlog_plan import BacklogMove, BacklogPlan
from models.names import names
from models.rules.backlog import PAST, what_to_do
from tasks.operation import Operation

CHUNK = 50_000
NOT_QUEUED = "not_queued"
AWAY = "does not run from this mailbox any more"
LEFT_OUT = "an earlier run took it out, and it is in no sequence since: is enrolled again"
NEW = "queued after the plan was made; the platform moves all that is queued"


def running_from(
    operation: Operation, mailbox: str, sequence: str | None, emails: list[str] | None = None
) -> pd.DataFrame:
    """What runs from a mailbox (of one sequence, of these people), in the order in which it began; columns as
    `Platform.running`."""
    parts = list(operation.platform.running(CHUNK, sequence=sequence, mailbox=mailbox, emails=emails))
    columns = [
        "email",
        "sequence",
        "mailbox",
        "play",
        "state",
        "steps_done",
        "version",
        "started_at",
        "next_step_at",
        "paused",
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def queued_in(running: pd.DataFrame) -> set[str]:
    """Who is queued of what runs (as `running_from`)."""
    return set(running.loc[running["state"] == "queued", "email"])


def without_outcome(operation: Operation, sequence: str, chunk: int = outcomes.CHUNK) -> Iterator[pd.DataFrame]:
    """Who is to be moved in a sequence and has no outcome yet; columns as `outcomes.chunks`."""
    return operation.outcomes.chunks(chunk, forecast="reassigned", outcome=None, sequence=sequence)


def record_begun(operation: Operation, mailbox: str, begun: pd.Series, running: pd.DataFrame) -> None:
    """Leave to a person who is past step one by now (R75): addresses, and what runs (as `running_from`)."""
    done = running.set_index("email")["steps_done"].reindex(begun)
    operation.outcomes.record(
        pd.DataFrame(
            {
                "email": begun,
                "outcome": "manual",
                "reasons": names(PAST),
                "mailbox": mailbox,
                "detail": [what_to_do(mailbox, int(steps) + 1) for steps in done],
            }
        )
    )


def record_gone(operation: Operation, gone: pd.Series, detail: str | list[str] = AWAY) -> None:
    """Leave alone who left the sequence meanwhile; `detail` is one for all, or one each."""
    operation.outcomes.record(
        pd.DataFrame(
            {
                "email": gone,
                "outcome": "blocked",
                "reasons": names(NOT_QUEUED),
                "detail": detail,
            }
        )
    )


def look_again(operation: Operation, plan: BacklogPlan, move: BacklogMove, now: pd.DataFrame) -> None:
    """Settle who is not queued any more, and take in who is queued since (R77, R80); `now` is what runs there."""
    queued, active = queued_in(now), now.loc[now["state"] == "active", "email"]
    for contacts in without_outcome(operation, move.sequence):
        gone = contacts.loc[~contacts["email"].isin(queued), "email"]
        record_begun(operation, plan.from_mailbox, gone[gone.isin(active)], now)
        record_gone(operation, gone[~gone.isin(active)])
    take_in(operation, move, queued, NEW)


def take_in(operation: Operation, move: BacklogMove, emails: set[str], detail: str) -> None:
    """Write those of these down who are not in the plan, to be moved as well."""
    known = {email for part in operation.outcomes.chunks() for email in part["email"]}
    if late := sorted(emails - known):
        operation.outcomes.forecast(
            pd.DataFrame(
                {
                    "email": late,
                    "sequence": move.sequence,
                    "mailbox": None,
                    "forecast": "reassigned",
                    "detail": detail,
                }
            )
        )
