"""What enrollments and steps say of people, where the API gives neither a reason nor a state "queued"."""

from datetime import timedelta
from typing import Any

import pytest

from platforms.unify.enrollment_documents import FINISHED, IN_PROGRESS, Enrolled, StepRow
from platforms.unify.history import (
    AT_ONCE,
    History,
    Present,
    begun_of,
    by_person,
    ended_of,
    latest,
    standing,
)
from platforms.unify.progress import Progress, progress_of
from tests.workspaces import NOW, days_ago


def step(number: int | None, status: str = FINISHED, *, enrollment: str = "e1", **own: Any) -> StepRow:
    told = {"version": 1, "sent_at": None, "ended_at": None} | own
    return StepRow(enrollment, "pia", "outbound", number, status, **told)


def enrolled(key: str = "e1", *, ended: float | None = 10, **own: Any) -> Enrolled:
    """An enrollment that began 20 days ago and ended so many days ago; None is one that runs."""
    told = {
        "status": IN_PROGRESS if ended is None else FINISHED,
        "canceled": ended is not None,
        "blocked": False,
        "bounced": False,
        "opted_out": False,
        "replied": False,
        "started_at": days_ago(20),
        "ended_at": None if ended is None else days_ago(ended),
        "version": 1,
    } | own
    person, sequence = told.pop("person_id", "pia"), told.pop("sequence_id", "outbound")
    return Enrolled(key, person, f"{person}@x.test", sequence, "Outbound", "m1", "ana@send.acme.test", None, **told)


def history(*enrollments: Enrolled, done: int = 0, length: int = 4, **progress: Progress) -> History:
    """Each has done so many steps of a sequence of four, unless told otherwise."""
    steps = {one.id: progress.get(one.id, Progress(done_up_to=done)) for one in enrollments}
    begun = begun_of(enrollments, steps)
    return History(list(enrollments), steps, {"outbound": Present(1, (0, 2, 3, 4)[:length])}, begun)


@pytest.mark.rule("R9")
@pytest.mark.parametrize(
    ("steps", "done", "queued"),
    [
        ([], None, None),
        ([step(1, "SCHEDULED")], 0, True),
        ([step(1), step(2, "SCHEDULED")], 1, False),
        ([step(2, "SCHEDULED"), step(1)], 1, False),
        ([step(3, "SCHEDULED")], 2, True),
        ([step(3, "CANCELED")], 2, True),
        ([step(3), step(4, "PENDING")], 3, False),
        ([step(1, "PENDING", sent_at=NOW)], 1, False),
        ([step(number, "NOT_STARTED") for number in (1, 2, 3)], 0, True),
        ([step(None, "NOT_STARTED")], 0, True),
    ],
)
def test_the_place_reached_is_the_step_last_done_or_that_before_the_first(
    steps: list[StepRow], done: int | None, queued: bool | None
) -> None:
    found = progress_of([*steps, step(9, enrollment="another")], {"e1"}).get("e1")
    assert (done, queued) == ((found.steps_done, found.queued) if found else (None, None))


def test_nobody_fell_out_whose_end_tells_a_reason_or_who_still_runs() -> None:
    assert history().fell_out(enrolled())
    for own in ({"replied": True}, {"bounced": True}, {"opted_out": True}, {"excluded": True}, {"ended": None}):
        assert not history().fell_out(enrolled(**own))


def test_whoever_is_through_did_not_fall_out() -> None:
    through = enrolled(canceled=False)
    assert not history(through, done=4).fell_out(through)
    assert history(through, done=3).fell_out(through)  # it shows as completed, with steps left (D1)
    canceled = enrolled()
    assert history(canceled, done=4).fell_out(canceled)


def test_of_a_version_that_nobody_knows_any_more_a_finished_enrollment_counts_as_through() -> None:
    old = enrolled(canceled=False, version=7)
    assert not history(old, done=1).fell_out(old)


@pytest.mark.rule("R53")
def test_an_upgrade_is_known_by_what_began_at_that_instant_in_a_later_version() -> None:
    old = enrolled()
    new = enrolled("e2", ended=None, started_at=old.ended_at, version=2)
    assert not history(old, new).fell_out(old)
    for own in ({"version": 1}, {"started_at": days_ago(9)}, {"person_id": "quin"}, {"sequence_id": "nurture"}):
        another = enrolled("e2", **({"ended": None, "started_at": old.ended_at, "version": 2} | own))
        assert history(old, another).fell_out(old)


