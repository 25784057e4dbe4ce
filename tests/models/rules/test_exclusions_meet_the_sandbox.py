"""Whom toggles of exclusions remove and let in, as the rules foretell it, is what the sandbox then does."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import SetSetting
from models.rules.blast_radius import by_first_play, let_in
from models.rules.toggles import turned
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.exclusion_rerun.radius import members_of_published_plays
from tasks.settings_in_force import acting_settings
from tests.examples import often
from tests.matched_workspaces import matched_workspaces
from tests.models.rules.exclusion_removal import removed
from tests.random_choices import Draws
from tests.workspaces import NOW
from tests.workspaces_strategy import workspaces

LONGEST = timedelta(minutes=46)  # R51; no email leaves in between: it begins at 9:00 and the next may leave at 10:00
SECOND = timedelta(seconds=1)
# Well below what is met: Hypothesis draws on constants of the modules that happen to be loaded, so counts vary.
ENOUGH = {
    "removed": 35,
    "kept though they match (C18)": 35,
    "let in at a sequence": 10,
    "let in at an audience": 5,
    "not let in (C11)": 10,
    "turned on, removes nobody": 70,
    "turned off, lets nobody in": 50,
}

Enrollments = set[tuple[str, str]]


def toggles_of(workspace: Workspace) -> list[SettingKey]:
    """The keys of all toggles there are."""
    exclusions = [exclusion.name for exclusion in workspace.exclusions]
    return [
        key
        for name in exclusions
        for key in (
            SettingKey("exclusion", name, "exclude_from_sequences"),
            *(SettingKey("ruleset_exclusion", ruleset.name, name) for ruleset in workspace.rulesets),
            *(SettingKey("audience_exclusion", audience.name, name) for audience in workspace.audiences),
        )
    ]


def turn_some(sandbox: Sandbox, toggles: list[SettingKey], of: Draws) -> None:
    """Turn three toggles off and three on, where there are as many."""
    is_on = {setting: bool(sandbox.setting(setting)) for setting in of.shuffled(toggles)}
    for value in (False, True):
        for setting in [setting for setting, on in is_on.items() if on != value][:3]:
            sandbox.apply(SetSetting(setting=setting, value=value))


@dataclass(frozen=True)
class Foretold:
    """Whom the toggles remove and let in, and whom they would if C18 and C11 were settled the other way."""

    removed: Enrollments
    removed_else: Enrollments
    let_in: Enrollments
    let_in_else: Enrollments


def foretell(sandbox: Sandbox, changes: Mapping[SettingKey, bool]) -> Foretold:
    """What follows from these toggles coming to act, as the rules see it right before."""
    before = sandbox.exclusion_toggles()
    parts = [sandbox.matches(name).assign(exclusion=name) for name in sandbox.exclusions()["exclusion"]]
    rulesets = sandbox.sequences().set_index("sequence")["ruleset"]
    running = pd.concat([pd.DataFrame(columns=["email", "sequence"]), *sandbox.running(1000)])
    running = running.assign(ruleset=running["sequence"].map(rulesets))
    how, after = sandbox.workspace_record().behaviour.C18, turned(before, changes)
    gone, would_go = (pairs(removed(running, pd.concat(parts), before, after, one)) for one in (how, "removes"))
    lifted = [setting for setting, on in changes.items() if not on]
    members = members_of_published_plays(sandbox)
    come: Enrollments = set()
    if len(members):
        come = pairs(by_first_play(let_in(members, acting_settings(sandbox), before, lifted, sandbox.now())))
    later = sandbox.behaves("C11") == "enrolls_later"
    return Foretold(gone, would_go - gone, come if later else set(), set() if later else come)


def pairs(found: pd.DataFrame) -> Enrollments:
    return set(zip(found["email"], found["sequence"], strict=True))


def ended_at(sandbox: Sandbox, at: datetime) -> Enrollments:
    """Whose enrollment was ended at this instant, and in which sequence."""
    enrollments = sandbox.workspace_record().enrollments
    ended = [found for found in enrollments if found.ended_at == at]
    assert all(("canceled", "excluded") == (found.state, found.end_reason) for found in ended)
    return {(found.person, found.sequence) for found in ended}


def begun_at(sandbox: Sandbox, at: datetime) -> Enrollments:
    """Whose enrollment began at this instant, and in which sequence."""
    return {
        (found.person, found.sequence) for found in sandbox.workspace_record().enrollments if found.started_at == at
    }


def coming(sandbox: Sandbox) -> tuple[datetime, dict[SettingKey, Any]] | None:
    """When the next toggles come to act, and which; None where none does in time."""
    toggles = [p for p in sandbox.pending() if p.key.kind != "ruleset"]
    at = min((p.takes_effect_at for p in toggles), default=NOW + LONGEST)
    if at >= NOW + LONGEST:
        return None
    return at, {p.key: p.value for p in toggles if p.takes_effect_at == at}


def count(seen: Counter[str], changes: Mapping[SettingKey, bool], foretold: Foretold) -> None:
    seen["removed"] += len(foretold.removed)
    seen["kept though they match (C18)"] += len(foretold.removed_else)
    seen["not let in (C11)"] += len(foretold.let_in_else)
    kinds = {setting.kind for setting in changes}
    seen["let in at an audience" if kinds == {"audience_exclusion"} else "let in at a sequence"] += len(foretold.let_in)
    seen["turned on, removes nobody"] += all(changes.values()) and not foretold.removed | foretold.removed_else
    seen["turned off, lets nobody in"] += not any(changes.values()) and not foretold.let_in | foretold.let_in_else


@pytest.mark.slow
@pytest.mark.rule("R30", "R33", "R44", "R51", "R61", "R62", "R63", "R64", "R68")
def test_toggles_remove_and_let_in_whom_the_rules_expect_in_random_workspaces(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    def check(workspace: Workspace, seed: int) -> None:
        sandbox.load(workspace)
        turn_some(sandbox, toggles_of(workspace), Draws(seed))
        while found := coming(sandbox):
            at, changes = found
            sandbox.advance(at - SECOND)
            foretold = foretell(sandbox, changes)
            count(seen, changes, foretold)
            sandbox.advance(at)
            assert (foretold.removed, foretold.let_in) == (ended_at(sandbox, at), begun_at(sandbox, at))

    for some, examples in (
        (workspaces(pending=True), often(16, thorough=100)),
        (matched_workspaces(), often(70, thorough=360)),
    ):
        examples(given(some, st.integers(0, 2**32))(check))()
    assert {} == {case: seen[case] for case, enough in ENOUGH.items() if seen[case] < enough}, seen
