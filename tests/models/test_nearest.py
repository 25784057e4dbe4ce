"""A misspelt name is answered with the nearest ones."""

import pytest

from models.errors import InvalidInput
from models.nearest import known

NAMES = ["Outbound", "Nurture", "Onboarding"]


def test_a_name_is_found_whatever_its_case_and_spelled_as_the_workspace_does() -> None:
    assert "Outbound" == known("sequence", " OUTBOUND ", NAMES, "sequence")


def test_a_misspelt_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as refusal:
        known("sequence", "Outbund", NAMES, "sequence")
    assert "sequence: there is no sequence 'Outbund'. Did you mean 'Outbound'?" == str(refusal.value)
    assert ("sequence", 2) == (refusal.value.field, refusal.value.exit_code)


def test_a_name_like_no_other_is_refused_with_some_that_exist() -> None:
    with pytest.raises(InvalidInput, match=r"There are 7: N0, N1, N2, N3, N4, …$"):
        known("sequence", "???", [f"N{number}" for number in range(7)], "sequence")


def test_where_there_are_none_that_is_said() -> None:
    with pytest.raises(InvalidInput, match="There are none"):
        known("sequence", "Outbound", [], "sequence")
