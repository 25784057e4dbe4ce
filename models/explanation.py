"""Why a contact may not be enrolled, as `handoff explain --json` prints it (docs/interface.md)."""

from typing import Any, Literal

from pydantic import AwareDatetime

from models.records import Record
from models.setting_keys import SettingKey


class Fix(Record):
    """The setting that would lift a blocker, the value it would need, who may set it, and who else it lets in."""

    setting: SettingKey
    value: Any
    requires: Literal["admin", "rep"] = "admin"
    also_lets_in: int | None = None


class ExplainedReason(Record):
    code: str
    rule: str
    detail: str
    lapses_at: AwareDatetime | None = None
    fix: Fix | None = None


class Explanation(Record):
    """`eligible` is None where the platform hides what decides it; `smallest_fix` is None where nothing helps."""

    email: str
    sequence: str
    eligible: bool | None
    unknown: tuple[str, ...] = ()
    resumes_at_step: int
    warnings: tuple[str, ...] = ()
    blockers: tuple[ExplainedReason, ...] = ()
    smallest_fix: tuple[SettingKey, ...] | None = ()
