"""Who would get which tasks: open ones and those to come; and what to assign before the change (R84 to R97)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

import pandas as pd

from models.handover import Counts, CriticalSequence, NewTasks, OpenTasks, Way
from models.rules.assignment import assignees, routes_of_new
from models.rules.hold import EMAIL

OPEN = ["NOT_READY", "READY"]
OWNER, SENDER, USER = "ASSIGN_TO_MAILBOX_OWNER", "ASSIGN_TO_SENDER", "ASSIGN_TO_USER"
ENROLLER, RECORD_OWNER = "ASSIGN_TO_ENROLLER", "ASSIGN_TO_RECORD_OWNER"
WHOEVER = "whoever enrolled each"


def open_tasks(tasks: pd.DataFrame) -> tuple[OpenTasks, ...]:
    """Open tasks (as `Platform.tasks`) by sequence and type; those of no sequence come last."""
    named = tasks.assign(sequence=tasks["sequence"].astype(object).where(tasks["sequence"].notna(), ""))
    found = [
        OpenTasks(type=str(kind), sequence=str(sequence) or None, tasks=len(group))
        for (sequence, kind), group in named.groupby(["sequence", "type"], sort=True)
    ]
    return tuple(sorted(found, key=lambda group: group.sequence is None))


def holders(tasks: pd.DataFrame) -> dict[str, Counts]:
    """Who has the open tasks of each sequence, most first."""
    there = tasks[tasks["sequence"].notna() & tasks["assignee"].notna()]
    return {
        str(sequence): tuple(Counter(group["assignee"]).most_common()) for sequence, group in there.groupby("sequence")
    }


@dataclass(frozen=True)
class Takeover:
    """These mailboxes go to a new owner, and `enroller` puts their contacts back."""

    mailboxes: tuple[str, ...]
    new_owner: str
    enroller: str

    def owners(self, mailboxes: pd.DataFrame) -> pd.DataFrame:
        """The mailboxes (as `Platform.mailboxes`) as they are afterwards."""
        mine = mailboxes["mailbox"].isin(self.mailboxes)
        return mailboxes.assign(owner=mailboxes["owner"].astype(object).mask(mine, self.new_owner))


def takers(
    running: pd.DataFrame,
    assignment: pd.DataFrame,
    mailboxes: pd.DataFrame,
    plays: pd.DataFrame,
    people: pd.DataFrame,
    takeover: Takeover,
) -> pd.DataFrame:
    """Who gets the tasks of these contacts: enrolled as they were but `today`, and put back `after` the change.

    The frames are as the port's methods of these names tell them. A put-back contact's play is a duplicate that sends
    from the same mailbox alone. Who enrolled by hand is not known: WHOEVER.
    """
    today = routes_of_new(running.assign(enroller=WHOEVER), assignment, mailboxes, plays, people)
    after = routes_of_new(
        running.assign(enroller=takeover.enroller), assignment, takeover.owners(mailboxes), plays.head(0), people
    )
    return pd.DataFrame({"today": assignees(today), "after": assignees(after)})


def new_tasks(
    tallied: pd.DataFrame,
    assignment: pd.DataFrame,
    mailboxes: pd.DataFrame,
    plays: pd.DataFrame,
    steps: Mapping[str, pd.DataFrame],
    takeover: Takeover,
) -> tuple[NewTasks, ...]:
    """Who gets the tasks to come under today's settings: of contacts who are put back, by the way in which they were
    enrolled; and of those whom published plays enroll anew. Only sequences with steps for people make tasks."""
    settings = {row["sequence"]: row for row in assignment.to_dict("records")}
    ways = tallied.assign(way=tallied["play"].ne("").map({True: "automatic", False: "manual"}))
    found = []
    for (name, how), group in ways.groupby(["sequence", "way"], sort=True):
        sequence, way = str(name), cast(Way, how)
        mode, _, decided_by = choice(settings[sequence], way)
        found.append(
            NewTasks(
                sequence=sequence,
                way=way,
                play=None,
                decided_by=decided_by,
                mode=mode,
                contacts=int(group["contacts"].sum()),
                today=_counts(group, "today"),
                after=_counts(group, "after"),
            )
        )
    found += _of_plays(settings, assignment, mailboxes, plays, takeover)
    making = {name for name in {row.sequence for row in found} if (steps[name]["type"] != EMAIL).any()}
    return tuple(sorted((row for row in found if row.sequence in making), key=lambda row: row.sequence))


def _of_plays(
    settings: Mapping[Any, Any],
    assignment: pd.DataFrame,
    mailboxes: pd.DataFrame,
    plays: pd.DataFrame,
    takeover: Takeover,
) -> list[NewTasks]:
    """Tasks to come of those whom published plays will enroll from these mailboxes."""
    coming = pd.DataFrame(
        [
            ("", play["sequence"], mine[0], play["play"], None)
            for play in plays[plays["published"]].to_dict("records")
            if (mine := [name for name in play["mailboxes"] if name in takeover.mailboxes])
        ],
        columns=["email", "sequence", "mailbox", "play", "enroller"],
    )
    nobody = pd.DataFrame(columns=["email", "owner", "company_owner"])
    assigned = [
        assignees(routes_of_new(coming, assignment, owners, plays, nobody))
        for owners in (mailboxes, takeover.owners(mailboxes))
    ]
    found = []
    for row, today, after in zip(coming.to_dict("records"), *assigned, strict=True):
        mode, _, decided_by = choice(settings[row["sequence"]], "automatic")
        found.append(
            NewTasks(
                sequence=row["sequence"],
                way="automatic",
                play=row["play"],
                decided_by=decided_by,
                mode=mode,
                contacts=0,
                today=_one(mode, today),
                after=_one(mode, after),
            )
        )
    return found


def _one(mode: str, user: Any) -> Counts:
    """Who it is, where that does not differ from contact to contact."""
    return () if mode == RECORD_OWNER else ((_user(user) or "", 0),)


def _counts(group: pd.DataFrame, column: str) -> Counts:
    sums = group.groupby(column)["contacts"].sum().sort_values(ascending=False, kind="stable")
    return tuple((str(name), int(number)) for name, number in sums.items())


def choice(row: Mapping[Any, Any], way: Way) -> tuple[str, str | None, str]:
    """The mode that decides for a sequence (row of `Platform.assignment`), its user, and where it is set (R83)."""
    if pd.notna(row["own_mode"]):
        return row["own_mode"], _user(row["own_user"]), "the sequence itself"
    return row[f"{way}_mode"], _user(row["ruleset_user"]), f"the ruleset '{row['ruleset']}'"


def _user(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def critical(
    rows: tuple[NewTasks, ...],
    assignment: pd.DataFrame,
    pools: Collection[str],
    new_owner: str,
    leaver: str | None,
    having: Mapping[str, Counts],
) -> tuple[CriticalSequence, ...]:
    """The sequences to assign before the change (R94), each with one recommendation.

    Those whose tasks follow the mailbox's owner or who enrolled (in `rows`), and those that name `leaver`.
    A sequence fed by a pool (`pools`) is best assigned to the sender (R85, R86); else to somebody by role; the new
    owner stands in until somebody is named (R95). `having` as `holders`.
    """
    why: dict[str, list[str]] = {}
    for row in rows:
        follows = {OWNER: "the mailbox's owner", ENROLLER: "whoever enrolled the contact"}.get(row.mode)
        if follows:
            why.setdefault(row.sequence, []).append(
                f"tasks of {row.way} enrollments follow {follows}, by {row.decided_by}"
            )
    for sequence, reason in naming(assignment, leaver):
        why.setdefault(sequence, []).append(reason)
    return tuple(
        CriticalSequence(
            sequence=sequence,
            why="; ".join(dict.fromkeys(reasons)),
            pooled=sequence in pools,
            mode=SENDER if sequence in pools else USER,
            user=None if sequence in pools else new_owner,
            holders=having.get(sequence, ()),
        )
        for sequence, reasons in sorted(why.items())
    )


def naming(assignment: pd.DataFrame, leaver: str | None) -> Iterator[tuple[str, str]]:
    """The sequences whose tasks go to `leaver` by name, and where that is set."""
    for row in assignment.to_dict("records") if leaver else ():
        chosen = [choice(row, way) for way in get_args(Way)]
        places = sorted({place for mode, user, place in chosen if mode == USER and user == leaver})
        if places:
            yield row["sequence"], f"{leaver} is named as assignee by {places[0]}"
