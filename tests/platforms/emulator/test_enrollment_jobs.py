"""Query jobs over enrollments and their steps: what rows tell that the synchronous object does not, and filters."""

from datetime import timedelta

import pytest

from models.changes import Bounce, Reply
from models.records import Company, Person
from tests.conftest import Sandboxes
from tests.platforms.emulator.asking import Asking
from tests.platforms.emulator.contract import conforms
from tests.workspaces import (
    ANA,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    days_ago,
    ended,
    running,
    workspace,
)

ENROLLMENTS = "/sequences/v1/enrollments"
JOBS, STEP_JOBS = f"{ENROLLMENTS}/query-jobs", "/sequences/v1/enrollment-steps/query-jobs"


@pytest.fixture
def asking(sandboxes: Sandboxes) -> Asking:
    """Pia runs by the play, Quin waits for her first step from Bo's mailbox, Raj was let go, Sue has just begun."""
    people = (Person(email=PIA, company_domain="x.test"), QUIN, RAJ, SUE)
    return Asking(
        sandboxes(
            workspace(
                people=people,
                companies=Company(domain="x.test"),
                enrollments=(
                    running(PIA, play=PLAY),
                    running(QUIN, sequence=NURTURE, mailbox=BOS_MAILBOX, steps_done=0),
                    ended(RAJ, days=3, end_reason="unenrolled"),
                    running(SUE, steps_done=0, started_at=NOW),
                ),
            )
        )
    )


def test_a_row_tells_version_and_owner_where_the_object_tells_the_exclusion(asking: Asking) -> None:
    row, one = asking.rows(JOBS)[0], asking.get(ENROLLMENTS)["enrollments"][0]
    conforms(row, "sequences", "SequenceEnrollment")
    conforms(one, "sequences", "Enrollment")
    assert ({"version"}, {"created_at", "is_excluded"}) == (row.keys() - one.keys(), one.keys() - row.keys())
    assert (1, ANA, PLAY, "x.test") == (
        row["version"],
        row["mailbox"]["user"]["email"],
        row["enrolled_by_play"]["name"],
        row["person"]["company"]["domain"],
    )
    assert "user" not in one["mailbox"]
    shared = row.keys() & one.keys() - {"sequence", "person", "mailbox"}
    assert {name: one[name] for name in shared} == {name: row[name] for name in shared}


def test_rows_can_be_narrowed(asking: Asking) -> None:
    def whom(**filters: object) -> list[str]:
        return [row["person"]["email"] for row in asking.rows(JOBS, **filters)]

    ids = [row["id"] for row in asking.rows(JOBS)]
    assert [PIA, QUIN, RAJ, SUE] == whom()
    assert [QUIN] == whom(sequence={"id": asking.id("sequence", NURTURE)})
    assert [RAJ] == whom(person={"id": asking.id("person", RAJ)})
    assert (
        [QUIN]
        == whom(mailbox={"email_address": BOS_MAILBOX})
        == whom(mailbox={"id": asking.id("mailbox", BOS_MAILBOX)})
    )
    assert [RAJ] == whom(status={"in": ["FINISHED"]}) == whom(is_canceled=True)
    assert [PIA, QUIN, SUE] == whom(status={"not_in": ["FINISHED"]})
    assert [PIA] == whom(enrolled_by_play={"in": [asking.id("play", PLAY)]})
    assert [PIA, SUE] == whom(id={"in": [ids[0], ids[3], "no id"]}) == whom(id={"not_in": ids[1:3]})
    assert [SUE] == whom(started_at={"gte": NOW.isoformat()})
    assert [RAJ] == whom(ended_at={"gt": days_ago(4).isoformat(), "lt": NOW.isoformat()})
    assert [] == whom(sequence={"id": asking.id("sequence", NURTURE)}, is_canceled=True)


