"""Tasks over the vendor's API: whose are shown to whom, and what becomes of them."""

from datetime import timedelta

import pytest

from models.records import Company, Person, RepTask, Sequence, SequenceStep
from platforms.emulator.ids import uuid_of
from tests.conftest import Sandboxes
from tests.platforms.emulator.asking import Asking, Json
from tests.platforms.emulator.contract import conforms
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    NOW,
    OUTBOUND,
    PIA,
    QUIN,
    days_ago,
    workspace,
)

TASKS, JOBS = "/tasks/v1/tasks", "/tasks/v1/tasks/query-jobs"
NOWHERE = "00000000-0000-4000-8000-000000000000"
CALL, VIEW, MESSAGE, REPLY = "PHONE_CALL", "LINKEDIN_VIEW_PROFILE", "LINKEDIN_SEND_MESSAGE", "REPLY_TO_EMAIL"


@pytest.fixture
def asking(sandboxes: Sandboxes) -> Asking:
    """Of Pia a call of Bo's, came two days ago, and a view of Ana's, done; of Quin a message of nobody's, a reply."""
    return Asking(
        sandboxes(
            workspace(
                people=(Person(email=PIA, company_domain="x.test"), QUIN),
                companies=Company(domain="x.test"),
                tasks=(
                    RepTask(person=PIA, type=CALL, assignee=BO, due_at=days_ago(2)),
                    RepTask(person=PIA, type=VIEW, assignee=ANA, status="COMPLETED", ended_at=days_ago(1)),
                    RepTask(person=QUIN, type=MESSAGE, priority="HIGH", note="Say hello"),
                    RepTask(person=QUIN, type=REPLY, assignee=ANA),
                ),
            )
        )
    )


def listed(asking: Asking, **params: object) -> list[str]:
    return [one["type"] for one in asking.get(TASKS, **params)["data"]]


def the(asking: Asking, kind: str) -> str:
    """The path of the task of this type."""
    [found] = asking.rows(JOBS, type={"in": [kind]})
    return f"{TASKS}/{found['id']}"


def shown(asking: Asking, path: str) -> Json:
    answer = asking.get(path)
    conforms(answer, "tasks", "RetrieveTaskResponse")
    found: Json = answer["data"]
    return found


def test_tasks_are_listed_the_latest_first_in_pages_and_by_what_they_are(asking: Asking) -> None:
    first = asking.get(TASKS, limit=3)
    conforms(first, "tasks", "ListTasksResponse")
    rest = asking.get(TASKS, limit=3, cursor=first["next_cursor"])
    told = [[one["type"] for one in page["data"]] for page in (first, rest)]
    assert ([[REPLY, MESSAGE, VIEW], [CALL]], None) == (told, rest["next_cursor"])
    second = asking.get(TASKS, limit=2, sort_order="asc")
    assert [MESSAGE, REPLY] == listed(asking, sort_order="asc", cursor=second["next_cursor"])
    assert [VIEW] == listed(asking, status="COMPLETED")
    assert [REPLY, VIEW] == listed(asking, assigned_user_id=asking.id("user", ANA))
    assert [VIEW, CALL] == listed(asking, person_id=asking.id("person", PIA))
    assert [VIEW, CALL] == listed(asking, person_email=PIA.upper())
    assert 400 == asking("GET", TASKS, person_id=NOWHERE, person_email=PIA).status_code


@pytest.mark.rule("R71")
def test_a_task_is_given_somebody_else_a_priority_and_a_date(asking: Asking) -> None:
    call = the(asking, CALL)
    answer = asking("PATCH", call, {"assigned_user_id": asking.id("user", ANA), "priority": "URGENT"})
    conforms(answer.json(), "tasks", "UpdateTaskResponse")
    asking("PATCH", call, {"due_at": "2026-11-05T12:00:00+02:00"}).raise_for_status()
    told = shown(asking, call)
    assert (asking.id("user", ANA), "URGENT", "2026-11-05T10:00:00.000Z", "2026-11-02T09:00:00.000Z") == (
        told["assigned_user_id"],
        told["priority"],
        told["due_at"],
        told["updated_at"],
    )
    cleared = asking("PATCH", call, {"assigned_user_id": None, "due_at": None}).json()["data"]
    assert (None, None) == (cleared["assigned_user_id"], cleared["due_at"])


def test_what_is_wrong_with_a_change_is_told_and_nothing_changes(asking: Asking) -> None:
    call, before = the(asking, CALL), asking.sandbox.dump()
    wrong = [{}, {"priority": "SOON"}, {"priority": None}, {"assigned_user_id": NOWHERE}, {"due_at": "soon"}]
    assert [400] * 5 == [asking("PATCH", call, one).status_code for one in wrong]
    assert 400 == asking("PATCH", call, {"priority": "LOW", "assigned_user_id": NOWHERE}).status_code
    assert 409 == asking("PATCH", the(asking, VIEW), {"priority": "LOW"}).status_code
    assert 404 == asking("PATCH", f"{TASKS}/{NOWHERE}", {"priority": "LOW"}).status_code
    assert before == asking.sandbox.dump()


