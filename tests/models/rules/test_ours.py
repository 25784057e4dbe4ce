"""Which enrollment is ours, by history: what began since the intent, where and from which mailbox it was meant."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from models.rules.ours import CAME, what_came_of
from tests.workspaces import ANAS_MAILBOX, BOS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA, PLAY, QUIN

BEFORE, AFTER, LATER = NOW - timedelta(days=2), NOW + timedelta(minutes=1), NOW + timedelta(hours=3)


def enrolled(
    started: datetime,
    ended: datetime | None = None,
    end: str | None = None,
    *,
    sequence: str = OUTBOUND,
    mailbox: str | None = BOS_MAILBOX,
    play: str | None = None,
    email: str = PIA,
) -> dict[str, Any]:
    return {
        "email": email,
        "since": NOW,
        "sequence": sequence,
        "mailbox": mailbox,
        "play": play,
        "version": 1,
        "started_at": started,
        "ended_at": ended,
        "steps_done": 1,
        "end": end,
        "paused": False,
        "paused_until": None,
    }


def came(*rows: dict[str, Any], emails: tuple[str, ...] = (PIA,), **meant: Any) -> pd.DataFrame:
    history = pd.DataFrame(rows, columns=list(enrolled(NOW)))
    for at in ("since", "started_at", "ended_at"):
        history[at] = pd.to_datetime(history[at], utc=True)
    intended = pd.DataFrame({"email": emails, "sequence": OUTBOUND, "play": None, "since": NOW, "leaves": None})
    intended["mailboxes"] = [(BOS_MAILBOX,)] * len(emails)
    return what_came_of(history, intended.assign(**meant))


@pytest.mark.parametrize("end", [None, "canceled", "replied", "bounced", "opted_out", "completed", "excluded"])
def test_what_was_meant_and_began_since_is_ours_however_it_ended(end: str | None) -> None:
    found = came(enrolled(AFTER, LATER if end else None, end)).iloc[0]
    assert ("ours", OUTBOUND, BOS_MAILBOX) == (found["came"], found["sequence"], found["mailbox"])
    assert end == (found["end"] if end else None)


@pytest.mark.parametrize(
    "other", [{"sequence": NURTURE}, {"mailbox": ANAS_MAILBOX}, {"play": PLAY}], ids=["sequence", "mailbox", "play"]
)
def test_what_began_since_and_was_not_meant_is_somebody_elses(other: dict[str, Any]) -> None:
    assert "others" == came(enrolled(AFTER, LATER, "canceled", **other)).at[0, "came"]


def test_what_a_plays_copy_began_is_ours_from_whichever_mailbox() -> None:
    found = came(enrolled(AFTER, play=PLAY, mailbox=ANAS_MAILBOX), play=PLAY, mailboxes=[()])
    assert "ours" == found.at[0, "came"]


def test_where_no_mailbox_shows_the_rest_decides() -> None:
    assert "ours" == came(enrolled(AFTER, mailbox=None)).at[0, "came"]


def test_a_clock_that_is_a_second_off_hides_nothing_of_ours() -> None:
    assert "ours" == came(enrolled(NOW - timedelta(seconds=1))).at[0, "came"]


def test_what_began_before_and_was_not_to_be_left_says_nothing() -> None:
    assert "" == came(enrolled(BEFORE)).at[0, "came"]
    assert "" == came().at[0, "came"]


def test_ours_counts_although_somebody_enrolled_them_again_since() -> None:
    found = came(enrolled(AFTER, LATER, "canceled"), enrolled(LATER, mailbox=ANAS_MAILBOX)).iloc[0]
    assert ("ours", "canceled") == (found["came"], found["end"])


def test_of_what_others_began_the_latest_is_given() -> None:
    found = came(enrolled(AFTER, LATER, "canceled", sequence=NURTURE), enrolled(LATER, mailbox=ANAS_MAILBOX)).iloc[0]
    assert ("others", ANAS_MAILBOX) == (found["came"], found["mailbox"])


@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("ended", "end", "expected"),
    [(None, None, "stays"), (AFTER, "canceled", "out"), (AFTER, "replied", "left"), (AFTER, "completed", "left")],
)
def test_who_was_to_leave_a_sequence_is_in_it_or_taken_out_or_left_by_themselves(
    ended: datetime | None, end: str | None, expected: str
) -> None:
    source = enrolled(BEFORE, ended, end, sequence=NURTURE, mailbox=ANAS_MAILBOX)
    assert expected == came(source, leaves=NURTURE).at[0, "came"]
    assert "ours" == came(source, enrolled(AFTER), leaves=NURTURE).at[0, "came"]


def test_who_leaves_and_comes_within_one_sequence_is_told_by_the_mailbox() -> None:
    """Also where the clock stood still, so that both began at the same instant."""
    before = enrolled(NOW, NOW, "canceled", mailbox=ANAS_MAILBOX)
    assert "out" == came(before, leaves=OUTBOUND).at[0, "came"]
    assert "ours" == came(before, enrolled(NOW), leaves=OUTBOUND).at[0, "came"]
    assert "others" == came(before, enrolled(NOW, mailbox=ANAS_MAILBOX), leaves=OUTBOUND).at[0, "came"]


@pytest.mark.rule("R73")
def test_what_was_moved_to_another_mailbox_in_its_place_is_ours() -> None:
    assert "ours" == came(enrolled(BEFORE, LATER, "replied"), leaves=OUTBOUND).at[0, "came"]


def test_each_is_answered_in_the_order_of_the_question() -> None:
    rows = (enrolled(AFTER, email=QUIN, mailbox=ANAS_MAILBOX), enrolled(AFTER, email=PIA))
    found = came(*rows, emails=(PIA, QUIN, "nobody@x.test"))
    assert (["ours", "others", ""], CAME) == (found["came"].tolist(), list(found.columns))
