"""What becomes of each contact of a re-enrollment."""

from datetime import timedelta

import pandas as pd
import pytest

from models.rules.forecast import forecast
from tests.models.rules.facts import NOW, fact, facts, settings
from tests.workspaces import OUTBOUND

MAILBOX = ["ana@send.acme.test"]


def forecast_of(row: dict[str, object], *, fell: float | None = 1, mailboxes: list[str] = MAILBOX) -> dict[str, object]:
    fell_at = pd.Series(pd.to_datetime([None if fell is None else NOW - timedelta(days=fell)], utc=True))
    found = forecast(pd.DataFrame({"fell_at": fell_at}), facts(row), settings(), timedelta(0), NOW, mailboxes)
    told: dict[str, object] = found.to_dict("records")[0]
    return told | {"forecast_reasons": str(told["forecast_reasons"])}


@pytest.mark.rule("R9", "R12", "R26")
def test_who_only_settings_keep_out_is_enrolled_at_the_next_step_and_it_is_told_what_stood_against_it() -> None:
    expected = {
        "forecast": "enrolled",
        "forecast_reasons": "already_sequenced;recently_enrolled",
        "step": 3,
        "needs_same": True,
        "needs_block": True,
    }
    assert expected == forecast_of(fact(ended=1, resumes_after=2))


@pytest.mark.rule("R29")
def test_who_is_blocked_all_the_same_keeps_only_the_reasons_that_stay() -> None:
    told = forecast_of(fact(ended=1, opted_out=True))
    assert ("blocked", "opted_out", False) == (told["forecast"], told["forecast_reasons"], told["needs_block"])


def test_who_has_done_all_steps_is_blocked_since_they_would_get_the_first_email_again() -> None:
    told = forecast_of(fact(ended=1, no_step_left=True))
    assert ("blocked", "no_step_left", 1, False) == (
        told["forecast"],
        told["forecast_reasons"],
        told["step"],
        told["needs_same"],
    )
    told = forecast_of(fact(ended=1, no_step_left=True, opted_out=True))
    assert "opted_out;no_step_left" == told["forecast_reasons"]


def test_who_is_back_in_the_sequence_is_unchanged() -> None:
    told = forecast_of(fact(ended=1, running_in=OUTBOUND))
    assert ("unchanged", "") == (told["forecast"], told["forecast_reasons"])


def test_who_came_back_after_falling_out_and_is_through_is_unchanged() -> None:
    came_back = pd.Timestamp(NOW - timedelta(hours=5))
    assert "unchanged" == forecast_of(fact(ended=0.1, last_started_here=came_back))["forecast"]
    assert "enrolled" == forecast_of(fact(ended=0.1, last_started_here=came_back), fell=0.1)["forecast"]


def test_who_runs_elsewhere_is_blocked() -> None:
    told = forecast_of(fact(ended=1, running_in="Nurture"))
    assert ("blocked", "already_enrolled") == (told["forecast"], told["forecast_reasons"])


def test_without_a_mailbox_that_can_send_nobody_is_enrolled() -> None:
    told = forecast_of(fact(), mailboxes=[])
    assert ("blocked", "mailbox_unavailable") == (told["forecast"], told["forecast_reasons"])
    assert "opted_out;mailbox_unavailable" == forecast_of(fact(opted_out=True), mailboxes=[])["forecast_reasons"]


def test_without_a_time_of_falling_out_the_facts_decide_alone() -> None:
    assert "enrolled" == forecast_of(fact(ended=1, last_started_here=pd.Timestamp(NOW)), fell=None)["forecast"]
