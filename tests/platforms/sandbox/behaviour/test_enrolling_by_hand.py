"""Enrolling, unenrolling and opting out one person or a few, without a play."""

import pandas as pd
import pytest

from models.changes import Enroll, OptOut, Unenroll
from models.errors import InvalidInput, Refused
from models.records import Mailbox, Sequence
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    ended,
    excluding,
    person,
    ruleset,
    running,
    workspace,
)


def enroll(email: str = PIA, sequence: str = OUTBOUND, *mailboxes: str) -> Enroll:
    return Enroll(person=email, sequence=sequence, mailbox=mailboxes or (ANAS_MAILBOX,))


def contacts(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["email", "sequence", "mailbox"]).astype(object)


@pytest.mark.rule("R41")
def test_one_person_is_enrolled_from_their_profile(sandboxes: Sandboxes) -> None:
    sandboxes(workspace())
    sandbox = sandboxes(user=BO)
    assert {"person": PIA, "sequence": OUTBOUND, "resumes_at_step": 1} == sandbox.apply(enroll())
    [enrollment] = sandbox.dump()["enrollments"]
    assert (PIA, ANAS_MAILBOX, BO) == tuple(enrollment[key] for key in ("person", "mailbox", "enrolled_by"))
    assert {"queued": 1, "active": 0, "finished": 0, "canceled": 0} == sandbox.state()["counts"]["enrollments"]


@pytest.mark.rule("R41", "R29", "R30", "R20", "R28", "R12", "R45", "R26", "R13")
@pytest.mark.parametrize(
    ("sections", "code", "words"),
    [
        ({"people": [person(PIA, opted_out=True)]}, "opted_out", f"{PIA} cannot be enrolled"),
        ({"exclusions": excluding(PIA)}, "excluded:Customers", f"{PIA} cannot be enrolled"),
        ({"enrollments": [running(PIA, sequence=NURTURE)]}, "already_enrolled", f"{PIA} cannot be enrolled"),
        ({"enrollments": [ended(PIA)]}, "already_sequenced", "Prospect is already sequenced"),
        ({"enrollments": [ended(PIA, sequence=NURTURE)]}, "recently_enrolled", "Prospect is already sequenced"),
        ({"enrollments": [ended(PIA, sequence=NURTURE)], "rulesets": ruleset(days=None)}, "never_again", "Prospect is"),
    ],
)
def test_whom_a_play_would_refuse_is_refused_by_hand_too(
    sandboxes: Sandboxes, sections: dict[str, object], code: str, words: str
) -> None:
    sandbox = sandboxes(workspace(**sections))
    before = sandbox.dump()
    with pytest.raises(Refused, match=words) as refusal:
        sandbox.apply(enroll())
    assert code == refusal.value.code
    assert before == sandbox.dump()


def test_the_first_mailbox_that_is_not_paused_sends(sandboxes: Sandboxes) -> None:
    mailboxes = [Mailbox(email=ANAS_MAILBOX, paused=True), Mailbox(email=BOS_MAILBOX)]
    sandbox = sandboxes(workspace(people=[PIA, QUIN], mailboxes=mailboxes))
    sandbox.apply(enroll(PIA, OUTBOUND, ANAS_MAILBOX, BOS_MAILBOX))
    assert BOS_MAILBOX == sandbox.places([PIA], OUTBOUND)["mailbox"].item()
    with pytest.raises(Refused, match="mailbox_unavailable"):
        sandbox.apply(enroll(QUIN, OUTBOUND, ANAS_MAILBOX))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (enroll("piia@x.test"), f"person: there is no person 'piia@x.test'. Did you mean '{PIA}'"),
        (enroll(PIA, "Outbond"), "sequence: there is no sequence 'Outbond'. Did you mean 'Outbound'"),
        (enroll(PIA, OUTBOUND, "who@send.acme.test"), "mailbox: there is no mailbox 'who@send.acme.test'"),
        (Unenroll(person="piia@x.test", sequence=OUTBOUND), "person: there is no person"),
        (OptOut(person="piia@x.test"), "person: there is no person"),
    ],
)
def test_unknown_names_are_refused(sandboxes: Sandboxes, change: Enroll, message: str) -> None:
    sandbox = sandboxes(workspace())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=message):
        sandbox.apply(change)
    assert before == sandbox.dump()


@pytest.mark.rule("R41", "R9", "R20")
def test_a_few_people_are_enrolled_at_once_each_told_apart(sandboxes: Sandboxes) -> None:
    at_once = ruleset(allow_same=True, days=0)
    people = [PIA, QUIN, RAJ, person(SUE, opted_out=True)]
    enrollments = [ended(PIA, steps_done=2), running(QUIN, sequence=NURTURE)]
    sandbox = sandboxes(workspace(people=people, rulesets=at_once, enrollments=enrollments))
    asked = contacts(
        (SUE, OUTBOUND, ANAS_MAILBOX),
        (RAJ, NURTURE, BOS_MAILBOX),
        ("no@x.test", OUTBOUND, ANAS_MAILBOX),
        (PIA, OUTBOUND, ANAS_MAILBOX),
        (QUIN, OUTBOUND, ANAS_MAILBOX),
    )
    answer = sandbox.enroll(asked)
    assert ["email", "reason", "step"] == list(answer.columns)
    expected = [
        (SUE, "opted_out"),
        (RAJ, None),
        ("no@x.test", "unknown_contact"),
        (PIA, None),
        (QUIN, "already_enrolled"),
    ]
    assert expected == list(zip(answer["email"], answer["reason"], strict=True))
    assert {RAJ: 1, PIA: 3} == answer[answer["reason"].isna()].set_index("email")["step"].to_dict()
    assert {BOS_MAILBOX} == set(sandbox.places([RAJ], NURTURE)["mailbox"])


@pytest.mark.rule("R41", "R20")
def test_enrolling_again_enrolls_nobody_twice(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    asked = contacts((PIA, OUTBOUND, ANAS_MAILBOX))
    assert [None] == sandbox.enroll(asked)["reason"].tolist()
    before = sandbox.dump()
    assert ["already_enrolled"] == sandbox.enroll(asked)["reason"].tolist()
    assert before == sandbox.dump()


def test_unenrolling_ends_it_at_once_and_only_once(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA)]))
    assert 1 == sandbox.apply(Unenroll(person=PIA, sequence=OUTBOUND))["unenrolled"]
    assert 0 == len(sandbox.places([PIA], OUTBOUND))
    with pytest.raises(Refused, match=f"{PIA} is not running in 'Outbound'"):
        sandbox.apply(Unenroll(person=PIA, sequence=OUTBOUND))


@pytest.mark.rule("R29")
def test_opting_out_ends_what_runs_and_bars_what_might(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA)]))
    assert 1 == sandbox.apply(OptOut(person=PIA))["unenrolled"]
    assert "opted_out" == sandbox.dump()["enrollments"][0]["end_reason"]
    with pytest.raises(Refused, match="opted_out"):
        sandbox.apply(enroll())
    assert 0 == sandbox.apply(OptOut(person=PIA))["unenrolled"]


def test_a_paused_sequence_takes_people_and_lets_them_queue(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(sequences=Sequence(name=OUTBOUND, paused=True, steps=STEPS)))
    sandbox.apply(enroll())
    assert 1 == sandbox.state()["counts"]["enrollments"]["queued"]
