"""What becomes of everybody who runs when a sequence is edited and upgraded."""

import pandas as pd
import pytest

from models.records import SequenceStep
from models.rules.upgrading import steps_of, upgrades, version_after

EMAIL, CALL, ACTION = (
    SequenceStep(),
    SequenceStep(type="PHONE_CALL", wait_days=2),
    SequenceStep(type="ACTION_ITEM", wait_days=1),
)
OLD = (EMAIL, CALL, SequenceStep(wait_days=3))


def running(*places: tuple[str, int, int]) -> pd.DataFrame:
    """Who runs, as (email, steps done, version)."""
    return pd.DataFrame(places, columns=["email", "steps_done", "version"])


def told(places: pd.DataFrame, *new: SequenceStep, present: int = 4) -> list[tuple[object, ...]]:
    found = upgrades(places, {present: OLD}, present, new)
    return list(found[["forecast", "step", "detail"]].itertuples(index=False, name=None))


@pytest.mark.rule("R52")
def test_whoever_has_steps_left_is_upgraded_and_the_next_step_is_told_before_and_after() -> None:
    places = running(("a@x.test", 0, 4), ("b@x.test", 1, 4), ("c@x.test", 2, 4))
    assert [
        ("upgraded", 1, "step 1 stays an email at once"),
        ("upgraded", 2, "step 2 was a call 2 days later, becomes an action item 1 day later"),
        ("upgraded", 3, "step 3 was an email 3 days later, becomes a call 2 days later"),
    ] == told(places, EMAIL, ACTION, CALL)


@pytest.mark.rule("R52")
def test_whoever_has_nothing_left_to_do_is_told_as_unenrolled_and_why() -> None:
    places = running(("a@x.test", 1, 4), ("b@x.test", 2, 4))
    assert [("unenrolled", 0), ("unenrolled", 0)] == [row[:2] for row in told(places, ACTION)]
    assert (
        "step 2 was a call 2 days later, is gone: version 5 has 1 step, all of them done"
        == (told(places, ACTION)[0][2])
    )
    assert "version 5 has 2 steps" in str(told(places, ACTION, CALL)[1][2])


@pytest.mark.rule("R53")
def test_equal_steps_leave_everybody_of_the_present_version_as_they_are() -> None:
    places = running(("a@x.test", 1, 4), ("b@x.test", 1, 2))
    assert [
        ("unchanged", 2, "is in version 4 already"),
        ("upgraded", 2, "step 2 of version 2 becomes a call 2 days later"),
    ] == told(places, *OLD)
    assert (4, 5) == (version_after({4: OLD}, 4, OLD), version_after({4: OLD}, 4, (CALL,)))


def test_the_steps_of_earlier_versions_are_told_where_they_are_known() -> None:
    found = upgrades(running(("a@x.test", 0, 3)), {3: (CALL,), 4: OLD}, 4, (ACTION,))
    assert ["step 1 was a call 2 days later, becomes an action item 1 day later"] == found["detail"].tolist()


def test_everybody_is_told_once_in_the_order_given_also_where_nobody_runs() -> None:
    places = running(*((f"p{number}@x.test", number % 3, 3 + number % 2) for number in range(50)))
    places.index += 7
    found = upgrades(places, {4: OLD}, 4, (EMAIL,))
    assert places["email"].tolist() == found["email"].tolist()
    assert places.index.equals(found.index)
    assert 0 == len(upgrades(places.head(0), {4: OLD}, 4, (EMAIL,)))


def test_the_steps_of_a_frame_go_by_their_numbers() -> None:
    frame = pd.DataFrame([(2, "PHONE_CALL", 2), (1, "AUTOMATIC_EMAIL", 0)], columns=["number", "type", "wait_days"])
    assert (EMAIL, CALL) == steps_of(frame)
