"""Contacts who were paused when they fell out: they go back paused, in the same step, and the report says so."""

from datetime import datetime
from typing import Any

import pandas as pd

from tasks.operation import Operation

GOES_BACK_PAUSED = "goes back paused"
"""What marks such a contact in the journal: part of its detail until it has an outcome."""
STAYS_PAUSED = "is paused there until somebody resumes it"
NOT_PAUSED = "runs in the sequence, and could not be paused: pause it there now"


def goes_back_paused(contacts: pd.DataFrame) -> "pd.Series[bool]":
    """Which of these (as `journal.outcomes` gives them) are to be enrolled paused."""
    details = contacts["detail"].to_numpy(dtype=object)
    # Most contacts share a few details: each different one is looked into once.
    paused = {detail for detail in set(details) if isinstance(detail, str) and GOES_BACK_PAUSED in detail}
    return pd.Series([detail in paused for detail in details] if paused else False, index=contacts.index, dtype=bool)


def enroll(operation: Operation, contacts: pd.DataFrame) -> pd.DataFrame:
    """Enroll contacts directly, paused whoever is to be: see `Platform.enroll`."""
    wanted = contacts[["email", "sequence", "mailbox"]].assign(paused=goes_back_paused(contacts))
    return operation.platform.enroll(wanted)


def was_paused(operation: Operation, contacts: pd.DataFrame, sequence: str, now: datetime) -> "pd.Series[bool]":
    """Whether each of these contacts (column `email`) was paused when they were last out of a sequence, and would be
    still. Where the platform cannot tell: yes."""
    ever = contacts[["email"]].assign(since=pd.Series(pd.NaT, index=contacts.index, dtype="datetime64[ns, UTC]"))
    found = operation.platform.history(ever.reset_index(drop=True))
    ended = found[found["sequence"].eq(sequence) & found["ended_at"].notna()].sort_values("ended_at", kind="stable")
    last = ended.drop_duplicates("email", keep="last").set_index("email")
    halted = last["paused"].fillna(True).astype(bool) & ~last["paused_until"].le(now)
    return contacts["email"].map(halted).eq(True)


def pause_ours(operation: Operation, contacts: pd.DataFrame, came: pd.DataFrame, paused: "pd.Series[bool]") -> None:
    """Pause those that an earlier try enrolled and that are to be `paused`: it may have died before it paused them.

    `came` is what came of enrolling these contacts (`tasks/made_before.py`). Repeated: nothing happens.
    """
    late = came["came"].eq("ours") & came["ended_at"].isna() & paused
    if late.any():
        operation.platform.pause(contacts.loc[late, ["email"]].assign(sequence=came.loc[late, "sequence"]))


def pause_who_is_not(operation: Operation, contacts: pd.DataFrame, target: str, now: pd.DataFrame) -> pd.DataFrame:
    """Pause whoever of these runs there, is to be paused and is not: a run that died may have come no further.

    `now` is where they are (`Platform.read_back`, in the order of `contacts`); gives the same as it is afterwards.
    """
    late = now["step"].notna() & ~now["paused"].eq(True) & goes_back_paused(contacts)
    if not late.any():
        return now
    operation.platform.pause(contacts.loc[late, ["email"]].assign(sequence=target).astype(object))
    places = operation.platform.places(contacts["email"].tolist(), target).set_index("email")
    return now.assign(**{name: contacts["email"].map(places[name]) for name in ("mailbox", "step", "paused")})


def with_pauses(
    operation: Operation, contacts: pd.DataFrame, out: pd.DataFrame, paused: "pd.Series[Any]"
) -> pd.DataFrame:
    """Outcomes (`email, outcome, detail`, of these contacts in their order) with what is to be said of pauses; `paused`
    is whether they are now."""
    there = goes_back_paused(contacts) & out["outcome"].eq("enrolled")
    if not there.any():
        return out
    was = contacts["detail"].fillna("").str.extract(r"(was paused[^;]*)")[0].fillna("was paused")
    good, bad = there & paused.eq(True), there & ~paused.eq(True)
    out.loc[good, "detail"] += "; " + was[good] + ", " + STAYS_PAUSED
    out.loc[bad, "outcome"], out.loc[bad, "detail"] = "failed", NOT_PAUSED
    if bad.any():
        line = f"enrolled, and not paused as they were: {', '.join(out.loc[bad, 'email'])}. Pause them there now"
        operation.add_next(line)
    return out
