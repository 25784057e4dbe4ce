"""Enrollments over the vendor's API: who is enrolled, who is refused in which words, who is let go, who waits."""

from datetime import timedelta

import pytest

from models.changes import Bounce, EditSequence, OutOfOffice, Reply
from models.records import Mailbox, RepTask, Sequence
from tests.conftest import Sandboxes
from tests.platforms.emulator.asking import Asking
from tests.platforms.emulator.contract import conforms
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    days_ago,
    ended,
    excluding,
    person,
    ruleset,
    running,
    workspace,
)

ENROLLMENTS = "/sequences/v1/enrollments"
TOM = "tom@x.test"
NOWHERE = "00000000-0000-4000-8000-000000000000"


def emails(asking: Asking, **params: object) -> list[str]:
    return [one["person"]["email"] for one in asking.get(ENROLLMENTS, **params)["enrollments"]]


def test_whoever_is_enrolled_is_told_as_the_contract_has_it(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace()))
    answer = asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX)
    made = answer.json()
    conforms(made, "sequences", "CreateEnrollmentSuccessResponse")
    assert (201, "IN_PROGRESS", PIA, ANAS_MAILBOX) == (
        answer.status_code,
        made["status"],
        made["person"]["email"],
        made["mailbox"]["email"],
    )
    assert "2026-11-02T09:00:00.000Z" == made["started_at"] == made["updated_at"]
    assert made == asking.get(f"{ENROLLMENTS}/{made['id']}")
    assert [PIA] == asking.sandbox.places([PIA], OUTBOUND)["email"].tolist()


@pytest.mark.rule("R20")
def test_whoever_runs_in_a_sequence_is_refused_by_a_conflict_that_names_where(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace()))
    made = asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX).json()
    for sequence in (OUTBOUND, NURTURE):
        answer = asking.enroll(PIA, sequence, BOS_MAILBOX)
        conforms(answer.json(), "sequences", "CreateEnrollmentConflictResponse")
        assert (409, asking.id("sequence", OUTBOUND), made["id"]) == (
            answer.status_code,
            answer.json()["active_sequence_id"],
            answer.json()["active_enrollment_id"],
        )
    assert [made] == asking.get(ENROLLMENTS)["enrollments"]


def test_the_first_mailbox_that_is_not_paused_sends(sandboxes: Sandboxes) -> None:
    boxes = (Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True), Mailbox(email=BOS_MAILBOX, owner=BO))
    asking = Asking(sandboxes(workspace(people=(PIA, QUIN), mailboxes=boxes)))
    assert BOS_MAILBOX == asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX, BOS_MAILBOX.upper()).json()["mailbox"]["email"]
    refused = asking.enroll(QUIN, OUTBOUND, ANAS_MAILBOX)
    assert (400, "Mailbox is paused") == (refused.status_code, refused.json()["message"])


@pytest.mark.rule("R13", "R26", "R29", "R30", "R45")
def test_a_refusal_is_told_in_the_platforms_words_and_changes_nothing(sandboxes: Sandboxes) -> None:
    asking = Asking(
        sandboxes(
            workspace(
                people=(person(PIA, opted_out=True), person(QUIN, do_not_email=True), RAJ, SUE, TOM),
                exclusions=excluding(RAJ),
                enrollments=(ended(SUE), ended(TOM, sequence=NURTURE)),
                rulesets=(ruleset(), ruleset(name="Never", default=False, days=None)),
                sequences=(Sequence(name=OUTBOUND, steps=STEPS), Sequence(name=NURTURE, steps=STEPS, ruleset="Never")),
            )
        )
    )
    before = asking.sandbox.dump()
    asked = ((PIA, OUTBOUND), (QUIN, OUTBOUND), (RAJ, OUTBOUND), (SUE, OUTBOUND), (SUE, NURTURE), (TOM, OUTBOUND))
    answers = [asking.enroll(email, sequence, ANAS_MAILBOX) for email, sequence in asked]
    assert {(400, "bad_request")} == {(answer.status_code, answer.json()["status"]) for answer in answers}
    assert [
        "Person has opted out of email",
        "Person is marked do not email",
        "Person is excluded by 'Customers'",
        *["Prospect is already sequenced"] * 3,
    ] == [answer.json()["message"] for answer in answers]
    assert before == asking.sandbox.dump()


