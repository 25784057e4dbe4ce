"""What is said of the query jobs that are used, and of the rights that tasks show."""

from collections import Counter

import pytest

from platforms.unify.examination.seen import rights, use


@pytest.mark.parametrize(("made", "state"), [(3, "ok"), (80, "ok"), (81, "note"), (99, "note"), (100, "trouble")])
def test_query_jobs_that_run_short_are_a_note_and_those_used_up_stop_a_run(made: int, state: str) -> None:
    found = use(made, requests=20, jobs=3)
    assert (state, True) == (found.state, f"{made} of about 100 query jobs" in found.message)


def test_tasks_of_several_users_are_seen_with_more_than_a_reps_key() -> None:
    found = rights(Counter({"u1": 3, "u2": 1}), {})
    assert ("ok", True) == (found.state, found.message.endswith("(inferred)"))


@pytest.mark.parametrize(
    ("assignees", "named"),
    [(Counter({"u1": 3, None: 1}), "all 3 are ana@acme.test's"), (Counter[str | None](), "there are none")],
)
def test_tasks_of_one_user_or_of_nobody_leave_it_open(assignees: Counter[str | None], named: str) -> None:
    found = rights(assignees, {"u1": "ana@acme.test"})
    assert ("note", True) == (found.state, named in found.message)