def test_an_enrollment_was_updated_when_a_step_was_done_it_ended_or_somebody_paused_it(asking: Asking) -> None:
    def since(at: object) -> list[str]:
        return [row["person"]["email"] for row in asking.rows(JOBS, updated_at={"gt": str(at)})]

    ids = {row["person"]["email"]: row["id"] for row in asking.rows(JOBS)}
    assert [SUE] == since(days_ago(1.5).isoformat())
    asking("POST", f"{ENROLLMENTS}/{ids[PIA]}/pause")
    asking("POST", f"{ENROLLMENTS}/{ids[RAJ]}/resume")  # ended already: nothing happened
    assert [PIA, SUE] == since(days_ago(1).isoformat())
    asking.sandbox.advance(NOW + timedelta(hours=2))
    assert {QUIN, SUE} == set(since(NOW.isoformat()))  # their first email has left
    assert [PIA] == [row["person"]["email"] for row in asking.rows(JOBS, is_paused=True)]
    asking.sandbox.advance(NOW + timedelta(hours=3))
    asking("DELETE", f"{ENROLLMENTS}/{ids[QUIN]}")
    assert [QUIN] == since((NOW + timedelta(hours=2, minutes=30)).isoformat())


def test_a_step_tells_when_and_from_where_its_email_left(asking: Asking) -> None:
    asking.sandbox.advance(NOW + timedelta(days=1))
    done, following = asking.rows(STEP_JOBS, person={"id": asking.id("person", QUIN)})
    for row in (done, following):
        conforms(row, "sequences", "SequenceEnrollmentStep")
    assert (1, "FINISHED", BOS_MAILBOX, "2026-11-02T10:00:00.000Z") == (
        done["step_number"],
        done["status"],
        done["email_message"]["from_email_address"],
        done["email_message"]["sent_at"],
    )
    assert (2, "SCHEDULED", None) == (following["step_number"], following["status"], following["email_message"])


def test_steps_can_be_narrowed(asking: Asking) -> None:
    def steps(**filters: object) -> list[tuple[str, int]]:
        return [(row["enrollment"]["person"]["email"], row["step_number"]) for row in asking.rows(STEP_JOBS, **filters)]

    everything = [(PIA, 1), (PIA, 2), (QUIN, 1), (RAJ, 1), (RAJ, 2), (SUE, 1)]
    assert everything == steps()
    assert [(PIA, 1), (RAJ, 1), (RAJ, 2)] == steps(status={"in": ["FINISHED"]})
    assert [(PIA, 2), (RAJ, 2)] == steps(type={"in": ["PHONE_CALL"]}) == steps(step_number=2)
    assert [(RAJ, 1), (RAJ, 2)] == steps(enrollment={"id": asking.rows(JOBS, is_canceled=True)[0]["id"]})
    assert [(SUE, 1)] == steps(updated_at={"gte": NOW.isoformat()})


def test_a_filter_that_is_wrong_is_told_where(asking: Asking) -> None:
    wrong = [
        {"status": {"in": ["RUNNING"]}},
        {"status": {}},
        {"mailbox": {}},
        {"updated_at": {"gt": "yesterday"}},
        {"sequences": {"id": "x"}},
    ]
    answers = [asking("POST", JOBS, {"filter": one}) for one in wrong]
    assert [400] * len(wrong) == [answer.status_code for answer in answers]
    assert [["filter", *one][:2] for one in wrong] == [answer.json()["errors"][0]["path"][:2] for answer in answers]
    assert 400 == asking("POST", JOBS, []).status_code


def test_the_email_that_was_answered_or_came_back_shows_it(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=(PIA, QUIN), enrollments=[running(who, steps_done=3) for who in (PIA, QUIN)]))
    for change in (Reply(person=PIA), Bounce(person=QUIN)):
        sandbox.apply(change)
    asking = Asking(sandbox)
    for row in asking.rows(JOBS):
        conforms(row, "sequences", "SequenceEnrollment")
        assert (row["reply_email_message"] is not None) == row["is_replied"] == (row["person"]["email"] == PIA)
    shown = {}
    for step in asking.rows(STEP_JOBS, status={"in": ["FINISHED"]}):
        conforms(step, "sequences", "SequenceEnrollmentStep")
        bounced = bool(step["email_message"]) and step["email_message"]["is_bounced"]
        shown[step["enrollment"]["person"]["email"], step["step_number"]] = (bool(step["reply_email_message"]), bounced)
    assert {(who, number): (False, False) for who in (PIA, QUIN) for number in (1, 2)} | {
        (PIA, 3): (True, False),
        (QUIN, 3): (False, True),
    } == shown
