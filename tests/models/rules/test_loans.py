"""A borrowed setting goes back only while its value is still ours."""

import pytest

from models.rules.loans import how_to_return

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
