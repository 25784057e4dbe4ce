"""Loans that this process took and has not seen come back: known even while the journal itself does not answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.setting_keys import SettingKey, shown
from models.tables.journal import LoanRow


@dataclass(frozen=True)
class Lent:
    """A setting that is out, and the operation that took it."""

    operation_id: str
    setting: SettingKey
    was: Any
    set_to: Any
    deadline: datetime

    def __str__(self) -> str:
        return as_line(self)


def as_line(loan: Lent | LoanRow) -> str:
    """A loan for people: its setting, values and deadline."""
    due = f"{loan.deadline:%Y-%m-%d %H:%M}Z"
    return f"{loan.setting}, was {shown(loan.was)}, set to {shown(loan.set_to)}, due {due}"


_lent: dict[tuple[object, int], Lent] = {}  # by journal and the number of the loan


def note_taken(journal_url: object, loan: LoanRow, operation_id: str) -> None:
    """Remember a loan. Repeated: as it is now."""
    lent = Lent(operation_id, loan.setting, loan.was, loan.set_to, loan.deadline)
    _lent[journal_url, loan.id or 0] = lent


def note_back(journal_url: object, loan_id: int) -> None:
    """It was given back, or others hold it, who will."""
    _lent.pop((journal_url, loan_id), None)


def lent(journal_url: object) -> list[Lent]:
    """What is out as far as this process knows, in the order in which it was taken."""
    return [one for (journal, _), one in _lent.items() if journal == journal_url]
