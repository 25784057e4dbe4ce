"""What can be taken back of what an operation did to contacts and tasks, by what has happened since.

An enrollment can be ended again as long as it has sent nothing, nobody began one of its steps, and nobody has touched
it. Who answered, moved on, was paused or resumed since is left as they are. Pure: nothing is read here.
"""

import numpy as np
import pandas as pd

from models.rules.handing_tasks_over import OPEN
from models.rules.ours import SLACK
from models.wording import in_utc

SENT, CHANGED, CLOSED = "email_sent", "superseded", "task_closed"
UNDO, ENDED = "undo", "ended"
PLACED = [
    "email",
    "sequence",  # that the operation enrolled them into; None: into none
    "mailbox",  # that they send from since
    "began",  # the step that they began at
    "paused",  # whether it enrolled them paused
    "home",  # the sequence that they may have run in before; None: in none
    "home_mailbox",  # where the operation tells it
    "until",  # when it had come to its end: what began later is somebody else's (UTC)
]


def left_of(placed: pd.DataFrame, history: pd.DataFrame, since: pd.Timestamp, held: "pd.Series[bool]") -> pd.DataFrame:
    """What is left of what an operation did to these contacts (columns PLACED), begun at `since`.

    `history` is what `Platform.history` tells of them since; who is `held` was paused by the undo itself. Columns, with
    the index of `placed`: `state` (`undo`; `email_sent`: an email was sent, or a step begun; `superseded`: somebody
    touched it, or something else began; `ended`: it is over), `detail`; `home`, `home_mailbox` (where they ran before
    and go back to; None: nowhere) and `paused` (bool: as they go back).
    """
    rows = placed.drop(columns="paused").rename(columns={"sequence": "ours", "mailbox": "from"})
    seen = rows.assign(row=placed.index).merge(history.drop(columns="since"), on="email")
    here = seen["sequence"].eq(seen["ours"]) & seen["mailbox"].eq(seen["from"])
    here &= ~seen["started_at"].gt(seen["until"] + SLACK)
    ours = seen[here].drop_duplicates("row", keep="last").set_index("row").reindex(placed.index)
    home = _homes(seen, since).reindex(placed.index)
    later = seen[seen["started_at"].gt(since + SLACK) & ~here]
    out = pd.DataFrame({"state": UNDO, "detail": ""}, index=placed.index)
    nowhere = placed["sequence"].isna()
    # Moved in its place, the enrollment is the one that they had before.
    in_place = placed["home"].eq(placed["sequence"]) & ours["started_at"].lt(since - SLACK)
    halted = ours["paused"].eq(True)
    _judge_running(out, ours, ~nowhere, halted.where(in_place, placed["paused"]) | held)
    elsewhere = out["state"].eq(UNDO) & out.index.isin(later["row"]) & nowhere
    out.loc[elsewhere, ["state", "detail"]] = [CHANGED, "was enrolled again since: left there"]
    lost = nowhere & home["mailbox"].isna() & ~elsewhere
    out.loc[lost, ["state", "detail"]] = [ENDED, "their enrollment ended for another reason"]
    mailbox = home["mailbox"].where(home["mailbox"].notna(), placed["home_mailbox"].where(in_place))
    paused = home["paused"].where(home["mailbox"].notna(), halted & ~held)
    return out.assign(
        home=placed["home"].where(mailbox.notna(), None).astype(object),
        home_mailbox=mailbox.astype(object),
        paused=paused.eq(True),
    )


def _judge_running(
    out: pd.DataFrame, ours: pd.DataFrame, meant: "pd.Series[bool]", expected: "pd.Series[bool]"
) -> None:
    """Judge those who are `meant` to run by our doing; `expected` is who is paused there if nobody touched it."""
    gone = meant & ours["email"].isna()
    ended = meant & ours["ended_at"].notna()
    runs = meant & ~gone & ~ended
    sent = runs & ours["steps_done"].fillna(0).ge(ours["began"].fillna(1).astype("float64"))
    touched = runs & ~sent & ours["paused"].eq(True).ne(expected.astype(bool))
    out.loc[gone, ["state", "detail"]] = [ENDED, "does not run from there any more"]
    out.loc[ended, "state"] = ENDED
    out.loc[ended, "detail"] = [
        f"ended {in_utc(at)} ({end})" for at, end in ours.loc[ended, ["ended_at", "end"]].itertuples(index=False)
    ]
    done = ours.loc[sent, "steps_done"]
    out.loc[sent, "state"] = SENT
    out.loc[sent, "detail"] = [f"step {int(step)} is done: what was sent cannot be taken back" for step in done]
    halted = ours["paused"].eq(True)
    out.loc[touched, "state"] = CHANGED
    out.loc[touched, "detail"] = np.where(halted[touched], "was paused since", "was resumed since")


def _homes(seen: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """The enrollment that each was taken out of, by row: `mailbox, paused`. Who answered, or was taken out by the
    platform for a reason that shows, was not."""
    left = seen["sequence"].eq(seen["home"]) & seen["ended_at"].ge(since - SLACK) & seen["end"].eq("canceled")
    before = left & ~seen["started_at"].gt(since + SLACK)
    return seen[before].drop_duplicates("row", keep="last").set_index("row")[["mailbox", "paused"]]


def tasks_left(handed: pd.DataFrame, tasks: pd.DataFrame, to_user: str) -> pd.DataFrame:
    """What can be taken back of tasks that were handed over to a user.

    `handed` has `item` (the task's number as text) and `assignee` (before); `tasks` as `Platform.tasks`. Columns
    `state` (`undo`, `task_closed`, `superseded`), `detail`, with the index of `handed`.
    """
    now = tasks.assign(item=tasks["task"].astype(str)).set_index("item").reindex(handed["item"]).set_axis(handed.index)
    out = pd.DataFrame({"state": UNDO, "detail": ""}, index=handed.index)
    moved = now["assignee"].ne(to_user)
    out.loc[moved, "state"] = CHANGED
    out.loc[moved, "detail"] = "with " + now.loc[moved, "assignee"].fillna("nobody").astype(str) + " now: left there"
    closed = ~now["status"].isin(OPEN)
    out.loc[closed, ["state", "detail"]] = [CLOSED, "the task is closed"]
    return out
