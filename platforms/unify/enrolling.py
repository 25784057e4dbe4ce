"""Enrolling people: `POST /enrollments` for each, after a look at who runs already (R41).

Requests for n people: n, one for each hundred sequences, and for many four query jobs at most (their ids, if not kept;
who runs; how far those came who are refused as already sequenced; where the enrolled begin); for few one or two more
each instead of the first two jobs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from platforms.unify import enrollment_documents as documents
from platforms.unify.directory import Directory, ruleset_of, sequence_named
from platforms.unify.enrollment_documents import ENROLLMENTS, Enrolled
from platforms.unify.enrollments import Enrollments
from platforms.unify.frames import framed, in_chunks
from platforms.unify.not_enrolled import code_of, flagged, is_already_sequenced, refused_by
from platforms.unify.pausing import set_paused
from platforms.unify.sequence_documents import SequenceShown
from platforms.unify.wire import Answer, Json, Request, Wire
from platforms.unify.writing import TIMED_OUT, carry_out

POST_ENROLLMENTS = f"POST {ENROLLMENTS}"
PAUSED_AT_ONCE = 10
"""So many who are to be paused are enrolled before they are: what a first email has to leave in is a second or two."""


@dataclass(frozen=True)
class Wanted:
    """One person to be enrolled, and from which mailboxes: the platform picks one of them."""

    email: str
    sequence: str
    mailboxes: Sequence[str]
    paused: bool = False


@dataclass
class Verdict:
    """What became of it: `reason` None is enrolled. `detail` is what the platform said, or where the person runs."""

    reason: str | None
    detail: str = ""
    step: int = 0


class Enrolling:
    """One round of enrolling, of people who are all there once."""

    def __init__(self, wire: Wire, directory: Directory, enrollments: Enrollments) -> None:
        self._wire = wire
        self._directory = directory
        self._enrollments = enrollments

    def enroll(self, contacts: Sequence[Wanted]) -> list[Verdict]:
        """Enroll them; what became of each, in their order. Raises InvalidInput for a sequence that does not exist."""
        self._found = self._directory.sequences()
        self._sequences = {name: sequence_named(self._found, name) for name in {one.sequence for one in contacts}}
        self._ids = self._directory.person_ids(one.email for one in contacts)
        self._wanted = {
            self._ids[one.email]: self._sequences[one.sequence] for one in contacts if one.email in self._ids
        }
        self._before = {one.person_id: one for one in self._enrollments.running_of(list(self._wanted))}
        at_once, paused = ([one for one in contacts if one.paused == so] for so in (False, True))
        sent = carry_out(self._wire, self._requests(at_once), self._landed)
        for few in in_chunks(paused, PAUSED_AT_ONCE):
            answers = carry_out(self._wire, self._requests(few), self._landed)
            self._pause(answers)
            sent |= answers
        verdicts = {person_id: self._verdict(person_id, answer) for person_id, answer in sent.items()}
        verdicts |= {person_id: self._enrolled_before(one) for person_id, one in self._before.items()}
        self._name_settings(verdicts)
        self._read_steps(verdicts)
        unknown = Verdict("unknown_contact")
        return [verdicts.get(self._ids.get(one.email, ""), unknown) for one in contacts]

    def _requests(self, contacts: Sequence[Wanted]) -> dict[str, Request]:
        return {
            person_id: Request(
                "POST",
                ENROLLMENTS,
                {
                    "sequence_id": self._wanted[person_id].id,
                    "person_id": person_id,
                    "mailbox_emails": list(one.mailboxes),
                },
            )
            for one in contacts
            if (person_id := self._ids.get(one.email)) is not None and person_id not in self._before
        }

    def _pause(self, answers: Mapping[str, Answer | None]) -> None:
        """Pause whoever was enrolled just now, before anybody else is; one whose answer was lost is looked for."""
        enrolled = {person_id: answer for person_id, answer in answers.items() if answer is not None and answer.done}
        made = {
            documents.listed(answer.body, POST_ENROLLMENTS).id: person_id
            for person_id, answer in enrolled.items()
            if answer.status == 201
        }
        lost = enrolled.keys() - set(made.values())
        made |= {one.id: one.person_id for one in self._enrollments.running_of(lost)}
        set_paused(self._wire, self._enrollments, made)

    def _landed(self, people: Collection[str]) -> set[str]:
        """Who of these, not running before, runs now where they were wanted."""
        running = self._enrollments.running_of(people)
        return {one.person_id for one in running if one.sequence_id == self._wanted[one.person_id].id}

    def _verdict(self, person_id: str, answer: Answer | None) -> Verdict:
        if answer is None:
            return Verdict(TIMED_OUT, "the platform did not answer, and nothing of it was found afterwards")
        if answer.status == 201:
            return Verdict(flagged(documents.listed(answer.body, POST_ENROLLMENTS)))
        if answer.done:
            return Verdict(None)  # its answer was lost; it was found afterwards
        if answer.status == 409:
            return self._conflict(person_id, answer.body)
        said = documents.words(answer.body, POST_ENROLLMENTS)
        return Verdict("already_sequenced" if is_already_sequenced(said) else code_of(said) or said, said)

    def _conflict(self, person_id: str, body: Json) -> Verdict:
        """Running since we looked: in the wanted sequence, that is the aim; elsewhere it is in the way."""
        found = documents.conflict(body)
        if found.sequence_id == self._wanted[person_id].id:
            return Verdict(None)
        return Verdict("already_enrolled", self._runs_in(found.sequence_id))

    def _enrolled_before(self, one: Enrolled) -> Verdict:
        return Verdict("already_enrolled", self._runs_in(one.sequence_id))

    def _runs_in(self, sequence_id: str) -> str:
        return f"runs in '{next((one.name for one in self._found if one.id == sequence_id), sequence_id)}'"

    def _name_settings(self, verdicts: dict[str, Verdict]) -> None:
        """Give those whom the platform calls already sequenced the code of the ruleset's setting that refuses them."""
        refused = [person_id for person_id, verdict in verdicts.items() if verdict.reason == "already_sequenced"]
        strict = [person_id for person_id in refused if not self._allows_same(self._wanted[person_id])]
        been = {(one.person_id, one.sequence_id) for one in self._enrollments.of_people(strict)} if strict else set()
        for person_id in refused:
            sequence = self._wanted[person_id]
            reason = refused_by(ruleset_of(self._found, sequence), (person_id, sequence.id) in been)
            verdicts[person_id].reason = reason

    def _allows_same(self, sequence: SequenceShown) -> bool:
        ruleset = ruleset_of(self._found, sequence)
        return ruleset is not None and ruleset.allow_same

    def _read_steps(self, verdicts: dict[str, Verdict]) -> None:
        """Where those begin who were enrolled, read back from their steps (R9, Q6)."""
        people = [person_id for person_id, verdict in verdicts.items() if verdict.reason is None]
        if not people:
            return
        running = self._enrollments.running_of(people)
        targets = [one.id for one in self._sequences.values()]
        history = self._enrollments.history(running, **({"sequence": {"id": targets[0]}} if len(targets) == 1 else {}))
        for one in running:
            if one.sequence_id == self._wanted[one.person_id].id:
                verdicts[one.person_id].step = history.steps_done(one) + 1


def enroll(enrolling: Enrolling, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.enroll`; a column `detail` tells what the platform said, or where the person runs."""
    wanted = [
        Wanted(email, str(sequence), (mailbox,), bool(is_paused))
        for email, sequence, mailbox, is_paused in contacts.assign(
            paused=contacts["paused"].eq(True) if "paused" in contacts else False
        )[["email", "sequence", "mailbox", "paused"]].itertuples(index=False)
    ]
    verdicts = enrolling.enroll(wanted)
    rows = [(one.email, got.reason, got.step, got.detail) for one, got in zip(wanted, verdicts, strict=True)]
    return framed(rows, ["email", "reason", "step", "detail"])
