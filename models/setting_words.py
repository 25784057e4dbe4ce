"""Settings and their values in plain words, the same wherever people read of them; keys are for JSON and for commands.

`how long contacts wait before they may be enrolled again, in the ruleset 'Default'`, and `75 days`.
"""

from collections.abc import Iterable
from typing import Any

from models.setting_keys import SettingKey, shown

_FIELDS = {
    "block_reenrollment": "how long contacts wait before they may be enrolled again",
    "allow_same_sequence_reenrollment": "whether contacts may go back into the same sequence",
    "task_assignment": "who gets the tasks",
}


def in_words(setting: str) -> str:
    """What a setting decides; the key itself where it is none that is known."""
    try:
        key = SettingKey.parse(setting)
    except ValueError:
        return setting
    if key.kind == "ruleset":
        decides = _FIELDS.get(key.part, f"the {key.part.replace('_', ' ')}")
        return f"{decides}, in the ruleset '{key.owner}'"
    if key.kind == "exclusion":
        return f"whether the exclusion '{key.owner}' keeps contacts out of all sequences"
    where = "ruleset" if key.kind == "ruleset_exclusion" else "audience"
    return f"whether the exclusion '{key.part}' acts in the {where} '{key.owner}'"


def all_in_words(settings: Iterable[str]) -> str:
    """What several settings decide, joined by `; and `: there are commas in each."""
    return "; and ".join(map(in_words, settings))


def value_in_words(value: Any) -> str:
    """A setting's value: `75 days`, `on`, `never again`."""
    return printed_in_words(shown(value))


def printed_in_words(value: str) -> str:
    """The same of a value as JSON prints it: `75 DAY` as `75 days`, `true` as `on`; anything else as it is."""
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


# What became of a setting that was on loan, before the value that it had.
RETURNED = {
    "returned": "given back:",
    "superseded": "somebody set another value meanwhile, which was left alone; it was",
    "unknown": "not known to be given back; it was",
    "overdue": "not given back by now; it was",
}


def left_so(setting: str, state: str, was: str) -> str:
    """What a person has to do about a setting that was not given back as it was."""
    return f"{in_words(setting)}: {RETURNED[state]} {was}, set it back by hand if that is still wanted"
