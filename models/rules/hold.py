"""How long a setting has to stay lifted until everyone has finished a sequence: the shortest time possible.

Two things bound it from below. The steps have their waits, and emails leave on send days only, between 9:00 and
16:00 (H26). And a mailbox sends so many emails in 24 hours (D11): 500 contacts with 4 emails through one mailbox of
25 a day take 80 send days. Other mail from the same mailbox, and people's time for their tasks, come on top.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd

from models.wording import counted, in_utc

OPENS, CLOSES = 9, 16  # the hours at which the first and the last email of a day may leave
WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
EMAIL = "AUTOMATIC_EMAIL"
ASSUMED_LIMIT = 25  # emails in 24 hours of a mailbox whose limit nobody tells: the lowest that is documented (D11, C22)


@dataclass(frozen=True)
class Hold:
    """The earliest end, what is to be sent until then, and what bounds it. `until` is None where it never ends."""

    until: datetime | None
    emails: int
    send_days: int
    bound_by: str

    def of_paused(self, sequence: str) -> "Hold":
        """The same in a paused sequence: it takes enrollments and queues them, and nobody finishes (H3)."""
        return replace(self, until=None, send_days=0, bound_by=f"'{sequence}', which is paused")

    def __str__(self) -> str:
        until = f"until {in_utc(self.until)} at the earliest" if self.until else "for ever"
        amount = f"{counted(self.emails, 'email')}, {counted(self.send_days, 'send day')}"
        return f"{amount}: {until} (bound by {self.bound_by})"


def shortest_hold(
    contacts: pd.DataFrame, steps: pd.DataFrame, limits: Mapping[str, int], send_days: Collection[str], start: datetime
) -> Hold:
    """The shortest hold for contacts enrolled at `start`.

    `contacts` has `mailbox` and `resumes_after` (steps done already); `steps` are those of `Platform.steps`;
    `limits` is emails in 24 hours by mailbox, where known; `send_days` are week days as the platform spells them.
    """
    emails = _emails_left(contacts["resumes_after"], steps)
    by_mailbox = emails.groupby(contacts["mailbox"]).sum()
    ends = [_last_step_at(int(done), steps, send_days, start) for done in sorted(set(contacts["resumes_after"]))]
    latest, bound_by, most_days = max(ends, default=start), "the steps' waits", 0
    for mailbox, number in by_mailbox[by_mailbox > 0].items():
        limit = limits.get(str(mailbox), ASSUMED_LIMIT)
        if limit == 0:
            return Hold(None, int(emails.sum()), 0, f"{mailbox}, which may send nothing")
        days = -(-int(number) // limit)
        end = _days_on(next_slot(start, send_days), days - 1, send_days)
        most_days = max(most_days, days)
        if end > latest:
            latest, bound_by = end, f"what {mailbox} may send, {limit} a day"
    return Hold(latest, int(emails.sum()), most_days, bound_by)


def _emails_left(done: "pd.Series[int]", steps: pd.DataFrame) -> "pd.Series[int]":
    """How many automatic emails are left for each contact."""
    numbers = steps.loc[steps["type"] == EMAIL, "number"].tolist()
    left = {place: sum(number > place for number in numbers) for place in set(done)}
    return done.map(left).astype("int64")


def _last_step_at(done: int, steps: pd.DataFrame, send_days: Collection[str], start: datetime) -> datetime:
    """When the last step may be over at the earliest, for somebody who resumes after `done` steps."""
    at = start
    for number, kind, wait in steps[["number", "type", "wait_days"]].itertuples(index=False):
        if number <= done:
            continue
        # Whoever begins at step 1 begins at once; whoever resumes waits for the step as its sequence says.
        due = at if number == 1 else at + timedelta(days=int(wait))
        at = next_slot(due, send_days) if kind == EMAIL else due
    return at


def next_slot(due: datetime, send_days: Collection[str]) -> datetime:
    """The first full hour from `due` on at which an email may leave."""
    hour = due.replace(minute=0, second=0, microsecond=0)
    hour = hour if hour == due else hour + timedelta(hours=1)
    while WEEK[hour.weekday()] not in send_days or not OPENS <= hour.hour <= CLOSES:
        hour += timedelta(hours=1)
    return hour


def _days_on(at: datetime, days: int, send_days: Collection[str]) -> datetime:
    """The same hour so many send days later."""
    while days > 0:
        at += timedelta(days=1)
        days -= WEEK[at.weekday()] in send_days
    return at
