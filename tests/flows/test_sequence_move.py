"""`sequence-move`: out of one sequence and into another, by a play's run or one by one; nobody is lost in between."""

import shlex
from typing import Any

import pytest

from models.changes import OptOut, PauseEnrollment, Unenroll
from models.errors import InvalidInput, NotAllowed
from models.records import Behaviour, Mailbox, Sequence
from models.report import Report
from models.workspace import Workspace
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    ended,
    person,
    ruleset,
    running,
    workspace,
)

BOTH = pytest.mark.parametrize("way", ["settings", "unenroll_first"])


def team(way: str = "settings", **own: Any) -> Workspace:
    """Pia and Quin came through a play, Raj by hand; Sue runs in the target already."""
    return workspace(
        **{
            "people": [PIA, QUIN, RAJ, SUE],
            "behaviour": Behaviour(C10=way),
            "enrollments": [
                running(PIA, play=PLAY),
                running(QUIN, play=PLAY, steps_done=0),
                running(RAJ, steps_done=2),
                running(SUE, sequence=NURTURE),
            ],
            **own,
        }
    )


def run(house: House, **parameters: Any) -> Report:
    return house.carry_out("sequence-move", **{"from_sequence": OUTBOUND, "to_sequence": NURTURE, **parameters})


def now_running(house: House) -> dict[str, str]:
    return {
        e.person: e.sequence for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")
    }


@BOTH
@pytest.mark.rule("R20", "R21", "R22", "R23", "R24")
def test_everybody_moves_and_every_setting_is_given_back(house: House, way: str) -> None:
    house.load(team(way))
    settings = house.settings()
    report = run(house)
    check_report(report)
    assert ("completed", 3, ()) == (report.status, report.counts["enrolled"], report.differences)
    assert dict.fromkeys((PIA, QUIN, RAJ, SUE), NURTURE) == now_running(house)
    assert settings == house.settings()
    assert report.loans


@pytest.mark.rule("R18", "R24")
def test_where_the_platform_moves_people_a_plays_copy_does_it_for_whom_a_play_had_enrolled(house: House) -> None:
    house.load(team())
    told = outcomes(run(house))["detail"]
    assert "moved from 'Outbound'" == told[RAJ]
    copies = [found for found in house.sandbox.workspace_record().plays if "handoff" in found.name]
    assert [(NURTURE, 1)] == [(found.sequence, len(found.runs)) for found in copies]


@BOTH
def test_a_dry_run_changes_nothing(house: House, way: str) -> None:
    sandbox = house.load(team(way))
    before = sandbox.dump()
    report = run(house, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", 3) == (report.status, report.counts["enrolled"])


@BOTH
@pytest.mark.rule("R29")
def test_whom_the_target_refuses_stays_where_they_are(house: House, way: str) -> None:
    never = (ruleset(), ruleset(name="Never", default=False, days=None))
    sequences = (Sequence(name=OUTBOUND, steps=STEPS), Sequence(name=NURTURE, steps=STEPS, ruleset="Never"))
    house.load(team(way, rulesets=never, sequences=sequences, people=[PIA, person(QUIN), RAJ, SUE]))
    house.listener.once("moving the clock", lambda: house.do(OptOut(person=RAJ)))
    report = run(house)
    check_report(report)
    told = outcomes(report)
    assert "enrolled" == told.at[PIA, "outcome"]
    assert "enrolled" != told.at[RAJ, "outcome"]
    assert RAJ not in now_running(house)


def test_the_first_one_refused_stops_the_rest_and_goes_back(house: House) -> None:
    """The settings never act: the first contact is refused, goes back into the source, and nobody else is touched."""
    from datetime import timedelta

    from models.changes import SetSetting
    from models.records import Interval

    house.load(team("unenroll_first", enrollments=[running(PIA), running(RAJ, steps_done=2)]))
    block = "ruleset:Default:block_reenrollment"

    def somebody_sets_it_back() -> None:
        house.do(SetSetting(setting=block, value=Interval(value=75)))
        house.sandbox.advance(house.sandbox.now() + timedelta(hours=2))

    house.listener.once("the wait for", somebody_sets_it_back)
    report = run(house)
    check_report(report, all_returned=False)
    running_now = now_running(house)
    assert OUTBOUND == running_now.get(RAJ), "nobody after the first is touched"
    assert "needs_attention" == report.status
    assert PIA in running_now or any(PIA in line for line in report.next)


@BOTH
def test_named_contacts_alone_move(house: House, way: str) -> None:
    house.load(team(way))
    report = run(house, contacts=f"{PIA}, nobody@x.test")
    check_report(report)
    assert {PIA: NURTURE, QUIN: OUTBOUND, RAJ: OUTBOUND, SUE: NURTURE} == now_running(house)
    assert (1, 1) == (report.counts["enrolled"], report.counts["rejected"])


def test_a_second_time_nobody_is_left_to_move(house: House) -> None:
    house.load(team())
    run(house)
    again = run(house)
    assert 0 == again.counts["considered"]


def test_whom_somebody_takes_out_meanwhile_is_left_alone(house: House) -> None:
    house.load(team("unenroll_first"))

    def meanwhile(question: str) -> bool:
        house.do(Unenroll(person=RAJ, sequence=OUTBOUND))
        return True

    report = house.carry_out("sequence-move", answer=meanwhile, from_sequence=OUTBOUND, to_sequence=NURTURE)
    check_report(report)
    assert "unchanged" == outcomes(report).at[RAJ, "outcome"]
    assert RAJ not in now_running(house)


@pytest.mark.rule("R12", "R26")
def test_who_was_in_the_target_before_needs_its_options_too(house: House) -> None:
    history = [ended(RAJ, days=5, sequence=NURTURE, steps_done=1), running(RAJ, steps_done=1)]
    house.load(team("unenroll_first", enrollments=history))
    report = run(house)
    check_report(report)
    assert {RAJ: NURTURE} == now_running(house)
    assert ((NURTURE, 2), ()) == ((NURTURE, house.place(RAJ, NURTURE)[1]), report.differences)  # type: ignore[index]


def test_a_paused_mailbox_moves_nobody(house: House) -> None:
    paused = (Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True),)
    house.load(team(mailboxes=paused))
    report = run(house)
    assert {"mailbox_unavailable": 3} == report.reasons
    assert ("needs_attention", "let theirs send again, and run again") == (report.status, report.next[0][-36:])


