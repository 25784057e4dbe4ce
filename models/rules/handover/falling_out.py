"""Who falls out of sequences when a mailbox changes its owner (R1, R2), and who could be put back afterwards.

Contacts are judged chunk by chunk; what is kept of them is a tally: how many are alike in everything that the plan
tells of. A million contacts make as short a tally as a thousand.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from models.handover import FallingOut, GoingBack
from models.rules.forecast import forecast
from models.rules.hold import EMAIL

ALIKE = [
    "mailbox",
    "sequence",
    "ruleset",
    "play",
    "state",
    "steps_done",
    "back",
    "reasons",
    "needs_same",
    "needs_block",
    "record_owner",
    "today",
    "after",
]
NAMES = ["play", "record_owner", "today", "after"]
NOBODY = pd.DataFrame(columns=[*ALIKE, "contacts", "first_due"])
"""The tally where nobody runs."""


def as_if_fallen_out(
    facts: pd.DataFrame, running: pd.DataFrame, lengths: Mapping[str, int], now: datetime
) -> pd.DataFrame:
    """The facts of contacts as they will be once what runs has ended: rows of both in the same order.

    Whoever had done every step of the sequence has none left: they would begin again.
    """
    done = running["steps_done"].astype("int64")
    through = done >= running["sequence"].map(lengths)
    return facts.assign(
        running_in=None,
        completed_a_step=facts["completed_a_step"] | done.gt(0),
        been_here=True,
        last_ended=pd.Timestamp(now),
        resumes_after=done.where(~through, 0),
        no_step_left=through & done.gt(0),
    )


def judge_return(
    running: pd.DataFrame, facts: pd.DataFrame, settings: pd.DataFrame, now: datetime, *, can_send: bool
) -> pd.DataFrame:
    """What `ownership-change` would do with contacts who had fallen out of these enrollments just now.

    `running` as `Platform.running`, `facts` as of `as_if_fallen_out`, `settings` as `reasons` takes them; `can_send`
    is whether their mailbox can. Columns as `running`, and `back` (bool), `reasons` (what blocks; for who can go back,
    what stood against it before settings were lifted), `step` (where they would resume), `needs_same, needs_block`.
    """
    fallen = running.assign(fell_at=pd.Timestamp(now))
    outlook = forecast(fallen, facts, settings, timedelta(0), now, ["the same mailbox"] if can_send else [])
    return running.assign(
        ruleset=facts["ruleset"],
        back=outlook["forecast"].eq("enrolled"),
        reasons=outlook["forecast_reasons"],
        step=outlook["step"],
        needs_same=outlook["needs_same"],
        needs_block=outlook["needs_block"],
    )


def tally(judged: pd.DataFrame) -> pd.DataFrame:
    """How many contacts are alike in ALIKE: these columns, `contacts` and `first_due` (of their next steps).

    Of rows that have `contacts` already (tallies put together), the sums. What is missing of a name is "".
    """
    counted = judged if "contacts" in judged else judged.assign(contacts=1, first_due=judged["next_step_at"])
    names = {name: counted[name].astype(object).where(counted[name].notna(), "") for name in NAMES}
    alike = counted.assign(**names).groupby(ALIKE, sort=True, as_index=False)
    return alike.agg(contacts=("contacts", "sum"), first_due=("first_due", "min"))


def falling_out(
    tallied: pd.DataFrame, steps: Mapping[str, pd.DataFrame], paused: Collection[str]
) -> tuple[FallingOut, ...]:
    """Who falls out, by mailbox and sequence. `steps` are those of each sequence, `paused` names sequences."""
    found = []
    for (mailbox, sequence, ruleset), group in tallied.groupby(["mailbox", "sequence", "ruleset"], sort=True):
        states = group.groupby("state")["contacts"].sum()
        places = group.groupby("steps_done")["contacts"].sum()
        kinds = steps[str(sequence)]
        emails = int(_steps_left(places, kinds.loc[kinds["type"] == EMAIL, "number"]))
        found.append(
            FallingOut(
                mailbox=str(mailbox),
                sequence=str(sequence),
                ruleset=str(ruleset),
                sequence_paused=sequence in paused,
                active=int(states.get("active", 0)),
                queued=int(states.get("queued", 0)),
                next_steps=tuple((int(str(done)) + 1, int(number)) for done, number in places.items()),
                emails_left=emails,
                tasks_left=int(_steps_left(places, kinds["number"])) - emails,
            )
        )
    return tuple(found)


def _steps_left(places: "pd.Series[Any]", numbers: "pd.Series[Any]") -> int:
    """How many of the steps with these numbers are still to come, over all contacts."""
    return sum(int(number) * int((numbers > done).sum()) for done, number in places.items())


def going_back(tallied: pd.DataFrame) -> tuple[GoingBack, ...]:
    """Who could go back, and who not and why, by ruleset."""
    found = []
    for ruleset, group in tallied.groupby("ruleset", sort=True):
        can, needs = group["back"], group["needs_same"] | group["needs_block"]
        reasons: Counter[str] = Counter()
        for against, number in group.loc[~can, ["reasons", "contacts"]].itertuples(index=False):
            for code in against.each:
                reasons[code] += int(number)
        found.append(
            GoingBack(
                ruleset=str(ruleset),
                at_once=_number(group[can & ~needs]),
                with_settings=_number(group[can & needs]),
                cannot=_number(group[~can]),
                reasons=tuple(sorted(reasons.items())),
            )
        )
    return tuple(found)


def _number(group: pd.DataFrame) -> int:
    return int(group["contacts"].sum())
