"""What is queued and can be moved before it falls out (R98, R89), to which mailboxes, and how long they take for it.

Only what is queued can be moved, and only until its first email leaves (R74, R75, R77).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from models.handover import QueuedGroup, Room, Saving
from models.rules.backlog import rotated
from models.rules.hold import EMAIL, next_slot

DAY = timedelta(days=1)


def due_within_a_day(running: pd.DataFrame, steps: Mapping[str, pd.DataFrame], now: datetime) -> int:
    """How many of these enrollments (as `Platform.running`) have an email to send within a day."""
    soon = running[running["next_step_at"] <= now + DAY]
    emails = {
        (sequence, int(number))
        for sequence in soon["sequence"].unique()
        for number in steps[sequence].loc[steps[sequence]["type"] == EMAIL, "number"]
    }
    return sum(key in emails for key in zip(soon["sequence"], soon["steps_done"].astype("int64") + 1, strict=True))


@dataclass(frozen=True)
class Offered:
    """Mailboxes that queued contacts can move to, and why the other ones cannot take them; see `Saving`."""

    to: tuple[Room, ...]
    unfit: tuple[tuple[str, str], ...]
    full: bool


def offered(mailboxes: pd.DataFrame, handed: Collection[str], owners: Sequence[str], due: Mapping[str, int]) -> Offered:
    """The other mailboxes of `owners` (in this order) that can send and have room within a day.

    `mailboxes` as `Platform.mailboxes`, `handed` those that change hands, `due` as `due_within_a_day` by mailbox.
    Where none has room, all that can send at all are offered.
    """
    rank = {owner: at for at, owner in enumerate(owners)}
    theirs = mailboxes[mailboxes["owner"].isin(rank) & ~mailboxes["mailbox"].isin(handed)]
    theirs = theirs.iloc[theirs["owner"].map(rank).argsort(kind="stable")]
    rooms = [_room(row, due) for row in theirs[~theirs["paused"]].to_dict("records")]
    sending = [room for room in rooms if room.daily_limit > 0]
    free = [room for room in sending if room.free > 0]
    to = tuple(free or sending)
    unfit = [(str(name), "is paused") for name in theirs.loc[theirs["paused"], "mailbox"]]
    unfit += [(room.mailbox, "may send nothing") for room in rooms if room.daily_limit == 0]
    unfit += [
        (room.mailbox, f"has {room.due} of {room.daily_limit} emails to send within a day already")
        for room in sending
        if room not in to
    ]
    return Offered(to, tuple(unfit), full=bool(to) and not free)


def saving(
    tallied: pd.DataFrame,
    found: Offered,
    sequences: pd.DataFrame,
    paused: Collection[str],
    now: datetime,
    *,
    cancels: bool,
) -> Saving:
    """What is queued, and how long the mailboxes that are offered take for it.

    `sequences` as `Platform.sequences`; `paused` names mailboxes; `cancels` as of `Saving`.
    """
    groups = _groups(tallied, found.to, sequences.set_index("sequence"), paused, now)
    days = days_to_send(found.to, sum(group.queued for group in groups))
    return Saving(groups=groups, to=found.to, unfit=found.unfit, full=found.full, send_days=days, cancels=cancels)


def _room(row: dict[Any, Any], due: Mapping[str, int]) -> Room:
    return Room(mailbox=row["mailbox"], owner=row["owner"], daily_limit=row["daily_limit"], due=due[row["mailbox"]])


def _groups(
    tallied: pd.DataFrame, to: Sequence[Room], sequences: pd.DataFrame, paused: Collection[str], now: datetime
) -> tuple[QueuedGroup, ...]:
    found: list[QueuedGroup] = []
    turns: Counter[str] = Counter()
    for (box, key), group in tallied[tallied["state"] == "queued"].groupby(["mailbox", "sequence"], sort=True):
        mailbox, name, number = str(box), str(key), int(group["contacts"].sum())
        stopped = mailbox in paused or bool(sequences["paused"][name])
        found.append(
            QueuedGroup(
                mailbox=mailbox,
                sequence=name,
                queued=number,
                to=rotated([room.mailbox for room in to], turns[mailbox]) if to else (),
                first_due=None if stopped else _first_leaves(group["first_due"], sequences["send_days"][name], now),
            )
        )
        turns[mailbox] += number
    return tuple(found)


def _first_leaves(due: "pd.Series[Any]", send_days: Collection[str], now: datetime) -> datetime | None:
    """When the first of a queue leaves at the soonest; None where nothing is due."""
    return None if due.isna().all() else next_slot(max(due.min().to_pydatetime(), now), send_days)


def days_to_send(rooms: Sequence[Room], more: int) -> int | None:
    """In how many send days these mailboxes can have sent so many more emails at the soonest, beside what is due.

    None where they never can.
    """
    if not more:
        return 0
    if not any(room.daily_limit for room in rooms):
        return None
    days = 1
    while sum(max(room.daily_limit * days - room.due, 0) for room in rooms) < more:
        days += 1
    return days
