"""A look at a workspace of Unify, over its API: some twenty requests and three query jobs. Nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from models.errors import HandoffError, Unreadable
from models.finding import Finding, failed, fine, looked, note
from models.wording import counted, in_utc
from platforms.unify import enrollment_documents, record_documents
from platforms.unify.directory import PERSON_JOBS, USER_JOBS
from platforms.unify.enrollment_documents import DRAFT, ENROLLMENT_JOBS, ENROLLMENTS, IN_PROGRESS, STEP_JOBS
from platforms.unify.examination.contract import agreement, lacking
from platforms.unify.examination.seen import JOBS_A_DAY, Running, rights, use
from platforms.unify.fields import Instant, read
from platforms.unify.hiding import HIDDEN
from platforms.unify.record_documents import OBJECTS, PERSON, TASKS
from platforms.unify.rep_tasks import TASK_JOBS
from platforms.unify.sequence_documents import SEQUENCES
from platforms.unify.wire import Json, Wire

SAMPLE = 100  # documents of a kind that are compared with the contract: a page
LOOKED_INTO = 5  # sequences whose steps are
JOBS = (ENROLLMENT_JOBS, STEP_JOBS, TASK_JOBS, PERSON_JOBS, USER_JOBS, f"{OBJECTS}/company/query-jobs")
JOBS_OF_A_LOOK, JOBS_LISTED = 3, 500
OFF = timedelta(minutes=1)
NEEDED: Mapping[str, Sequence[str]] = {
    "person": tuple(PERSON),
    "company": tuple(PERSON["company"]["select"]),
    "user": ("email", "name"),
}


@dataclass(frozen=True, slots=True)
class _Job:
    created_at: Instant


class Examining:
    """See `platforms.port.examination.Examination`."""

    def __init__(self, wire: Wire, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._wire, self._clock = wire, clock
        self._samples: dict[str, list[Json]] = {}
        self._emails: dict[str, str] = {}  # of users, by their ids

    def findings(self) -> Iterator[Finding]:
        """See the port. Where the key is not taken, or nobody answers, nothing else is asked."""
        try:
            self._wire.get(SEQUENCES, limit=1)
        except Unreadable as error:
            yield failed("workspace.contract", error)
            return
        except HandoffError as error:
            yield failed("workspace.key", error)
            return
        yield fine("workspace.key", "the API answers, and takes the key")
        yield self._time()
        made = self._jobs_made()
        yield from looked("workspace.sequences", self._sequences)
        yield from looked("workspace.enrollments", self._listed)
        if JOBS_A_DAY - made >= JOBS_OF_A_LOOK:
            yield from looked("workspace.users", self._users)
            yield from looked("workspace.enrollments", self._running)
        yield from looked("workspace.tasks", self._tasks)
        yield from looked("workspace.contract", self._attributes)
        yield note("workspace.hidden", f"the API does not show {', '.join(sorted(HIDDEN)).replace('_', ' ')}")
        yield from agreement(self._samples)
        spent = self._wire.spent()
        yield use(made + spent.jobs, spent.requests, spent.jobs)

    def _time(self) -> Finding:
        """Our clock against the server's: schedules go by ours, waits and loans by the server's."""
        ours, theirs = self._clock(), self._wire.server_now()
        if (rate := self._wire.clock_rate()) != 1:
            how = f"runs {rate:g} times as fast as ours" if rate else "stands still until it is moved by hand"
            return note("workspace.clock", f"this is an emulator, whose clock {how}: it says {in_utc(theirs)}")
        if abs(ours - theirs) <= OFF:
            return fine("workspace.clock", "this machine's clock agrees with the server's")
        return note(
            "workspace.clock",
            f"this machine says {in_utc(ours)} and the server {in_utc(theirs)}",
            "Have the machine's clock set by a time server: the night and the sweeps come by it",
        )

    def _jobs_made(self) -> int:
        """How many query jobs of the last 24 hours the API lists, by all its users; of a list that cannot be read
        none."""
        since, made = self._wire.server_now() - timedelta(days=1), 0
        for path in JOBS:
            try:
                listed = islice(self._wire.pages(path), JOBS_LISTED)
                made += sum(_made_at(job, path) > since for job in listed)
            except HandoffError:
                continue  # a run that reads by such a job says what is wrong
        return made

    def _sequences(self) -> Iterator[Finding]:
        found = list(self._wire.pages(SEQUENCES))
        self._samples["Sequence"] = found[:SAMPLE]
        steps = [self._wire.pages(f"{SEQUENCES}/{one['id']}/steps") for one in found[:LOOKED_INTO] if "id" in one]
        self._samples["SequenceStep"] = [step for pages in steps for step in pages]
        paused = sum(one.get("is_paused") is True for one in found)
        said = counted(len(found), "sequence shows", "sequences show")
        yield fine("workspace.sequences", f"{said}, {paused} of them paused")

    def _listed(self) -> Iterator[Finding]:
        """Only a list tells whether a mailbox is let in by its provider still: rows of query jobs do not."""
        found = list(islice(self._wire.pages(ENROLLMENTS), SAMPLE))
        self._samples["Enrollment"] = found
        mailboxes = [one["mailbox"] for one in found if isinstance(one.get("mailbox"), dict)]
        for flag, what in (("is_unauthorized", "has lost its authorization"), ("is_paused", "is paused")):
            for email in sorted({str(one.get("email")) for one in mailboxes if one.get(flag) is True}):
                message = f"{email} {what}: nothing is sent from it"
                yield note("workspace.mailboxes", message, "See to it in Unify's settings, under Mailboxes")

    def _users(self) -> Iterator[Finding]:
        found = list(self._wire.query(USER_JOBS, {"query": {"select": {"email": True, "name": True}}}))
        self._samples["BulkApiObjectRecordResult"] = found[:SAMPLE]
        shown = [record_documents.user(one, USER_JOBS) for one in found]
        self._emails = {one.id: one.email for one in shown}
        yield fine("workspace.users", f"{counted(len(found), 'user shows', 'users show')}; their roles do not")

    def _running(self) -> Iterator[Finding]:
        running, sample = Running(), list[Json]()
        for row in self._wire.query(ENROLLMENT_JOBS, {"filter": {"status": {"in": [DRAFT, IN_PROGRESS]}}}):
            if len(sample) < SAMPLE:
                sample.append(row)
            try:
                running.add(enrollment_documents.row(row))
            except Unreadable:
                if not running.unreadable:
                    sample.append(row)  # so that the comparison with the contract says what it is
                running.unreadable += 1
        self._samples["SequenceEnrollment"] = sample
        if sample and "id" in sample[0]:
            one = {"filter": {"enrollment": {"id": sample[0]["id"]}}}
            self._samples["SequenceEnrollmentStep"] = list(islice(self._wire.query(STEP_JOBS, one), SAMPLE))
        yield from running.findings()

    def _tasks(self) -> Iterator[Finding]:
        found = list(islice(self._wire.pages(TASKS), SAMPLE))
        self._samples["Task"] = found
        yield rights(Counter(one.get("assigned_user_id") for one in found), self._emails)

    def _attributes(self) -> Iterator[Finding]:
        for of, needed in NEEDED.items():
            there = self._wire.get(f"{OBJECTS}/{of}/attributes").get("data")
            yield from lacking(of, there if isinstance(there, list) else [], needed)


def _made_at(job: Json, path: str) -> datetime:
    return read(_Job, job, f"GET {path}").created_at
