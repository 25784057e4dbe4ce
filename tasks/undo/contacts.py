"""The contacts of an operation that is undone: what is left of what it did to them, and what it takes to go back."""

from collections.abc import Collection
from datetime import timedelta

import pandas as pd

from models.names import NONE
from models.names_in_frames import one_each
from models.rules.eligibility import with_procedures_own
from models.rules.reenrollment import count_needs, judge
from models.rules.sending import Senders
from models.rules.undoing import CHANGED, CLOSED, SENT, UNDO, left_of
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from tasks.operation import Operation
from tasks.settings_in_force import lasting_settings

BLOCKED = (SENT, CHANGED, CLOSED)
"""The states that are reasons; contacts whose enrollment is over are unchanged."""


def left_of_contacts(
    operation: Operation, undone: OperationRow, placed: pd.DataFrame, held: Collection[str] = ()
) -> pd.DataFrame:
    """What is left of these contacts (PLACED) as of now: `email, sequence, mailbox` and the columns of `left_of`. Who
    is `held` was paused by this undo."""
    since = pd.Timestamp(undone.started_at)
    request = placed[["email"]].assign(since=since).drop_duplicates("email").reset_index(drop=True)
    left = left_of(placed, operation.platform.history(request), since, placed["email"].isin(held))
    return placed[["email", "sequence", "mailbox"]].join(left)


def outcome_of(left: pd.DataFrame) -> pd.DataFrame:
    """The outcomes of contacts of which nothing can be taken back: `email, outcome, reasons, detail`."""
    kept = left[left["state"].ne(UNDO)]
    blocked = kept["state"].isin(BLOCKED)
    return kept[["email", "detail"]].assign(
        outcome=blocked.map({True: "blocked", False: "unchanged"}),
        reasons=one_each(kept["state"].where(blocked)),
    )


def judged(operation: Operation, left: pd.DataFrame) -> tuple[pd.DataFrame, dict[SettingKey, int]]:
    """The forecasts of contacts, as the journal takes them (with `source`: which sequence they are taken out of), and
    which settings it takes that they are let in where they were, and for how many."""
    out = left[["email", "sequence", "mailbox", "detail"]].assign(
        source=left["sequence"], forecast="unenrolled", forecast_reasons=NONE, step=None, play=None
    )
    kept = outcome_of(left)
    out.loc[kept.index, ["forecast", "forecast_reasons"]] = kept[["outcome", "reasons"]].to_numpy()
    out["sequence"] = out["sequence"].where(out["sequence"].notna(), left["home"])
    back = left["state"].eq(UNDO) & left["home"].notna()
    if not back.any():
        return out, {}
    facts, verdict = _as_let_in(operation, left[back], "home", "home_mailbox")
    refused = verdict.index[verdict["reasons_lifted"].ne(NONE)]
    out.loc[back, ["sequence", "mailbox"]] = left.loc[back, ["home", "home_mailbox"]].to_numpy()
    out.loc[back, "forecast"] = "enrolled"
    out.loc[back, "step"] = (facts["resumes_after"].fillna(0).astype("int64") + 1).astype(object)
    paused = left.loc[back, "paused"].map({True: ", goes back paused", False: ""})
    out.loc[back, "detail"] = "goes back where it was" + paused
    out.loc[refused, "forecast"], out.loc[refused, "detail"] = "blocked", "would not be let in where it was: left there"
    out.loc[refused, "forecast_reasons"] = verdict.loc[refused, "reasons_lifted"]
    needed = dict(count_needs(facts.drop(refused), verdict.drop(refused)))
    away = left[back].drop(refused)
    away = away[away["sequence"].notna()]
    if len(away):  # who is refused there has to be let in again where they are now
        there, again = _as_let_in(operation, away, "sequence", "mailbox")
        for setting, number in count_needs(there, again).items():
            needed[setting] = max(needed.get(setting, 0), number)
    return out, needed


def _as_let_in(
    operation: Operation, contacts: pd.DataFrame, sequence: str, mailbox: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The facts of contacts for these columns' sequence, as they are right after they were taken out of where they run;
    and what stands against each then."""
    asked = pd.DataFrame({"email": contacts["email"], "sequence": contacts[sequence]}).reset_index(drop=True)
    facts = operation.platform.facts(asked).set_index(contacts.index)
    able = Senders.of(operation.platform.mailboxes(), tuple(contacts[mailbox].dropna().unique())).able
    now = operation.now()
    out = facts.assign(
        running_in=None,
        been_here=True,
        last_ended=pd.Timestamp(now),
        mailbox_ok=contacts[mailbox].isin(able),
    )
    verdict = judge(out, lasting_settings(operation).acting, timedelta(0), now)
    return out, verdict.assign(reasons_lifted=with_procedures_own(verdict["reasons_lifted"], out))
