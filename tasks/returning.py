"""Setting a borrowed setting back to what it was: by the platform, or known to be done by a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from journal import changes, loans
from journal.database import Journal
from models.changes import SetSetting, of_json, plain
from models.errors import HandoffError, Hidden, NeedsPerson, NoSuchName
from models.rules.by_hand import step_for
from models.rules.keeping_out import exclusion_of, guards
from models.rules.loans import how_to_return
from models.setting_keys import UNKNOWN
from models.setting_words import in_words
from models.tables.journal import LoanRow
from platforms.port import Platform

PERHAPS = (
    "first look whether it was changed at all: a run asked for that, and nobody said what came of it;"
    " if it was not, leave it as it is"
)


class ByHand(NeedsPerson):
    """A setting that a person has to give back: the change, the key under which it is kept once it is made, and what
    they have to do `first`."""

    def __init__(self, loan: LoanRow, change: SetSetting, hidden: frozenset[str], first: tuple[str, ...] = ()) -> None:
        told = "".join(f"{line}; " for line in first)
        super().__init__(
            f"a person has to give a setting back: {in_words(change.setting)}: {told}{step_for(change, hidden)}"
        )
        self.loan_id, self.key, self.change, self.first = loan.id or 0, key_of_return(loan), change, first


class StaysOn(HandoffError):
    """A shield that may not be given back yet: the exclusion that it stands in for does not act."""


NotYet = ByHand | StaysOn
ACTS_WITHIN = timedelta(minutes=45)  # R51: the latest at which an exclusion that was turned on acts


def parted(refusals: Iterable[HandoffError]) -> tuple[list[NotYet], list[HandoffError]]:
    """What is left to a person or has to wait, and what went wrong."""
    told = list(refusals)
    return [one for one in told if isinstance(one, NotYet)], [one for one in told if not isinstance(one, NotYet)]


def is_shield(loan: LoanRow) -> bool:
    """Whether it is an audience's toggle that was turned on to keep people out."""
    return loan.set_to is True and loan.setting.kind == "audience_exclusion"


def stays_on(journal: Journal, platform: Platform, loan: LoanRow) -> StaysOn | None:
    """Why an audience's toggle that was turned on may not be turned off yet; None: it may.

    It keeps out whom an exclusion would let in, as long as one of that exclusion's toggles is out on loan, or is on
    again and does not act yet (R33, R51): published plays would take in whom nobody approved (R44).
    """
    if not is_shield(loan):
        return None
    out = [one for one in loans.open_loans(journal, loan.workspace) if exclusion_of(one.setting)]
    coming = [change.key for change in platform.pending() if change.value is True]
    if not guards(loan.setting, [*(one.setting for one in out), *coming]):
        return None
    return StaysOn(
        f"the toggle of '{loan.setting.part}' in the audience '{loan.setting.owner}' stays on until"
        f" '{loan.setting.part}' acts again (15 to 45 minutes after it is given back, R51)"
    )


def due_when_it_acts(journal: Journal, platform: Platform, loan: LoanRow) -> None:
    """Put a shield's deadline off until the exclusion that it stands in for can have come back and act."""
    out = [one.deadline for one in loans.open_loans(journal, loan.workspace) if exclusion_of(one.setting)]
    acts_by = max([platform.now(), *out]) + ACTS_WITHIN
    loans.amend(journal, loan.id or 0, deadline=max(loan.deadline, acts_by))


@dataclass(frozen=True)
class Said:
    """What people said that they did about a loan: how it was changed, whether somebody was once asked to and said
    nothing (`perhaps`), and whether it was given back."""

    changed: list[dict[str, Any]]
    perhaps: bool
    given_back: bool

    @classmethod
    def of(cls, journal: Journal, loan: LoanRow) -> "Said":
        """As the journal has it."""
        borrowing = f"borrow:{loan.setting}:{loan.id}:"
        changed = changes.results_under(journal, borrowing)
        perhaps = changes.perhaps_under(journal, borrowing) or any(result.get("asked_before") for result in changed)
        return cls(changed, perhaps, bool(changes.results_under(journal, key_of_return(loan))))


def restored(platform: Platform, said: Said, loan: LoanRow) -> str:
    """Set the original value again, unless somebody chose another since; give the state that is then true.

    Raises ByHand where a person has to, and nobody said yet that it is done; and as the platform does where it cannot
    be read: then the loan is still out.
    """
    try:
        current = platform.setting(loan.setting)
    except Hidden:
        return _unseen(platform, said, loan)
    except NoSuchName:
        return "unknown"  # there is no such setting any more
    match how_to_return(loan.was, loan.set_to, current):
        case "superseded":
            return "superseded"
        case "give_back" if platform.supports(SetSetting):
            platform.apply(SetSetting(setting=loan.setting, value=of_json(loan.was)))
        case "give_back":
            raise _by_hand(platform, loan, loan.was)
    return "returned" if platform.setting(loan.setting) == plain(of_json(loan.was)) else "unknown"


def _unseen(platform: Platform, said: Said, loan: LoanRow) -> str:
    """The state of a setting that the platform does not show: what people said that they did."""
    was = loan.was
    if was == UNKNOWN:  # the run ended between the answer and writing it down
        told = [result["it_was"] for result in said.changed if result.get("it_was")]
        was = told[0] == "on" if told else UNKNOWN
    if said.given_back or not (said.changed or said.perhaps):
        return "returned"
    if said.perhaps and was in (UNKNOWN, loan.set_to):  # who was asked again may have seen what they had done before
        raise _by_hand(platform, loan, not loan.set_to, (PERHAPS,))  # what cannot be seen is a toggle
    if was == loan.set_to:
        return "returned"
    if was == UNKNOWN:
        return "unknown"
    raise _by_hand(platform, loan, was)


def _by_hand(platform: Platform, loan: LoanRow, was: Any, first: tuple[str, ...] = ()) -> ByHand:
    return ByHand(loan, SetSetting(setting=loan.setting, value=of_json(was)), platform.hidden, first)


def key_of_return(loan: LoanRow) -> str:
    """Under which key it is kept that a person gives a loan back."""
    return f"give_back:{loan.setting}:{loan.id}:{loan.reopened}:"
