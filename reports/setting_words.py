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
_FIELDS = {
    "block_reenrollment": "How long contacts wait before they may be enrolled again",
    "allow_same_sequence_reenrollment": "Whether contacts may go back into the same sequence",
    "task_assignment": "Who gets the tasks",
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
        about=clean(about(loan.setting)),
        was=clean(value_in_words(loan.was)),
        set_to=clean(value_in_words(loan.set_to)),
        was_raw=clean(loan.was),
        set_to_raw=clean(loan.set_to),
        state=state,
        returned=loan.state == "returned",
        remedy=remedy,
    )


def about(setting: str) -> str:
    """What a setting decides; the key itself where it is none that is known."""
    try:
        key = SettingKey.parse(setting)
    except ValueError:
        return setting
    if key.kind == "ruleset":
        decides = _FIELDS.get(key.part, f"The {key.part.replace('_', ' ')}")
        return f"{decides}, in the ruleset '{key.owner}'"
    if key.kind == "exclusion":
        return f"Whether the exclusion '{key.owner}' keeps contacts out of all sequences"
    where = "ruleset" if key.kind == "ruleset_exclusion" else "audience"
    return f"Whether the exclusion '{key.part}' acts in the {where} '{key.owner}'"


def value_in_words(value: str) -> str:
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
