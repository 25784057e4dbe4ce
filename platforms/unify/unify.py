"""A Unify workspace over its public API, behind the port.

What the API cannot do is a manual step (`supports` tells); what it does not tell is in `hidden`. Reading by name costs
a request for each hundred sequences; where many people are concerned a few query jobs are made, of which the account
has about a hundred a day. Each method's own docstring or its module's says how many.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pandas as pd

from models.changes import (
    Change,
    DeleteSequence,
    Enroll,
    PauseEnrollment,
    ReassignTask,
    ResumeEnrollment,
    Unenroll,
)
from models.errors import InvalidInput, NotAllowed, Refused
from models.setting_keys import SettingKey
from platforms.port.enrollments import READ_BACK_COLUMNS
from platforms.unify import fallen_out, observing, since, whereabouts
from platforms.unify.deleting import delete_sequence
from platforms.unify.directory import FEW, Directory, sequence_named
from platforms.unify.enrolling import Enrolling, Wanted, enroll
from platforms.unify.enrollments import Enrollments
from platforms.unify.hiding import HiddenOnUnify
from platforms.unify.pausing import pause, set_paused
from platforms.unify.people import people
from platforms.unify.rep_tasks import UNLINKED, RepTasks
from platforms.unify.sequence_documents import SEQUENCES
from platforms.unify.task_routes import task_routes
from platforms.unify.unenrolling import unenroll
from platforms.unify.wire import Wire
from platforms.unify.writing import TIMED_OUT

SUPPORTED: tuple[type[Change], ...] = (
    Enroll,
    Unenroll,
    PauseEnrollment,
    ResumeEnrollment,
    ReassignTask,
    DeleteSequence,
)
OWNER_OF_KEY = "the owner of the key"


class Unify(HiddenOnUnify):
    """A workspace of Unify: `platforms.port.Platform`, whose docstrings are the contract.

    The API has no "me": `user` is the key's user, as the settings say. A rep's key sees their own tasks only and
    perhaps fewer enrollments (D5, Q18), and no answer shows it. Up to `few` people are read one by one.
    """

    at_once = 2_000  # a request each: six seconds at the rate that is allowed

    def __init__(self, wire: Wire, workspace: str = "unify", user: str | None = None, few: int = FEW) -> None:
        self.workspace = workspace
        self._wire = wire
        self._user = user
        self._directory = Directory(wire, few)
        self._enrollments = Enrollments(wire, self._directory)
        self._tasks = RepTasks(wire, self._directory)

    enrolls_one_by_one = True

    # Platform: the clock and the user

    @property
    def acting_user(self) -> str:
        return self._user or OWNER_OF_KEY

    def now(self) -> datetime:
        """The platform's time. Requests: one."""
        self._wire.get(SEQUENCES, limit=1)
        return self._wire.server_now()

    def glance_at_clock(self) -> datetime:
        return self.now()

    def one_look(self) -> AbstractContextManager[None]:
        return self._directory.looks.one()

    def clock_rate(self) -> float:
        """1; that of its sandbox for an emulator on this machine. Requests: one."""
        self._wire.get(SEQUENCES, limit=1)
        return self._wire.clock_rate()

    def advance(self, to: datetime) -> None:
        if self.clock_rate():
            raise InvalidInput("clock", "the clock of Unify runs by itself", "Wait instead")
        remedy = "Serve it with HANDOFF_SANDBOX_CLOCK=x600, or move it with `handoff sandbox advance`"
        raise InvalidInput("HANDOFF_SANDBOX_CLOCK", "the clock of the emulator's sandbox stands still", remedy)

    def supports(self, change: type[Change]) -> bool:
        return change in SUPPORTED

    def refuse_unless_allowed(self, change: type[Change]) -> None:
        """Roles do not show: nothing is refused before the platform does."""

    # Platform: observing

    def users(self) -> pd.DataFrame:
        return observing.users(self._directory)

    def mailboxes(self) -> pd.DataFrame:
        found = self._directory.looks.once("mailboxes", lambda: observing.mailboxes(self._wire, self._enrollments))
        return found.copy()

    def sequences(self) -> pd.DataFrame:
        return observing.sequences(self._directory)

    def steps(self, sequence: str) -> pd.DataFrame:
        return observing.steps(self._directory, sequence)

    def rulesets(self) -> pd.DataFrame:
        return observing.rulesets(self._directory)

    def setting(self, key: SettingKey) -> Any:
        return observing.setting(self._directory, key)

    def assignment(self) -> pd.DataFrame:
        return observing.assignment(self._directory)

    def ends(self, mailbox: str) -> pd.DataFrame:
        return fallen_out.ends(self._enrollments, mailbox)

    def cancelled(self, mailbox: str, chunk: int, *, facts: bool = False) -> Iterator[pd.DataFrame]:
        return fallen_out.cancelled(self._enrollments, mailbox, chunk)

    def last_enrollments(self, emails: list[str], sequence: str | None) -> pd.DataFrame:
        return whereabouts.last_enrollments(self._directory, self._enrollments, emails, sequence)

    def running(
        self,
        chunk: int,
        sequence: str | None = None,
        mailbox: str | None = None,
        emails: Sequence[str] | None = None,
    ) -> Iterator[pd.DataFrame]:
        return whereabouts.running(self._directory, self._enrollments, chunk, sequence, mailbox, emails)

    def history(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return since.history(self._directory, self._enrollments, contacts)

    def facts(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return whereabouts.facts(self._wire, self._directory, self._enrollments, contacts)

    def awaiting_approval(self, sequences: list[str]) -> list[str]:
        return whereabouts.awaiting_approval(self._directory, self._enrollments, sequences)

    def places(self, emails: list[str], sequence: str) -> pd.DataFrame:
        return whereabouts.places(self._directory, self._enrollments, emails, sequence)

    def read_back(self, play: str | None, sequence: str, emails: list[str]) -> pd.DataFrame:
        found = self.places(emails, sequence).assign(logged=False, reason=None)  # logs are hidden
        return found.reindex(columns=READ_BACK_COLUMNS)

    def people(self, emails: list[str]) -> pd.DataFrame:
        return people(self._wire, emails, self._directory.few)

    def tasks(
        self,
        types: Sequence[str] | None = None,
        statuses: Sequence[str] | None = None,
        assignee: str | None = None,
        sequence: str | None = None,
        numbers: Sequence[int | str] | None = None,
    ) -> pd.DataFrame:
        _refuse_sequence(sequence)
        return self._tasks.tasks(types, statuses, assignee, _ids(numbers))

    def task_routes(self, tasks: Sequence[int | str] | None = None, sequence: str | None = None) -> pd.DataFrame:
        _refuse_sequence(sequence)
        return task_routes(self._wire, self._directory, self._enrollments, self._tasks, _ids(tasks))

    # Platform: acting

    def apply(self, change: Change, *, briefly: bool = False) -> dict[str, Any]:
        match change:
            case Enroll():
                return self._enroll_one(change)
            case Unenroll():
                return self._unenroll_one(change)
            case PauseEnrollment() | ResumeEnrollment():
                return self._pause_one(change)
            case ReassignTask():
                return self._reassign_one(change)
            case DeleteSequence():
                return delete_sequence(self._wire, self._directory, self._enrollments, change.sequence)
        raise InvalidInput(change.action, "Unify's API cannot do this", "A person does it in Unify: a manual step")

    def enroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return enroll(self._enrolling(), contacts)

    def unenroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return unenroll(self._wire, self._directory, self._enrollments, contacts)

    def pause(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return pause(self._wire, self._directory, self._enrollments, contacts)

    def reassign_tasks(self, tasks: pd.DataFrame, assignee: str) -> pd.DataFrame:
        return self._tasks.reassign([str(task) for task in tasks["task"]], assignee)

    def _enrolling(self) -> Enrolling:
        return Enrolling(self._wire, self._directory, self._enrollments)

    def _enroll_one(self, change: Enroll) -> dict[str, Any]:
        [verdict] = self._enrolling().enroll([Wanted(change.person, change.sequence, change.mailbox)])
        if verdict.reason == "unknown_contact":
            raise InvalidInput("person", f"there is no person '{change.person}'", "Nothing was changed")
        if verdict.reason is not None:
            words = verdict.detail or f"{change.person} cannot be enrolled"
            raise Refused(
                verdict.reason, words, f"`handoff explain {change.person} --sequence '{change.sequence}'` says more"
            )
        return {"person": change.person, "sequence": change.sequence, "resumes_at_step": verdict.step}

    def _unenroll_one(self, change: Unenroll) -> dict[str, Any]:
        contact = pd.DataFrame({"email": [change.person], "sequence": [change.sequence]}, dtype=object)
        if not self.unenroll(contact)["ended"].item():
            problem = f"{change.person} was not running in '{change.sequence}', or the platform did not answer"
            raise Refused("not_enrolled", problem, f"`handoff explain {change.person}` says where they are")
        return {"person": change.person, "sequence": change.sequence, "unenrolled": 1}

    def _pause_one(self, change: PauseEnrollment | ResumeEnrollment) -> dict[str, Any]:
        paused, remedy = isinstance(change, PauseEnrollment), f"`handoff explain {change.person}` says where they are"
        ids = self._directory.person_ids([change.person])
        there = sequence_named(self._directory.sequences(), change.sequence).id
        runs = {one.id: one.person_id for one in self._enrollments.running_of(list(ids.values()), there)}
        if not set_paused(self._wire, self._enrollments, runs, paused=paused):
            problem = f"{change.person} was not running in '{change.sequence}', or the platform did not answer"
            raise Refused("not_enrolled", problem, remedy)
        return {"person": change.person, "sequence": change.sequence, "paused": paused}

    def _reassign_one(self, change: ReassignTask) -> dict[str, Any]:
        task = str(change.task)
        reason = self._tasks.reassign([task], change.assignee)["reason"].item()
        if reason == "needs_admin":
            raise NotAllowed(self.acting_user, "reassign somebody else's task")
        if reason == TIMED_OUT:
            raise Refused(reason, f"the platform told nothing of task {task}", "Look who has it before you repeat this")
        if reason is not None:
            raise Refused(reason, f"task {task} is {self._tasks.status(task).lower()}", "Nothing was changed")
        return {"task": task, "assignee": change.assignee}


def _ids(numbers: Sequence[int | str] | None) -> list[str] | None:
    return None if numbers is None else [str(number) for number in numbers]


def _refuse_sequence(sequence: str | None) -> None:
    if sequence is not None:
        raise InvalidInput("sequence", "Unify cannot know which sequence a task is of", UNLINKED)
