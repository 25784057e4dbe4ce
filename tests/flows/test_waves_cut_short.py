"""Waves cut short, long waited for, or left by somebody: the next one begins only where nothing differs."""

from datetime import timedelta
from typing import Any

import pytest

from journal import operations
from journal.changes import Changes
from models.changes import Bounce, Enroll, RunPlay, SetSetting
from models.records import Behaviour, Interval
from models.setting_keys import SettingKey
from tasks import carrying
from tasks.cancelling import cancel_operation
from tasks.operation import Operation
from tasks.restore_settings.lost_runs import expire
from tasks.restore_settings.restoring import debts, give_back_all
from tests.flows.cut_short import cut_short
from tests.flows.house import House, check_report, outcomes
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.flows.test_procedures_killed import excluded
from tests.flows.test_waves import fallen
from tests.workspaces import (
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    running,
    workspace,
)

__all__ = ["unify", "working"]  # fixtures
TEAM = [PIA, QUIN, RAJ, SUE]
BLOCK = SettingKey.ruleset("Default", "block_reenrollment")
APPROVE = f"email,decision\n{PIA},yes\n{QUIN},yes\n{RAJ},no\n"


class Dies(Exception):
    """The process did."""


def put_down(house: House) -> str:
    [row] = [row for row in operations.in_flight(house.journal) if row.mode == "live"]
    carrying.put_down(house.journal, row.id)
    return row.id


@pytest.mark.parametrize("at", ["close_wave", "look_at_wave", "begin_or_stop", "_agreed"])
def test_cut_short_between_two_waves_and_resumed_everybody_is_enrolled_once(
    house: House, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    fallen(house)
    before = house.settings()

    def dying(*_: Any) -> None:
        raise Dies

    with monkeypatch.context() as dies, pytest.raises(Dies):
        dies.setattr(f"tasks.waves.{at}", dying)
        dies.setattr("tasks.hooks.release_operation_of", lambda *_: None)
        house.run(waves="1,rest")
    report = house.run(waves="1,rest", operation=put_down(house))
    check_report(report)
    assert ("completed", 4) == (report.status, report.counts["enrolled"])
    assert 1 == len([one for one in house.listener.questions if "begin wave" in one])
    assert {2} == {len(house.enrollments(who)) for who in TEAM}
    assert before == house.settings()


def test_where_nobody_answers_between_two_waves_the_rest_stays_and_everything_is_given_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fallen(house)
    before = house.settings()

    def dying(*_: Any) -> None:
        raise Dies

    with monkeypatch.context() as dies, pytest.raises(Dies):
        dies.setattr("tasks.waves._agreed", dying)
        dies.setattr("tasks.hooks.release_operation_of", lambda *_: None)
        house.run(waves="1,rest")
    operation = Operation.at_hand(put_down(house))
    assert before != house.settings()
    expire(operation)
    assert {"enrolled": 1, "blocked": 3} == operation.outcomes.counts("outcome")
    assert before == house.settings()


@pytest.mark.parametrize("state", ["applied", "refused"])
def test_cut_short_while_it_writes_down_whether_a_wave_begins_it_looks_again(
    house: House, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    fallen(house)
    write = getattr(Changes, state)

    def dying(self: Any, key: str, result: Any) -> None:
        if key == "wave_begun:2":
            raise Dies
        write(self, key, result)

    says = state == "applied"
    answer = lambda words: says or "begin wave" not in words  # noqa: E731  # one line for two cases
    with monkeypatch.context() as dies, pytest.raises(Dies):
        dies.setattr(Changes, state, dying)
        dies.setattr("tasks.hooks.release_operation_of", lambda *_: None)
        house.run(waves="1,rest", answer=answer)
    report = house.run(waves="1,rest", operation=put_down(house), answer=answer)
    check_report(report)
    assert (4 if says else 1) == report.counts["enrolled"]
    assert says or "stopped before wave 2 of 2: nobody agreed to go on. 3 contacts were not enrolled" in report.next[0]


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (Bounce(person=PIA), f"1 email bounced: {PIA}"),
        (SetSetting(setting=BLOCK, value=Interval(value=5, unit="DAY")), "somebody changed how long contacts wait"),
    ],
    ids=["a bounce", "a setting"],
)
def test_what_happens_while_somebody_is_asked_stops_it_too(house: House, happens: Any, why: str) -> None:
    fallen(house)

    def answer(words: str) -> bool:
        if "begin wave" in words:
            house.do(happens)
        return True

    report = house.run(waves="1,rest", answer=answer)
    assert ("needs_attention", 1) == (report.status, report.counts["enrolled"])
    assert f"stopped before wave 2 of 2: {why}" in report.next[0]


