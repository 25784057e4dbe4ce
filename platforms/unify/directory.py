"""Names and ids: people by address, users, sequences by name. What cannot change is kept, everything else read afresh.

An id that an address was found under is kept for as long as the platform is open; so are the users' addresses.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from models.errors import InvalidInput
from models.nearest import known
from platforms.unify import record_documents as records
from platforms.unify import sequence_documents as sequences
from platforms.unify.history import Present
from platforms.unify.looks import Looks
from platforms.unify.record_documents import OBJECTS, UserShown
from platforms.unify.refusals import refusal
from platforms.unify.sequence_documents import SEQUENCES, SequenceShown, StepShown
from platforms.unify.wire import Answer, Request, Wire

FEW = 20
"""At most so many people are read one by one; more are read by a query job, of which there are 100 a day."""

PERSON_JOBS, USER_JOBS = f"{OBJECTS}/person/query-jobs", f"{OBJECTS}/user/query-jobs"
FIND_PERSON = f"{OBJECTS}/person/records/find-unique"


class Directory:
    """Who and what has which id in a workspace."""

    def __init__(self, wire: Wire, few: int = FEW, looks: Looks | None = None) -> None:
        self.few = few
        self.looks = looks or Looks()
        self._wire = wire
        self._ids: dict[str, str] = {}
        self._users: dict[str, UserShown] = {}

    def person_ids(self, emails: Iterable[str]) -> dict[str, str]:
        """The ids of these people; who is not known is left out. Requests: one a person whose id is not kept, for few;
        for many one query job of all people's addresses."""
        wanted = list(dict.fromkeys(emails))
        missing = [email for email in wanted if email not in self._ids]
        if len(missing) > self.few:
            self._keep(set(missing))
        elif missing:
            requests = [Request("POST", FIND_PERSON, {"match": {"email": email}}) for email in missing]
            for answer in answers(self._wire, requests):
                if answer.done and answer.body.get("data") is not None:
                    email, person_id = records.person_key(answer.body["data"], FIND_PERSON)
                    self._ids[email] = person_id
        return {email: self._ids[email] for email in wanted if email in self._ids}

    def _keep(self, emails: Collection[str]) -> None:
        for document in self._wire.query(PERSON_JOBS, {"query": {"select": {"email": True}}}):
            email, person_id = records.person_key(document, PERSON_JOBS)
            if email in emails:
                self._ids[email] = person_id

    def keep(self, ids: Mapping[str, str]) -> None:
        """Keep the ids of people that were found, by address."""
        self._ids |= ids

    def person_emails(self, ids: Collection[str]) -> dict[str, str]:
        """The addresses of these people, by id. Requests: as `person_ids`."""
        found = {person_id: email for email, person_id in self._ids.items() if person_id in ids}
        missing = [person_id for person_id in ids if person_id not in found]
        if len(missing) > self.few:
            wanted = set(missing)
            for document in self._wire.query(PERSON_JOBS, {"query": {"select": {"email": True}}}):
                email, person_id = records.person_key(document, PERSON_JOBS)
                if person_id in wanted:
                    found[person_id] = self._noted(email, person_id)
        elif missing:
            path = f"{OBJECTS}/person/records"
            for answer in answers(self._wire, [Request("GET", f"{path}/{person_id}") for person_id in missing]):
                if answer.done:
                    email, person_id = records.person_key(answer.body.get("data", {}), f"GET {path}/{{id}}")
                    found[person_id] = self._noted(email, person_id)
        return found

    def _noted(self, email: str, person_id: str) -> str:
        self._ids[email] = person_id
        return email

    def users(self) -> list[UserShown]:
        """The users, in the platform's order. Requests: one query job a look."""
        return self.looks.once("users", self._read_users)

    def _read_users(self) -> list[UserShown]:
        select = {"email": True, "name": True}
        found = [records.user(row, USER_JOBS) for row in self._wire.query(USER_JOBS, {"query": {"select": select}})]
        self._users = {user.id: user for user in found}
        return found

    def user_emails(self, ids: Iterable[str | None]) -> dict[str | None, str | None]:
        """The addresses of these users by id; None for nobody and for who is gone. Requests: one query job, if any of
        them is not kept."""
        wanted = set(ids)
        if (wanted - {None}) - self._users.keys():
            self.users()
        kept = {user.id: user.email for user in self._users.values()}
        return {user_id: kept.get(user_id) if user_id else None for user_id in wanted}

    def user_id(self, field: str, email: str) -> str:
        """The id of a user. Raises InvalidInput with the nearest addresses. Requests: one query job."""
        by_email = {user.email: user.id for user in self.users()}
        return by_email[known(field, email, list(by_email), "user")]

    def sequences(self) -> list[SequenceShown]:
        """The sequences as they are now. Requests: one for each hundred."""
        return [sequences.sequence(document) for document in self._wire.pages(SEQUENCES)]

    def steps(self, sequence_id: str) -> list[StepShown]:
        """The steps of a sequence's present version, in their order. Requests: one (for each hundred)."""
        pages = self._wire.pages(f"{SEQUENCES}/{sequence_id}/steps")
        return sequences.in_order(sequences.step(document) for document in pages)

    def present(self, sequence_ids: Iterable[str]) -> dict[str, Present]:
        """The present version of these sequences. Requests: one each."""
        found: dict[str, Present] = {}
        for sequence_id in dict.fromkeys(sequence_ids):
            steps = self.steps(sequence_id)
            found[sequence_id] = Present(steps[0].version if steps else None, tuple(one.wait_days for one in steps))
        return found


def answers(wire: Wire, requests: list[Request]) -> list[Answer]:
    """Reads done at once, in their order; what nobody has answers 404, what nobody could have 400. Raises what a lost
    answer raises, since nothing was changed, and what `refusal` makes of others: unseen (403) is not missing."""
    found: list[Answer] = []
    for request, answer in zip(requests, wire.send_each(requests), strict=True):
        if not isinstance(answer, Answer):
            raise answer
        if not answer.done and answer.status not in (400, 404):
            raise refusal(request, answer)
        found.append(answer)
    return found


def sequence_named(found: list[SequenceShown], name: str, field: str = "sequence") -> SequenceShown:
    """The sequence of that name. Raises InvalidInput where there is none, or more than one: names are not unique."""
    right = known(field, name, [one.name for one in found], "sequence")
    named = [one for one in found if one.name == right]
    if len(named) > 1:
        ids = " and ".join(one.id for one in named)
        raise InvalidInput(field, f"there are {len(named)} sequences named '{right}': {ids}", "Rename one of them")
    return named[0]


def ruleset_of(found: list[SequenceShown], one: SequenceShown) -> Any:
    """The ruleset that a sequence goes by: its own, else the default one where any sequence shows it; else None."""
    if one.ruleset is not None:
        return one.ruleset
    return next((other.ruleset for other in found if other.ruleset and other.ruleset.default), None)
