"""What becomes of each contact of a re-enrollment, given what stands against it."""

from datetime import timedelta
from typing import Any

import pandas as pd

from models.names import NONE
from models.rules.eligibility import with_procedures_own
from models.rules.reenrollment import judge


def forecast(
    contacts: pd.DataFrame,
    facts: pd.DataFrame,
    settings: pd.DataFrame,
    waiting: timedelta,
    now: Any,
    mailboxes: list[str],
) -> pd.DataFrame:
    """A forecast for each contact. `contacts` has `fell_at`; `facts` are in the same order; `mailboxes` can send.

    Columns `forecast` (enrolled, blocked or unchanged), `forecast_reasons` (what blocks; for who is enrolled, what
    stood against before the settings were lifted), `step`, `needs_same`, `needs_block`.
    """
    judged = judge(facts.assign(mailbox_ok=bool(mailboxes)), settings, waiting, now)
    back = facts["running_in"].eq(facts["sequence"]).fillna(False)
    back |= (facts["last_started_here"] > contacts["fell_at"]).fillna(False)
    blocked = with_procedures_own(judged["reasons_lifted"], facts)
    out = pd.DataFrame(
        {
            "forecast": "enrolled",
            "forecast_reasons": judged["reasons_now"],
            "step": facts["resumes_after"].fillna(0).astype("int64") + 1,
            "needs_same": judged["needs_same"],
            "needs_block": judged["needs_block"],
        }
    )
    out.loc[blocked.ne(NONE), "forecast"] = "blocked"
    out.loc[blocked.ne(NONE), "forecast_reasons"] = blocked[blocked.ne(NONE)]
    out.loc[back, "forecast"] = "unchanged"
    out.loc[back, "forecast_reasons"] = NONE
    out.loc[out["forecast"].ne("enrolled"), ["needs_same", "needs_block"]] = False
    return out
