"""Writes whose answers are lost: the state afterwards is that of fair weather, and nobody is enrolled twice."""

from collections import Counter

import pandas as pd
import pytest

from models.records import RepTask
from tests.conftest import Sandboxes
from tests.platforms.in_process import InProcess, LosesAnswers, emulator, needs_tasks, unify_over
from tests.workspaces import ANA, ANAS_MAILBOX, BO, NURTURE, OUTBOUND, running, workspace

PEOPLE = [f"p{number}@x.test" for number in range(40)]
THERE = PEOPLE[:5]
ENROLLMENTS = "/sequences/v1/enrollments"


def contacts(people: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"email": people, "sequence": OUTBOUND, "mailbox": ANAS_MAILBOX}, dtype=object)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_is_enrolled_twice_however_many_answers_are_lost(sandboxes: Sandboxes, seed: int) -> None:
    sandbox = sandboxes(workspace(people=PEOPLE, enrollments=[running(email, sequence=NURTURE) for email in THERE]))
    weather = LosesAnswers(emulator(sandbox), 20, seed)
    answer = unify_over(sandbox, weather).enroll(contacts(PEOPLE)).set_index("email")
    assert weather.lost
    assert {"already_enrolled"} == set(answer["reason"][THERE])
    assert {f"runs in '{NURTURE}'"} == set(answer["detail"][THERE])
    fresh = PEOPLE[5:]
    assert answer["reason"][fresh].isna().all()
    assert {1} == set(answer["step"][fresh])
    enrolled = Counter(one["person"] for one in sandbox.dump()["enrollments"] if one["sequence"] == OUTBOUND)
    assert Counter(fresh) == enrolled


@needs_tasks
@pytest.mark.parametrize("seed", [1, 2])
def test_people_are_taken_out_and_tasks_handed_over_though_answers_are_lost(sandboxes: Sandboxes, seed: int) -> None:
    tasks = [RepTask(person=email, type="PHONE_CALL", assignee=ANA) for email in PEOPLE]
    sandbox = sandboxes(workspace(people=PEOPLE, enrollments=[running(email) for email in PEOPLE], tasks=tasks))
    weather = LosesAnswers(emulator(sandbox), 20, seed)
    unify = unify_over(sandbox, weather)
    assert unify.unenroll(contacts(PEOPLE))["ended"].all()
    assert 40 == sandbox.state()["counts"]["enrollments"]["canceled"]
    assert unify.reassign_tasks(unify.tasks()[["task"]], BO)["reason"].isna().all()
    assert {BO} == set(sandbox.tasks()["assignee"])
    assert weather.lost


def test_an_enrollment_takes_little_more_than_one_request(sandboxes: Sandboxes) -> None:
    people = [f"p{number}@x.test" for number in range(200)]
    sandbox = sandboxes(workspace(people=people))
    counting = InProcess(emulator(sandbox))
    unify_over(sandbox, counting).enroll(contacts(people))
    assert len(people) == counting.carried[f"POST {ENROLLMENTS}"]
    assert counting.carried.total() <= 1.1 * len(people)
    jobs = [
        number for asked, number in counting.carried.items() if asked.startswith("POST") and asked.endswith("-jobs")
    ]
    assert sum(jobs) <= 4