def test_a_task_is_made_for_whoever_makes_it(asking: Asking) -> None:
    call = {"type": CALL, "person_id": asking.id("person", QUIN), "note_content": "Ring twice"}
    email = {
        "type": "EMAIL",
        "person_id": asking.id("person", QUIN),
        "mailbox_email": ANAS_MAILBOX,
        "subject": "",
        "content": "",
        "due_at": "2026-11-04T09:00:00Z",
    }
    answers = [asking("POST", TASKS, one) for one in (call, email)]
    assert [201, 201] == [answer.status_code for answer in answers]
    for answer in answers:
        conforms(answer.json(), "tasks", "CreateTaskResponse")
    made = answers[0].json()["data"]
    assert ("READY", "MEDIUM", asking.id("user", ANA), "Ring twice", "2026-11-02T09:00:00.000Z") == (
        made["status"],
        made["priority"],
        made["assigned_user_id"],
        made["note_content"],
        made["created_at"],
    )
    assert made == shown(asking, f"{TASKS}/{made['id']}")
    wrong = [
        call | {"person_id": NOWHERE},
        email | {"mailbox_email": "x@y.test"},
        call | {"type": REPLY},
        {"type": "EMAIL", "person_id": email["person_id"]},
    ]
    assert [404, 400, 400, 400] == [asking("POST", TASKS, one).status_code for one in wrong]


def test_a_task_is_completed_once_and_a_reply_only_by_replying(asking: Asking) -> None:
    call = the(asking, CALL)
    assert [204, 409] == [asking("POST", f"{call}/complete").status_code for _ in range(2)]
    told = shown(asking, call)
    assert ("COMPLETED", "2026-11-02T09:00:00.000Z") == (told["status"], told["ended_at"])
    assert 400 == asking("POST", f"{the(asking, REPLY)}/complete").status_code
    assert 404 == asking("POST", f"{TASKS}/{NOWHERE}/complete").status_code


def test_an_enrollment_goes_on_when_its_task_is_completed(sandboxes: Sandboxes) -> None:
    steps = (SequenceStep(type=CALL), SequenceStep(wait_days=1))
    asking = Asking(sandboxes(workspace(sequences=Sequence(name=OUTBOUND, steps=steps))))
    asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX)
    asking.sandbox.advance(NOW + timedelta(hours=2))
    [task] = asking.get(TASKS)["data"]
    assert ("READY", "2026-11-02T10:00:00.000Z") == (task["status"], task["created_at"])
    asking("POST", f"{TASKS}/{task['id']}/complete").raise_for_status()
    done, following = asking.rows("/sequences/v1/enrollment-steps/query-jobs")
    assert ("FINISHED", "SCHEDULED") == (done["status"], following["status"])
    asking.sandbox.advance(NOW + timedelta(days=3))
    assert ["FINISHED"] == [one["status"] for one in asking.get("/sequences/v1/enrollments")["enrollments"]]


def test_a_deleted_task_is_gone(asking: Asking) -> None:
    call = the(asking, CALL)
    assert {"status": "success"} == asking("DELETE", call).json()
    assert [404, 404] == [asking(method, call).status_code for method in ("GET", "DELETE")]
    assert [REPLY, MESSAGE, VIEW] == listed(asking)


def test_a_rep_sees_and_changes_their_own_tasks_only(asking: Asking, sandboxes: Sandboxes) -> None:
    as_bo, anas = Asking(sandboxes(user=BO)), the(asking, REPLY)
    assert [CALL] == listed(as_bo) == [row["type"] for row in as_bo.rows(JOBS)]
    assert [] == listed(as_bo, assigned_user_id=as_bo.id("user", ANA))
    changes = {"assigned_user_id": as_bo.id("user", BO)}
    asked = (("GET", anas, None), ("PATCH", anas, changes), ("DELETE", anas, None), ("POST", f"{anas}/complete", None))
    answers = [as_bo(*one) for one in asked]
    assert [(403, "forbidden")] * 4 == [(answer.status_code, answer.json()["status"]) for answer in answers]
    assert 200 == as_bo("PATCH", the(asking, CALL), {"assigned_user_id": as_bo.id("user", ANA)}).status_code
    assert [] == listed(as_bo)


def test_tasks_are_asked_for_by_what_they_are(asking: Asking) -> None:
    def which(**filters: object) -> list[str]:
        return [row["type"] for row in asking.rows(JOBS, **filters)]

    for row in asking.rows(JOBS):
        conforms(row, "tasks", "TaskQueryJobResult")
    assert [CALL, VIEW, MESSAGE, REPLY] == which()
    assert [CALL, MESSAGE, REPLY] == which(status={"in": ["READY"]}) == which(status={"not_in": ["COMPLETED"]})
    assert [MESSAGE] == which(priority={"in": ["HIGH"]})
    assert [CALL] == which(assigned_user={"id": asking.id("user", BO)})
    assert [CALL, VIEW] == which(person={"id": asking.id("person", PIA)}) == which(company={"id": _company(asking)})
    assert [CALL] == which(due_at={"lt": NOW.isoformat()}) == which(created_at={"lte": days_ago(2).isoformat()})
    assert [VIEW] == which(ended_at={"gte": days_ago(1).isoformat()})
    asking.sandbox.advance(NOW + timedelta(hours=1))
    asking("PATCH", the(asking, CALL), {"priority": "LOW"}).raise_for_status()
    asking("PATCH", the(asking, MESSAGE), {"priority": "HIGH"}).raise_for_status()  # which it has already
    assert [CALL] == which(updated_at={"gt": NOW.isoformat()})


def _company(asking: Asking) -> str:
    with asking.sandbox.work() as work:
        return uuid_of("company", work.value("SELECT id FROM company WHERE domain = 'x.test'"))
