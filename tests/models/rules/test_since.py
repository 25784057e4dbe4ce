"""What has happened to contacts since they fell out, and what that makes of a forecast."""

from datetime import datetime
from typing import Any

import pandas as pd

from models.names import NONE, Names
from models.rules.since import (
    UNCLEAR,
    nothing_known,
    paused_as_before,
    since_they_fell_out,
    with_what_happened,
)
from tests.workspaces import ANAS_MAILBOX, BOS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA, QUIN, days_ago

FELL = days_ago(13)
OURS, OWNERS = nothing_known().values()


def row(email: str = PIA, *, began: float = 10, ended: float | None = 5, **own: Any) -> dict[str, Any]:
    """An enrollment since, in another sequence from another mailbox, that was cancelled."""
    return {
        "email": email,
        "since": FELL,
        "sequence": NURTURE,
        "mailbox": BOS_MAILBOX,
        "play": None,
        "version": 1,
        "started_at": days_ago(began),
        "ended_at": None if ended is None else days_ago(ended),
        "steps_done": 1,
        "end": "canceled" if ended is not None else None,
        "paused": False,
        "paused_until": None,
        **own,
    }


def fallen(email: str = PIA, **own: Any) -> dict[str, Any]:
    return row(email, began=20, ended=13, sequence=OUTBOUND, mailbox=ANAS_MAILBOX, **own)


def since(*rows: dict[str, Any], emails: tuple[str, ...] = (PIA,), **known: pd.DataFrame) -> pd.DataFrame:
    history = pd.DataFrame(rows, columns=list(row()))
    for name in ("since", "started_at", "ended_at", "paused_until"):
        history[name] = pd.to_datetime(history[name], utc=True)
    contacts = pd.DataFrame({"email": emails, "sequence": OUTBOUND, "fell_at": pd.to_datetime([FELL] * len(emails))})
    return since_they_fell_out(contacts, history.astype({"paused": "boolean"}), **(nothing_known() | known))


def spans(began: datetime, until: datetime | None, **own: str) -> pd.DataFrame:
    start = "began" if "email" in own else "after"
    frame = pd.DataFrame([own | {start: began, "until": until}])
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in (start, "until")})


def told(found: pd.DataFrame, *, forecast: str = "enrolled", reasons: str = "", named: bool = False) -> tuple[str, str]:
    against = Names(*filter(None, reasons.split(";")))
    before = pd.DataFrame(
        {
            "forecast": [forecast],
            "forecast_reasons": [against],
            "step": [2],
            "needs_same": [True],
            "needs_block": [True],
        }
    )
    after = with_what_happened(before, found, named=named).iloc[0]
    assert after["needs_same"] == (after["forecast"] == "enrolled")
    return after["forecast"], str(after["forecast_reasons"])


def test_of_whom_nothing_happened_nothing_is_said() -> None:
    assert ("enrolled", "recently_enrolled") == told(since(fallen()), reasons="recently_enrolled")
    assert ("enrolled", "") == told(since())
    assert [NONE, False, False, ""] == since(fallen()).iloc[0, :4].tolist()


def test_who_answered_anywhere_since_is_blocked_named_or_not() -> None:
    found = since(fallen(), row(end="replied"), row(began=3, ended=1, end="bounced"))
    assert ("blocked", "replied;bounced") == told(found)
    assert ("blocked", "replied;bounced") == told(found, named=True)
    assert ("blocked", "opted_out;replied;bounced") == told(found, forecast="blocked", reasons="opted_out")


def test_who_ran_in_another_sequence_since_has_moved_on_and_goes_back_when_named() -> None:
    for end in ("canceled", "completed", "excluded"):
        found = since(fallen(), row(end=end))
        assert ("manual", "moved_on") == told(found)
        assert f"ran in '{NURTURE}' from {BOS_MAILBOX} until 2026-10-28 09:00 UTC ({end})" == found["where"].iloc[0]
        assert ("enrolled", "") == told(found, named=True)


def test_moving_on_counts_before_a_bar_that_lapses_and_after_one_that_does_not() -> None:
    found = since(fallen(), row())
    assert ("manual", "moved_on") == told(found, forecast="blocked", reasons="already_sequenced;recently_enrolled")
    assert ("blocked", "opted_out") == told(found, forecast="blocked", reasons="opted_out")
    assert ("blocked", "no_step_left") == told(found, forecast="blocked", reasons="no_step_left")


