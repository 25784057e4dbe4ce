"""Sequences, their rulesets and steps over the vendor's API; paused, resumed and deleted."""

from datetime import timedelta

import pytest

from models.changes import RunPlay
from models.errors import InvalidInput, Refused
from models.records import Interval, Sequence, SequenceStep, SequenceVersion, TaskAssignment
from tests.conftest import Sandboxes
from tests.platforms.emulator.asking import Asking, Json
from tests.platforms.emulator.contract import conforms
from tests.workspaces import (
    ANAS_MAILBOX,
    BO,
    NOW,
    NURTURE,
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

SEQUENCES, ENROLLMENTS = "/sequences/v1/sequences", "/sequences/v1/enrollments"


def shown(asking: Asking, name: str = OUTBOUND) -> Json:
    found: Json = asking.get(f"{SEQUENCES}/{asking.id('sequence', name)}")
    return found


def test_sequences_are_listed_as_the_contract_has_them(sandboxes: Sandboxes) -> None:
    asking = Asking(
        sandboxes(
            workspace(
                sequences=(
                    Sequence(name=OUTBOUND, steps=STEPS, send_days=("MON", "SUN")),
                    Sequence(name=NURTURE, paused=True),
                )
            )
        )
    )
    first = asking.get(SEQUENCES, limit=1)
    conforms(first, "sequences", "ListSequencesResponse")
    rest = asking.get(SEQUENCES, limit=1, cursor=first["next_cursor"])
    assert [(OUTBOUND, False), (NURTURE, True)] == [
        (one["name"], one["is_paused"]) for page in (first, rest) for one in page["sequences"]
    ]
    assert rest["next_cursor"] is None
    days = first["sequences"][0]["send_schedule"]["rules"]["send_days"]
    assert ["1", "7"] == [day for day, windows in days.items() if windows]


@pytest.mark.rule("R12", "R13", "R26")
@pytest.mark.parametrize(
    ("days", "told"), [(None, (None, None)), (0, (0, "DAY")), (75, (75, "DAY"))], ids=["never", "at_once", "75_days"]
)
def test_never_is_null_and_at_once_is_zero(
    sandboxes: Sandboxes, days: int | None, told: tuple[int | None, str | None]
) -> None:
    asking = Asking(
        sandboxes(workspace(rulesets=ruleset(days=days), people=(PIA,), enrollments=ended(PIA, sequence=NURTURE)))
    )
    rules = shown(asking)["sequence_ruleset"]
    assert told == (rules["block_reenrollment_value"], rules["block_reenrollment_units"])
    assert (201 if days == 0 else 400) == asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX).status_code


def test_a_ruleset_tells_its_settings_but_not_its_exclusions(sandboxes: Sandboxes) -> None:
    assignment = TaskAssignment(automatic="ASSIGN_TO_SENDER", manual="ASSIGN_TO_USER", user=BO)
    rules = ruleset(name="Own", allow_same=True, task_assignment=assignment)
    rules = rules.model_copy(update={"block_reenrollment": Interval(value=2, unit="WEEK")})
    asking = Asking(sandboxes(workspace(rulesets=rules)))
    told = shown(asking)["sequence_ruleset"]
    assert ("Own", True, True, 2, "WEEK") == tuple(
        told[name]
        for name in (
            "name",
            "is_default",
            "allow_same_sequence_reenrollment",
            "block_reenrollment_value",
            "block_reenrollment_units",
        )
    )
    assert ("ASSIGN_TO_USER", asking.id("user", BO)) == (
        told["manual_enrollment_task_assignment"],
        told["manual_enrollment_task_assignment_user_id"],
    )
    # The API has no word for the sender (C16).
    assert ("ASSIGN_TO_MAILBOX_OWNER", None) == (
        told["automatic_enrollment_task_assignment"],
        told["automatic_enrollment_task_assignment_user_id"],
    )
    assert not [name for name in told if "exclusion" in name]