def test_what_nobody_knows_is_not_found_and_an_unknown_mailbox_is_a_bad_request(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace()))
    asked = {
        "person_id": asking.id("person", PIA),
        "sequence_id": asking.id("sequence", OUTBOUND),
        "mailbox_emails": [ANAS_MAILBOX],
    }
    wrong = [
        {"person_id": NOWHERE},
        {"sequence_id": NOWHERE},
        {"person_id": asked["sequence_id"]},
        {"mailbox_emails": ["x@y.test"]},
        {"mailbox_emails": []},
        {"mailbox_emails": [ANAS_MAILBOX] * 11},
    ]
    answers = [asking("POST", ENROLLMENTS, asked | one).status_code for one in wrong]
    assert [404, 404, 404, 400, 400, 400] == answers
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume")):
        answer = asking(method, f"{ENROLLMENTS}/{NOWHERE}{path}")
        conforms(answer.json(), "sequences", "EnrollmentNotFoundResponse")
        assert 404 == answer.status_code


def test_a_paused_enrollment_sends_nothing_until_it_is_resumed(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace(people=(PIA, QUIN))))
    pias, _ = (asking.enroll(email, OUTBOUND, ANAS_MAILBOX).json()["id"] for email in (PIA, QUIN))
    assert {"id": pias, "is_paused": True} == asking("POST", f"{ENROLLMENTS}/{pias}/pause").json()
    asking.sandbox.advance(NOW + timedelta(days=1))
    assert {PIA: 0, QUIN: 1} == _steps_done(asking)
    assert asking.get(f"{ENROLLMENTS}/{pias}")["is_paused"]
    assert {"id": pias, "is_paused": False} == asking("POST", f"{ENROLLMENTS}/{pias}/resume").json()
    asking.sandbox.advance(NOW + timedelta(days=2))
    assert {PIA: 1, QUIN: 1} == _steps_done(asking)


def test_a_paused_enrollment_stays_paused_in_a_workspace_file_and_when_it_is_upgraded(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace()))
    asking("POST", f"{ENROLLMENTS}/{asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX).json()['id']}/pause")
    again = Asking(sandboxes(asking.sandbox.workspace_record(), name="again"))
    assert [True] == [one["is_paused"] for one in again.get(ENROLLMENTS)["enrollments"]]
    again.sandbox.apply(EditSequence(sequence=OUTBOUND, steps=STEPS[:2], upgrade=True))
    assert [True, True] == [one["is_paused"] for one in again.get(ENROLLMENTS)["enrollments"]]
    again.sandbox.advance(NOW + timedelta(days=3))
    assert [0, 0] == [one.steps_done for one in again.sandbox.workspace_record().enrollments]


def test_what_has_ended_by_itself_is_neither_paused_nor_canceled(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace(enrollments=ended(PIA, state="finished", steps_done=4))))
    [made] = asking.get(ENROLLMENTS)["enrollments"]
    answers = [asking("POST", f"{ENROLLMENTS}/{made['id']}/pause"), asking("DELETE", f"{ENROLLMENTS}/{made['id']}")]
    assert [(400, "The enrollment has ended")] * 2 == [(one.status_code, one.json()["message"]) for one in answers]
    assert [made] == asking.get(ENROLLMENTS)["enrollments"]


def _steps_done(asking: Asking) -> dict[str, int]:
    found = asking.sandbox.workspace_record().enrollments
    return {one.person: one.steps_done or 0 for one in found}


def test_whoever_is_let_go_is_canceled_and_can_be_let_go_again(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace()))
    made = asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX).json()["id"]
    for _ in range(2):
        assert {"id": made, "is_canceled": True} == asking("DELETE", f"{ENROLLMENTS}/{made}").raise_for_status().json()
    told = asking.get(f"{ENROLLMENTS}/{made}")
    assert ("FINISHED", True, False) == (told["status"], told["is_canceled"], told["is_excluded"])