def test_whoever_answers_after_the_loans_deadline_begins_nothing(house: House) -> None:
    fallen(house)
    before = house.settings()

    def answer(words: str) -> bool:
        if "begin wave" in words:
            house.sandbox.advance(house.sandbox.now() + timedelta(days=1))
            give_back_all(debts("sandbox"))
        return True

    report = house.run(waves="1,rest", answer=answer)
    assert 1 == report.counts["enrolled"]
    assert any("is not on loan any more" in line for line in report.next)
    assert before == house.settings()


def test_who_leaves_between_two_waves_is_not_in_the_copy_of_the_next(house: House) -> None:
    fallen(house, play=PLAY)

    def answer(words: str) -> bool:
        if "begin wave 2" in words:
            house.do(Enroll(person=QUIN, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
        return True

    report = house.run(waves="1,2,rest", answer=answer)
    check_report(report)
    expected = {PIA: "enrolled", QUIN: "blocked", RAJ: "enrolled", SUE: "blocked"}  # Sue, since it stops then
    assert expected == outcomes(report)["outcome"].to_dict()
    assert [QUIN] == house.sandbox.places(TEAM, NURTURE)["email"].tolist()
    folder = Operation.at_hand(report.operation_id).folder
    assert ["audience-1.csv", "audience-2.1.csv", "audience-2.csv", "audience-3.csv"] == sorted(
        path.name for path in folder.glob("audience-*.csv")
    )
    assert QUIN not in (folder / "audience-2.1.csv").read_text()


def mixed(house: House, **behaviour: str) -> None:
    """Two came through a play, two by hand."""
    team = [running(PIA, play=PLAY), running(QUIN, play=PLAY), running(RAJ), running(SUE)]
    house.load(workspace(people=TEAM, enrollments=team, behaviour=Behaviour(**behaviour)))


MOVE: dict[str, Any] = {"from_sequence": OUTBOUND, "to_sequence": NURTURE}


@pytest.mark.parametrize("waves", [None, "1,2,rest"])
def test_a_move_runs_the_copies_under_the_places_of_their_audiences(house: House, waves: str | None) -> None:
    mixed(house)
    report = house.carry_out("sequence-move", **MOVE, waves=waves)
    check_report(report)
    assert ("completed", 4) == (report.status, report.counts["enrolled"])
    keys = [row.key for row in Operation.at_hand(report.operation_id).changes.made()]
    made = {key.partition(":")[2] for key in keys if key.startswith("duplicate_play:")}
    assert made == {key.partition(":")[2] for key in keys if key.startswith("run_play:")}


def test_whom_a_cancelled_moves_copy_had_enrolled_is_in_its_report(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed(house)
    operation = cut_short(
        house, monkeypatch, "sequence-move", MOVE, at="apply", only=lambda change: isinstance(change, RunPlay)
    )
    cancel_operation(operation)
    assert 2 == Operation.at_hand(operation).outcomes.counts("outcome")["enrolled"]


@pytest.mark.parametrize("hold_until", ["sequence_completed", "enrolled"])
def test_of_a_rerun_only_the_approved_go_in_waves(house: House, hold_until: str) -> None:
    house.load(excluded())
    before = house.settings()
    report = house.carry_out(
        "exclusion-rerun",
        exclusion="Customers",
        play=PLAY,
        approve=APPROVE,
        exclusion_wait_min=46,
        waves="1,rest",
        hold_until=hold_until,
    )
    check_report(report)
    assert 2 == report.counts["enrolled"]
    assert [1, 1] == house.plan_of(report)["waves"]
    assert before == house.settings()


@pytest.mark.parametrize("via", ["direct", "play"])
def test_on_unify_it_goes_in_waves_too(unify: UnifyHouse, working: Working, via: str) -> None:
    fallen(unify, play=PLAY)
    working()
    report = unify.run(waves="1,rest", via=via)
    check_report(report)
    assert ("completed", 4) == (report.status, report.counts["enrolled"])
