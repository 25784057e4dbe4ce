"""The part of the contract that is about single changes: who makes them, which are possible, and making one."""

from typing import Any, Protocol

from models.changes import Change


class Changes(Protocol):
    """Changes of `models/changes/`, one at a time. Many people at once: `Enrollments` and `Tasks`."""

    @property
    def acting_user(self) -> str:
        """The email of the user whose rights decide."""

    def supports(self, change: type[Change]) -> bool:
        """Whether the platform can make such a change itself; otherwise it is a manual step for a person."""

    def refuse_unless_allowed(self, change: type[Change]) -> None:
        """Raise NotAllowed where the acting user may not make such a change (R47). Changes nothing."""

    def apply(self, change: Change, *, briefly: bool = False) -> dict[str, Any]:
        """Make one change, wholly or not at all. After: as the change says; the answer tells what was done. `briefly`
        leaves out what has a row for each person: a run's log.

        RunPlay may take people over who run in another sequence, where that one's ruleset lets them leave (R22 to R24,
        C10): their enrollment there ends as unenrolled, and the log shows them as enrolled.

        EditSequence answers `sequence, version` (the present one), and how many enrollments were `upgraded` and how
        many `completed`, having nothing left to do in the new version (R52). Upgraded ones run on under another id
        (C20): same person, mailbox, play, state and place, due when they were due; no waiting period begins (R53).

        Repeated: SetSetting and ChangeMailboxOwner do nothing; EditSequence makes no version of equal steps, and
        carries over only who is behind; uploads and duplicates refuse a name that is taken;
        RunPlay refuses within the play's cool-down (`play_cooldown`); Enroll refuses who is enrolled.
        """
