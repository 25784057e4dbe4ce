"""What is queued, where it can go, and how long that takes."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.handover import Room
from models.rules.backlog import spread
from models.rules.handover.queued import Offered, days_to_send, due_within_a_day, offered, saving
from tests.models.rules.handover.frames import STEPS, alike, running, runs, tallied
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA, QUIN, RAJ, SUE

THIRD, FOURTH = "third@send.acme.test", "fourth@send.acme.test"
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI")
SEQUENCES = pd.DataFrame({"sequence": [OUTBOUND, NURTURE], "paused": [False, True], "send_days": [WEEKDAYS, WEEKDAYS]})


def mailboxes(*rows: tuple[str, str | None, bool, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["mailbox", "owner", "paused", "daily_limit"])


def room(mailbox: str = BOS_MAILBOX, *, limit: int = 25, due: int = 0) -> Room:
    return Room(mailbox=mailbox, owner=BO, daily_limit=limit, due=due)


def saved(*rows: dict[str, Any], to: tuple[Room, ...] = (room(),), paused: tuple[str, ...] = ()) -> Any:
    found = Offered(to, (), full=False)
    return saving(tallied(*rows), found, SEQUENCES, paused, NOW, cancels=False)


def test_only_emails_that_are_due_within_a_day_take_up_room() -> None:
    later = pd.Timestamp(NOW + timedelta(days=2))
    rows = running(runs(PIA, done=0), runs(QUIN, done=1), runs(RAJ, done=2), runs(SUE, done=2, next_step_at=later))
    assert 2 == due_within_a_day(rows, {OUTBOUND: STEPS}, NOW)  # Quin's next step is a call


@pytest.mark.rule("R98")
def test_the_new_owners_mailboxes_come_first_then_the_present_owners_others() -> None:
    there = mailboxes(
        (ANAS_MAILBOX, ANA, False, 25),
        (THIRD, ANA, False, 25),
        (BOS_MAILBOX, BO, False, 25),
        (FOURTH, "carl@acme.test", False, 25),
    )
    found = offered(there, {ANAS_MAILBOX}, [BO, ANA], {THIRD: 3, BOS_MAILBOX: 0})
    assert [(BOS_MAILBOX, 25), (THIRD, 22)] == [(room.mailbox, room.free) for room in found.to]
    assert ((), False) == (found.unfit, found.full)


def test_mailboxes_that_are_paused_full_or_without_a_limit_are_left_out_and_say_why() -> None:
    there = mailboxes(
        (ANAS_MAILBOX, ANA, False, 25),
        (THIRD, BO, True, 25),
        (BOS_MAILBOX, BO, False, 5),
        (FOURTH, BO, False, 0),
        ("fifth@send.acme.test", BO, False, 25),
    )
    due = {BOS_MAILBOX: 5, FOURTH: 0, "fifth@send.acme.test": 0}
    found = offered(there, {ANAS_MAILBOX}, [BO, ANA], due)
    assert ["fifth@send.acme.test"] == [room.mailbox for room in found.to]
    assert (
        (THIRD, "is paused"),
        (FOURTH, "may send nothing"),
        (BOS_MAILBOX, "has 5 of 5 emails to send within a day already"),
    ) == found.unfit


def test_where_none_has_room_all_that_can_send_are_offered_all_the_same() -> None:
    there = mailboxes((BOS_MAILBOX, BO, False, 5), (THIRD, BO, False, 0))
    found = offered(there, {ANAS_MAILBOX}, [BO], {BOS_MAILBOX: 9, THIRD: 0})
    assert ([BOS_MAILBOX], True) == ([room.mailbox for room in found.to], found.full)


@pytest.mark.rule("R75", "R98")
def test_what_is_queued_is_told_by_sequence_and_what_is_past_step_one_is_not_among_it() -> None:
    found = saved(alike(3, done=0), alike(2, done=0, sequence=NURTURE, first_due=pd.NaT), alike(9, done=1))
    assert [(NURTURE, 2, None), (OUTBOUND, 3, NOW)] == [
        (group.sequence, group.queued, group.first_due) for group in found.groups
    ]
    assert (True, 1) == (found.possible, found.send_days)


@pytest.mark.rule("R73")
def test_each_sequences_turns_go_on_where_the_last_ones_left_off_as_in_one_run_over_all() -> None:
    found = saved(alike(1, done=0), alike(2, done=0, sequence=NURTURE), to=(room(), room(THIRD), room(FOURTH)))
    queue = running(runs(PIA, done=0), runs(QUIN, done=0, sequence=NURTURE), runs(RAJ, done=0, sequence=NURTURE))
    _, moves = spread(queue, (BOS_MAILBOX, THIRD, FOURTH))
    assert {move.sequence: move.mailboxes for move in moves} == {group.sequence: group.to for group in found.groups}


@pytest.mark.rule("R77")
def test_the_window_closes_when_the_first_email_leaves_on_a_send_day_in_the_hours_of_sending() -> None:
    friday_night = pd.Timestamp(datetime.fromisoformat("2026-11-06T20:00:00+00:00"))
    found = saved(alike(1, done=0, first_due=friday_night))
    assert datetime.fromisoformat("2026-11-09T09:00:00+00:00") == found.groups[0].first_due
    overdue = pd.Timestamp(NOW - timedelta(days=3))
    assert saved(alike(1, done=0, first_due=overdue)).groups[0].first_due == NOW


def test_what_is_queued_in_a_paused_sequence_or_mailbox_does_not_turn_active_by_itself() -> None:
    assert saved(alike(1, done=0, sequence=NURTURE)).groups[0].first_due is None
    assert saved(alike(1, done=0), paused=(ANAS_MAILBOX,)).groups[0].first_due is None


def test_without_a_mailbox_to_go_to_nothing_can_be_saved() -> None:
    found = saved(alike(1, done=0), to=())
    assert (False, None) == (found.possible, found.send_days)


@pytest.mark.parametrize(
    ("rooms", "more", "days"),
    [
        ((room(limit=25),), 50, 2),
        ((room(limit=25, due=20),), 25, 2),
        ((room(limit=10), room(THIRD, limit=5)), 31, 3),
        ((room(limit=0),), 1, None),
        ((), 0, 0),
        ((room(limit=10, due=45),), 5, 5),
    ],
)
def test_a_queue_takes_as_many_days_as_the_mailboxes_need_beside_what_is_due(
    rooms: tuple[Room, ...], more: int, days: int | None
) -> None:
    assert days == days_to_send(rooms, more)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 90)), min_size=1, max_size=4), st.integers(1, 300))
def test_a_day_less_would_not_do(limits: list[tuple[int, int]], more: int) -> None:
    rooms = [room(f"m{at}@x.test", limit=limit, due=due) for at, (limit, due) in enumerate(limits)]
    days = days_to_send(rooms, more)

    def sent(after: int) -> int:
        return sum(max(limit * after - due, 0) for limit, due in limits)

    assert days is not None
    assert sent(days) >= more > sent(days - 1)
