"""The names of settings: `ruleset:NAME:FIELD`, `exclusion:NAME:exclude_from_sequences`, … (docs/interface.md)."""

from collections.abc import Iterable
from typing import Any, Literal, Self
from urllib.parse import unquote

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from models.errors import InvalidInput
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
# How a key of each kind is printed.
_PRINTED: dict[SettingKind, str] = {
    "ruleset": "ruleset:{owner}:{part}",
    "exclusion": "exclusion:{owner}:{part}",
    "ruleset_exclusion": "ruleset:{owner}:exclusion:{part}",
    "audience_exclusion": "audience:{owner}:exclusion:{part}",
}


def _encoded(name: str) -> str:
    return name.replace("%", "%25").replace(":", "%3A")


class SettingKey(str):
    """One setting of a workspace. `owner` is the ruleset, exclusion or audience, `part` the field or the exclusion.

    It is the text that it prints as, so that plans, journals and reports keep it, compare it and sort it as such.
    """

    kind: SettingKind
    owner: str
    part: str

    def __new__(cls, kind: SettingKind, owner: str, part: str) -> Self:
        key = super().__new__(cls, _PRINTED[kind].format(owner=_encoded(owner), part=_encoded(part)))
        key.kind, key.owner, key.part = kind, owner, part
        return key

    def __getnewargs__(self) -> tuple[SettingKind, str, str]:  # type: ignore[override]
        return self.kind, self.owner, self.part

    @classmethod
    def ruleset(cls, name: str, field: str) -> Self:
        """A field of a ruleset."""
        return cls("ruleset", name, field)

    @classmethod
    def exclusion(cls, name: str) -> Self:
        """An exclusion's global toggle."""
        return cls("exclusion", name, "exclude_from_sequences")

    @classmethod
    def in_ruleset(cls, ruleset: str, exclusion: str) -> Self:
        """A ruleset's own toggle of an exclusion."""
        return cls("ruleset_exclusion", ruleset, exclusion)

    @classmethod
    def in_audience(cls, audience: str, exclusion: str) -> Self:
        """An audience's own toggle of an exclusion."""
        return cls("audience_exclusion", audience, exclusion)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that prints as `text`. Raises ValueError where none does."""
        match [unquote(word) for word in text.split(":")]:
            case ["ruleset", owner, "exclusion", part]:
                return cls.in_ruleset(owner, part)
            case ["audience", owner, "exclusion", part]:
                return cls.in_audience(owner, part)
            case ["ruleset", owner, part]:
                return cls.ruleset(owner, part)
            case ["exclusion", owner, "exclude_from_sequences"]:
                return cls.exclusion(owner)
            case _:
                raise ValueError(f"'{text}' names no setting")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls._read, core_schema.str_schema())

    @classmethod
    def _read(cls, text: str) -> Self:
        try:
            return cls.parse(text)
        except ValueError as error:
            raise InvalidInput("setting", str(error), KEYS_ARE) from error


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
