"""Between a plan and its enrollments lie an approval and a wait: what people did meanwhile is looked at once more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.changes import ChangeMailboxOwner, Enroll, PauseEnrollment, Reply, Unenroll
from models.records import Behaviour, Sequence
from models.report import Report
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
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
    ended,
    ruleset,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ]


def carried_out(house: House, procedure: str, meanwhile: Callable[[], None], **parameters: Any) -> Report:
    """A procedure; `meanwhile` happens after the plan is made, and long before anybody is enrolled."""

    def asked(question: str) -> bool:
        house.sandbox.advance(house.sandbox.now() + timedelta(minutes=1))
        meanwhile()
        return True

    report = house.carry_out(procedure, answer=asked, **parameters)
    check_report(report)
    return report


def moved(house: House, meanwhile: Callable[[], None], **own: Any) -> Report:
    """Pia, Quin and Raj came through a play, and a copy of it moves them as the platform lets it (C10)."""
    enrollments = [running(PIA, play=PLAY), running(QUIN, play=PLAY), running(RAJ, play=PLAY)]
    house.load(workspace(**{"people": TEAM, "enrollments": enrollments, "behaviour": Behaviour(C10="settings"), **own}))
    return carried_out(house, "sequence-move", meanwhile, from_sequence=OUTBOUND, to_sequence=NURTURE)


def put_back(house: House, meanwhile: Callable[[], None], **parameters: Any) -> Report:
    """Pia and Raj fell out past step 2, Quin before her first: anybody may enroll her anywhere."""
    enrollments = [
        running(PIA, play=PLAY, steps_done=2),
        running(QUIN, play=PLAY, steps_done=0),
        running(RAJ, play=PLAY, steps_done=2),
    ]
    house.load_and_change_owner(workspace(people=TEAM, enrollments=enrollments, behaviour=Behaviour(C10="settings")))
    return carried_out(house, "ownership-change", meanwhile, mailbox=ANAS_MAILBOX, **parameters)


def now_running(house: House) -> dict[str, str]:
    return {
        e.person: e.sequence for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")
    }


def became(report: Report, email: str) -> tuple[str, str]:
    return tuple(outcomes(report).loc[email, ["outcome", "reasons"]])


@pytest.mark.rule("R22")
def test_who_is_paused_meanwhile_is_not_moved_by_a_play_which_would_let_them_go_on(house: House) -> None:
    report = moved(house, lambda: house.do(PauseEnrollment(person=QUIN, sequence=OUTBOUND)) and None)
    assert ("unchanged", "") == became(report, QUIN)
    assert "was paused in 'Outbound' meanwhile" in outcomes(report)["detail"][QUIN]
    assert {PIA: NURTURE, QUIN: OUTBOUND, RAJ: NURTURE} == now_running(house)
    assert house.sandbox.places([QUIN], OUTBOUND)["paused"].tolist() == [True]
    again = house.carry_out("sequence-move", from_sequence=OUTBOUND, to_sequence=NURTURE)
    assert ("enrolled", [True]) == (became(again, QUIN)[0], house.sandbox.places([QUIN], NURTURE)["paused"].tolist())


@pytest.mark.rule("R1", "R22")
@pytest.mark.parametrize("paused", [False, True])
def test_who_falls_out_of_the_source_meanwhile_is_not_enrolled_elsewhere(house: House, paused: bool) -> None:
    """As whoever is moved one by one: what they fell out of is for the ownership change to put back, paused or not."""

    def meanwhile() -> None:
        if paused:
            house.do(PauseEnrollment(person=QUIN, sequence=OUTBOUND))
        house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))

    report = moved(house, meanwhile)
    assert {"unchanged"} == set(outcomes(report)["outcome"])
    assert outcomes(report)["detail"].str.contains("left 'Outbound' meanwhile").all()
    assert {} == now_running(house)
    assert 3 == house.run().counts["enrolled"]
    assert {PIA: False, QUIN: paused, RAJ: False} == dict(
        house.sandbox.places(TEAM, OUTBOUND)[["email", "paused"]].itertuples(index=False)
    )


@pytest.mark.parametrize("act", [Unenroll(person=QUIN, sequence=OUTBOUND), Reply(person=QUIN)], ids=["out", "replied"])
def test_who_is_taken_out_of_the_source_or_replies_meanwhile_is_not_moved(house: House, act: Any) -> None:
    report = moved(house, lambda: house.do(act) and None)
    assert {PIA: NURTURE, RAJ: NURTURE} == now_running(house)
    expected = ("blocked", "replied") if isinstance(act, Reply) else ("unchanged", "")
    assert expected == became(report, QUIN)


@pytest.mark.parametrize("via", ["play", "direct"])
def test_who_replied_elsewhere_meanwhile_is_not_put_back(house: House, via: str) -> None:
    def meanwhile() -> None:
        house.do(Enroll(person=QUIN, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
        house.do(Reply(person=QUIN))

    report = put_back(house, meanwhile, via=via)
    assert ("blocked", "replied") == became(report, QUIN)
    assert {PIA: OUTBOUND, RAJ: OUTBOUND} == now_running(house)


@pytest.mark.parametrize("via", ["play", "direct"])
def test_who_was_enrolled_elsewhere_and_taken_out_again_meanwhile_is_not_put_back(house: House, via: str) -> None:
    def meanwhile() -> None:
        house.do(Enroll(person=QUIN, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
        house.do(Unenroll(person=QUIN, sequence=NURTURE))

    report = put_back(house, meanwhile, via=via)
    assert ("unchanged", "") == became(report, QUIN)
    assert "began in 'Nurture'" in outcomes(report)["detail"][QUIN]
    assert {PIA: OUTBOUND, RAJ: OUTBOUND} == now_running(house)


@pytest.mark.rule("R42")
def test_who_answered_meanwhile_is_no_probe(house: House) -> None:
    """Pia alone needs the setting lifted, and the other sequence's ruleset lets anybody in."""
    free = ruleset(name="Free", default=False, days=0, allow_same=True)
    nurture = Sequence(name=NURTURE, steps=STEPS, ruleset="Free")
    house.load_and_change_owner(
        workspace(
            people=[PIA, QUIN],
            enrollments=[running(PIA, steps_done=2), running(QUIN, steps_done=0)],
            rulesets=(ruleset(), free),
            sequences=(Sequence(name=OUTBOUND, steps=STEPS), nurture),
        )
    )

    def meanwhile() -> None:
        house.do(Enroll(person=PIA, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
        house.do(Reply(person=PIA))

    report = carried_out(house, "ownership-change", meanwhile, mailbox=ANAS_MAILBOX)
    assert ("blocked", "replied") == became(report, PIA)
    assert {QUIN: OUTBOUND} == now_running(house)


WEBINAR = "Webinar"
THREE = tuple(Sequence(name=name, steps=STEPS) for name in (OUTBOUND, NURTURE, WEBINAR))


def quin_answers_elsewhere(house: House) -> None:
    house.do(Enroll(person=QUIN, sequence=WEBINAR, mailbox=(BOS_MAILBOX,)))
    house.do(Reply(person=QUIN))


def test_who_ran_nowhere_and_answered_elsewhere_meanwhile_is_not_enrolled_by_a_move(house: House) -> None:
    house.load(
        workspace(
            people=TEAM,
            sequences=THREE,
            enrollments=[running(PIA), ended(QUIN, steps_done=0), running(RAJ)],
        )
    )
    report = carried_out(
        house,
        "sequence-move",
        lambda: quin_answers_elsewhere(house),
        from_sequence=OUTBOUND,
        to_sequence=NURTURE,
        contacts="\n".join(TEAM),
    )
    assert ("blocked", "replied") == became(report, QUIN)
    assert {PIA: NURTURE, RAJ: NURTURE} == now_running(house)
