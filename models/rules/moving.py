"""What it takes to move people from the sequence they run in, the source, to another one, and what becomes of each.

There are two ways (C10). By the settings, as the help article tells it: the source's ruleset lets them leave, and a
play's run takes them over in one go (R21 to R24). Or they are unenrolled first and then enrolled: that always works,
but the end of the one is a recent end to the other (R26), and should the target then refuse somebody, the way back into
the source is a re-enrollment too (R12, R26). Pure: the time comes in as an argument.

Contacts are rows of `Platform.facts` for the target. Whoever runs nowhere is judged as well: a move that stopped
between its two halves left them so. Whoever runs in a third sequence stays there: nobody wants that move.
"""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from models.names import NONE
from models.names_in_frames import holding
from models.rules.eligibility import reasons, taken_over, with_procedures_own
from models.rules.reenrollment import judge, lifted
from models.setting_keys import SettingKey

SAME, BLOCK = "allow_same_sequence_reenrollment", "block_reenrollment"
# Each need, whose ruleset the setting is in (a column of the facts), and which of its fields.
NEEDS = (
    ("needs_leave", "running_ruleset", BLOCK),
    ("needs_same", "ruleset", SAME),
    ("needs_block", "ruleset", BLOCK),
    ("back_same", "running_ruleset", SAME),
    ("back_block", "running_ruleset", BLOCK),
)


def by_settings(
    facts: pd.DataFrame, settings: pd.DataFrame, source: str, waiting: timedelta, now: datetime, mailboxes: list[str]
) -> pd.DataFrame:
    """A forecast for each contact, moved by a play's run once the settings are lifted; `mailboxes` can send.

    Columns `forecast` (enrolled, blocked or unchanged), `forecast_reasons` (what blocks; for who is enrolled, what
    stood against it before the settings were lifted), `step`, `leaves` (runs in the source and is taken out of it);
    which settings it needs: `needs_leave` (the source's `block_reenrollment`), `needs_same`, `needs_block` (the
    target's options); `way_back` (of whoever leaves: would the source take it again, should the target refuse?), and
    what that would need: `back_same`, `back_block`. This way nobody needs a way back: it is done wholly or not at all.
    """
    facts = facts.assign(mailbox_ok=bool(mailboxes))
    # Only out of the source: of a third sequence no ruleset lets anybody leave.
    ours = facts.assign(running_ruleset=facts["running_ruleset"].where(_runs_in(facts, source)).astype(object))
    at_present = reasons(ours, settings, now, moves=True)
    outlook = _judged(facts, source, at_present, reasons(ours, lifted(settings, waiting), now, moves=True))
    enrolled = outlook["forecast"].eq("enrolled")
    outlook["needs_leave"] = outlook["leaves"] & ~taken_over(ours, settings, now)
    outlook["needs_same"] = enrolled & holding(at_present, "already_sequenced")
    outlook["needs_block"] = enrolled & holding(at_present, "never_again", "recently_enrolled")
    return outlook.assign(way_back=outlook["leaves"], back_same=False, back_block=False)


def unenrolling_first(
    facts: pd.DataFrame,
    back: pd.DataFrame,
    settings: pd.DataFrame,
    source: str,
    waiting: timedelta,
    now: datetime,
    mailboxes: list[str],
) -> pd.DataFrame:
    """A forecast for each contact, unenrolled from the source and then enrolled, once the settings are lifted.

    `back` are the same contacts' facts for the source. Columns as of `by_settings`; `needs_leave` is never needed here.
    With a `waiting` period whoever has completed a step is blocked as `recently_enrolled`: nobody is to be taken out
    without being taken in.
    """
    judged = judge(_once_unenrolled(facts, source, now).assign(mailbox_ok=bool(mailboxes)), settings, waiting, now)
    outlook = _judged(facts, source, judged["reasons_now"], judged["reasons_lifted"])
    enrolled = outlook["forecast"].eq("enrolled")
    home = judge(_once_unenrolled(back, source, now), settings, timedelta(0), now)
    return outlook.assign(
        needs_leave=False,
        needs_same=enrolled & judged["needs_same"],
        needs_block=enrolled & judged["needs_block"],
        way_back=outlook["leaves"] & home["reasons_lifted"].eq(NONE),
        back_same=outlook["leaves"] & home["needs_same"],
        back_block=outlook["leaves"] & home["needs_block"],
    )


def settings_to_lift(facts: pd.DataFrame, outlook: pd.DataFrame) -> dict[SettingKey, int]:
    """How many contacts need each setting, by its key. Source and target may share a ruleset: nobody counts twice."""
    counts: dict[SettingKey, int] = {}
    rulesets = pd.concat([facts["ruleset"], facts["running_ruleset"]]).dropna().unique()
    for ruleset in sorted(rulesets):
        for field in (SAME, BLOCK):
            needed = pd.Series(False, index=facts.index)
            for need, whose, which in NEEDS:
                if which == field:
                    needed |= outlook[need] & facts[whose].eq(ruleset)
            if needed.any():
                counts[SettingKey.ruleset(str(ruleset), field)] = int(needed.sum())
    return counts


def _runs_in(facts: pd.DataFrame, sequence: str) -> "pd.Series[bool]":
    return facts["running_in"].eq(sequence).fillna(False).astype(bool)


def _once_unenrolled(facts: pd.DataFrame, source: str, now: datetime) -> pd.DataFrame:
    """The facts as they are right after whoever runs in the source was taken out of it."""
    out, ours = facts.copy(), _runs_in(facts, source)
    out["running_in"] = out["running_in"].astype(object).mask(ours, None)
    out["last_ended"] = out["last_ended"].mask(ours, pd.Timestamp(now))
    return out


def _judged(
    facts: pd.DataFrame, source: str, at_present: "pd.Series[Any]", afterwards: "pd.Series[Any]"
) -> pd.DataFrame:
    """The forecast with its reasons, without the needs."""
    afterwards = with_procedures_own(afterwards, facts)
    out = pd.DataFrame(
        {
            "forecast": "enrolled",
            "forecast_reasons": at_present,
            "step": facts["resumes_after"].fillna(0).astype("int64") + 1,
        }
    )
    out.loc[afterwards.ne(NONE), "forecast"] = "blocked"
    out.loc[afterwards.ne(NONE), "forecast_reasons"] = afterwards[afterwards.ne(NONE)]
    there = facts["running_in"].eq(facts["sequence"]).fillna(False).astype(bool)
    out.loc[there, "forecast"], out.loc[there, "forecast_reasons"] = "unchanged", NONE
    out["leaves"] = out["forecast"].eq("enrolled") & _runs_in(facts, source)
    return out
