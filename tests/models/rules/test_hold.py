"""How long an exclusion has to stay off at least."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from models.rules.hold import next_slot, shortest_hold

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI")
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def steps(*waits: int, kind: str = "AUTOMATIC_EMAIL") -> pd.DataFrame:
    return pd.DataFrame({"number": range(1, len(waits) + 1), "type": kind, "wait_days": waits})


def contacts(number: int, mailbox: str = "ana@send.test", done: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"mailbox": [mailbox] * number, "resumes_after": done})


def limits(**by_name: int) -> dict[str, int]:
    return {f"{name}@send.test": limit for name, limit in by_name.items()}


@pytest.mark.rule("R37")
def test_500_contacts_with_4_emails_through_one_mailbox_of_25_a_day_take_80_send_days() -> None:
    hold = shortest_hold(contacts(500), steps(0, 2, 2, 2), limits(ana=25), WEEKDAYS, MONDAY)
    assert (2000, 80) == (hold.emails, hold.send_days)
    assert datetime(2027, 2, 19, 9, 0, tzinfo=UTC) == hold.until  # the 80th week day from the 2nd of November on
    assert "what ana@send.test may send, 25 a day" == hold.bound_by


@pytest.mark.rule("R37")
def test_a_single_contact_is_bound_by_the_waits_between_its_steps() -> None:
    hold = shortest_hold(contacts(1), steps(0, 2, 3), limits(ana=25), WEEKDAYS, MONDAY)
    assert datetime(2026, 11, 9, 9, 0, tzinfo=UTC) == hold.until  # Monday, Wednesday, and Saturday waits for Monday
    assert "the steps' waits" == hold.bound_by


def test_whoever_resumes_has_fewer_emails_left_and_waits_for_its_next_step() -> None:
    hold = shortest_hold(contacts(1, done=2), steps(0, 2, 3), limits(ana=25), WEEKDAYS, MONDAY)
    assert (1, datetime(2026, 11, 5, 9, 0, tzinfo=UTC)) == (hold.emails, hold.until)


def test_several_mailboxes_share_the_work_and_the_slowest_counts() -> None:
    both = pd.concat([contacts(10), contacts(10, "bo@send.test")], ignore_index=True)
    hold = shortest_hold(both, steps(0), limits(ana=10, bo=2), WEEKDAYS, MONDAY)
    assert (20, 5) == (hold.emails, hold.send_days)
    assert datetime(2026, 11, 6, 9, 0, tzinfo=UTC) == hold.until


def test_a_mailbox_that_may_send_nothing_holds_for_ever() -> None:
    hold = shortest_hold(contacts(1), steps(0), limits(ana=0), WEEKDAYS, MONDAY)
    assert hold.until is None
    assert "for ever" in str(hold)


def test_steps_without_emails_are_bound_by_their_waits_alone() -> None:
    hold = shortest_hold(contacts(3), steps(0, 5, kind="PHONE_CALL"), limits(ana=0), WEEKDAYS, MONDAY)
    assert (0, datetime(2026, 11, 7, 9, 0, tzinfo=UTC)) == (hold.emails, hold.until)


def test_emails_leave_on_the_hour_in_the_window_of_a_send_day() -> None:
    friday_evening = datetime(2026, 11, 6, 16, 30, tzinfo=UTC)
    assert datetime(2026, 11, 9, 9, 0, tzinfo=UTC) == next_slot(friday_evening, WEEKDAYS)
    assert datetime(2026, 11, 6, 10, 0, tzinfo=UTC) == next_slot(friday_evening.replace(hour=9), WEEKDAYS)
