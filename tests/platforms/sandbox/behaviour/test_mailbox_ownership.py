"""A mailbox changes its owner: who falls out, and where they go on afterwards."""

import pytest

from models.changes import ChangeMailboxOwner, DuplicateSequence, Enroll
from models.errors import InvalidInput
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    STEPS,
    ended,
    ruleset,
    running,
    workspace,
)

TO_BO = ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO)
BACK_AT_ONCE = ruleset(allow_same=True, days=0)


@pytest.mark.rule("R1", "R2")
def test_who_runs_from_the_mailbox_falls_out_queued_ones_too(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN, steps_done=0)]))
    assert 2 == sandbox.apply(TO_BO)["unenrolled"]
    assert [("canceled", "mailbox_owner_changed")] * 2 == [
        (enrollment["state"], enrollment["end_reason"]) for enrollment in sandbox.dump()["enrollments"]
    ]
    assert {"queued": 0, "active": 0, "finished": 0, "canceled": 2} == sandbox.state()["counts"]["enrollments"]


@pytest.mark.rule("R1")
def test_who_runs_from_another_mailbox_stays(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN, mailbox=BOS_MAILBOX)]))
    assert 1 == sandbox.apply(TO_BO)["unenrolled"]
    assert [QUIN] == sandbox.places([PIA, QUIN], OUTBOUND)["email"].tolist()


@pytest.mark.rule("R1")
def test_what_had_ended_before_keeps_its_end(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[ended(PIA, days=10)]))
    before = sandbox.dump()["enrollments"]
    assert 0 == sandbox.apply(TO_BO)["unenrolled"]
    assert before == sandbox.dump()["enrollments"]


def test_the_owner_that_it_has_already_changes_nothing(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA)]))
    before = sandbox.dump()
    assert 0 == sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=ANA))["unenrolled"]
    assert before == sandbox.dump()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (ChangeMailboxOwner(mailbox="ana@sent.acme.test", owner=BO), f"mailbox: .*Did you mean '{ANAS_MAILBOX}'"),
        (ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner="bob@acme.test"), f"owner: .*Did you mean '{BO}'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    sandboxes: Sandboxes, change: ChangeMailboxOwner, message: str
) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA)]))
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=message):
        sandbox.apply(change)
    assert before == sandbox.dump()


@pytest.mark.rule("R9")
@pytest.mark.parametrize("steps_done", [0, 1, 2, 3])
def test_who_fell_out_resumes_at_the_next_step(sandboxes: Sandboxes, steps_done: int) -> None:
    enrollments = [running(PIA, steps_done=steps_done)]
    sandbox = sandboxes(workspace(rulesets=BACK_AT_ONCE, enrollments=enrollments))
    sandbox.apply(TO_BO)
    answer = sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    assert steps_done + 1 == answer["resumes_at_step"]
    assert steps_done + 1 == sandbox.places([PIA], OUTBOUND)["step"].item()


@pytest.mark.rule("R9")
def test_the_place_is_that_of_the_last_time_in_this_sequence(sandboxes: Sandboxes) -> None:
    enrollments = [
        ended(PIA, days=30, steps_done=3),
        ended(PIA, days=20, steps_done=1),
        ended(PIA, days=10, steps_done=2, sequence=NURTURE),
    ]
    sandbox = sandboxes(workspace(rulesets=BACK_AT_ONCE, enrollments=enrollments))
    assert 2 == sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))["resumes_at_step"]


@pytest.mark.rule("R9", "R12")
def test_who_completed_the_sequence_begins_it_again(sandboxes: Sandboxes) -> None:
    enrollments = [ended(PIA, state="finished", steps_done=len(STEPS))]
    sandbox = sandboxes(workspace(rulesets=BACK_AT_ONCE, enrollments=enrollments))
    assert 1 == sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))["resumes_at_step"]


@pytest.mark.rule("R10")
def test_in_a_duplicated_sequence_everybody_starts_at_step_1(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(
        workspace(people=[PIA, QUIN, RAJ], rulesets=BACK_AT_ONCE, enrollments=[running(PIA, steps_done=3)])
    )
    sandbox.apply(TO_BO)
    sandbox.apply(DuplicateSequence(sequence=OUTBOUND, name="Outbound again"))
    assert 1 == sandbox.apply(Enroll(person=PIA, sequence="Outbound again", mailbox=(ANAS_MAILBOX,)))["resumes_at_step"]


@pytest.mark.rule("R10")
def test_a_duplicated_sequence_has_the_same_steps_and_settings(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    sandbox.apply(DuplicateSequence(sequence=OUTBOUND, name="Outbound again"))
    original, copy = (s for s in sandbox.dump()["sequences"] if s["name"].startswith(OUTBOUND))
    assert original | {"name": "Outbound again"} == copy
    with pytest.raises(InvalidInput, match="name: there is already a sequence 'Outbound again'"):
        sandbox.apply(DuplicateSequence(sequence=NURTURE, name="Outbound again"))
