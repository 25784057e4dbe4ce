"""Settings and loans in plain words."""

from dataclasses import dataclass

from models.report import ReportedLoan
from models.setting_keys import SettingKey
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
class LoanTold:
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


def loan_told(loan: ReportedLoan) -> LoanTold:
    """A reported loan in plain words."""
    state, remedy = _STATES[loan.state]
    return LoanTold(
        setting=clean(loan.setting), about=clean(about(loan.setting)), was=clean(value_told(loan.was)),
        set_to=clean(value_told(loan.set_to)), was_raw=clean(loan.was), set_to_raw=clean(loan.set_to),
        state=state, returned=loan.state == "returned", remedy=remedy,
    )  # fmt: skip


def about(setting: str) -> str:
    """What a setting decides; the key itself where it is none that is known."""
    try:
        key = SettingKey.parse(setting)
    except ValueError:
        return setting
    match key.kind, key.part:
        case "ruleset", "block_reenrollment":
            return f"How long contacts wait before they may be enrolled again, in the ruleset '{key.owner}'"
        case "ruleset", "allow_same_sequence_reenrollment":
            return f"Whether contacts may go back into the same sequence, in the ruleset '{key.owner}'"
        case "ruleset", part:
            return f"The {part.replace('_', ' ')} of the ruleset '{key.owner}'"
        case "exclusion", _:
            return f"Whether the exclusion '{key.owner}' keeps contacts out of all sequences"
        case "ruleset_exclusion", part:
            return f"Whether the exclusion '{part}' acts in the ruleset '{key.owner}'"
        case _, part:
            return f"Whether the exclusion '{part}' acts in the audience '{key.owner}'"


def value_told(value: str) -> str:
    """`75 DAY` as `75 days`, `true` as `on`; anything else as it is."""
    match value.split(" "):
        case ["true"]:
            return "on"
        case ["false"]:
            return "off"
        case ["never"]:
            return "never again"
        case [number, "MINUTE" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "YEAR" as unit] if number.isdigit():
            return f"{number} {unit.lower()}" + ("" if number == "1" else "s")
        case _:
            return value