def test_the_version_of_a_listed_enrollment_is_that_of_its_steps() -> None:
    listed = enrolled(version=None)
    assert 3 == history(listed, e1=Progress(version=3)).version(listed)
    assert history(listed).version(listed) is None


def test_the_last_enrollment_is_the_one_that_runs_or_else_ended_last() -> None:
    first, second, runs = enrolled("e1"), enrolled("e2", ended=3), enrolled("e3", ended=None)
    assert second == latest([second, first])
    assert runs == latest([first, runs, second])
    assert latest([]) is None
    assert {"pia": [first, second], "quin": [(quins := enrolled("e4", person_id="quin"))]} == by_person(
        [first, quins, second]
    )


@pytest.mark.rule("R9", "R43")
def test_a_person_stands_where_their_last_end_in_the_sequence_left_them() -> None:
    early, late = enrolled("e1", ended=30), enrolled("e2", ended=5)
    elsewhere = enrolled("e3", ended=1, sequence_id="nurture", replied=True)
    everything = [early, late, elsewhere]
    of = history(*everything, e1=Progress(3), e2=Progress(1), e3=Progress(2))
    told = standing(of, everything, "outbound")
    assert (1, True, True, days_ago(1), "replied") == (
        told.resumes_after,
        told.been_here,
        told.completed_a_step,
        told.last_ended,
        told.last_end,
    )
    assert (0, False) == ((other := standing(of, everything, "other")).resumes_after, other.been_here)


@pytest.mark.rule("R9", "R53")
def test_whoever_is_through_begins_anew_and_an_upgrade_starts_no_waiting_period() -> None:
    through = enrolled(canceled=False)
    for all_done in (through, enrolled()):
        told = standing(history(all_done, done=4), [all_done], "outbound")
        assert (0, True) == (told.resumes_after, told.no_step_left)
    assert not standing(history(enrolled(), done=0), [enrolled()], "outbound").no_step_left
    old, new = enrolled("e1", ended=10), enrolled("e2", ended=None, started_at=days_ago(10), version=2)
    told = standing(history(old, new, done=2), [old, new], "outbound")
    assert (None, "outbound", NOW - timedelta(days=10)) == (told.last_ended, told.running_in, told.running_since)


@pytest.mark.rule("R52", "R74")
def test_what_goes_on_since_an_upgrade_is_as_queued_as_it_was_before() -> None:
    old = enrolled()
    new = enrolled("e2", ended=None, started_at=old.ended_at, version=2)
    again = enrolled("e2", ended=None, started_at=old.ended_at, version=1)
    for before, runs, queued in ((Progress(1), new, False), (Progress(), new, True), (Progress(1), again, True)):
        steps = {"e1": before, "e2": Progress(lowest=2)}
        assert queued == History([old, runs], steps, ended=ended_of([old, runs])).queued(runs)


@pytest.mark.rule("R52", "R53", "R75")
@pytest.mark.parametrize(
    ("apart", "upgraded"),
    [
        (timedelta(milliseconds=1), True),
        (-timedelta(seconds=1), True),
        (AT_ONCE, True),
        (2 * AT_ONCE, False),
    ],
)
def test_an_upgrade_shows_although_its_two_times_are_not_equal(apart: timedelta, upgraded: bool) -> None:
    old = enrolled()
    assert old.ended_at is not None
    new = enrolled("e2", ended=None, started_at=old.ended_at + apart, version=2)
    steps = {"e1": Progress(1), "e2": Progress(lowest=2)}
    whole = History([old, new], steps, begun=begun_of([old, new], steps), ended=ended_of([old, new]))
    assert (upgraded, not upgraded, not upgraded) == (whole.upgraded(old), whole.fell_out(old), whole.queued(new))


def test_a_step_is_due_as_long_after_the_one_before_as_the_sequence_says() -> None:
    runs = enrolled(ended=None)
    for progress, due in (
        (Progress(), days_ago(20)),
        (Progress(1, days_ago(19)), days_ago(17)),
        (Progress(lowest=3), days_ago(17)),
        (Progress(4, NOW), None),
        (Progress(1, days_ago(19), version=1), days_ago(17)),
    ):
        assert due == history(runs, e1=progress).due_at(runs)
    assert history(old := enrolled(ended=None, version=7)).due_at(old) is None


@pytest.mark.rule("R9")
def test_whoever_replied_is_not_through_and_resumes_where_they_were() -> None:
    replied = enrolled(canceled=False, replied=True, version=7)
    assert 2 == standing(history(replied, done=2), [replied], "outbound").resumes_after
