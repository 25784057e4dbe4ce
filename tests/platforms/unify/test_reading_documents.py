"""Reading the vendor's JSON: what is documented is understood, what is unknown is ignored, what is missing is named."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.errors import Unreadable
from models.records import Interval
from platforms.unify import enrollment_documents, record_documents, sequence_documents
from platforms.unify.enrollment_documents import Conflict
from tests.platforms.unify import documents
from tests.platforms.unify.contract import as_documented
from tests.platforms.unify.documents import uuid

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_a_listed_enrollment_tells_of_exclusion_and_pause_and_not_of_version_and_owner() -> None:
    one = enrollment_documents.listed(documents.listed_enrollment(is_excluded=True))
    assert (True, False, None, None) == (one.excluded, one.paused_mailbox, one.version, one.owner)
    assert ("pia@x.test", "Outbound", "ana@send.acme.test", None) == (one.email, one.sequence, one.mailbox, one.play)
    assert (NINE, None, True) == (one.started_at, one.ended_at, one.runs)


def test_a_row_of_a_query_job_tells_of_version_and_owner_and_not_of_exclusion_and_pause() -> None:
    one = enrollment_documents.row(documents.enrollment_row(is_canceled=True))
    assert (2, "ana@acme.test", None, None) == (one.version, one.owner, one.excluded, one.paused_mailbox)
    assert ("Play", True, False, NINE) == (one.play, one.canceled, one.runs, one.ended_at)


def test_a_step_is_done_when_it_is_finished_or_its_email_has_left() -> None:
    sent = {
        "id": uuid(20),
        "subject": None,
        "sent_at": documents.AT,
        "from_email_address": None,
        "is_bounced": False,
        "is_opted_out": False,
        "clicks": 0,
        "opens": 0,
    }
    assert not enrollment_documents.step_row(documents.enrollment_step()).done
    assert enrollment_documents.step_row(documents.enrollment_step(status="FINISHED")).done
    assert enrollment_documents.step_row(documents.enrollment_step(status="PENDING", email_message=sent)).done
    assert enrollment_documents.step_row(documents.enrollment_step(step_number=None)).number is None


def test_what_is_unknown_to_us_is_ignored() -> None:
    document = documents.listed_enrollment() | {"mood": "hopeful"}
    assert enrollment_documents.listed(documents.listed_enrollment()) == enrollment_documents.listed(document)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": None}, "status is null, not a text"),
        ({"status": "PONDERING"}, "status is none of the documented ones"),
        ({"person": {"id": uuid(2)}}, "person.email is missing"),
        ({"person": "Pia"}, "person is a text, not an object"),
        ({"is_replied": "no"}, "is_replied is a text, not true or false"),
        ({"started_at": "soon"}, "started_at is a text, not an instant"),
        ({"enrolled_by_play": {}}, "enrolled_by_play.name is missing"),
        ({"enrolled_by_play": {"name": None}}, "enrolled_by_play.name is null, not a text"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named_with_its_operation(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(Unreadable) as error:
        enrollment_documents.listed(documents.listed_enrollment() | change)
    assert f"GET /sequences/v1/enrollments: {problem}" == str(error.value)


def test_an_answer_that_is_no_object_is_said_to_be_none() -> None:
    with pytest.raises(Unreadable, match=r"^enrollment query job: the answer is a list, not an object$"):
        enrollment_documents.row([])  # type: ignore[arg-type]


def test_a_conflict_names_where_the_person_is() -> None:
    document = {"status": "conflict", "message": "no", "active_sequence_id": uuid(4), "active_enrollment_id": uuid(1)}
    as_documented("sequences", "CreateEnrollmentConflictResponse", document)
    assert Conflict(uuid(4), uuid(1)) == enrollment_documents.conflict(document)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"status": "bad_request", "message": "Mailbox is paused"}, "Mailbox is paused"),
        ({"status": "bad_request", "errors": [{"code": "invalid_uuid", "path": ["person_id"]}]}, "invalid_uuid"),
        ({"status": "bad_request"}, "no reason was given"),
    ],
)
def test_a_refusal_is_told_in_its_own_words(document: dict[str, Any], said: str) -> None:
    assert said == enrollment_documents.words(document, "POST /sequences/v1/enrollments")


@pytest.mark.rule("R13", "R14")
@pytest.mark.parametrize(
    ("value", "units", "block"),
    [
        (None, None, None),
        (0, None, Interval(value=0)),
        (0, "DAY", Interval(value=0)),
        (2, "WEEK", Interval(value=2, unit="WEEK")),
    ],
)
def test_a_block_of_null_is_never_and_one_of_nought_is_at_once(
    value: int | None, units: str | None, block: Interval | None
) -> None:
    shown = documents.ruleset(block_reenrollment_value=value, block_reenrollment_units=units)
    ruleset = sequence_documents.sequence(documents.sequence(sequence_ruleset=shown)).ruleset
    assert ruleset is not None
    assert block == ruleset.block


def test_a_block_without_its_unit_is_not_guessed() -> None:
    shown = documents.sequence(sequence_ruleset=documents.ruleset(block_reenrollment_units=None))
    with pytest.raises(Unreadable, match=r"sequence_ruleset\.block_reenrollment_units is missing where a value is set"):
        sequence_documents.sequence(shown)


def test_a_condition_without_its_parts_is_not_taken_for_one_that_needs_no_time() -> None:
    shown = documents.sequence_step(2, (1, documents.timer(1, "weeks"))) | {
        "dependencies": [{"parent_step_id": uuid(101), "condition": {"type": "AND"}}]
    }
    with pytest.raises(Unreadable, match=r"dependencies\[0\]\.condition\.subconditions is missing$"):
        sequence_documents.step(shown)


def test_a_sequence_shows_its_ruleset_and_its_send_days() -> None:
    one = sequence_documents.sequence(documents.sequence())
    assert ("Outbound", False, ("MON", "TUE", "WED", "THU", "FRI")) == (one.name, one.paused, one.send_days)
    bare = sequence_documents.sequence(documents.sequence(sequence_ruleset=None, send_schedule=None))
    assert (None, ()) == (bare.ruleset, bare.send_days)


def test_steps_stand_in_the_order_of_what_they_wait_for() -> None:
    both = {"type": "AND", "subconditions": [documents.timer(36, "hours"), documents.timer(1, "days")]}
    shown = [
        documents.sequence_step(3, (2, both)),
        documents.sequence_step(2, (1, documents.timer(1, "weeks"))),
        documents.sequence_step(1, (None, None), version_number=1),
        documents.sequence_step(1, (None, None)),
    ]
    found = sequence_documents.in_order(sequence_documents.step(document) for document in shown)
    assert [(uuid(101), 0), (uuid(102), 7), (uuid(103), 2)] == [(one.id, one.wait_days) for one in found]


def test_a_person_without_flags_may_be_written_to() -> None:
    bare = record_documents.person(documents.record("person", email="Pia@x.test"), "find")
    assert (False, False, None, None) == (bare.opted_out, bare.do_not_email, bare.owner_id, bare.company_id)
    company = documents.record("company", domain="x.test", status="customer", record_owner=None)
    whole = documents.record(
        "person", email="pia@x.test", email_opt_out=True, company=company, record_owner={"id": uuid(5)}
    )
    one = record_documents.person(whole, "find")
    assert (True, uuid(5), uuid(2)) == (one.opted_out, one.owner_id, one.company_id)
    inside = record_documents.nested(whole, "find", "company")
    assert inside is not None
    assert ("x.test", "customer") == (record_documents.company(inside, "find").domain, company["attributes"]["status"])


def test_a_task_names_its_person_and_assignee_by_id() -> None:
    one = record_documents.task(documents.task(assigned_user_id=uuid(5), due_at=documents.AT), "list")
    assert (uuid(10), uuid(2), uuid(5), NINE) == (one.id, one.person_id, one.assignee_id, one.due_at)
