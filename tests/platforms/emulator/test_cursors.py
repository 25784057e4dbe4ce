"""Pages stay what they are when rows come in between: nobody is given twice, and nobody is left out."""

from collections.abc import Callable

import pytest

from models.records import RepTask
from tests.conftest import Sandboxes
from tests.platforms.emulator.asking import Asking
from tests.workspaces import ANAS_MAILBOX, OUTBOUND, PIA, QUIN, RAJ, SUE, running, workspace

ENROLLMENTS, TASKS, JOBS = "/sequences/v1/enrollments", "/tasks/v1/tasks", "/tasks/v1/tasks/query-jobs"


@pytest.fixture
def asking(sandboxes: Sandboxes) -> Asking:
    tasks = tuple(RepTask(person=PIA, type="PHONE_CALL") for _ in range(4))
    people = (PIA, QUIN, RAJ, SUE)
    return Asking(sandboxes(workspace(people=people, enrollments=(running(PIA), running(QUIN)), tasks=tasks)))


def walked(asking: Asking, path: str, items: str, between: Callable[[], object], **params: object) -> list[str]:
    """The ids of all pages of one; something happens before each but the first."""
    page = asking.get(path, limit=1, **params)
    ids = [one.get("id") or one["job_id"] for one in page[items]]
    while page["next_cursor"]:
        between()
        page = asking.get(path, limit=1, cursor=page["next_cursor"], **params)
        ids += [one.get("id") or one["job_id"] for one in page[items]]
    return ids


def test_enrollments_that_come_meanwhile_come_last(asking: Asking) -> None:
    left = [RAJ, SUE]
    found = walked(
        asking,
        ENROLLMENTS,
        "enrollments",
        lambda: left and asking.enroll(left.pop(0), OUTBOUND, ANAS_MAILBOX).raise_for_status(),
    )
    everybody = [one["id"] for one in asking.get(ENROLLMENTS)["enrollments"]]
    assert 4 == len(everybody)
    assert everybody == found


def test_an_enrollment_that_is_deleted_meanwhile_shifts_nothing(asking: Asking) -> None:
    first, second = (one["id"] for one in asking.get(ENROLLMENTS)["enrollments"])
    found = walked(asking, ENROLLMENTS, "enrollments", lambda: asking("DELETE", f"{ENROLLMENTS}/{first}"))
    assert [first, second] == found


def test_tasks_that_come_meanwhile_are_before_the_first_page_of_the_latest(asking: Asking) -> None:
    before = [one["id"] for one in asking.get(TASKS)["data"]]
    call = {"type": "PHONE_CALL", "person_id": asking.id("person", PIA)}
    assert before == walked(asking, TASKS, "data", lambda: asking("POST", TASKS, call).raise_for_status())


def test_a_task_that_is_deleted_meanwhile_shifts_nothing(asking: Asking) -> None:
    before = [one["id"] for one in asking.get(TASKS)["data"]]
    gone = iter(before)
    assert before == walked(asking, TASKS, "data", lambda: asking("DELETE", f"{TASKS}/{next(gone)}"))


def test_jobs_that_are_made_meanwhile_come_last(asking: Asking) -> None:
    made = [asking("POST", JOBS).json()["job_id"] for _ in range(3)]

    def one_more() -> None:
        if len(made) < 5:
            made.append(asking("POST", JOBS).json()["job_id"])

    found = walked(asking, JOBS, "jobs", one_more)
    assert (5, made) == (len(made), found)
