"""Loans that this process took and has not seen come back: known even while the journal itself does not answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.setting_keys import SettingKey
from models.setting_words import in_words, value_in_words
from models.tables.journal import LoanRow
from models.wording import in_utc


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
    was, set_to = value_in_words(loan.was), value_in_words(loan.set_to)
    return f"{in_words(loan.setting)}: was {was}, set to {set_to}, due {in_utc(loan.deadline)}"


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
