"""Exclusions that people make, and plays that they publish."""

from datetime import timedelta

import pytest

from models.changes import AddExclusion, PublishPlay, RunPlay, SetSetting
from models.errors import InvalidInput
from models.records import ExclusionMatch
from tests.conftest import Sandboxes
from tests.workspaces import NOW, PIA, PLAY, QUIN, excluding, running, workspace

LATEST = NOW + timedelta(minutes=45)
GLOBAL = "exclusion:Rivals:exclude_from_sequences"


def rivals(*, on: bool = True, **match: object) -> AddExclusion:
    matching = ExclusionMatch.model_validate({"person_email": (PIA,)} | match)
    return AddExclusion(name="Rivals", match=matching, exclude_from_sequences=on)


@pytest.mark.rule("R30", "R51")
def test_a_new_exclusion_bars_whom_it_matches_some_minutes_later(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN]))
    answer = sandbox.apply(rivals())
    assert "Rivals" == answer["exclusion"]
    [pending] = sandbox.pending()
    assert (GLOBAL, False, True) == (pending.setting, pending.was, pending.value)
    assert timedelta(minutes=15) <= pending.takes_effect_at - NOW <= timedelta(minutes=45)
    sandbox.advance(LATEST)
    told = {entry["email"]: entry["reason"] for entry in sandbox.apply(RunPlay(play=PLAY))["log"]}
    assert {PIA: "excluded:Rivals", QUIN: None} == told


@pytest.mark.rule("R62")
def test_a_new_exclusion_removes_whom_it_matches_once_it_acts(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)]))
    sandbox.apply(rivals())
    assert [None, None] == [one.end_reason for one in sandbox.workspace_record().enrollments]
    sandbox.advance(LATEST)
    assert ["excluded", None] == [one.end_reason for one in sandbox.workspace_record().enrollments]


def test_what_a_new_exclusion_matches_is_kept(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    change = rivals(
        on=False,
        company_domain=("big.test",),
        person_status=("lead",),
        company_status=("customer",),
        last_activity_within_days=14,
    )
    sandbox.apply(change)
    [made] = sandbox.workspace_record().exclusions
    assert ("Rivals", change.match, False) == (made.name, made.match, made.exclude_from_sequences)
    assert () == tuple(sandbox.pending())


def test_an_exclusion_does_not_take_the_name_of_another(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(exclusions=excluding(PIA, name="Rivals")))
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match="name: there is already an exclusion 'Rivals'"):
        sandbox.apply(rivals())
    assert before == sandbox.dump()


@pytest.mark.rule("R44")
@pytest.mark.parametrize("published", [True, False])
def test_a_play_that_was_published_takes_in_whom_an_exclusion_frees(sandboxes: Sandboxes, published: bool) -> None:
    sandbox = sandboxes(workspace(exclusions=excluding(PIA, name="Rivals")))
    if published:
        assert {"play": PLAY, "published": True} == sandbox.apply(PublishPlay(play=PLAY, published=True))
    assert 0 == sandbox.state()["counts"]["enrollments"]["queued"]
    sandbox.apply(SetSetting(setting=GLOBAL, value=False))
    sandbox.advance(LATEST)
    assert int(published) == len(sandbox.workspace_record().enrollments)


def test_a_play_taken_back_to_a_draft_takes_in_nobody(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(exclusions=excluding(PIA, name="Rivals")))
    for published in (True, False):
        sandbox.apply(PublishPlay(play=PLAY, published=published))
    sandbox.apply(SetSetting(setting=GLOBAL, value=False))
    sandbox.advance(LATEST)
    assert () == sandbox.workspace_record().enrollments
