"""What a sweep does about runs that nobody carries any more."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.care import BEGINS_WITHIN, MOST_WAKES, RunState, care_for, care_for_taken

STATES = get_args(RunState)
FINE: dict[str, Any] = {"silent": False, "ended": False, "kept_for_people": False, "unanswered": False, "woken": 0}
ANY = st.fixed_dictionaries(
    {
        "silent": st.booleans(),
        "ended": st.booleans(),
        "kept_for_people": st.booleans(),
        "unanswered": st.booleans(),
        "woken": st.integers(0, MOST_WAKES + 1),
    }
)


@pytest.mark.parametrize("state", ["waiting", "working", "asking", "unknown"])
def test_a_run_that_gives_signs_of_life_is_left_alone(state: RunState) -> None:
    assert "leave" == care_for(state, **FINE)


@pytest.mark.parametrize("state", ["crashed", "working"])
def test_a_lost_run_is_started_again_and_after_some_times_given_up(state: RunState) -> None:
    lost = FINE | {"silent": True}
    wakes = [care_for(state, **lost | {"woken": woken}) for woken in range(MOST_WAKES + 1)]
    assert ["wake"] * MOST_WAKES + ["give_up"] == wakes


def test_a_crashed_run_whose_hook_gave_everything_back_is_started_again_too() -> None:
    assert "wake" == care_for("crashed", **FINE | {"ended": True})
    assert "leave" == care_for("crashed", **FINE | {"ended": True, "woken": MOST_WAKES})


def test_who_keeps_an_exclusion_off_for_people_is_never_given_up_before_its_deadline() -> None:
    for state in STATES:
        care = care_for(state, **FINE | {"kept_for_people": True, "silent": True, "woken": MOST_WAKES})
        assert care in ("leave", "cancel")


@pytest.mark.parametrize("state", ["asking", "failed", "unknown"])
def test_a_question_that_nobody_answered_in_time_ends_the_operation(state: RunState) -> None:
    assert "expire" == care_for(state, **FINE | {"unanswered": True})
    assert "leave" == care_for("working", **FINE | {"unanswered": True}), "somebody answered a moment ago"


def test_a_run_that_was_cancelled_while_it_waited_gives_back_at_once() -> None:
    assert "cancel" == care_for("cancelled", **FINE)


def test_a_run_that_a_worker_took_and_never_began_is_started_again_and_after_some_times_given_up() -> None:
    assert "leave" == care_for_taken(BEGINS_WITHIN * 0.9, 0), "its process starts"
    cares = [care_for_taken(BEGINS_WITHIN, woken) for woken in range(MOST_WAKES + 1)]
    assert ["wake"] * MOST_WAKES + ["give_up"] == cares


@given(st.sampled_from(STATES), ANY)
def test_an_operation_that_has_ended_is_only_ever_started_again(state: RunState, how: dict[str, Any]) -> None:
    assert care_for(state, **how | {"ended": True}) in ("leave", "wake")


@given(st.sampled_from(STATES), ANY)
def test_nobody_is_started_again_more_often_than_the_bound(state: RunState, how: dict[str, Any]) -> None:
    assert how["woken"] < MOST_WAKES or care_for(state, **how) != "wake"
