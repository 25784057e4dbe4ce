"""Which rulesets lifted toggles open, through which plays somebody could get in, which shields stand in for what."""

import pandas as pd
import pytest

from models.rules.keeping_out import exclusion_of, guards, opened, ways_in
from models.setting_keys import SettingKey

GLOBAL, R, S = (
    SettingKey.parse("exclusion:X:exclude_from_sequences"),
    SettingKey.parse("ruleset:R:exclusion:X"),
    SettingKey.parse("ruleset:S:exclusion:X"),
)


def toggles(*, everywhere: bool, r: bool = False, s: bool = False) -> pd.DataFrame:
    """Of two rulesets, with an exclusion beside that bars both and does not come off."""
    rows = [("X", "R", everywhere, r), ("X", "S", everywhere, s), ("Y", "R", True, False), ("Y", "S", True, False)]
    return pd.DataFrame(rows, columns=["exclusion", "ruleset", "everywhere", "here"])


@pytest.mark.rule("R68")
@pytest.mark.parametrize(
    ("on", "lifted", "expected"),
    [
        ({"everywhere": True}, [GLOBAL], {"R", "S"}),
        ({"everywhere": True, "s": True}, [GLOBAL], {"R"}),
        ({"everywhere": True, "r": True}, [R], set()),
        ({"everywhere": True, "r": True, "s": True}, [GLOBAL, R], {"R"}),
        ({"everywhere": False, "s": True}, [S], {"S"}),
        ({"everywhere": True}, [], set()),
    ],
)
def test_a_ruleset_is_open_once_no_toggle_bars_it_any_more(
    on: dict[str, bool], lifted: list[str], expected: set[str]
) -> None:
    assert expected == opened(toggles(**on), toggles(**on), lifted)


@pytest.mark.rule("R68")
def test_what_another_operation_has_lifted_already_counts_for_the_one_that_opens_the_rest() -> None:
    theirs = toggles(everywhere=True, r=True, s=False)  # the ruleset S's own toggle is out on loan
    assert {"R", "S"} == opened(toggles(everywhere=True, r=True, s=True), theirs, [GLOBAL, R])


def test_every_play_of_every_audience_is_a_way_in_published_or_not() -> None:
    plays = pd.DataFrame(
        [
            ("P", "A", "one", "R", True),
            ("Q", "A", "two", "R", False),
            ("T", "B", "one", "R", True),
            ("U", "B", "three", "S", True),
            ("V", None, "one", "R", True),
        ],
        columns=["play", "audience", "sequence", "ruleset", "published"],
    )
    members = pd.DataFrame([("pia", "A"), ("pia", "B"), ("quin", "B")], columns=["email", "audience"])
    found = ways_in(plays, members, {"R"})
    assert [("pia", "P"), ("pia", "Q"), ("pia", "T"), ("quin", "T")] == list(
        found[["email", "play"]].itertuples(index=False, name=None)
    )


@pytest.mark.rule("R33")
@pytest.mark.parametrize(
    ("shield", "toggle", "expected"),
    [
        ("audience:A:exclusion:X", GLOBAL, True),
        ("audience:A:exclusion:X", R, True),
        ("audience:A:exclusion:Y", R, False),
        ("audience:A:exclusion:X", "audience:B:exclusion:X", False),
        ("audience:A:exclusion:X", "ruleset:R:block_reenrollment", False),
        (R, GLOBAL, False),
    ],
)
def test_an_audiences_toggle_stands_in_for_those_of_its_exclusion(shield: str, toggle: str, expected: bool) -> None:
    assert expected == guards(SettingKey.parse(shield), [SettingKey.parse(toggle)])


def test_only_what_bars_sequences_is_a_toggle_of_an_exclusion() -> None:
    settings = (GLOBAL, R, "audience:A:exclusion:X", "ruleset:R:block_reenrollment")
    assert ["X", "X", None, None] == [exclusion_of(SettingKey.parse(setting)) for setting in settings]
