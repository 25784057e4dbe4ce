"""What real answers have that the contract has not, and the reverse."""

import json
from typing import Any

import pytest

from models.finding import Finding
from platforms.unify.examination.contract import DOCUMENTED, agreement, differences, lacking
from tests.platforms.unify import documents
from tests.platforms.unify.contract import CONTRACTS
from tests.platforms.unify.documented_fields import documented
from tests.platforms.unify.documents import uuid

Change = dict[str, Any]


def listed(**own: Any) -> dict[str, Any]:
    """An enrollment of the list as it would be read from JSON: nobody else's."""
    found: dict[str, Any] = json.loads(json.dumps(documents.listed_enrollment()))
    return found | own


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def said(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.state, one.message) for one in found]


def test_the_documented_fields_are_those_of_the_vendors_contract() -> None:
    if not CONTRACTS.is_dir():
        pytest.skip("the vendor's contract is not there")
    assert documented() == json.loads(DOCUMENTED.read_text(encoding="utf-8")), (
        "python -m tests.platforms.unify.documented_fields"
    )


def test_documents_as_they_are_documented_agree() -> None:
    samples = {
        "Sequence": [documents.sequence()],
        "SequenceStep": [documents.sequence_step(1), documents.sequence_step(2, (1, documents.timer(3, "days")))],
        "Enrollment": [documents.listed_enrollment()],
        "SequenceEnrollment": [documents.enrollment_row()],
        "SequenceEnrollmentStep": [documents.enrollment_step()],
        "Task": [documents.task()],
        "BulkApiObjectRecordResult": [documents.record("user", email="ana@acme.test", name="Ana")],
    }
    [found] = agreement(samples)
    assert "ok" == found.state, found
    assert "GET /sequences/v1/sequences/{id}/steps (2)" in found.message


def test_a_field_that_handoff_reads_and_that_is_missing_would_stop_a_run() -> None:
    found = list(differences("Enrollment", [listed(), without(listed(), "ended_at")]))
    message = "GET /sequences/v1/enrollments: ended_at is missing in 1 of 2 answers. Handoff reads it"
    assert [("trouble", message)] == said(found)
    assert found[0].remedy is not None


def test_a_field_that_nothing_reads_and_that_is_missing_is_a_note() -> None:
    found = list(differences("Enrollment", [without(listed(), "reply_email_message")]))
    message = "GET /sequences/v1/enrollments: reply_email_message is missing in all of 1 answer"
    assert [("note", message)] == said(found)


def test_a_renamed_field_is_told_with_the_name_that_it_may_have_now() -> None:
    one = listed()
    one["mailbox"]["address"] = one["mailbox"].pop("email")
    [(state, message)] = said(list(differences("Enrollment", [one])))
    assert "trouble" == state
    assert (
        "mailbox.email is missing in all of 1 answer; mailbox.address is new there: perhaps it was renamed" in message
    )


def test_an_object_that_is_missing_is_read_by_what_is_in_it() -> None:
    [(state, message)] = said(list(differences("Enrollment", [without(listed(), "enrolled_by_play")])))
    assert ("trouble", True) == (state, "enrolled_by_play is missing" in message)


def test_a_new_field_is_a_note_wherever_it_is() -> None:
    one = listed(mood="hopeful")
    one["sequence"]["colour"] = "blue"
    message = "GET /sequences/v1/enrollments: new, and not in the contract: mood, sequence.colour"
    assert [("note", message)] == said(list(differences("Enrollment", [one])))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": "AWAITING_APPROVAL"}, "status is none of the documented ones"),
        ({"is_replied": "no"}, "is_replied is a text, not true or false"),
    ],
)
def test_a_value_of_another_kind_would_stop_a_run(change: Change, problem: str) -> None:
    [(state, message)] = said(list(differences("Enrollment", [listed(), listed(**change)])))
    assert ("trouble", True) == (state, problem in message)


def test_what_people_are_named_is_in_no_message() -> None:
    one = without(listed(mood="hopeful"), "status", "updated_at")
    assert not [found for found in differences("Enrollment", [one]) if "pia" in found.message.lower()]


def test_kinds_of_which_nothing_came_are_named() -> None:
    [found] = agreement({"Task": []})
    assert ("note", True) == (found.state, "GET /tasks/v1/tasks" in found.message)


def test_an_attribute_that_is_gone_is_named_since_nobody_who_opted_out_would_show() -> None:
    there = [{"api_name": "email", "id": uuid(1)}, {"api_name": "do_not_email"}]
    [found] = lacking("person", there, ("email", "email_opt_out", "do_not_email"))
    assert ("trouble", True) == (found.state, "no attribute email_opt_out" in found.message)
    assert [] == list(lacking("person", there, ("email",)))
