"""Published plays poll: whoever was excluded and never enrolled enrolls by themselves, once nothing excludes them."""

from datetime import timedelta
from typing import Any

import pytest

from models.changes import RunPlay, SetSetting
from models.records import Audience, Behaviour, Sequence
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import (
    EVERYBODY,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    ended,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)

GLOBAL = "exclusion:Customers:exclude_from_sequences"
IN_AUDIENCE = f"audience:{EVERYBODY}:exclusion:Customers"
LONGEST = timedelta(minutes=46)  # R51


def turn_off(sandbox: Sandbox, setting: str) -> None:
    """Turn a toggle off and wait until that acts."""
    sandbox.apply(SetSetting(setting=setting, value=False))
    sandbox.advance(sandbox.now() + LONGEST)


def enrolled(sandbox: Sandbox, sequence: str = OUTBOUND) -> list[str]:
    return sandbox.places([PIA, QUIN, RAJ], sequence)["email"].tolist()


@pytest.mark.rule("R44")
def test_who_was_excluded_and_never_enrolled_enrolls_by_themselves_once_freed(sandboxes: Sandboxes) -> None:
    people = [PIA, person(QUIN, opted_out=True)]
    sandbox = sandboxes(workspace(people=people, exclusions=excluding(PIA, QUIN), plays=play(published=True)))
    sandbox.apply(SetSetting(setting=GLOBAL, value=False))
    sandbox.advance(NOW + timedelta(minutes=14))
    assert [] == enrolled(sandbox)
    sandbox.advance(NOW + LONGEST)
    assert [PIA] == enrolled(sandbox)
    assert PLAY == sandbox.dump()["enrollments"][0]["play"]


@pytest.mark.parametrize(
    "sections",
    [
        {"plays": play(published=False)},
        {"behaviour": Behaviour(C11="no_retry")},
        {"rulesets": ruleset(exclusions={"Customers": True})},
        {"enrollments": [ended(PIA, days=400, steps_done=0)]},
        {"audiences": Audience(name=EVERYBODY, people=(PIA,), exclusions={"Customers": True})},
        {"exclusions": [excluding(PIA), excluding(PIA, name="Competitors")]},
    ],
    ids=["not published", "C11 settled otherwise", "ruleset bars", "enrolled before", "audience bars", "another bars"],
)
def test_nobody_else_is_let_in_by_that(sandboxes: Sandboxes, sections: dict[str, Any]) -> None:
    defaults = {"exclusions": excluding(PIA), "plays": play(published=True)}
    sandbox = sandboxes(workspace(**(defaults | sections)))
    turn_off(sandbox, GLOBAL)
    assert [] == enrolled(sandbox)


def kept_out_by_the_audience(**sections: Any) -> Workspace:
    """The audience's own toggle keeps Pia out of its published play; Quin was not kept out, and Raj is no member."""
    audience = Audience(name=EVERYBODY, people=(PIA, QUIN), exclusions={"Customers": True})
    defaults = {
        "people": [PIA, QUIN, RAJ],
        "exclusions": excluding(PIA, RAJ, on=False),
        "audiences": audience,
        "plays": play(published=True),
    }
    return workspace(**(defaults | sections))


@pytest.mark.rule("R33", "R44")
@pytest.mark.parametrize(("settled", "expected"), [("enrolls_later", [PIA]), ("no_retry", [])])
def test_an_audiences_toggle_coming_off_lets_in_whom_it_kept_out(
    sandboxes: Sandboxes, settled: str, expected: list[str]
) -> None:
    sandbox = sandboxes(kept_out_by_the_audience(behaviour=Behaviour(C11=settled)))
    turn_off(sandbox, IN_AUDIENCE)
    assert expected == enrolled(sandbox)


@pytest.mark.rule("R30", "R63")
def test_an_audiences_toggle_coming_off_lets_in_nobody_whom_the_sequence_level_excludes(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(kept_out_by_the_audience(exclusions=excluding(PIA)))
    turn_off(sandbox, IN_AUDIENCE)
    assert [] == enrolled(sandbox)


@pytest.mark.rule("R33", "R44", "R64")
def test_where_both_levels_keep_somebody_out_the_last_to_come_off_lets_them_in(sandboxes: Sandboxes) -> None:
    for last, first in ((IN_AUDIENCE, GLOBAL), (GLOBAL, IN_AUDIENCE)):
        sandbox = sandboxes(kept_out_by_the_audience(exclusions=excluding(PIA)))
        turn_off(sandbox, first)
        assert [] == enrolled(sandbox)
        turn_off(sandbox, last)
        assert [PIA] == enrolled(sandbox)


@pytest.mark.rule("R44", "R62")
def test_whom_an_exclusion_removed_comes_back_by_no_poll(sandboxes: Sandboxes) -> None:
    made = workspace(
        exclusions=excluding(PIA, on=False), plays=play(published=True), enrollments=[running(PIA, steps_done=0)]
    )
    sandbox = sandboxes(made)
    sandbox.apply(SetSetting(setting=GLOBAL, value=True))
    sandbox.advance(sandbox.now() + LONGEST)
    turn_off(sandbox, GLOBAL)
    assert [("canceled", "excluded")] == [(e.state, e.end_reason) for e in sandbox.workspace_record().enrollments]


@pytest.mark.rule("R20", "R44")
def test_of_several_published_plays_the_first_takes_somebody_in(sandboxes: Sandboxes) -> None:
    sequences = (Sequence(name=OUTBOUND, steps=STEPS), Sequence(name=NURTURE, steps=STEPS))
    plays = (
        play(published=True, mailboxes=()),
        play("Second", sequence=NURTURE, published=True),
        play("Third", published=True),
    )
    sandbox = sandboxes(workspace(exclusions=excluding(PIA), sequences=sequences, plays=plays))
    turn_off(sandbox, GLOBAL)
    assert ([], [PIA]) == (enrolled(sandbox), enrolled(sandbox, NURTURE)), "the first has no mailbox to send from"


@pytest.mark.rule("R44", "R54", "R55")
def test_a_poll_is_no_run_and_leaves_no_log_and_a_run_once_play_takes_nobody_whom_a_poll_took(
    sandboxes: Sandboxes,
) -> None:
    once = play(published=True, allow_reruns=False)
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], exclusions=excluding(PIA), plays=once))
    assert {"excluded:Customers": 1} == sandbox.apply(RunPlay(play=PLAY))["not_enrolled"]
    assert [QUIN, RAJ] == sandbox.play_log(PLAY)["email"].tolist()
    runs = sandbox.workspace_record().plays[0].runs
    turn_off(sandbox, GLOBAL)
    assert [PIA, QUIN, RAJ] == enrolled(sandbox)
    assert runs == sandbox.workspace_record().plays[0].runs
    sandbox.advance(NOW + timedelta(days=1))  # the cool-down counts from the run, not from the poll
    again = sandbox.apply(RunPlay(play=PLAY))
    assert (0, []) == (again["metrics"]["entered"], again["log"])


@pytest.mark.rule("R44", "R55")
def test_a_poll_of_a_play_that_never_ran_counts_as_having_taken_somebody(sandboxes: Sandboxes) -> None:
    once = play(published=True, allow_reruns=False)
    sandbox = sandboxes(workspace(people=[PIA, QUIN], exclusions=excluding(PIA), plays=once))
    turn_off(sandbox, GLOBAL)
    assert sandbox.play_metrics(PLAY) is None
    assert [QUIN] == [entry["email"] for entry in sandbox.apply(RunPlay(play=PLAY))["log"]]
