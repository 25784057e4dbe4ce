"""Each clause of the oracle fails on a month with one fault put in, and holds on the same month without it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.changes import ChangeMailboxOwner, Enroll, SetSetting, Unenroll
from models.records import Interval, Sequence, SequenceStep, User
from tests.benchmarks.soaked_home import BLOCK, SoakedHome
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    USERS,
    ended,
    excluding,
    play,
    ruleset,
    running,
    workspace,
)

BEA = User(email="bea@acme.test", name="Bea", role="admin")
EMAILS = tuple(SequenceStep(wait_days=1 if number else 0) for number in range(5))
Home = Callable[..., SoakedHome]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    def made(**sections: object) -> SoakedHome:
        given = {
            "users": (*USERS, BEA),
            "people": [PIA, QUIN],
            "rulesets": (ruleset(days=0, allow_same=True),),
            "sequences": (Sequence(name=OUTBOUND, steps=EMAILS), Sequence(name=NURTURE, steps=EMAILS)),
            "enrollments": [running(PIA, play="Play", steps_done=2), running(QUIN, play="Play", steps_done=2)],
        }
        return SoakedHome(tmp_path, workspace(**(given | sections)))

    return made


def owner_changes(soaked: SoakedHome, owner: str = BO) -> None:
    soaked.person_does("change_owner", ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=owner))


def remediated(soaked: SoakedHome) -> str:
    """A sound night: both are back."""
    owner_changes(soaked)
    operation = soaked.operation()
    soaked.puts_back(operation, PIA, QUIN)
    return operation


def test_nothing_is_broken_where_everybody_is_back_and_the_setting_too(home: Home) -> None:
    soaked = home()
    operation = remediated(soaked)
    loan = soaked.borrows(operation, was={"value": 0, "unit": "DAY"}, set_to={"value": 1, "unit": "DAY"})
    assert {} == soaked.broken()
    soaked.tool_does(SetSetting(setting=BLOCK, value=Interval(value=0)))
    assert loan
    soaked.nights(3)
    assert {} == soaked.broken()


def test_enrolled_twice_by_one_operation(home: Home) -> None:
    soaked = home()
    operation = remediated(soaked)
    soaked.person_does("unenroll", Unenroll(person=PIA, sequence=OUTBOUND))
    assert {} == soaked.broken()
    soaked.puts_back(operation, PIA, copy=".2")
    assert {"enrolled twice": f"{PIA} in {OUTBOUND}"} == soaked.broken()


def test_an_email_that_they_had_before_they_fell_out_is_sent_again(home: Home) -> None:
    soaked = home()
    remediated(soaked)
    soaked.time_passes(days=2)
    assert {} == soaked.broken()
    soaked.sql(
        "UPDATE enrollment_step SET number = 2 WHERE number = 3 AND enrollment_id ="
        " (SELECT MIN(e.id) FROM enrollment e WHERE e.state = 'active')"
    )
    assert {"sent twice": f"{PIA} in {OUTBOUND}"} == soaked.broken()


def test_a_second_round_in_a_sequence_sends_its_emails_again(home: Home) -> None:
    soaked = home(
        enrollments=[
            ended(PIA, state="finished", steps_done=5, end_reason="completed"),
            running(PIA, play="Play", steps_done=0),
        ]
    )
    owner_changes(soaked)
    soaked.puts_back(soaked.operation(), PIA)
    soaked.time_passes(days=3)
    assert {} == soaked.broken()


@pytest.mark.parametrize("answered", ["replied", "bounced", "opted_out"])
def test_put_back_after_an_answer_in_another_sequence(home: Home, answered: str) -> None:
    soaked = home()
    owner_changes(soaked)
    soaked.time_passes(hours=1)
    soaked.person_does("enroll", Enroll(person=PIA, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    soaked.time_passes(hours=1)
    soaked.person_does("unenroll", Unenroll(person=PIA, sequence=NURTURE))
    soaked.puts_back(soaked.operation(), PIA, QUIN)
    assert {} == soaked.broken()
    soaked.sql("UPDATE enrollment SET end_reason = ? WHERE sequence_id = 2", answered)
    assert {"put back after an answer": f"{PIA} in {OUTBOUND}"} == soaked.broken()


def test_put_back_after_an_answer_while_nothing_of_theirs_ran(home: Home) -> None:
    soaked = home()
    owner_changes(soaked)
    soaked.place.diary.note(
        "did", at=int(soaked.place.now().timestamp()), who=ANA, kind="reply", person=QUIN, last_enrollment=2
    )
    soaked.puts_back(soaked.operation(), PIA, QUIN)
    assert {"put back after an answer": f"{QUIN} in {OUTBOUND}"} == soaked.broken()


def test_an_answer_to_what_was_put_back_is_no_fault(home: Home) -> None:
    soaked = home()
    remediated(soaked)
    soaked.sql("UPDATE enrollment SET state = 'canceled', end_reason = 'replied', ended_at = started_at WHERE id > 2")
    assert {} == soaked.broken()


def test_paused_when_they_fell_out_and_mailed_because_they_were_put_back(home: Home) -> None:
    soaked = home(enrollments=[running(PIA, play="Play", paused=True)])
    owner_changes(soaked)
    soaked.puts_back(soaked.operation(), PIA)
    assert {} == soaked.broken()
    soaked.time_passes(days=3)
    assert {"paused and mailed": f"{PIA} in {OUTBOUND}"} == soaked.broken()


def test_who_was_let_go_on_by_a_person_may_be_mailed(home: Home) -> None:
    soaked = home(enrollments=[running(PIA, play="Play", paused=True)])
    owner_changes(soaked)
    soaked.puts_back(soaked.operation(), PIA)
    soaked.place.diary.note(
        "did", at=int(soaked.place.now().timestamp()), who=ANA, kind="resume_enrollment", person=PIA, last_enrollment=9
    )
    soaked.time_passes(days=3)
    assert {} == soaked.broken()


def test_declined_and_let_in_by_another_play_once_the_exclusion_is_off(home: Home) -> None:
    soaked = home(
        enrollments=[],
        exclusions=(excluding(PIA, QUIN),),
        plays=(play(published=True),),
        rulesets=(ruleset(exclusions={"Customers": False}),),
    )
    operation = soaked.operation("exclusion-rerun", ended=False)
    soaked.waits(operation)
    soaked.names(operation, PIA, "blocked", "not_approved")
    soaked.borrows(operation, "exclusion:Customers:exclude_from_sequences", was=True, set_to=False)
    assert {} == soaked.broken()
    soaked.time_passes(hours=1)
    assert {"declined and enrolled": f"{PIA} in {OUTBOUND}"} == soaked.broken()


def test_who_fell_out_is_back_or_named_by_the_second_night(home: Home) -> None:
    soaked = home()
    owner_changes(soaked)
    soaked.puts_back(soaked.operation(), PIA)
    soaked.nights(1)
    assert {} == soaked.broken()
    soaked.nights(1)
    assert {"forgotten": f"{QUIN} of {OUTBOUND}"} == soaked.broken()


def test_who_is_named_with_a_reason_is_not_forgotten_and_who_is_named_without_one_is(home: Home) -> None:
    soaked = home()
    owner_changes(soaked)
    operation = soaked.operation()
    soaked.names(operation, PIA, "manual", "moved_on", "ran in Nurture since")
    soaked.names(operation, QUIN, "unchanged")
    soaked.nights(2)
    assert {"forgotten": f"{QUIN} of {OUTBOUND}"} == soaked.broken()


def test_a_setting_that_is_on_no_loan_and_not_as_people_set_it(home: Home) -> None:
    soaked = home(rulesets=(ruleset(days=75),))
    soaked.person_does("change_a_setting", SetSetting(setting=BLOCK, value=Interval(value=30)))
    operation = soaked.operation(ended=False)
    soaked.waits(operation)
    soaked.borrows(operation, was={"value": 30, "unit": "DAY"}, set_to={"value": 0, "unit": "DAY"})
    assert {} == soaked.broken()
    soaked.person_does("change_a_loan", SetSetting(setting=BLOCK, value=Interval(value=45)))
    assert {} == soaked.broken()
    soaked.tool_does(SetSetting(setting=BLOCK, value=Interval(value=30)))
    assert {"setting not given back": BLOCK} == soaked.broken()


def test_an_operation_that_neither_ends_nor_waits(home: Home) -> None:
    soaked = home()
    lost, waiting = soaked.operation(ended=False), soaked.operation(ended=False)
    soaked.waits(waiting)
    assert {} == soaked.broken()
    soaked.time_passes(days=1)
    assert {} == soaked.broken()
    soaked.time_passes(days=1)
    assert {"operation without an end": lost} == soaked.broken()