def test_flags_tell_how_an_enrollment_ended_as_far_as_the_api_tells(sandboxes: Sandboxes) -> None:
    flags = {
        "excluded": {"is_excluded", "is_canceled"},
        "unenrolled": {"is_canceled"},
        "upgraded": {"is_canceled"},
        "mailbox_owner_changed": {"is_canceled"},
        "opted_out": {"is_opted_out"},
        "replied": {"is_replied"},
        "bounced": {"is_bounced"},
        "completed": set[str](),
    }
    states = {"completed": "finished"}
    enrollments = [
        ended(PIA, end_reason=reason, state=states.get(reason, "canceled"), steps_done=1) for reason in flags
    ]
    told = Asking(sandboxes(workspace(enrollments=enrollments))).get(ENROLLMENTS)["enrollments"]
    assert {"FINISHED"} == {one["status"] for one in told}
    assert list(flags.values()) == [{name for name, value in one.items() if value is True} for one in told]


def test_enrollments_are_listed_in_pages_and_by_what_they_are(sandboxes: Sandboxes) -> None:
    enrollments = (
        running(PIA, play=PLAY),
        running(QUIN, sequence=NURTURE, mailbox=BOS_MAILBOX, steps_done=0),
        ended(RAJ, days=3),
        running(SUE, steps_done=0, started_at=NOW),
    )
    asking = Asking(sandboxes(workspace(people=(PIA, QUIN, RAJ, SUE), enrollments=enrollments)))
    first = asking.get(ENROLLMENTS, limit=3)
    conforms(first, "sequences", "ListEnrollmentsResponse")
    rest = asking.get(ENROLLMENTS, limit=3, cursor=first["next_cursor"])
    assert ([PIA, QUIN, RAJ], [SUE], None) == (
        [one["person"]["email"] for one in first["enrollments"]],
        [one["person"]["email"] for one in rest["enrollments"]],
        rest["next_cursor"],
    )
    assert [QUIN] == emails(asking, sequence_id=asking.id("sequence", NURTURE))
    assert [QUIN] == emails(asking, mailbox_id=asking.id("mailbox", BOS_MAILBOX))
    assert [SUE] == emails(asking, person_id=asking.id("person", SUE))
    assert [PIA] == emails(asking, enrolled_by_play_id=asking.id("play", PLAY))
    assert [RAJ] == emails(asking, status="FINISHED")
    assert [PIA, QUIN, RAJ, SUE] == emails(asking, status=["FINISHED", "IN_PROGRESS"])
    assert [SUE] == emails(asking, updated_after=NOW.isoformat())
    assert [RAJ] == emails(asking, updated_before=days_ago(2.5).isoformat())
    assert [] == emails(asking, person_id=NOWHERE)


def test_a_rep_enrolls_and_lets_go_like_anybody(sandboxes: Sandboxes) -> None:
    sandboxes(workspace(tasks=RepTask(person=PIA, type="PHONE_CALL")))
    asking = Asking(sandboxes(user=BO))
    made = asking.enroll(PIA, OUTBOUND, BOS_MAILBOX)
    assert 201 == made.status_code
    assert 200 == asking("DELETE", f"{ENROLLMENTS}/{made.json()['id']}").status_code


def test_who_replies_bounces_or_is_away_shows_by_flags(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=(PIA, QUIN, RAJ), enrollments=[running(who) for who in (PIA, QUIN, RAJ)]))
    for change in (Reply(person=PIA), Bounce(person=QUIN), OutOfOffice(person=RAJ, until=NOW + timedelta(days=1))):
        sandbox.apply(change)
    asking = Asking(sandbox)
    replied, bounced, away = asking.get(ENROLLMENTS)["enrollments"]
    for shown, flag in ((replied, "is_replied"), (bounced, "is_bounced"), (away, "is_paused")):
        conforms(shown, "sequences", "Enrollment")
        assert {flag} == {name for name, value in shown.items() if value is True}
    assert ["FINISHED", "FINISHED", "IN_PROGRESS"] == [one["status"] for one in (replied, bounced, away)]
    message = replied["reply_email_message"]
    assert ("2026-11-02T09:00:00.000Z", []) == (message["received_at"], message["classifications"])
    assert [None, None] == [one["reply_email_message"] for one in (bounced, away)]
    sandbox.advance(NOW + timedelta(days=1))
    back = asking.get(f"{ENROLLMENTS}/{away['id']}")
    assert (False, "2026-11-03T09:00:00.000Z") == (back["is_paused"], back["updated_at"])
