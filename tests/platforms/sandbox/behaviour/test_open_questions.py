"""What a workspace file decides of the open questions: Q2, Q6 and Q7."""

import pytest

from models.changes import Enroll, RunPlay
from models.errors import Refused
from models.records import Behaviour
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.platforms.emulator.asking import Asking
from tests.workspaces import (
    ANAS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    ended,
    excluding,
    person,
    ruleset,
    workspace,
)

AGAIN = Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,))


@pytest.mark.rule("R43")
@pytest.mark.parametrize(("settled", "expected"), [("exempt", None), ("counts", "already_sequenced")])
def test_an_enrollment_that_ended_before_its_first_step_counts_or_does_not(
    sandboxes: Sandboxes, settled: str, expected: str | None
) -> None:
    behaviour = Behaviour.model_validate({"Q2": settled})
    sandbox = sandboxes(workspace(enrollments=[ended(PIA, steps_done=0)], behaviour=behaviour))
    assert expected == sandbox.apply(RunPlay(play=PLAY))["log"][0]["reason"]


@pytest.mark.rule("R43")
def test_whoever_was_never_enrolled_needs_no_setting_either_way(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(rulesets=ruleset(days=None), behaviour=Behaviour(Q2="counts")))
    assert 1 == sandbox.apply(AGAIN)["resumes_at_step"]


@pytest.mark.rule("R9")
@pytest.mark.parametrize(("settled", "expected"), [("next_step", 3), ("first_step", 1)])
def test_whoever_is_enrolled_again_by_hand_goes_on_or_begins_anew(
    sandboxes: Sandboxes, settled: str, expected: int
) -> None:
    behaviour = Behaviour.model_validate({"Q6": settled})
    open_to_all = ruleset(allow_same=True, days=0)
    sandbox = sandboxes(workspace(rulesets=open_to_all, enrollments=[ended(PIA)], behaviour=behaviour))
    assert expected == sandbox.apply(AGAIN)["resumes_at_step"]
    assert expected == step_of(sandbox)


@pytest.mark.rule("R9")
def test_by_a_play_they_go_on_at_the_next_step_all_the_same(sandboxes: Sandboxes) -> None:
    open_to_all = ruleset(allow_same=True, days=0)
    behaviour = Behaviour(Q6="first_step")
    sandbox = sandboxes(workspace(rulesets=open_to_all, enrollments=[ended(PIA)], behaviour=behaviour))
    sandbox.apply(RunPlay(play=PLAY))
    assert 3 == step_of(sandbox)


def step_of(sandbox: Sandbox) -> int:
    return int(sandbox.places([PIA], OUTBOUND)["step"].item())


@pytest.mark.rule("R30")
def test_exclusions_keep_nobody_out_by_hand_where_they_are_ignored(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(exclusions=excluding(PIA), behaviour=Behaviour(Q7="ignores")))
    assert "excluded:Customers" == sandbox.apply(RunPlay(play=PLAY))["log"][0]["reason"]
    assert 1 == sandbox.apply(AGAIN)["resumes_at_step"]


@pytest.mark.rule("R29", "R30")
@pytest.mark.parametrize(("email", "flag"), [(PIA, "is_excluded"), (QUIN, "is_opted_out")])
def test_where_they_are_flagged_an_enrollment_is_made_that_never_runs(
    sandboxes: Sandboxes, email: str, flag: str
) -> None:
    people = [PIA, person(QUIN, opted_out=True)]
    made = workspace(people=people, exclusions=excluding(PIA), behaviour=Behaviour(Q7="flags"))
    asking = Asking(sandboxes(made))
    answer = asking.enroll(email, NURTURE, ANAS_MAILBOX)
    shown = answer.json()
    assert (201, "FINISHED", True) == (answer.status_code, shown["status"], shown[flag])
    assert shown == asking.get(f"/sequences/v1/enrollments/{shown['id']}")
    assert asking.sandbox.places([email], NURTURE).empty
    again = asking.sandbox.dump()
    asking.sandbox.load(asking.sandbox.workspace_record())
    assert again["enrollments"] == asking.sandbox.dump()["enrollments"]


def test_the_sandbox_itself_refuses_whom_it_flags(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(exclusions=excluding(PIA), behaviour=Behaviour(Q7="flags")))
    with pytest.raises(Refused) as refused:
        sandbox.apply(AGAIN)
    assert "excluded" == refused.value.code
