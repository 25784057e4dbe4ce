"""Which queued enrollments move to which mailbox, and what is left for a person (R73 to R82).

The platform moves all queued enrollments of one sequence from one mailbox at a time, in the order of its queue, to
the mailboxes that are named, by turns. With several sequences the turns go on from one to the next: the mailboxes are
named in another order each time, so that each gets as many as any other, give or take one.
"""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from models.backlog_plan import BacklogMove
from models.names import NONE, names

PAST = "past_step_one"
TOGETHER = pd.Timedelta(minutes=15)  # the longest pause while the platform cancels what it reassigns at once (C6)
ANSWERED_WITHIN = pd.Timedelta(hours=2)  # of doing it: what ended long before the answer ended for another reason


def rotated(mailboxes: Sequence[str], turns: int) -> tuple[str, ...]:
    """The mailboxes in the order in which they come next after so many turns."""
    at = turns % len(mailboxes)
    return (*mailboxes[at:], *mailboxes[:at])


def spread(running: pd.DataFrame, to_mailboxes: Sequence[str]) -> tuple[pd.DataFrame, tuple[BacklogMove, ...]]:
    """What becomes of each enrollment that runs from a mailbox (as `Platform.running` tells them, in its order).

    Columns `email, sequence, mailbox` (where it goes, or stays), `forecast` (`reassigned`; `manual` for what is past
    step one, R75), `forecast_reasons, step, detail`; and the moves, by sequence.
    """
    queue = running[running["state"] == "queued"].sort_values(["sequence", "next_step_at"], kind="stable")
    moves: list[BacklogMove] = []
    targets: list[str] = []
    for sequence, group in queue.groupby("sequence", sort=True):
        order = rotated(to_mailboxes, len(targets))
        moves.append(BacklogMove(sequence=str(sequence), contacts=len(group), mailboxes=order))
        targets += [order[at % len(order)] for at in range(len(group))]
    out = running[["email", "sequence", "mailbox"]].assign(
        forecast="manual", forecast_reasons=names(PAST), step=running["steps_done"].astype("int64") + 1, detail=""
    )
    out.loc[queue.index, "mailbox"] = targets
    out.loc[queue.index, "forecast"] = "reassigned"
    out.loc[queue.index, "forecast_reasons"] = NONE
    out["detail"] = [
        f"queued: moves from {before} to {after}" if forecast == "reassigned" else what_to_do(before, int(step))
        for before, after, forecast, step in zip(
            running["mailbox"], out["mailbox"], out["forecast"], out["step"], strict=True
        )
    ]
    return out, tuple(moves)


def what_to_do(mailbox: str, step: int) -> str:
    """What a person can do for an enrollment past step one (R81, R82)."""
    return (
        f"step {step - 1} is done: its mailbox {mailbox} cannot be switched any more. Let it finish from there, or edit"
        f" what is still to be sent (step {step} on) on the contact's profile"
    )


def cancelled_together(ended: pd.Series, answered_at: datetime) -> pd.Series:
    """Which of those who left a sequence the reassigning cancelled, by when (UTC) a person said that it was done.

    The API gives no reason (C20). What reassigning cancels ends at once, and shortly before somebody says that it is
    done: of those who left then, the largest number together. Where no number is the largest nobody knows: none.
    """
    lately = ended[ended.between(answered_at - ANSWERED_WITHIN, answered_at + TOGETHER)].sort_values()
    group = lately.diff().gt(TOGETHER).cumsum()
    sizes = group.value_counts()
    if sizes.empty or (sizes == sizes.max()).sum() > 1:
        return pd.Series(False, index=ended.index)
    return ended.index.to_series().isin(group.index[group == sizes.idxmax()])
