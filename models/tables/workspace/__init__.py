"""The tables of a sandbox workspace: the nouns of `models/records.py`, as SQL keeps them.

Instants are whole seconds since 1970 (UTC), as integers: a wait is then an addition, in SQLite and in
PostgreSQL alike, and a million enrollments move in one statement. Keys are small integers in the order of
arrival: random text keys make large inserts some ten times slower.
"""

from sqlmodel import SQLModel

from models.tables.workspace.outreach import (
    AnswerRow,
    AudienceMemberRow,
    AudienceRow,
    EnrollmentPauseRow,
    EnrollmentRow,
    EnrollmentStepRow,
    EntrantRow,
    PlayLogRow,
    PlayMailboxRow,
    PlayRow,
    PlayRunRow,
    RepTaskRow,
    SequenceRow,
    SequenceStepRow,
)
from models.tables.workspace.settings import (
    AudienceExclusionRow,
    ExclusionMatchRow,
    ExclusionRow,
    PendingSettingRow,
    RulesetExclusionRow,
    RulesetRow,
)
from models.tables.workspace.team import CompanyRow, MailboxRow, PersonRow, UserRow, WorkspaceRow

WORKSPACE_TABLES = [
    SQLModel.metadata.tables[str(row.__tablename__)]
    for row in (
        WorkspaceRow,
        UserRow,
        MailboxRow,
        CompanyRow,
        PersonRow,
        RulesetRow,
        ExclusionRow,
        ExclusionMatchRow,
        RulesetExclusionRow,
        AudienceRow,
        AudienceMemberRow,
        AudienceExclusionRow,
        SequenceRow,
        SequenceStepRow,
        PlayRow,
        PlayMailboxRow,
        PlayRunRow,
        PlayLogRow,
        EntrantRow,
        EnrollmentRow,
        EnrollmentStepRow,
        EnrollmentPauseRow,
        AnswerRow,
        RepTaskRow,
        PendingSettingRow,
    )
]  # in an order that respects the foreign keys

__all__ = [
    "WORKSPACE_TABLES",
    "AnswerRow",
    "AudienceExclusionRow",
    "AudienceMemberRow",
    "AudienceRow",
    "CompanyRow",
    "EnrollmentPauseRow",
    "EnrollmentRow",
    "EnrollmentStepRow",
    "EntrantRow",
    "ExclusionMatchRow",
    "ExclusionRow",
    "MailboxRow",
    "PendingSettingRow",
    "PersonRow",
    "PlayLogRow",
    "PlayMailboxRow",
    "PlayRow",
    "PlayRunRow",
    "RepTaskRow",
    "RulesetExclusionRow",
    "RulesetRow",
    "SequenceRow",
    "SequenceStepRow",
    "UserRow",
    "WorkspaceRow",
]
