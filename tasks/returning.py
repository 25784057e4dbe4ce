"""Setting a borrowed setting back to what it was: by the platform, or known to be done by a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from journal import changes
from journal.database import Journal
from models.changes import SetSetting, of_json, plain
from models.errors import HandoffError, Hidden, NeedsPerson, Unreachable
from models.rules.by_hand import step_for
from models.rules.loans import how_to_return
from models.setting_keys import UNKNOWN, SettingKey
from models.tables.journal import LoanRow
from platforms.port import Platform


class ByHand(NeedsPerson):
    """A setting that a person has to give back: the change, and the key under which it is kept once it is made."""

    def __init__(self, loan: LoanRow, change: SetSetting, hidden: frozenset[str]) -> None:
        super().__init__(f"{change.setting} has to be given back by a person: {step_for(change, hidden)}")
        self.loan_id, self.key, self.change = loan.id or 0, _key(loan), change


def parted(refusals: Iterable[HandoffError]) -> tuple[list[ByHand], list[HandoffError]]:
    """What is left to a person, and what went wrong."""
    told = list(refusals)
    return [one for one in told if isinstance(one, ByHand)], [one for one in told if not isinstance(one, ByHand)]


@dataclass(frozen=True)
class Said:
    """What people said that they did about a loan: how it was changed, and whether it was given back."""

    changed: list[dict[str, Any]]
    given_back: bool

    @classmethod
    def of(cls, journal: Journal, loan: LoanRow) -> "Said":
        """As the journal has it."""
        changed = changes.results_under(journal, f"borrow:{loan.setting}:{loan.id}:")
        return cls(changed, bool(changes.results_under(journal, _key(loan))))


def restored(platform: Platform, said: Said, loan: LoanRow) -> str:
    """Set the original value again, unless somebody chose another since; give the state that is then true.

    Raises ByHand where a person has to, and nobody said yet that it is done.
    """
    key = SettingKey.parse(loan.setting)
    try:
        current = platform.setting(key)
    except Unreachable:
        raise
    except Hidden:
        return _unseen(platform, said, loan)
    except HandoffError:
        return "unknown"
    match how_to_return(loan.was, loan.set_to, current):
        case "superseded":
            return "superseded"
        case "give_back" if platform.supports(SetSetting):
            platform.apply(SetSetting(setting=loan.setting, value=of_json(loan.was)))
        case "give_back":
            raise _by_hand(platform, loan, loan.was)
    return "returned" if platform.setting(key) == plain(of_json(loan.was)) else "unknown"


def _unseen(platform: Platform, said: Said, loan: LoanRow) -> str:
    """The state of a setting that the platform does not show: what people said that they did."""
    was = loan.was
    if was == UNKNOWN:  # the run ended between the answer and writing it down
        told = [result["it_was"] for result in said.changed if result.get("it_was")]
        was = told[0] == "on" if told else UNKNOWN
    if not said.changed or said.given_back or was == loan.set_to:
        return "returned"
    if was == UNKNOWN:
        return "unknown"
    raise _by_hand(platform, loan, was)


def _by_hand(platform: Platform, loan: LoanRow, was: Any) -> ByHand:
    return ByHand(loan, SetSetting(setting=loan.setting, value=of_json(was)), platform.hidden)


def _key(loan: LoanRow) -> str:
    return f"give_back:{loan.setting}:{loan.id}:{loan.reopened}:"
