"""A changed setting acts after a delay drawn from the help article's ranges."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.changes import DuplicatePlay, RunPlay, SetSetting
from models.errors import InvalidInput
from models.records import Interval, TaskAssignment
from models.setting_keys import SettingKey
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import ANA, EVERYBODY, NOW, NURTURE, PIA, PLAY, ended, excluding, play, ruleset, workspace

BLOCK = "ruleset:Default:block_reenrollment"
SAME = "ruleset:Default:allow_same_sequence_reenrollment"
GLOBAL = "exclusion:Customers:exclude_from_sequences"
IN_RULESET = "ruleset:Default:exclusion:Customers"
IN_AUDIENCE = f"audience:{EVERYBODY}:exclusion:Customers"
AT_ONCE = Interval(value=0)
CHANGES: list[tuple[str, Any, Any]] = [
    (BLOCK, AT_ONCE, (30, 60)),
    (SAME, True, (30, 60)),
    (GLOBAL, False, (15, 45)),
    (IN_RULESET, True, (15, 45)),
    (IN_AUDIENCE, True, (15, 45)),
]


def with_history(**sections: Any) -> Workspace:
    """Pia was in Outbound ten days ago; another exclusion and sequence stand beside."""
    return workspace(exclusions=excluding("other@x.test"), enrollments=[ended(PIA)], **sections)


def minutes_until(sandbox: Sandbox) -> float:
    [pending] = sandbox.pending()
    return (pending.takes_effect_at - NOW).total_seconds() / 60


def first_reason(sandbox: Sandbox, name: str) -> str | None:
    """What a fresh duplicate of the play says of Pia."""
    sandbox.apply(DuplicatePlay(play=PLAY, name=name, audience=EVERYBODY))
    told: str | None = sandbox.apply(RunPlay(play=name))["log"][0]["reason"]
    return told


@pytest.mark.rule("R42", "R51")
@pytest.mark.parametrize(("setting", "value", "within"), CHANGES)
def test_the_delay_is_within_the_articles_range_whatever_the_seed(
    sandboxes: Sandboxes, setting: str, value: Any, within: tuple[int, int]
) -> None:
    least, most = within
    sandbox = sandboxes(with_history())
    drawn = []
    for seed in range(60):  # five settings: 300 draws
        sandbox.load(with_history(seed=seed))
        sandbox.apply(SetSetting(setting=setting, value=value))
        drawn.append(minutes_until(sandbox))
    assert least <= min(drawn) < least + 5
    assert most - 5 < max(drawn) <= most
    assert len(set(drawn)) > 50


@pytest.mark.rule("R42", "R51")
def test_the_same_seed_draws_the_same_delays_and_each_change_its_own(sandboxes: Sandboxes) -> None:
    def drawn(name: str, seed: int) -> list[datetime]:
        sandbox = sandboxes(with_history(seed=seed), name=name)
        for setting, value, _ in CHANGES:
            sandbox.apply(SetSetting(setting=setting, value=value))
        return [pending.takes_effect_at for pending in sandbox.pending()]

    assert drawn("a", 7) == drawn("b", 7)
    assert drawn("a", 7) != drawn("b", 8)
    assert len(CHANGES) == len(set(drawn("a", 7)))


@pytest.mark.rule("R42", "R7", "R8", "R6")
def test_a_waiting_period_set_to_0_lets_nobody_in_until_it_acts(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(with_history(plays=play(sequence=NURTURE)))
    answer = sandbox.apply(SetSetting(setting=BLOCK, value=AT_ONCE))
    assert {"value": 0, "unit": "DAY"} == answer["value"] == sandbox.setting(SettingKey.parse(BLOCK))
    [pending] = sandbox.pending()
    sandbox.advance(pending.takes_effect_at - timedelta(seconds=1))
    assert "recently_enrolled" == first_reason(sandbox, "Too early")
    sandbox.advance(pending.takes_effect_at)
    assert () == sandbox.pending()
    assert first_reason(sandbox, "In time") is None


@pytest.mark.rule("R42", "R11", "R12")
def test_the_same_sequence_option_lets_nobody_in_until_it_acts(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(with_history(rulesets=ruleset(days=0)))
    sandbox.apply(SetSetting(setting=SAME, value=True))
    assert "already_sequenced" == first_reason(sandbox, "Too early")
    sandbox.advance(NOW + timedelta(minutes=60))
    assert first_reason(sandbox, "In time") is None


@pytest.mark.rule("R51", "R68")
@pytest.mark.parametrize("setting", [GLOBAL, IN_RULESET])
def test_an_exclusion_turned_off_bars_until_it_acts(sandboxes: Sandboxes, setting: str) -> None:
    own = ruleset(exclusions={"Customers": setting == IN_RULESET})
    exclusion = excluding(PIA, on=setting == GLOBAL)
    sandbox = sandboxes(workspace(exclusions=exclusion, rulesets=own))
    sandbox.apply(SetSetting(setting=setting, value=False))
    sandbox.advance(NOW + timedelta(minutes=15, seconds=-1))
    assert "excluded:Customers" == first_reason(sandbox, "Too early")
    sandbox.advance(NOW + timedelta(minutes=45))
    assert first_reason(sandbox, "In time") is None


@pytest.mark.rule("R27", "R40")
def test_settings_turned_off_again_leave_the_enrollments_that_they_let_in(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(with_history())
    sandbox.apply(SetSetting(setting=BLOCK, value=AT_ONCE))
    sandbox.apply(SetSetting(setting=SAME, value=True))
    sandbox.advance(NOW + timedelta(hours=1))
    assert first_reason(sandbox, "Copy") is None
    sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=75)))
    sandbox.apply(SetSetting(setting=SAME, value=False))
    sandbox.advance(NOW + timedelta(hours=3))
    assert () == sandbox.pending()
    assert [ruleset().model_dump(mode="json")] == sandbox.state()["rulesets"]
    assert [PIA] == sandbox.places([PIA], "Outbound")["email"].tolist()


@pytest.mark.parametrize(("setting", "value", "_within"), CHANGES)
def test_the_value_that_is_set_already_changes_nothing_and_draws_nothing(
    sandboxes: Sandboxes, setting: str, value: Any, _within: object
) -> None:
    sandbox = sandboxes(with_history())
    once = sandbox.apply(SetSetting(setting=setting, value=value))
    before = sandbox.dump()
    assert once == sandbox.apply(SetSetting(setting=setting, value=value))
    assert before == sandbox.dump()


@pytest.mark.rule("R42")
def test_a_change_taken_back_before_it_acted_leaves_nothing_pending(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(with_history(plays=play(sequence=NURTURE)))
    sandbox.apply(SetSetting(setting=BLOCK, value=AT_ONCE))
    sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=75)))
    assert () == sandbox.pending()
    sandbox.advance(NOW + timedelta(hours=2))
    assert "recently_enrolled" == first_reason(sandbox, "Copy")


@pytest.mark.rule("R42")
def test_a_change_of_a_change_under_way_waits_anew_and_what_acts_stays(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(with_history(plays=play(sequence=NURTURE)))
    sandbox.apply(SetSetting(setting=BLOCK, value=AT_ONCE))
    sandbox.advance(NOW + timedelta(minutes=29))
    sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=5)))
    [pending] = sandbox.pending()
    assert {"value": 75, "unit": "DAY"} == pending.was
    assert timedelta(minutes=30) <= pending.takes_effect_at - NOW - timedelta(minutes=29)
    assert "recently_enrolled" == first_reason(sandbox, "Copy")


def test_task_assignment_acts_at_once(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    to_ana = TaskAssignment(automatic="ASSIGN_TO_USER", user=ANA)
    assert sandbox.apply(SetSetting(setting="ruleset:Default:task_assignment", value=to_ana))["takes_effect_at"] is None
    assert () == sandbox.pending()


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("ruleset:Nope:block_reenrollment", AT_ONCE, "there is no ruleset 'Nope'"),
        ("exclusion:Nope:exclude_from_sequences", False, "there is no exclusion 'Nope'"),
        ("ruleset:Default:exclusion:Nope", True, "there is no exclusion 'Nope'"),
        ("audience:Nope:exclusion:Customers", True, "there is no audience 'Nope'"),
        ("ruleset:Default:colour", True, "a ruleset has no setting 'colour'"),
        ("Default:colour", True, "setting: 'Default:colour' names no setting"),
        (BLOCK, True, "ruleset:Default:block_reenrollment: takes no True"),
        ("ruleset:Default:task_assignment", None, "takes no None"),
        (
            "ruleset:Default:task_assignment",
            TaskAssignment(manual="ASSIGN_TO_USER", user="anna@acme.test"),
            f"there is no user 'anna@acme.test'. Did you mean '{ANA}'",
        ),
        (SAME, AT_ONCE, "takes true or false"),
        (GLOBAL, None, "takes true or false"),
    ],
)
def test_a_setting_that_there_is_not_and_a_value_it_cannot_take_are_refused(
    sandboxes: Sandboxes, setting: str, value: Any, message: str
) -> None:
    sandbox = sandboxes(with_history())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=message):
        sandbox.apply(SetSetting(setting=setting, value=value))
    assert before == sandbox.dump()
