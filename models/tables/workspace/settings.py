"""The tables of what is set."""

from typing import Any

from sqlmodel import Field, SQLModel

from models.tables.workspace.columns import instant_column, json_column, key_column


class RulesetRow(SQLModel, table=True):
    __tablename__ = "ruleset"
    id: int | None = key_column()
    name: str = Field(unique=True)
    is_default: bool = False
    allow_same_sequence_reenrollment: bool = False
    block_reenrollment: dict[str, Any] | None = json_column()  # {value, unit}; null: never
    task_assignment: dict[str, Any] = json_column()
    task_assignment_set_at: int | None = instant_column()


class ExclusionRow(SQLModel, table=True):
    __tablename__ = "exclusion"
    id: int | None = key_column()
    name: str = Field(unique=True)
    exclude_from_sequences: bool = True
    last_activity_within_days: int | None = None


class ExclusionMatchRow(SQLModel, table=True):
    """One value that an exclusion matches; `kind` is company_domain, person_email, person_status or company_status."""

    __tablename__ = "exclusion_match"
    id: int | None = key_column()
    exclusion_id: int = Field(foreign_key="exclusion.id", index=True)
    kind: str
    value: str


class RulesetExclusionRow(SQLModel, table=True):
    __tablename__ = "ruleset_exclusion"
    id: int | None = key_column()
    ruleset_id: int = Field(foreign_key="ruleset.id", index=True)
    exclusion_id: int = Field(foreign_key="exclusion.id")
    enabled: bool = False


class AudienceExclusionRow(SQLModel, table=True):
    __tablename__ = "audience_exclusion"
    id: int | None = key_column()
    audience_id: int = Field(foreign_key="audience.id", index=True)
    exclusion_id: int = Field(foreign_key="exclusion.id")
    enabled: bool = False


class PendingSettingRow(SQLModel, table=True):
    """A changed setting on its way: it acts as `was` until `takes_effect_at`."""

    __tablename__ = "pending_setting"
    id: int | None = key_column()
    setting: str = Field(unique=True)
    was: Any = json_column()
    value: Any = json_column()
    takes_effect_at: int = instant_column(nullable=False)
