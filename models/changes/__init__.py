"""What can be done to a workspace, as typed values. A dry run is a list of these, printed.

Each change knows the action's name in `handoff sandbox do` and how a person would say it. Which role may
make it is the platform's to say (`platforms/`), not the change's.
"""

from models.changes.change import Change, of_json, plain
from models.changes.contacts import (
    Bounce,
    OptOut,
    OutOfOffice,
    Reply,
)
from models.changes.outreach import (
    DeleteAudience,
    DeletePlay,
    DeleteSequence,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    Enroll,
    MakePlay,
    PauseEnrollment,
    PauseSequence,
    PublishPlay,
    ReassignQueued,
    ResumeEnrollment,
    RunPlay,
    Unenroll,
    UploadAudience,
)
from models.changes.settings import (
    AddExclusion,
    ChangeMailboxOwner,
    PauseMailbox,
    SetSetting,
    SetTaskAssignment,
)
from models.changes.tasks import (
    FinishTask,
    ReassignTask,
)

ACTIONS: dict[str, type[Change]] = {change.action: change for change in Change.__subclasses__()}
"""Every kind of change by its name for scripts."""

__all__ = [
    "ACTIONS",
    "AddExclusion",
    "Bounce",
    "Change",
    "ChangeMailboxOwner",
    "DeleteAudience",
    "DeletePlay",
    "DeleteSequence",
    "DuplicatePlay",
    "DuplicateSequence",
    "EditSequence",
    "Enroll",
    "FinishTask",
    "MakePlay",
    "OptOut",
    "OutOfOffice",
    "PauseEnrollment",
    "PauseMailbox",
    "PauseSequence",
    "PublishPlay",
    "ReassignQueued",
    "ReassignTask",
    "Reply",
    "ResumeEnrollment",
    "RunPlay",
    "SetSetting",
    "SetTaskAssignment",
    "Unenroll",
    "UploadAudience",
    "of_json",
    "plain",
]
