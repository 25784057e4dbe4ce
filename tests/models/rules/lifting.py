"""The settings of a workspace that can keep people out, and lifting them as a person would."""

from collections.abc import Iterable

from models.changes import SetSetting
from models.records import Interval
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox


def toggles_of_sequences(workspace: Workspace) -> list[SettingKey]:
    """The exclusions' toggles that are on: the global ones, and the rulesets' own."""
    keys = [
        SettingKey("exclusion", exclusion.name, "exclude_from_sequences")
        for exclusion in workspace.exclusions
        if exclusion.exclude_from_sequences
    ]
    keys += [
        SettingKey("ruleset_exclusion", ruleset.name, exclusion)
        for ruleset in workspace.rulesets
        for exclusion, on in ruleset.exclusions.items()
        if on
    ]
    return keys


def toggles_of_audiences(workspace: Workspace) -> list[SettingKey]:
    """The audiences' own toggles that are on."""
    return [
        SettingKey("audience_exclusion", audience.name, exclusion)
        for audience in workspace.audiences
        for exclusion, on in audience.exclusions.items()
        if on
    ]


def reenrollment_settings(workspace: Workspace) -> list[SettingKey]:
    """The re-enrollment settings that bar somebody, for some time at least."""
    keys = [
        SettingKey("ruleset", ruleset.name, "allow_same_sequence_reenrollment")
        for ruleset in workspace.rulesets
        if not ruleset.allow_same_sequence_reenrollment
    ]
    keys += [
        SettingKey("ruleset", ruleset.name, "block_reenrollment")
        for ruleset in workspace.rulesets
        if ruleset.block_reenrollment != Interval(value=0)
    ]
    return keys


def lifted_value(key: SettingKey) -> object:
    """What a setting has to be to keep nobody out, as the platform takes it."""
    return {"value": 0, "unit": "DAY"} if key.part == "block_reenrollment" else key.kind == "ruleset"


def lift(sandbox: Sandbox, settings: Iterable[SettingKey]) -> None:
    """Set each to what keeps nobody out."""
    for setting in settings:
        sandbox.apply(SetSetting(setting=setting, value=lifted_value(setting)))
