"""What happened to contacts between the plan that is to enroll them and the enrolling: those to leave as they are now.

An approval and the wait for a setting lie in between, an hour or days. The platform's history since the plan shows who
answered, who began elsewhere, and, of those who are to be taken out of a sequence, who is paused in it or has left it.
Pure.
"""

import pandas as pd

from models.rules.since import ANSWERED

ENROLLMENT = ["sequence", "mailbox", "steps_done", "started_at", "ended_at", "end"]
ORDER = ("answered", "elsewhere", "paused", "left", "began")


def left_as_they_are(
    contacts: pd.DataFrame, history: pd.DataFrame, planned_at: pd.Timestamp, takes_from: str | None
) -> pd.DataFrame:
    """Who of contacts (columns `email, sequence`: the target) is not to be enrolled any more, by their index.

    `history` is that of `Platform.history` since `planned_at` (UTC). `takes_from` is the sequence that they ran in then
    and are to be taken out of. Columns `what` and, of the enrollment that tells it, ENROLLMENT. `what` is the first
    that holds:

    - `answered`: a reply or a bounce since, in whatever sequence;
    - `elsewhere`: they run, neither in the target nor in `takes_from`;
    - `paused`: they are paused in `takes_from`, or the platform cannot tell: who is taken over by a play's run goes on;
    - `left`: they run in `takes_from` no more, nor in the target;
    - `began`: something began since, in whatever sequence, and has ended.

    Who runs in the target is there already, and is not in it.
    """
    wanted = contacts[["email", "sequence"]].rename(columns={"sequence": "target"}).assign(row=contacts.index)
    rows = wanted.merge(history, on="email")
    runs = rows["ended_at"].isna()
    there = runs & rows["sequence"].eq(rows["target"])
    of_source = rows["sequence"].eq(takes_from or "")
    source = runs & of_source
    stays = rows["row"].isin(rows.loc[there | source, "row"])
    found = {
        "answered": rows["end"].isin(ANSWERED),
        "elsewhere": runs & ~there & ~source,
        "paused": source & rows["paused"].fillna(True).astype(bool),
        "left": of_source & ~stays,
        "began": ~runs & rows["started_at"].ge(planned_at) & ~stays,
    }
    parts = [rows[holds & ~rows["row"].isin(rows.loc[there, "row"])].assign(what=what) for what, holds in found.items()]
    every = pd.concat(parts, ignore_index=True)
    every = every.assign(rank=every["what"].map({what: at for at, what in enumerate(ORDER)}))
    # Of several of a kind the latest tells it.
    latest = every.sort_values(["rank", "started_at"], ascending=[True, False], kind="stable").drop_duplicates("row")
    return latest.set_index("row")[["what", *ENROLLMENT]].reindex(contacts.index[contacts.index.isin(latest["row"])])
