"""A borrowed setting goes back only while its value is still ours."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.loans import how_to_return, why_due
from models.setting_keys import SettingKey

DAYS_75, AT_ONCE, WEEK = ({"value": value, "unit": "DAY"} for value in (75, 0, 7))


@pytest.mark.rule("R27", "R40")
@pytest.mark.parametrize(
    ("was", "set_to", "current", "expected"),
    [
        (False, True, True, "give_back"),
        (DAYS_75, AT_ONCE, AT_ONCE, "give_back"),
        (None, AT_ONCE, AT_ONCE, "give_back"),
        (False, True, False, "already_back"),
        (DAYS_75, AT_ONCE, DAYS_75, "already_back"),
        (None, AT_ONCE, None, "already_back"),
        (DAYS_75, AT_ONCE, WEEK, "superseded"),
        (DAYS_75, AT_ONCE, None, "superseded"),
    ],
)
def test_a_loan_is_returned_left_or_superseded(was: object, set_to: object, current: object, expected: str) -> None:
    assert expected == how_to_return(was, set_to, current)


NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SILENT, DUE = NOW - timedelta(minutes=5), NOW - timedelta(hours=1)
OUT, LIFTED = (
    SettingKey.parse("ruleset:Default:block_reenrollment"),
    SettingKey.parse("exclusion:Customers:exclude_from_sequences"),
)


@pytest.mark.rule("R27", "R37", "R62")
@pytest.mark.parametrize(
    ("setting", "deadline", "silent", "running", "told"),
    [
        (OUT, NOW, None, 0, None),
        (OUT, DUE, None, 0, "deadline"),
        (OUT, NOW, SILENT, 0, "sign of life"),
        (OUT, NOW, SILENT, 5, "sign of life"),
        (LIFTED, NOW, SILENT, 0, "sign of life"),
        (LIFTED, NOW, SILENT, 5, None),
        (LIFTED, DUE, SILENT, 5, "deadline"),
        (SettingKey.parse("audience:Q4:exclusion:Customers"), NOW, SILENT, 0, "sign of life"),
    ],
)
def test_a_loan_is_due_when_its_holder_is_late_or_silent_but_not_an_exclusion_that_people_run_under(
    setting: SettingKey, deadline: datetime, silent: datetime | None, running: int, told: str | None
) -> None:
    why = why_due(setting, deadline, NOW, ended=False, silent_since=silent, running=running)
    assert (why is None) == (told is None)
    assert (told or "") in (why or "")
    assert why_due(setting, NOW, NOW, ended=True, silent_since=None, running=running) is not None
