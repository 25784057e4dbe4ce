"""Who fell out with a mailbox's owner: told by a time that was given, by a burst of ends, or by a snapshot."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from models.rules.fallout import AROUND, fell_out, moment_of_change, without
from tests.workspaces import NOW

HOUR = timedelta(hours=1)


def ends(*rows: tuple[datetime, int]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["ended_at", "enrollments"])
    return frame.assign(ended_at=pd.to_datetime(frame["ended_at"], utc=True))


def cancelled(*rows: tuple[str, datetime]) -> pd.DataFrame:
    frame = pd.DataFrame([(email, at, 2) for email, at in rows], columns=["email", "ended_at", "steps_done"])
    return frame.assign(ended_at=pd.to_datetime(frame["ended_at"], utc=True))


@pytest.mark.rule("R1")
def test_a_time_that_was_given_takes_an_hour_on_both_sides() -> None:
    found = moment_of_change(ends((NOW - HOUR, 3), (NOW, 5), (NOW + 2 * HOUR, 9)), NOW, None)
    assert found is not None
    assert (NOW - AROUND, NOW + AROUND, 8, True) == (found.earliest, found.latest, found.enrollments, found.given)
    assert "given; 8 enrollments" in str(found)


@pytest.mark.rule("R1")
def test_without_a_time_the_latest_notable_burst_is_the_change() -> None:
    rows = [(NOW - 48 * HOUR, 40), (NOW - 5 * HOUR, 20), (NOW - 5 * HOUR + timedelta(minutes=4), 20), (NOW - HOUR, 2)]
    found = moment_of_change(ends(*rows), None, None)
    assert found is not None
    assert (NOW - 5 * HOUR, NOW - 5 * HOUR + timedelta(minutes=4), 40) == (
        found.earliest,
        found.latest,
        found.enrollments,
    )
    assert "told from the enrollments that ended together" in str(found)


def test_ends_more_than_five_minutes_apart_are_no_burst() -> None:
    found = moment_of_change(ends((NOW - 6 * timedelta(minutes=1), 5), (NOW, 5)), None, None)
    assert found is not None
    assert 5 == found.enrollments


def test_after_a_snapshot_only_what_ended_since_counts() -> None:
    rows = ends((NOW - 2 * HOUR, 100), (NOW, 1))
    found = moment_of_change(rows, None, NOW - HOUR)
    assert found is not None
    assert (NOW, 1) == (found.at, found.enrollments)
    assert moment_of_change(rows, None, NOW + HOUR) is None


def test_until_a_look_has_seen_the_next_owner_counts_with_the_minutes_that_a_burst_takes() -> None:
    rows = ends((NOW - 2 * HOUR, 3), (NOW - 2 * HOUR + timedelta(minutes=4), 3), (NOW, 4))
    found = moment_of_change(rows, None, NOW - 3 * HOUR, NOW - 2 * HOUR)
    assert found is not None
    assert (NOW - 2 * HOUR, 6) == (found.at, found.enrollments), "who was taken out by hand later is not in it"
    assert moment_of_change(rows, None, NOW - 3 * HOUR, NOW - 2.5 * HOUR) is None


def test_a_change_in_the_very_second_of_the_snapshot_counts() -> None:
    found = moment_of_change(ends((NOW, 7)), None, NOW)
    assert found is not None
    assert 7 == found.enrollments


def test_where_nothing_was_cancelled_there_was_no_change() -> None:
    assert moment_of_change(ends(), None, None) is None


@pytest.mark.rule("R1")
def test_who_ended_then_fell_out_and_who_was_recorded_is_certain() -> None:
    moment = moment_of_change(ends((NOW - HOUR, 2)), None, None)
    assert moment is not None
    rows = cancelled(("a@x.test", NOW - HOUR), ("b@x.test", NOW - HOUR), ("c@x.test", NOW - 9 * HOUR))
    found = fell_out(rows, moment, {"a@x.test", "c@x.test"})
    assert ["a@x.test", "b@x.test"] == found["email"].tolist()
    assert [True, False] == found["certain"].tolist()
    assert [
        "cancelled 0 min from the change, after step 2; running before it",
        "cancelled 0 min from the change, after step 2",
    ] == found["evidence"].tolist()


def test_the_evidence_tells_how_far_from_the_given_time_somebody_ended() -> None:
    moment = moment_of_change(ends((NOW - HOUR, 1)), NOW, None)
    assert moment is not None
    assert ["cancelled -60 min from the change, after step 2"] == (
        fell_out(cancelled(("a@x.test", NOW - HOUR)), moment, ())["evidence"].tolist()
    )


def chosen(*recorded: datetime) -> int:
    """How many are in the burst that is taken for the change, of two at a distance: the later one is the smaller."""
    known = pd.Series(pd.to_datetime(list(recorded), utc=True))
    rows = ends((NOW - 5 * HOUR, 2), (NOW, 1))
    found = moment_of_change(rows, None, NOW - 9 * HOUR, None, lambda: known)
    assert found is not None
    return found.enrollments


@pytest.mark.rule("R1")
def test_a_later_burst_that_took_out_nobody_of_the_record_is_no_change_where_a_larger_one_did() -> None:
    assert 2 == chosen(NOW - 5 * HOUR), "who was taken out later began after the record, and alone"
    assert 1 == chosen(NOW - 5 * HOUR, NOW), "it took out somebody of the record too"
    assert 1 == chosen(), "nobody of the record was cancelled"


@pytest.mark.rule("R1")
def test_of_two_bursts_of_one_size_the_one_that_took_out_somebody_of_the_record_is_the_change() -> None:
    rows, recorded = ends((NOW - 5 * HOUR, 1), (NOW, 1)), pd.Series(pd.to_datetime([NOW - 5 * HOUR], utc=True))
    found = moment_of_change(rows, None, NOW - 9 * HOUR, None, lambda: recorded)
    assert found is not None
    assert NOW - 5 * HOUR == found.at


@pytest.mark.rule("R1")
def test_ends_that_are_known_to_be_ours_are_taken_out_of_the_ends() -> None:
    rows = ends((NOW - 5 * HOUR, 3), (NOW - HOUR, 2), (NOW, 1))
    left = without(rows, pd.Series(pd.to_datetime([NOW - HOUR, NOW, NOW - 5 * HOUR, NOW - HOUR], utc=True)))
    assert [(NOW - 5 * HOUR, 2)] == list(left.itertuples(index=False, name=None))
    assert [3, 2, 1] == without(rows, pd.Series([], dtype="datetime64[ns, UTC]"))["enrollments"].tolist()