def test_steps_are_those_of_the_present_version_each_after_the_one_before(sandboxes: Sandboxes) -> None:
    steps = (SequenceStep(), SequenceStep(type="MANUAL_EMAIL", wait_days=3), SequenceStep(type="PHONE_CALL"))
    earlier = SequenceVersion(version=1, steps=STEPS)
    asking = Asking(
        sandboxes(
            workspace(
                sequences=(Sequence(name=OUTBOUND, version=2, steps=steps, versions=(earlier,)), Sequence(name=NURTURE))
            )
        )
    )
    path = f"{SEQUENCES}/{asking.id('sequence', OUTBOUND)}/steps"
    told = asking.get(path)
    conforms(told, "sequences", "ListSequenceStepsResponse")
    assert [(step.type, 2) for step in steps] == [(one["type"], one["version_number"]) for one in told["steps"]]
    for one in told["steps"]:
        assert one == asking.get(f"{path}/{one['id']}")
    second = told["steps"][1]["dependencies"][0]
    assert (told["steps"][0]["id"], 3, "days") == (
        second["parent_step_id"],
        second["condition"]["duration_value"],
        second["condition"]["duration_unit"],
    )
    assert ["PHONE_CALL"] == [one["type"] for one in asking.get(path, type="PHONE_CALL")["steps"]]
    other = f"{SEQUENCES}/{asking.id('sequence', NURTURE)}/steps/{told['steps'][0]['id']}"
    assert 404 == asking("GET", other).status_code


def test_a_paused_sequence_sends_nothing_and_what_is_so_already_is_a_conflict(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace()))
    path = f"{SEQUENCES}/{asking.id('sequence', OUTBOUND)}"
    assert 201 == asking.enroll(PIA, OUTBOUND, ANAS_MAILBOX).status_code
    conforms(asking("POST", f"{path}/pause").json(), "sequences", "PauseSequenceSuccessResponse")
    asking.sandbox.advance(NOW + timedelta(days=1))
    assert [0] == [one.steps_done for one in asking.sandbox.workspace_record().enrollments]
    again = asking("POST", f"{path}/pause")
    conforms(again.json(), "sequences", "SequenceStateConflictResponse")
    assert (409, True) == (again.status_code, again.json()["current_is_paused"])
    resumed = asking("POST", f"{path}/resume")
    conforms(resumed.json(), "sequences", "ResumeSequenceSuccessResponse")
    assert (409, False) == (asking("POST", f"{path}/resume").status_code, shown(asking)["is_paused"])


def test_a_deleted_sequence_lets_everybody_go_and_is_nobodys_to_enroll_into(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace(people=(PIA, QUIN), enrollments=running(PIA))))
    number = asking.id("sequence", OUTBOUND)
    assert {"id": number, "is_deleted": True} == asking("DELETE", f"{SEQUENCES}/{number}").json()
    assert 404 == asking("GET", f"{SEQUENCES}/{number}").status_code
    assert 404 == asking("DELETE", f"{SEQUENCES}/{number}").status_code
    assert 404 == asking.enroll(QUIN, OUTBOUND, ANAS_MAILBOX).status_code
    [told] = asking.get(ENROLLMENTS)["enrollments"]
    assert ("FINISHED", True, OUTBOUND) == (told["status"], told["is_canceled"], told["sequence"]["name"])


def test_a_deleted_sequence_stays_deleted_in_a_workspace_file_and_no_play_runs_into_it(sandboxes: Sandboxes) -> None:
    asking = Asking(sandboxes(workspace(enrollments=running(PIA))))
    asking("DELETE", f"{SEQUENCES}/{asking.id('sequence', OUTBOUND)}")
    again = sandboxes(asking.sandbox.workspace_record(), name="again")
    assert [NURTURE] == [one["name"] for one in Asking(again).get(SEQUENCES)["sequences"]]
    assert [NURTURE] == again.sequences()["sequence"].tolist()
    with pytest.raises(InvalidInput, match=NURTURE):
        again.steps(OUTBOUND)
    with pytest.raises(Refused, match="was deleted"):
        again.apply(RunPlay(play=PLAY))


def test_a_rep_may_pause_a_sequence(sandboxes: Sandboxes) -> None:
    sandboxes(workspace())
    asking = Asking(sandboxes(user=BO))
    assert 200 == asking("POST", f"{SEQUENCES}/{asking.id('sequence', OUTBOUND)}/pause").status_code