def test_who_was_back_in_this_one_and_was_taken_out_again_has_moved_on_unless_a_change_of_owner_did_it() -> None:
    again = row(sequence=OUTBOUND)
    assert ("manual", "moved_on") == told(since(fallen(), again))
    known = spans(days_ago(6), days_ago(4), mailbox=BOS_MAILBOX)
    assert ("unchanged", "") == told(since(fallen(), again, changes_of_owner=known))
    assert ("unchanged", "") == told(
        since(fallen(), again, changes_of_owner=spans(days_ago(6), None, mailbox=BOS_MAILBOX))
    )
    for elsewhere in (
        spans(days_ago(4), None, mailbox=BOS_MAILBOX),
        spans(days_ago(6), days_ago(4), mailbox=ANAS_MAILBOX),
    ):
        assert ("manual", "moved_on") == told(since(fallen(), again, changes_of_owner=elsewhere))
    assert ("unchanged", "") == told(since(fallen(), row(sequence=OUTBOUND, end="completed")))


def test_what_an_operation_of_ours_made_is_no_moving_on() -> None:
    ours = spans(days_ago(10.5), days_ago(9.5), email=PIA, sequence=NURTURE)
    assert ("unchanged", "") == told(since(fallen(), row(), ours=ours))
    for other in (
        spans(days_ago(9), days_ago(8), email=PIA, sequence=NURTURE),
        spans(days_ago(11), None, email=PIA, sequence=OUTBOUND),
        spans(days_ago(11), None, email=QUIN, sequence=NURTURE),
    ):
        assert ("manual", "moved_on") == told(since(fallen(), row(), ours=other))


def test_where_somebody_runs_the_facts_decide_and_of_several_the_last_one_counts() -> None:
    found = since(fallen(), row(), row(began=2, ended=None))
    assert ("blocked", "already_enrolled") == told(found, forecast="blocked", reasons="already_enrolled")
    assert ("unchanged", "") == told(found, forecast="unchanged")
    assert ("unchanged", "") == told(since(fallen(), row(), row(sequence=OUTBOUND, began=3, ended=1, end="completed")))


def test_what_ended_at_the_same_instant_counts_if_it_began_there() -> None:
    """On a clock that stands still a person is put elsewhere and taken out at one instant."""
    assert ("manual", "moved_on") == told(since(fallen(), row(began=13, ended=13)))
    assert ("enrolled", "") == told(since(fallen(), row(began=20, ended=13)))


def test_who_was_paused_when_they_fell_out_is_told_with_the_date() -> None:
    found = since(fallen(paused=True, paused_until=days_ago(1)), fallen(QUIN, paused=pd.NA), emails=(PIA, QUIN, "n@x"))
    assert [True, None, False] == [None if pd.isna(value) else bool(value) for value in found["paused"]]
    assert pd.Timestamp(days_ago(1)) == found["paused_until"].iloc[0]
    assert found["paused_until"].isna().tolist() == [False, True, True]


def paused(found: pd.DataFrame, *, can_pause: bool = True, forecast: str = "enrolled") -> tuple[str, bool, str]:
    before = pd.DataFrame(
        {"forecast": [forecast], "forecast_reasons": [NONE], "needs_same": [True], "needs_block": [True]}
    )
    after = paused_as_before(before, found, NOW, can_pause=can_pause).iloc[0]
    return after["forecast"], bool(after["paused"]), after["pause"]


def test_who_was_paused_goes_back_paused_unless_they_would_be_back_by_now() -> None:
    assert ("enrolled", False, "") == paused(since(fallen()))
    assert ("enrolled", True, "was paused") == paused(since(fallen(paused=True)))
    away = fallen(paused=True, paused_until=days_ago(-3))
    assert ("enrolled", True, "was paused until 2026-11-05 09:00 UTC") == paused(since(away))
    assert ("enrolled", False, "") == paused(since(fallen(paused=True, paused_until=days_ago(1))))
    assert ("blocked", False, "was paused") == paused(since(fallen(paused=True)), forecast="blocked")


def test_where_nobody_can_tell_or_pause_it_is_left_to_a_person() -> None:
    found = paused(since(fallen(paused=True)), can_pause=False)
    assert ("manual", False) == found[:2]
    assert "this platform cannot pause" in found[2]
    found = paused(since(fallen(paused=pd.NA)))
    assert ("manual", False, UNCLEAR) == found
    assert ("enrolled", False, "") == paused(since(fallen()), can_pause=False)
