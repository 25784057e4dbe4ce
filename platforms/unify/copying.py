"""A whole workspace of Unify, read in order to be copied: each object by the route that costs least (docs/twin.md).

| object | route | changed since |
|---|---|---|
| users, companies, people | a record query job each (Data API), by `updated_at` | `metadata.updated_at` |
| sequences, their steps and rulesets | the list, a request for each hundred and one for each sequence | always all |
| enrollments, their steps | a query job each (Sequences API) | `filter.updated_at` |
| who was excluded | the list of ended enrollments, a request for each hundred | `updated_after` |
| mailboxes | with the enrollments; their pause by the list, a request each | one query job for all owners |
| plays | by their traces on enrollments | with the enrollments |
| tasks | a query job (Tasks API) | `filter.updated_at` |

Rows come as they are read, a page of results at a time: a million people are never in memory at once. Whoever was
deleted is in no answer to "changed since".
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from platforms.unify import copied_documents as documents
from platforms.unify.copied_documents import Row
from platforms.unify.directory import PERSON_JOBS, USER_JOBS, Directory, answers
from platforms.unify.enrollment_documents import ENROLLMENT_JOBS, ENROLLMENTS, FINISHED, STEP_JOBS, listed, shows_pause
from platforms.unify.record_documents import OBJECTS
from platforms.unify.rep_tasks import TASK_JOBS
from platforms.unify.sequence_documents import SEQUENCES
from platforms.unify.wire import Json, Request, Spent, Wire

COMPANY_JOBS = f"{OBJECTS}/company/query-jobs"
USER, COMPANY = {"email": True, "name": True}, {"domain": True, "status": True, "record_owner": True}
PERSON = {
    "email": True,
    "first_name": True,
    "status": True,
    "email_opt_out": True,
    "do_not_email": True,
    "company": True,
    "record_owner": True,
}


class Copying:
    """The reads of a copy. `since` narrows to what was updated from then on; None: everything."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._directory = Directory(wire)

    def now(self) -> datetime:
        """The workspace's time. Requests: one."""
        self._wire.get(SEQUENCES, limit=1)
        return self._wire.server_now()

    def spent(self) -> Spent:
        """What was asked through this wire so far."""
        return self._wire.spent()

    def users(self, since: datetime | None) -> Iterator[Row]:
        """See `copied_documents.user`, by `updated_at`. Requests: one query job."""
        return self._records(USER_JOBS, USER, documents.user, since)

    def companies(self, since: datetime | None) -> Iterator[Row]:
        """See `copied_documents.company`, by `updated_at`. Requests: one query job."""
        return self._records(COMPANY_JOBS, COMPANY, documents.company, since)

    def people(self, since: datetime | None) -> Iterator[Row]:
        """See `copied_documents.person`, by `updated_at`. Requests: one query job."""
        return self._records(PERSON_JOBS, PERSON, documents.person, since)

    def _records(
        self, jobs: str, select: Mapping[str, Any], read: Callable[[Json, str], Row], since: datetime | None
    ) -> Iterator[Row]:
        query: dict[str, Any] = {"select": select, "sort_by": {"field": "updated_at", "direction": "ASCENDING"}}
        if since is not None:
            query["metadata"] = {"updated_at": {"gte": since.isoformat()}}
        return (read(document, jobs) for document in self._wire.query(jobs, {"query": query}))

    def sequences(self) -> Iterator[Row]:
        """See `copied_documents.sequence`. Requests: one for each hundred, and one for each sequence's steps."""
        for shown in self._directory.sequences():
            yield documents.sequence(shown, self._directory.steps(shown.id))

    def enrollments(self, since: datetime | None) -> Iterator[Row]:
        """See `copied_documents.enrollment`, in no order. Requests: one query job."""
        return map(documents.enrollment, self._wire.query(ENROLLMENT_JOBS, _since(since)))

    def enrollment_steps(self, since: datetime | None) -> Iterator[Row]:
        """See `copied_documents.enrollment_step`, in no order. Requests: one query job."""
        return map(documents.enrollment_step, self._wire.query(STEP_JOBS, _since(since)))

    def tasks(self, since: datetime | None) -> Iterator[Row]:
        """See `copied_documents.task`, in no order. Requests: one query job."""
        return (documents.task(row, TASK_JOBS) for row in self._wire.query(TASK_JOBS, _since(since)))

    def ended(self, since: datetime | None) -> Iterator[Row]:
        """Every enrollment that has ended: `id, excluded`, which rows of query jobs do not tell (9). Requests: one for
        each hundred."""
        narrowed = {} if since is None else {"updated_after": since.isoformat()}
        for item in self._wire.pages(ENROLLMENTS, status=[FINISHED], **narrowed):
            shown = listed(item)
            yield {"id": shown.id, "excluded": bool(shown.excluded)}

    def owners(self, enrollments: list[str]) -> Iterator[Row]:
        """The mailboxes that these enrollments leave from, with their owners of now: rows as `enrollments`. Requests:
        one query job."""
        filters = {"filter": {"id": {"in": enrollments}}}
        return map(documents.enrollment, self._wire.query(ENROLLMENT_JOBS, filters)) if enrollments else iter(())

    def paused(self, mailboxes: list[str]) -> dict[str, bool]:
        """Whether each of these mailboxes is paused, by its id. Requests: one each."""
        asked = [Request("GET", ENROLLMENTS, params={"mailbox_id": one, "limit": 1}) for one in mailboxes]
        found = answers(self._wire, asked)
        return {mailbox: shows_pause(answer.body) for mailbox, answer in zip(mailboxes, found, strict=True)}


def _since(since: datetime | None) -> dict[str, Any]:
    return {} if since is None else {"filter": {"updated_at": {"gte": since.isoformat()}}}
