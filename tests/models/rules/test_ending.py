"""When an enrollment that runs can complete at the earliest."""

from datetime import timedelta

import pytest

from models.records import Sequence, SequenceStep
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.models.rules.facts import explain_contacts
from tests.workspaces import NOW, NURTURE, OUTBOUND, PIA, QUIN, STEPS, running, workspace


def free_at(sandbox: Sandbox, email: str) -> object:
    (found,) = explain_contacts(sandbox, [email], NURTURE)
    return found.blockers[0].lapses_at


def ends(sandbox: Sandbox, email: str) -> object:
    """When the enrollment really ends: the clock moves hour by hour."""
    while True:
        record = next(one for one in sandbox.workspace_record().enrollments if one.person == email)
        if record.ended_at is not None:
            return record.ended_at
        sandbox.advance(sandbox.now() + timedelta(hours=1))


@pytest.mark.rule("R20", "R28")
def test_it_is_told_to_the_hour_where_nothing_holds_the_emails_up(sandboxes: Sandboxes) -> None:
    emails = Sequence(name=OUTBOUND, steps=(SequenceStep(), SequenceStep(wait_days=2), SequenceStep(wait_days=3)))
    sandbox = sandboxes(
        workspace(
            sequences=(emails, Sequence(name=NURTURE, steps=STEPS)),
            enrollments=running(PIA, steps_done=1),
        )
    )
    expected = free_at(sandbox, PIA)
    assert expected is not None
    assert expected <= ends(sandbox, PIA) <= expected + timedelta(hours=1)


@pytest.mark.rule("R20", "R28")
def test_it_is_never_later_than_the_real_end(sandboxes: Sandboxes) -> None:
    enrollments = [running(PIA, steps_done=1), running(QUIN, steps_done=0)]
    sandbox = sandboxes(workspace(people=(PIA, QUIN), enrollments=enrollments))
    told = {email: free_at(sandbox, email) for email in (PIA, QUIN)}
    assert all(NOW < told[email] <= ends(sandbox, email) for email in (PIA, QUIN))


def test_it_is_not_known_of_a_sequence_or_a_mailbox_that_is_paused(sandboxes: Sandboxes) -> None:
    paused = Sequence(name=OUTBOUND, steps=STEPS, paused=True)
    sandbox = sandboxes(
        workspace(
            sequences=(paused, Sequence(name=NURTURE, steps=STEPS)),
            enrollments=running(PIA),
        )
    )
    assert free_at(sandbox, PIA) is None
