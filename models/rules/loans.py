"""Whether a borrowed setting may be given back, and when it has to be."""

from datetime import datetime
from typing import Any, Literal

from models.setting_keys import SettingKey
from models.wording import in_utc

Return = Literal["give_back", "already_back", "superseded"]


def how_to_return(was: Any, set_to: Any, current: Any) -> Return:
    """What to do with a loan, given the value that is set now.

    Somebody who chose another value meanwhile keeps it (`superseded`); a change that never landed needs nothing.
    """
    if current == was:
        return "already_back"
    return "give_back" if current == set_to else "superseded"


def why_due(
    setting: SettingKey, deadline: datetime, now: datetime, *, ended: bool, silent_since: datetime | None, running: int
) -> str | None:
    """Why one holder's share of a loan is due, in words; None: it is not.

    `silent_since` is when the holder had promised a sign of life that it did not give (our time). `running` is how
    many run only because the loan is out. An exclusion under which people run goes back by force at its deadline
    alone, since giving it back early removes them from their sequences (R62).
    """
    if ended:
        return "its operation has ended"
    if deadline < now:
        return f"its deadline, {in_utc(deadline)}, has passed"
    lifted_exclusion = setting.kind in ("exclusion", "ruleset_exclusion")
    if silent_since is not None and not (lifted_exclusion and running):
        return f"its operation promised a sign of life by {in_utc(silent_since)} and gave none"
    return None