def test_whoever_is_left_behind_is_told_with_the_command_that_moves_them_from_another_mailbox(house: House) -> None:
    boxes = (Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True), Mailbox(email=BOS_MAILBOX, owner=BO))
    house.load(team(mailboxes=boxes))
    [line] = run(house).next
    words = shlex.split(line.partition("`")[2].rstrip("`"))
    assert line.startswith("3 contacts have no mailbox that can send")
    assert ["handoff", "run", "sequence-move"] == words[:3]
    options = dict(zip(words[3:-1:2], words[4:-1:2], strict=True))
    assert {"--from-sequence": OUTBOUND, "--to-sequence": NURTURE, "--send-from": BOS_MAILBOX} == options
    again = house.carry_out("sequence-move", from_sequence=OUTBOUND, to_sequence=NURTURE, send_from=[BOS_MAILBOX])
    assert ("completed", 3) == (again.status, again.counts["enrolled"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"to_sequence": OUTBOUND}, "is where they are already"),
        ({"to_sequence": "Nurtur"}, "Did you mean 'Nurture'"),
        ({"from_sequence": "Outbund"}, "Did you mean 'Outbound'"),
    ],
)
def test_wrong_input_is_refused_with_the_field_and_changes_nothing(house: House, given: Any, words: str) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=words):
        run(house, **given)
    assert before == sandbox.dump()


@pytest.mark.rule("R47")
def test_a_rep_is_refused_before_the_first_change(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    monkeypatch.setenv("HANDOFF_USER", BO)
    with pytest.raises(NotAllowed, match="needs_admin"):
        run(house)
    assert before == house.sandbox.dump()


@BOTH
def test_who_is_paused_in_the_source_is_paused_in_the_target(house: House, way: str) -> None:
    house.load(team(way))
    house.do(PauseEnrollment(person=PIA, sequence=OUTBOUND))
    report = run(house)
    check_report(report)
    assert ("completed", 3) == (report.status, report.counts["enrolled"])
    places = house.sandbox.places([PIA, QUIN, RAJ], NURTURE).set_index("email")["paused"]
    assert {PIA: True, QUIN: False, RAJ: False} == places.to_dict()
    assert "was paused" in outcomes(report)["detail"][PIA]


def test_who_runs_nowhere_and_answered_or_has_no_step_left_is_not_moved(house: House) -> None:
    enrollments = [
        ended(PIA, days=100, end_reason="replied"),
        ended(QUIN, days=100),
        ended(RAJ, days=90),
        ended(RAJ, days=200, sequence=NURTURE, steps_done=4, state="finished"),
        ended(SUE, days=90),
        ended(SUE, days=80, sequence=NURTURE, end_reason="bounced"),
    ]
    house.load(team(enrollments=enrollments))
    report = run(house, contacts=" ".join([PIA, QUIN, RAJ, SUE]))
    check_report(report)
    assert {PIA: "replied", QUIN: "", RAJ: "no_step_left", SUE: "bounced"} == outcomes(report)["reasons"].to_dict()
    assert {QUIN: NURTURE} == now_running(house)
