"""While the clock moves, emails leave, tasks come up and sequences end."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from models.changes import Enroll, RunPlay, SetSetting, Unenroll
from models.records import Mailbox, Sequence
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    NOW,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    STEPS,
    ended,
    ruleset,
    running,
    workspace,
)

MANY = [f"p{number:02}@x.test" for number in range(40)]


def emails_sent(sandbox: Sandbox) -> list[datetime]:
    """When the automatic emails of all enrollments left; the first and the third step are such."""
    steps = [step for enrollment in sandbox.dump()["enrollments"] for step in enrollment.get("steps", [])]
    return sorted(step["at"] for step in steps if step["status"] == "FINISHED" and step["number"] != 2)


def test_emails_leave_on_the_hour_in_the_window_on_send_days_within_the_mailboxs_limit(sandboxes: Sandboxes) -> None:
    sequence = Sequence(name=OUTBOUND, steps=STEPS, send_days=("MON", "WED", "THU"))
    mailbox = Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=15)
    sandbox = sandboxes(workspace(people=MANY, sequences=sequence, mailboxes=mailbox))
    sandbox.apply(RunPlay(play=PLAY))
    sandbox.advance(NOW + timedelta(days=5))
    sent = emails_sent(sandbox)
    assert {"2026-11-02": 15, "2026-11-04": 15, "2026-11-05": 10} == Counter(f"{at:%Y-%m-%d}" for at in sent)
    assert all(9 <= at.hour <= 16 and (at.minute, at.second) == (0, 0) for at in sent)
    for at in sent:
        assert 15 >= sum(at - timedelta(days=1) < other <= at for other in sent)


def test_nobody_is_sent_anything_before_it_is_due(sandboxes: Sandboxes) -> None:
    at_once = ruleset(allow_same=True, days=0)
    sandbox = sandboxes(workspace(rulesets=at_once, enrollments=[ended(PIA, steps_done=2)]))
    sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    sandbox.advance(NOW + timedelta(days=3, hours=-1))  # the third step waits three days
    assert "queued" == sandbox.dump()["enrollments"][1].get("state", "queued")
    sandbox.advance(NOW + timedelta(days=3))
    assert 4 == sandbox.places([PIA], OUTBOUND)["step"].item()


def test_a_manual_step_becomes_a_task_and_the_sequence_goes_on_when_it_is_done(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA, steps_done=1, started_at=NOW)]))
    sandbox.advance(NOW + timedelta(days=2, hours=1))
    [task] = sandbox.dump()["tasks"]
    assert (PIA, "PHONE_CALL", OUTBOUND, ANAS_MAILBOX, ANA) == tuple(
        task[key] for key in ("person", "type", "sequence", "mailbox", "assignee")
    )
    assert 2 == sandbox.places([PIA], OUTBOUND)["step"].item()
    sandbox.advance(NOW + timedelta(days=3, hours=1))
    assert "COMPLETED" == sandbox.dump()["tasks"][0]["status"]
    assert 3 == sandbox.places([PIA], OUTBOUND)["step"].item()


def test_after_its_last_step_a_sequence_is_finished(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=MANY))
    sandbox.apply(RunPlay(play=PLAY))
    sandbox.advance(NOW + timedelta(weeks=8))
    assert {"queued": 0, "active": 0, "finished": 40, "canceled": 0} == sandbox.state()["counts"]["enrollments"]
    assert {"completed"} == {enrollment.get("end_reason", "completed") for enrollment in sandbox.dump()["enrollments"]}
    assert 120 == len(emails_sent(sandbox))
    assert {"COMPLETED"} == {task["status"] for task in sandbox.dump()["tasks"]}


@pytest.mark.parametrize("paused", ["sequence", "mailbox"])
def test_what_is_paused_sends_nothing_and_queues(sandboxes: Sandboxes, paused: str) -> None:
    sandbox = sandboxes(
        workspace(
            people=[PIA, QUIN],
            sequences=Sequence(name=OUTBOUND, paused=paused == "sequence", steps=STEPS),
            mailboxes=Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=paused == "mailbox"),
            enrollments=[running(PIA, steps_done=0), running(QUIN, steps_done=1)],
        )
    )
    sandbox.advance(NOW + timedelta(weeks=3))
    assert {"queued": 1, "active": 1, "finished": 0, "canceled": 0} == sandbox.state()["counts"]["enrollments"]
    assert [] == emails_sent(sandbox)


def test_who_was_unenrolled_is_sent_nothing_any_more(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA, steps_done=0)]))
    sandbox.apply(Unenroll(person=PIA, sequence=OUTBOUND))
    sandbox.advance(NOW + timedelta(weeks=3))
    assert [] == emails_sent(sandbox)
    assert {"queued": 0, "active": 0, "finished": 0, "canceled": 1} == sandbox.state()["counts"]["enrollments"]


def test_advancing_in_many_small_moves_or_in_one_ends_the_same(sandboxes: Sandboxes) -> None:
    small, large = (sandboxes(workspace(people=MANY), name=name) for name in ("small", "large"))
    for sandbox in (small, large):
        sandbox.apply(RunPlay(play=PLAY))
        sandbox.apply(SetSetting(setting="ruleset:Default:allow_same_sequence_reenrollment", value=True))
    for minutes in range(0, 10 * 24 * 60, 37):
        small.advance(NOW + timedelta(minutes=minutes))
    for sandbox in (small, large):
        sandbox.advance(NOW + timedelta(days=10))
    assert large.dump() == small.dump()
