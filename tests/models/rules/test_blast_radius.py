"""Whom published plays take in once toggles of exclusions come off."""

from typing import Any

import pandas as pd
import pytest

from models.names import NONE, names
from models.rules.blast_radius import by_first_play, let_in
from models.setting_keys import SettingKey
from tests.models.rules.facts import NOW, fact, facts, settings, toggles
from tests.workspaces import EVERYBODY, NURTURE, PIA, PLAY, QUIN

GLOBAL, LOCAL = (
    SettingKey.parse("exclusion:Customers:exclude_from_sequences"),
    SettingKey.parse("ruleset:Default:exclusion:Customers"),
)
IN_AUDIENCE = SettingKey.parse(f"audience:{EVERYBODY}:exclusion:Customers")
EVERYWHERE = toggles(("Customers", "Default", True, False), ("Rivals", "Default", True, False))
NOWHERE = toggles(("Customers", "Default", False, False), ("Rivals", "Default", True, False))


def member(email: str = PIA, **own: Any) -> dict[str, Any]:
    """A member of a published play's audience, never enrolled, whom 'Customers' excludes at the sequence."""
    of_play = {"play": PLAY, "audience": EVERYBODY, "kept_out_by": NONE, "never_enrolled": True, "mailbox_ok": True}
    return fact(email, **({"excluded_by": names("Customers")} | of_play | own))


def told(*members: dict[str, Any], lifted: tuple[str, ...] = (GLOBAL,), acting: pd.DataFrame = EVERYWHERE) -> list[str]:
    """Who is let in."""
    found = let_in(facts(*members), settings(), acting, lifted, NOW)
    assert ["email", "play", "sequence", "audience"] == list(found)
    return found["email"].tolist()


@pytest.mark.rule("R44")
def test_who_was_never_enrolled_and_is_kept_out_by_that_alone_is_taken_in() -> None:
    assert [PIA] == told(member(PIA), member(QUIN, excluded_by=NONE))


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    "own",
    [
        {"never_enrolled": False},
        {"excluded_by": names("Customers", "Rivals")},
        {"kept_out_by": names("Rivals")},
        {"opted_out": True},
        {"mailbox_ok": False},
        {"kept_out_by": names("Customers")},
    ],
    ids=["enrolled before", "another excludes", "the audience excludes", "opted out", "no mailbox", "both levels"],
)
def test_nobody_is_taken_in_whom_anything_else_keeps_out(own: dict[str, Any]) -> None:
    assert [] == told(member(**own))


@pytest.mark.rule("R68")
@pytest.mark.parametrize(("lifted", "expected"), [((GLOBAL,), []), ((LOCAL,), []), ((GLOBAL, LOCAL), [PIA])])
def test_both_toggles_have_to_come_off(lifted: tuple[str, ...], expected: list[str]) -> None:
    acting = toggles(("Customers", "Default", True, True))
    assert expected == told(member(), lifted=lifted, acting=acting)


@pytest.mark.rule("R33", "R44")
@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"excluded_by": NONE, "kept_out_by": names("Customers")}, [PIA]),
        ({"excluded_by": NONE, "kept_out_by": names("Customers", "Rivals")}, []),
        ({"excluded_by": NONE, "kept_out_by": names("Customers"), "audience": "Another"}, []),
        ({"excluded_by": names("Rivals"), "kept_out_by": names("Customers")}, []),
        ({"excluded_by": NONE, "kept_out_by": NONE}, []),
    ],
    ids=["by it alone", "by another too", "another audience", "at the sequence too", "not at all"],
)
def test_an_audiences_toggle_frees_whom_it_alone_kept_out(own: dict[str, Any], expected: list[str]) -> None:
    assert expected == told(member(**own), lifted=(IN_AUDIENCE,), acting=NOWHERE)


@pytest.mark.rule("R33", "R44", "R63")
def test_lifted_at_both_levels_together_it_frees_whom_both_kept_out() -> None:
    assert [PIA] == told(member(kept_out_by=names("Customers")), lifted=(GLOBAL, IN_AUDIENCE))


@pytest.mark.rule("R20", "R44")
def test_every_play_that_could_is_told_and_the_first_one_takes_each_person_in() -> None:
    waiting = facts(
        member(mailbox_ok=False),
        member(play="Second", sequence=NURTURE),
        member(play="Third"),
        member(QUIN, play="Third"),
    )
    found = let_in(waiting, settings(), EVERYWHERE, [GLOBAL], NOW)
    assert [(PIA, "Second"), (PIA, "Third"), (QUIN, "Third")] == through(found)
    assert [(PIA, "Second"), (QUIN, "Third")] == through(by_first_play(found))


def through(found: pd.DataFrame) -> list[tuple[str, str]]:
    return list(found[["email", "play"]].itertuples(index=False, name=None))
