"""`version-upgrade`: the sequence is edited, everybody who runs in it goes on in the new version, nobody falls out."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.changes import Enroll, Unenroll
from models.errors import InvalidInput
from models.report import Report
from models.workspace import Workspace
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import ANAS_MAILBOX, NURTURE, OUTBOUND, PIA, PLAY, QUIN, RAJ, SUE, running, workspace

STEPS = """
- {type: AUTOMATIC_EMAIL}
- {type: AUTOMATIC_EMAIL, wait_days: 1}
- {type: AUTOMATIC_EMAIL, wait_days: 3}
- {type: PHONE_CALL, wait_days: 4}
"""


def team(**own: Any) -> Workspace:
    """Pia at step 2, Quin queued, Raj at step 4 of 4; Sue runs elsewhere."""
    return workspace(
        **{
            "people": [PIA, QUIN, RAJ, SUE],
            "enrollments": [
                running(PIA, play=PLAY),
                running(QUIN, steps_done=0),
                running(RAJ, steps_done=3),
                running(SUE, sequence=NURTURE),
            ],
            **own,
        }
    )


def run(house: House, tmp_path: Path, steps: str = STEPS, **parameters: Any) -> Report:
    path = tmp_path / "steps.yaml"
    path.write_text(steps)
    return house.carry_out("version-upgrade", **{"sequence": OUTBOUND, "steps_file": str(path), **parameters})


def now_running(house: House) -> dict[str, tuple[str, int, int]]:
    return {
        e.person: (e.sequence, e.steps_done or 0, e.version or 0)
        for e in house.sandbox.workspace_record().enrollments
        if e.state in ("queued", "active")
    }


@pytest.mark.rule("R52")
def test_a_dry_run_shows_what_changes_for_whom_and_changes_nothing(house: House, tmp_path: Path) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    report = run(house, tmp_path, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", 3) == (report.status, report.counts["upgraded"])
    assert any(line.startswith("step 2: ") for line in report.plan)
    told = outcomes(report)["detail"]
    assert "becomes an email 1 day later" in told[PIA]
    assert "becomes a call 4 days later" in told[RAJ]


@pytest.mark.rule("R52", "R53")
def test_everybody_goes_on_at_the_same_place_in_the_new_version_and_nobody_falls_out(
    house: House, tmp_path: Path
) -> None:
    house.load(team())
    report = run(house, tmp_path)
    check_report(report)
    assert ("completed", 3, ()) == (report.status, report.counts["upgraded"], report.differences)
    assert {PIA: (OUTBOUND, 1, 2), QUIN: (OUTBOUND, 0, 2), RAJ: (OUTBOUND, 3, 2), SUE: (NURTURE, 1, 1)} == now_running(
        house
    )
    assert () == report.loans
    [old, new] = [e for e in house.sandbox.workspace_record().enrollments if e.person == PIA]
    assert ("canceled", "upgraded", PLAY, ANAS_MAILBOX) == (old.state, old.end_reason, new.play, new.mailbox)


@pytest.mark.rule("R53")
def test_who_was_upgraded_is_not_barred_by_it_later(house: House, tmp_path: Path) -> None:
    house.load(team(enrollments=[running(QUIN, steps_done=0)]))
    run(house, tmp_path)
    house.do(Unenroll(person=QUIN, sequence=OUTBOUND))
    house.do(Enroll(person=QUIN, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    assert (OUTBOUND, 0, 2) == now_running(house)[QUIN]


def test_a_second_time_nothing_changes(house: House, tmp_path: Path) -> None:
    house.load(team())
    run(house, tmp_path)
    before = now_running(house)
    again = run(house, tmp_path)
    assert (0, 3) == (again.counts["upgraded"], again.counts["unchanged"])
    assert before == now_running(house)


def test_whoever_has_nothing_left_to_do_is_named_before_and_ends(house: House, tmp_path: Path) -> None:
    house.load(team())
    planned = run(house, tmp_path, "- {}\n- {wait_days: 1}\n", dry_run=True)
    assert any("1 enrollment has nothing left to do in version 2" in line for line in planned.plan)
    report = run(house, tmp_path, "- {}\n- {wait_days: 1}\n")
    check_report(report)
    assert (2, 1, ()) == (report.counts["upgraded"], report.counts["unenrolled"], report.differences)
    assert RAJ not in now_running(house)


def test_whoever_ended_or_began_while_somebody_thought_is_told(house: House, tmp_path: Path) -> None:
    house.load(team(people=[PIA, QUIN, RAJ, SUE, "tom@x.test"]))
    path = tmp_path / "steps.yaml"
    path.write_text(STEPS)

    def meanwhile(question: str) -> bool:
        house.do(Unenroll(person=PIA, sequence=OUTBOUND))
        house.do(Enroll(person="tom@x.test", sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
        house.sandbox.advance(house.sandbox.now() + timedelta(minutes=1))
        return True

    report = house.carry_out("version-upgrade", answer=meanwhile, sequence=OUTBOUND, steps_file=str(path))
    check_report(report)
    told = outcomes(report)["outcome"]
    assert ("unchanged", "upgraded") == (told[PIA], told["tom@x.test"])
    assert [PIA] == [difference.email for difference in report.differences]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("- {type: EMAIL}\n", r"steps\.yaml: steps\[0\]\.type"),
        ("- {wait_days: -1}\n", r"wait_days"),
        ("- {delay: 1}\n", r"delay"),
        ("[]\n", r"steps"),
        ("- {type: [\n", r"steps\.yaml"),
    ],
)
def test_a_wrong_steps_file_is_refused_with_the_key_and_changes_nothing(
    house: House, tmp_path: Path, steps: str, words: str
) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=words):
        run(house, tmp_path, steps)
    assert before == sandbox.dump()


def test_a_sequence_that_does_not_exist_is_answered_with_the_nearest(house: House, tmp_path: Path) -> None:
    house.load(team())
    with pytest.raises(InvalidInput, match="Did you mean 'Outbound'"):
        run(house, tmp_path, sequence="Outbund")
