"""Editing a live sequence makes a new version; an upgrade carries over what runs, and nobody falls out."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.changes import ChangeMailboxOwner, DuplicateSequence, EditSequence, Enroll, RunPlay, Unenroll
from models.errors import InvalidInput
from models.records import RepTask, Sequence, SequenceStep, SequenceVersion
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    days_ago,
    ended,
    play,
    ruleset,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]
CALL, ACTION = SequenceStep(type="PHONE_CALL", wait_days=1), SequenceStep(type="ACTION_ITEM", wait_days=1)
EMAIL = SequenceStep(wait_days=1)
LONGER = (*STEPS, CALL)
SHORTER = (SequenceStep(), EMAIL)


def edit(*steps: SequenceStep, upgrade: bool = True, sequence: str = OUTBOUND) -> EditSequence:
    return EditSequence(sequence=sequence, steps=steps, upgrade=upgrade)


def enrollments(sandbox: Sandbox, email: str) -> list[dict[str, Any]]:
    return [row.model_dump() for row in sandbox.workspace_record().enrollments if row.person == email]


def runs(sandbox: Sandbox) -> dict[str, tuple[str, int, int, datetime]]:
    """Of everybody who runs: state, steps done, version, and when the next step is due."""
    frames = [*sandbox.running(100)]
    found = pd.concat(frames).set_index("email") if frames else pd.DataFrame()
    return {
        str(email): (row["state"], row["steps_done"], row["version"], row["next_step_at"].to_pydatetime())
        for email, row in found.iterrows()
    }


def task_states(sandbox: Sandbox) -> list[str]:
    return [task.status for task in sandbox.workspace_record().tasks]


def at_work() -> Any:
    """Pia past step 3 of 4, Quin past step 1, Raj queued, Sue in another sequence."""
    due = {"next_step_at": NOW + timedelta(days=1)}
    enrollments = [
        running(PIA, steps_done=3, play=PLAY, **due),
        running(QUIN, mailbox=BOS_MAILBOX, enrolled_by=BO, **due),
        running(RAJ, steps_done=0, **due),
        running(SUE, sequence=NURTURE, **due),
    ]
    return workspace(people=TEAM, enrollments=enrollments)


@pytest.mark.rule("R52")
def test_editing_alone_leaves_everybody_in_the_version_they_began_with(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    answer = sandbox.apply(edit(*SHORTER, upgrade=False))
    assert {"sequence": OUTBOUND, "version": 2, "upgraded": 0, "completed": 0} == answer
    assert {PIA: 1, QUIN: 1, RAJ: 1, SUE: 1} == {email: version for email, (_, _, version, _) in runs(sandbox).items()}
    sandbox.advance(NOW + timedelta(weeks=6))
    assert ("finished", 4) == tuple(enrollments(sandbox, RAJ)[0][key] for key in ("state", "steps_done"))


@pytest.mark.rule("R52")
def test_whoever_begins_after_an_edit_follows_the_new_steps(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(QUIN)]))
    sandbox.apply(edit(SequenceStep(type="ACTION_ITEM"), EMAIL, upgrade=False))
    sandbox.apply(RunPlay(play=PLAY))
    assert 2 == runs(sandbox)[PIA][2]
    sandbox.advance(NOW + timedelta(hours=1))
    assert {PIA: "ACTION_ITEM", QUIN: "PHONE_CALL"} == {
        task["person"]: task["type"] for task in sandbox.dump()["tasks"]
    }
    sandbox.advance(NOW + timedelta(weeks=6))
    assert 2 == enrollments(sandbox, PIA)[-1]["steps_done"]
    assert 4 == enrollments(sandbox, QUIN)[-1]["steps_done"]


@pytest.mark.rule("R52", "R53")
def test_an_upgrade_carries_active_and_queued_over_and_nobody_falls_out(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    before = runs(sandbox)
    answer = sandbox.apply(edit(*LONGER))
    assert {"sequence": OUTBOUND, "version": 2, "upgraded": 3, "completed": 0} == answer
    place = {email: (state, done, due) for email, (state, done, _, due) in before.items()}
    assert place == {email: (state, done, due) for email, (state, done, _, due) in runs(sandbox).items()}
    assert {PIA: 2, QUIN: 2, RAJ: 2, SUE: 1} == {email: version for email, (_, _, version, _) in runs(sandbox).items()}
    sandbox.advance(NOW + timedelta(weeks=6))
    assert {("finished", 5)} == {
        (enrollments(sandbox, email)[-1]["state"], enrollments(sandbox, email)[-1]["steps_done"])
        for email in (PIA, QUIN, RAJ)
    }


@pytest.mark.rule("R52")
def test_the_old_enrollment_is_canceled_as_upgraded_and_another_one_goes_on(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    sandbox.apply(edit(*LONGER))
    old, new = enrollments(sandbox, QUIN)
    assert ("canceled", "upgraded", NOW, 1, None) == tuple(
        old[key] for key in ("state", "end_reason", "ended_at", "version", "next_step_at")
    )
    kept = ("person", "sequence", "mailbox", "play", "enrolled_by", "steps_done")
    assert [old[key] for key in kept] == [new[key] for key in kept]
    assert ("active", 2, NOW, None) == tuple(new[key] for key in ("state", "version", "started_at", "ended_at"))
    assert PLAY == enrollments(sandbox, PIA)[1]["play"]


@pytest.mark.rule("R52")
def test_a_step_that_is_new_at_its_place_is_due_when_the_old_one_was(sandboxes: Sandboxes) -> None:
    due = NOW + timedelta(hours=3)
    sandbox = sandboxes(workspace(enrollments=[running(PIA, steps_done=1, next_step_at=due)]))
    sandbox.apply(edit(SequenceStep(), ACTION, EMAIL))
    assert ("active", 1, 2, due) == runs(sandbox)[PIA]
    sandbox.advance(due)
    assert ["ACTION_ITEM"] == [task["type"] for task in sandbox.dump()["tasks"]]


@pytest.mark.rule("R52")
def test_whose_place_lies_beyond_the_last_step_is_through_and_counted_as_completed(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    answer = sandbox.apply(edit(*SHORTER))
    assert {"sequence": OUTBOUND, "version": 2, "upgraded": 2, "completed": 1} == answer
    [pia] = enrollments(sandbox, PIA)
    assert ("finished", "completed", NOW, 3, 1) == tuple(
        pia[key] for key in ("state", "end_reason", "ended_at", "steps_done", "version")
    )
    assert "CANCELED" == pia["steps"][-1]["status"]


@pytest.mark.rule("R52", "R53")
def test_the_same_steps_again_make_no_version_and_change_nothing(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    for upgrade in (False, True):
        before = sandbox.dump()
        answer = sandbox.apply(edit(*STEPS, upgrade=upgrade))
        assert {"sequence": OUTBOUND, "version": 1, "upgraded": 0, "completed": 0} == answer
        assert before == sandbox.dump()
    sandbox.apply(edit(*LONGER))
    before = sandbox.dump()
    assert 0 == sandbox.apply(edit(*LONGER))["upgraded"]
    assert before == sandbox.dump()


@pytest.mark.rule("R52")
def test_whoever_is_behind_may_be_upgraded_later(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    sandbox.apply(edit(*SHORTER, upgrade=False))
    sandbox.apply(edit(*LONGER, upgrade=False))
    answer = sandbox.apply(edit(*LONGER))
    assert {"sequence": OUTBOUND, "version": 3, "upgraded": 3, "completed": 0} == answer
    assert {3} == {version for email, (_, _, version, _) in runs(sandbox).items() if email != SUE}


@pytest.mark.rule("R53")
def test_an_upgrade_starts_no_waiting_period(sandboxes: Sandboxes) -> None:
    """Pia may leave Outbound at once, and Nurture waits for 75 days after the end of whatever came before."""
    sequences = [Sequence(name=OUTBOUND, ruleset="At once", steps=STEPS), Sequence(name=NURTURE, steps=STEPS)]
    sandbox = sandboxes(
        workspace(
            sequences=sequences,
            rulesets=[ruleset(), ruleset(name="At once", default=False, days=0)],
            enrollments=[running(PIA)],
            plays=play(sequence=NURTURE),
        )
    )
    sandbox.apply(edit(*LONGER))
    facts = sandbox.facts(pd.DataFrame({"email": [PIA], "sequence": [NURTURE]}))
    assert facts["last_ended"].isna().all()
    assert {} == sandbox.apply(RunPlay(play=PLAY))["not_enrolled"]


@pytest.mark.rule("R53", "R9")
def test_whoever_comes_back_later_goes_on_where_the_upgraded_enrollment_left_off(sandboxes: Sandboxes) -> None:
    at_once = ruleset(allow_same=True, days=0)
    sandbox = sandboxes(workspace(rulesets=at_once, enrollments=[running(PIA, steps_done=2)]))
    sandbox.apply(edit(*LONGER))
    sandbox.apply(Unenroll(person=PIA, sequence=OUTBOUND))
    answer = sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    assert 3 == answer["resumes_at_step"]


@pytest.mark.rule("R53")
def test_whoever_is_through_by_a_second_upgrade_in_the_same_moment_begins_again(sandboxes: Sandboxes) -> None:
    at_once = ruleset(allow_same=True, days=0)
    sandbox = sandboxes(workspace(rulesets=at_once, enrollments=[running(PIA, steps_done=3)]))
    for steps in (LONGER, SHORTER, STEPS):
        sandbox.apply(edit(*steps))
    facts = sandbox.facts(pd.DataFrame({"email": [PIA], "sequence": [OUTBOUND]}))
    assert [0] == facts["resumes_after"].tolist()


@pytest.mark.rule("R52")
def test_an_open_task_follows_and_completing_it_carries_the_new_enrollment_on(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA, steps_done=1, next_step_at=NOW)]))
    sandbox.advance(NOW + timedelta(hours=1))
    assert ["READY"] == task_states(sandbox)
    sandbox.apply(edit(*LONGER))
    assert ["READY"] == task_states(sandbox)
    sandbox.advance(NOW + timedelta(days=1, hours=2))
    assert ["COMPLETED"] == task_states(sandbox)
    assert 2 == runs(sandbox)[PIA][1]


@pytest.mark.rule("R52")
@pytest.mark.parametrize("steps", [(SequenceStep(), ACTION, EMAIL), (SequenceStep(),)], ids=["another step", "no step"])
def test_the_open_task_of_a_step_that_is_gone_is_canceled_and_other_tasks_stay(
    sandboxes: Sandboxes, steps: tuple[SequenceStep, ...]
) -> None:
    other = RepTask(person=QUIN, type="PHONE_CALL", sequence=OUTBOUND, assignee=ANA)
    sandbox = sandboxes(
        workspace(
            people=[PIA, QUIN],
            enrollments=[running(PIA, next_step_at=NOW), running(QUIN, steps_done=0)],
            tasks=other,
            mailboxes=at_work().mailboxes[:1],
        )
    )
    sandbox.advance(NOW + timedelta(hours=1))
    sandbox.apply(edit(*steps))
    tasks = sandbox.workspace_record().tasks
    assert {PIA: "CANCELED", QUIN: "READY"} == {task.person: task.status for task in tasks}


@pytest.mark.rule("R1", "R53")
def test_whom_an_upgrade_carried_over_is_not_among_those_who_fell_out(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    sandbox.apply(edit(*SHORTER))
    assert [] == list(sandbox.cancelled(ANAS_MAILBOX, 100))
    assert 0 == len(sandbox.ends(ANAS_MAILBOX))
    sandbox.advance(NOW + timedelta(minutes=10))
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    fallen = pd.concat(sandbox.cancelled(ANAS_MAILBOX, 100))
    assert {RAJ: 0, SUE: 1} == fallen.set_index("email")["steps_done"].to_dict()
    assert [2] == sandbox.ends(ANAS_MAILBOX)["enrollments"].tolist()


def test_a_copy_has_the_present_steps_only_and_begins_at_version_one(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    sandbox.apply(edit(*SHORTER))
    sandbox.apply(DuplicateSequence(sequence=OUTBOUND, name="Copy"))
    copy = sandbox.workspace_record().sequences[-1]
    assert Sequence(name="Copy", steps=SHORTER) == copy


def test_an_unknown_sequence_is_refused_and_nothing_is_changed(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(at_work())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=r"sequence: there is no sequence 'Outbund'. Did you mean 'Outbound'"):
        sandbox.apply(edit(*SHORTER, sequence="Outbund"))
    assert before == sandbox.dump()


def test_versions_are_dumped_where_there_are_any_and_a_load_goes_on_from_there(
    sandboxes: Sandboxes, tmp_path: Path
) -> None:
    first, second = sandboxes(at_work()), sandboxes(name="second")
    first.apply(edit(*SHORTER, upgrade=False))
    outbound, nurture = first.dump()["sequences"]
    assert (2, [1]) == (outbound["version"], [earlier["version"] for earlier in outbound["versions"]])
    assert len(STEPS) == len(outbound["versions"][0]["steps"])
    assert "versions" not in nurture
    write_workspace(first.dump(), tmp_path / "dumped.yaml")
    second.load(*read_workspace(tmp_path / "dumped.yaml"))
    for sandbox in (first, second):
        sandbox.advance(NOW + timedelta(days=2))
        sandbox.apply(edit(*LONGER))
        sandbox.advance(NOW + timedelta(weeks=6))
    assert first.workspace_record() == second.workspace_record()


def test_an_ended_enrollment_may_name_a_version_whose_steps_nobody_knows_any_more(sandboxes: Sandboxes) -> None:
    earlier = SequenceVersion(version=4, steps=LONGER)
    sequence = Sequence(name=OUTBOUND, steps=SHORTER, version=5, versions=(earlier,))
    enrollments = [ended(PIA, version=2, steps_done=7), running(QUIN, version=4)]
    sandbox = sandboxes(workspace(people=[PIA, QUIN], sequences=sequence, enrollments=enrollments))
    assert [2, 4] == [row["version"] for row in sandbox.dump()["enrollments"]]
    with pytest.raises(ValueError, match=r"enrollments\[0\].version: the steps of version 2 of 'Outbound' are not"):
        workspace(sequences=sequence, enrollments=[running(PIA, version=2)])


def test_what_was_worked_out_of_the_steps_done_stays_though_the_clock_moves_on(
    sandboxes: Sandboxes, tmp_path: Path
) -> None:
    """Pia did three steps quicker than their waits allow: they count as done by the time of loading."""
    first, second = sandboxes(name="first"), sandboxes(name="second")
    first.load(workspace(enrollments=[running(PIA, steps_done=3, started_at=days_ago(1))]))
    before = enrollments(first, PIA)
    first.advance(NOW + timedelta(hours=2))
    write_workspace(first.dump(), tmp_path / "dumped.yaml")
    second.load(*read_workspace(tmp_path / "dumped.yaml"))
    assert enrollments(first, PIA) == enrollments(second, PIA)
    assert [] == list(before[0]["steps"])
    assert {NOW} == {step["at"] for step in enrollments(second, PIA)[0]["steps"][1:3]}
