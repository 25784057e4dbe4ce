"""Reading enrollments and their steps: whose, by which of the API's two ways, at what price."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from platforms.unify import enrollment_documents as documents
from platforms.unify.directory import Directory
from platforms.unify.enrollment_documents import (
    ENROLLMENT_JOBS,
    ENROLLMENTS,
    IN_PROGRESS,
    STEP_JOBS,
    Enrolled,
    StepRow,
)
from platforms.unify.history import AT_ONCE, History, Place, begun_of, ended_of
from platforms.unify.looks import Looks
from platforms.unify.progress import Progress, progress_of
from platforms.unify.wire import Wire

FEW_JOBS = 3


class Enrollments:
    """The enrollments of a workspace, read afresh each time."""

    def __init__(self, wire: Wire, directory: Directory) -> None:
        self._wire = wire
        self._directory = directory

    @property
    def looks(self) -> Looks:
        """What is read within one look is read once."""
        return self._directory.looks

    def query(self, **filters: Any) -> Iterable[Enrolled]:
        """All enrollments that a filter of the contract lets through. Requests: one query job, one a look."""
        if self.looks.lasts:
            return self.looks.once(("enrollments", repr(filters)), lambda: list(self._queried(filters)))
        return self._queried(filters)

    def _queried(self, filters: Mapping[str, Any]) -> Iterator[Enrolled]:
        return (documents.row(row) for row in self._wire.query(ENROLLMENT_JOBS, _body(filters)))

    def listed(self, **filters: Any) -> Iterable[Enrolled]:
        """Enrollments as the list shows them, which tells who was excluded. Requests: one for each hundred."""
        return (documents.listed(item) for item in self._wire.pages(ENROLLMENTS, **filters))

    def has_drafts(self, sequence_id: str) -> bool:
        """Whether an enrollment in a sequence waits for an approval. Requests: one."""
        return any(self.listed(sequence_id=sequence_id, status=[documents.DRAFT], limit=1))

    def of_people(self, ids: Collection[str], sequence_id: str | None = None) -> list[Enrolled]:
        """All enrollments of these people. Requests: one a person for few, else one query job."""
        return self._of(ids, sequence_id, None)

    def running_of(self, ids: Collection[str], sequence_id: str | None = None) -> list[Enrolled]:
        """The enrollments of these people that run. Requests: one a person for few, else one query job."""
        return [one for one in self._of(ids, sequence_id, [documents.DRAFT, IN_PROGRESS]) if one.runs]

    def excluded_of(self, ended: list[Enrolled]) -> set[str]:
        """Which of these were excluded, by their ids: rows of query jobs do not tell, the list does (9). Requests: one
        for each hundred that ended since the earliest of them, where rows of query jobs are among them."""
        unclear = [one.ended_at for one in ended if one.excluded is None and one.ended_at]
        if not unclear:
            return {one.id for one in ended if one.excluded}
        since = min(unclear).isoformat()
        return self.looks.once(
            ("excluded", since),
            lambda: {one.id for one in self.listed(status=[documents.FINISHED], updated_after=since) if one.excluded},
        )

    def _of(self, ids: Collection[str], sequence_id: str | None, statuses: list[str] | None) -> list[Enrolled]:
        if len(ids) <= self._directory.few:
            pages = (self.listed(person_id=one, sequence_id=sequence_id, status=statuses) for one in ids)
            return [enrolled for page in pages for enrolled in page]
        filters: dict[str, Any] = {"status": {"in": statuses}} if statuses else {}
        if sequence_id:
            filters["sequence"] = {"id": sequence_id}
        wanted = set(ids)
        return [one for one in self.query(**filters) if one.person_id in wanted]

    def begun_when_these_ended(self, ended: list[Enrolled]) -> dict[Place, list[tuple[datetime, int]]]:
        """What began of the same person in the same sequence when one of these ended: see `History.begun`.

        Requests: one query job, if any has ended.
        """
        places = ended_of(ended)
        instants = [one.ended_at for one in ended if one.ended_at]
        if not instants:
            return {}
        between = {"gte": (min(instants) - AT_ONCE).isoformat(), "lte": (max(instants) + AT_ONCE).isoformat()}
        began = self.query(started_at=between)
        return begun_of((one for one in began if (one.person_id, one.sequence_id) in places), {})

    def progress(self, enrollments: list[Enrolled], **filters: Any) -> dict[str, Progress]:
        """How far these enrollments came. `filters` narrow the steps down to where all of theirs are.

        Requests: one query job; without a filter one for each of up to three people, and for more one a look; none
        where nobody is enrolled.
        """
        ids, people = {one.id for one in enrollments}, {one.person_id for one in enrollments}
        narrowed = [filters]
        if len(ids) == 1:
            narrowed = [{"enrollment": {"id": one}} for one in ids]
        elif not filters and len(people) <= FEW_JOBS:
            narrowed = [{"person": {"id": one}} for one in people]
        if narrowed == [{}] and ids and self.looks.lasts:
            everybodys = self.looks.once("progress", lambda: progress_of(self._steps([{}])))
            return {one: everybodys[one] for one in ids if one in everybodys}
        return progress_of(self._steps(narrowed if ids else []), ids)

    def _steps(self, narrowed: Iterable[Mapping[str, Any]]) -> Iterator[StepRow]:
        return (documents.step_row(row) for body in narrowed for row in self._wire.query(STEP_JOBS, _body(body)))

    def history(self, enrollments: list[Enrolled], present_of: Iterable[str] = (), **filters: Any) -> History:
        """Enrollments with their steps, and the present versions of these sequences.

        Requests: those of `progress`, and one for each of the sequences.
        """
        progress = self.progress(enrollments, **filters)
        present = self._directory.present(present_of)
        return History(enrollments, progress, present, begun_of(enrollments, progress), ended_of(enrollments))


def _body(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {"filter": dict(filters)} if filters else {}
