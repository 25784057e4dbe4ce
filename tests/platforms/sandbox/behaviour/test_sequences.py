"""What the port tells of sequences, and how it takes people out of them."""

import pandas as pd
import pytest

from models.changes import EditSequence, Unenroll
from models.errors import InvalidInput
from models.records import SequenceStep
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    days_ago,
    ended,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ]
RUNNING = [
    "email",
    "sequence",
    "mailbox",
    "play",
    "state",
    "steps_done",
    "version",
    "started_at",
    "next_step_at",
    "paused",
]
BOTH = [running(PIA, play=PLAY, next_step_at=NOW), running(QUIN, sequence=NURTURE, steps_done=0, mailbox=BOS_MAILBOX)]


def contacts(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["email", "sequence"]).astype(object)


def test_the_steps_of_the_present_version_are_told_in_order(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    expected = [(1, "AUTOMATIC_EMAIL", 0), (2, "PHONE_CALL", 2), (3, "AUTOMATIC_EMAIL", 3), (4, "AUTOMATIC_EMAIL", 4)]
    assert expected == list(sandbox.steps(OUTBOUND).itertuples(index=False, name=None))
    sandbox.apply(EditSequence(sequence=OUTBOUND, steps=(SequenceStep(type="ACTION_ITEM"),)))
    assert [(1, "ACTION_ITEM", 0)] == list(sandbox.steps(OUTBOUND).itertuples(index=False, name=None))
    assert [(OUTBOUND, 1, 2), (NURTURE, 4, 1)] == list(
        sandbox.sequences()[["sequence", "steps", "version"]].itertuples(index=False, name=None)
    )
    with pytest.raises(InvalidInput, match=r"there is no sequence 'Outbund'. Did you mean 'Outbound'"):
        sandbox.steps("Outbund")


def test_who_runs_is_told_with_place_version_and_times(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=TEAM, enrollments=[*BOTH, ended(RAJ)]))
    found = pd.concat(sandbox.running(1))
    assert RUNNING == list(found.columns)
    first = found.iloc[0]
    assert (PIA, OUTBOUND, ANAS_MAILBOX, PLAY, "active", 1, 1) == tuple(first[RUNNING[:7]])
    assert (days_ago(2), NOW) == (first["started_at"], first["next_step_at"])
    assert [PIA, QUIN] == found["email"].tolist()


def test_who_runs_may_be_asked_of_one_sequence_or_one_mailbox(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=TEAM, enrollments=[*BOTH, running(RAJ, sequence=NURTURE)]))

    def told(sequence: str | None = None, mailbox: str | None = None) -> list[str]:
        return [email for chunk in sandbox.running(1, sequence, mailbox) for email in chunk["email"]]

    assert [PIA] == told(OUTBOUND)
    assert [QUIN, RAJ] == told(NURTURE)
    assert [QUIN] == told(mailbox=BOS_MAILBOX)
    assert [RAJ] == told(NURTURE, ANAS_MAILBOX)
    assert [] == told(OUTBOUND, BOS_MAILBOX)
    with pytest.raises(InvalidInput, match="sequence: there is no sequence 'Nope'"):
        told("Nope")
    with pytest.raises(InvalidInput, match=r"mailbox: there is no mailbox 'nope@send.acme.test'"):
        told(mailbox="nope@send.acme.test")


def test_many_are_unenrolled_in_one_go_each_told_apart_and_only_once(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=TEAM, enrollments=BOTH))
    asked = contacts((QUIN, NURTURE), (RAJ, OUTBOUND), ("no@x.test", OUTBOUND), (PIA, NURTURE), (PIA, OUTBOUND))
    answer = sandbox.unenroll(asked)
    assert ["email", "ended"] == list(answer.columns)
    assert asked["email"].tolist() == answer["email"].tolist()
    assert [True, False, False, False, True] == answer["ended"].tolist()
    assert [] == list(sandbox.running(10))
    assert {"unenrolled"} == {row["end_reason"] for row in sandbox.workspace_record().model_dump()["enrollments"]}
    before = sandbox.dump()
    assert [False] * 5 == sandbox.unenroll(asked)["ended"].tolist()
    assert before == sandbox.dump()


def test_unenrolling_many_does_what_unenrolling_one_does(sandboxes: Sandboxes) -> None:
    one, many = (sandboxes(workspace(enrollments=[running(PIA)]), name=name) for name in ("one", "many"))
    one.apply(Unenroll(person=PIA, sequence=OUTBOUND))
    many.unenroll(contacts((PIA, OUTBOUND)))
    assert one.dump() == many.dump()


def test_an_unknown_sequence_is_refused_and_nobody_is_taken_out(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=TEAM, enrollments=BOTH))
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match="there is no sequence 'Nope'"):
        sandbox.unenroll(contacts((PIA, OUTBOUND), (QUIN, "Nope")))
    assert before == sandbox.dump()
    assert 0 == len(sandbox.unenroll(contacts()))
