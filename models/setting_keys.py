"""The names of settings: `ruleset:NAME:FIELD`, `exclusion:NAME:exclude_from_sequences`, … (docs/interface.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from models.names import quoted

UNKNOWN = "unknown"
"""The value of a setting that cannot be read: never taken for on or off."""
# What to write instead, for the messages about a key that names no setting.
KEYS_ARE = (
    "Keys are ruleset:NAME:FIELD, exclusion:NAME:exclude_from_sequences, ruleset:NAME:exclusion:NAME"
    " and audience:NAME:exclusion:NAME"
)
RULESET_SETTINGS = "It has allow_same_sequence_reenrollment, block_reenrollment and task_assignment"
SettingKind = Literal["ruleset", "exclusion", "ruleset_exclusion", "audience_exclusion"]


def _encoded(name: str) -> str:
    return name.replace("%", "%25").replace(":", "%3A")


@dataclass(frozen=True, order=True)
class SettingKey:
    """One setting of a workspace. `owner` is the ruleset, exclusion or audience, `part` the field or the exclusion."""

    kind: SettingKind
    owner: str
    part: str

    def __str__(self) -> str:
        owner, part = _encoded(self.owner), _encoded(self.part)
        match self.kind:
            case "ruleset" | "exclusion":
                return f"{self.kind}:{owner}:{part}"
            case "ruleset_exclusion":
                return f"ruleset:{owner}:exclusion:{part}"
            case "audience_exclusion":
                return f"audience:{owner}:exclusion:{part}"

    @classmethod
    def parse(cls, text: str) -> "SettingKey":
        """The key that prints as `text`. Raises ValueError where none does."""
        match [unquote(word) for word in text.split(":")]:
            case ["ruleset", owner, "exclusion", part]:
                return cls("ruleset_exclusion", owner, part)
            case ["audience", owner, "exclusion", part]:
                return cls("audience_exclusion", owner, part)
            case ["ruleset", owner, part]:
                return cls("ruleset", owner, part)
            case ["exclusion", owner, "exclude_from_sequences"]:
                return cls("exclusion", owner, "exclude_from_sequences")
            case _:
                raise ValueError(f"'{text}' names no setting")


def joined(settings: Iterable[str]) -> str:
    """Settings, by their keys, in one cell; between two stands `;`. In a key `%` is encoded already."""
    return ";".join(quoted(setting).replace("%25", "%") for setting in settings)


def shown(value: object) -> str:
    """A setting's value as reports print it: `75 DAY`, `never` for null, `true`, `automatic ASSIGN_TO_SENDER, …`."""
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) and "unit" in value:
        return f"{value['value']} {value['unit']}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items() if part is not None)
    return str(value)
