"""Loans in plain words (`models/setting_words.py` has those of settings)."""

from dataclasses import dataclass

from models.report import ReportedLoan
from models.setting_words import in_words, printed_in_words
from models.wording import capitalized
from reports.phrases import clean

_STATES = {
    "open": ("still borrowed", "It has the borrowed value now, and is given back when the operation ends."),
    "returned": ("given back", ""),
    "superseded": (
        "changed by somebody else",
        "Somebody set another value meanwhile, which was left alone. Check that it is the one that is wanted.",
    ),
    "unknown": (
        "not known",
        "It could not be read back. Look at it in the platform, and set it back by hand where it differs.",
    ),
    "overdue": ("overdue", "It should have been given back by now. `handoff restore` gives it back."),
}


@dataclass(frozen=True)
class LoanInWords:
    """A loan for people: `about` says what the setting decides; `remedy` is empty where it was given back."""

    setting: str
    about: str
    was: str
    set_to: str
    was_raw: str
    set_to_raw: str
    state: str
    returned: bool
    remedy: str


def loan_in_words(loan: ReportedLoan) -> LoanInWords:
    """A reported loan in plain words."""
    state, remedy = _STATES[loan.state]
    return LoanInWords(
        setting=clean(loan.setting),
        about=about(loan.setting),
        was=printed(loan.was),
        set_to=printed(loan.set_to),
        was_raw=clean(loan.was),
        set_to_raw=clean(loan.set_to),
        state=state,
        returned=loan.state == "returned",
        remedy=remedy,
    )


def about(setting: str) -> str:
    """What a setting decides, as the beginning of a sentence; the key itself where it is none that is known."""
    words = in_words(setting)
    return clean(words if words == setting else capitalized(words))


def printed(value: str) -> str:
    """A value of a setting, as it is printed, in words."""
    return clean(printed_in_words(value))
