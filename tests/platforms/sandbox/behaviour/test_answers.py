"""Contacts reply, bounce and opt out: what runs ends, and the rest of the workspace sees it."""

from datetime import timedelta

import pandas as pd
import pytest

from models.changes import Bounce, Change, Enroll, FinishTask, OptOut, Reply
from models.errors import Refused
from models.records import RepTask
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    ended,
    ruleset,
    running,
    workspace,
)

ANSWERS = [(Reply(person=PIA), "replied"), (Bounce(person=PIA), "bounced")]


@pytest.mark.parametrize(("change", "reason"), ANSWERS, ids=["reply", "bounce"])
def test_who_answers_is_sent_nothing_any_more(sandboxes: Sandboxes, change: Change, reason: str) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)]))
    assert {"person": PIA, "sequence": OUTBOUND, "ended": reason} == sandbox.apply(change)
    pia, quin = sandbox.workspace_record().enrollments
    assert ("canceled", reason, NOW, 1) == (pia.state, pia.end_reason, pia.ended_at, pia.steps_done)
    assert "active" == quin.state
    sandbox.advance(NOW + timedelta(weeks=3))
    assert [] == [step for step in sandbox.workspace_record().enrollments[0].steps if step.status == "FINISHED"][1:]


@pytest.mark.parametrize(("change", "reason"), ANSWERS, ids=["reply", "bounce"])
def test_who_answered_did_not_fall_out(sandboxes: Sandboxes, change: Change, reason: str) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA)]))
    sandbox.apply(change)
    assert 0 == len(sandbox.ends(ANAS_MAILBOX))
    assert [] == list(sandbox.cancelled(ANAS_MAILBOX, 10))
    facts = sandbox.facts(pd.DataFrame({"email": [PIA], "sequence": [OUTBOUND]}))
    assert reason == facts["last_end"].item()


@pytest.mark.parametrize("change", [change for change, _ in ANSWERS], ids=["reply", "bounce"])
def test_nobody_answers_who_runs_nowhere(sandboxes: Sandboxes, change: Change) -> None:
    sandbox = sandboxes(workspace(enrollments=[ended(PIA)]))
    before = sandbox.dump()
    with pytest.raises(Refused, match=f"not_enrolled: {PIA} is not running in any sequence"):
        sandbox.apply(change)
    assert before == sandbox.dump()


def test_a_reply_waits_for_an_answer_whatever_becomes_of_the_sequence(sandboxes: Sandboxes) -> None:
    at_once = ruleset(allow_same=True, days=0)
    sandbox = sandboxes(workspace(rulesets=at_once, enrollments=[running(PIA, steps_done=1, started_at=NOW)]))
    sandbox.apply(Reply(person=PIA))
    sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    sandbox.advance(NOW + timedelta(days=4))  # the call of the second step was made meanwhile
    reply, call = sandbox.workspace_record().tasks
    assert ("REPLY_TO_EMAIL", "READY", PIA, ANA, OUTBOUND, ANAS_MAILBOX, NOW) == (
        reply.type,
        reply.status,
        reply.person,
        reply.assignee,
        reply.sequence,
        reply.mailbox,
        reply.due_at,
    )
    assert ("PHONE_CALL", "COMPLETED") == (call.type, call.status)


def test_a_reply_that_is_answered_does_no_step_of_the_sequence(sandboxes: Sandboxes) -> None:
    reply = RepTask(person=PIA, type="REPLY_TO_EMAIL", assignee=ANA, sequence=OUTBOUND, mailbox=ANAS_MAILBOX)
    sandbox = sandboxes(workspace(enrollments=[running(PIA, started_at=NOW - timedelta(days=2))], tasks=reply))
    sandbox.advance(NOW + timedelta(hours=1))  # the second step, a call, waits for a person
    assert ["REPLY_TO_EMAIL", "PHONE_CALL"] == sandbox.tasks()["type"].tolist()
    sandbox.apply(FinishTask(task=1))
    assert ["COMPLETED", "READY"] == sandbox.tasks()["status"].tolist()
    assert 2 == sandbox.places([PIA], OUTBOUND)["step"].item()


def test_an_opt_out_ends_what_runs_and_bars_whoever_ran_nowhere(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(PIA)]))
    assert [1, 0] == [sandbox.apply(OptOut(person=who))["unenrolled"] for who in (PIA, QUIN)]
    assert [True, True] == [person.email_opt_out for person in sandbox.workspace_record().people]
    with pytest.raises(Refused, match="opted_out"):
        sandbox.apply(Enroll(person=QUIN, sequence=NURTURE, mailbox=(ANAS_MAILBOX,)))
