"""`call-outcomes`: dispositions are read from a CSV, and a policy says whose enrollment ends."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.errors import InvalidInput
from models.report import Report
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import NURTURE, OUTBOUND, PIA, QUIN, RAJ, SUE, person, running, workspace

POLICY = {"Not interested": "unenroll", "Left voicemail": "keep", "Wrong person": "unenroll"}
ROWS = f"""E-mail;Disposition
{PIA.upper()};NOT interested
{QUIN};Left voicemail
{RAJ};Wrong person
"""


def run(house: House, text: str = ROWS, **parameters: Any) -> Report:
    return house.carry_out("call-outcomes", **{"policy": POLICY, "outcomes": text, **parameters})


def team(house: House, **own: Any) -> Any:
    """Pia and Quin run, Raj does not, Sue opted out."""
    return house.load(
        workspace(
            **{
                "people": [PIA, QUIN, RAJ, person(SUE, opted_out=True)],
                "enrollments": [running(PIA), running(QUIN, sequence=NURTURE)],
                **own,
            }
        )
    )


def now_running(house: House) -> set[str]:
    return {e.person for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")}


@pytest.mark.rule("R49", "R50")
def test_the_policy_says_whose_enrollment_ends(house: House) -> None:
    team(house)
    report = run(house)
    check_report(report)
    assert ("completed", 1, 2, ()) == (
        report.status,
        report.counts["unenrolled"],
        report.counts["unchanged"],
        report.differences,
    )
    assert {QUIN} == now_running(house)
    told = outcomes(report)["detail"]
    assert "the policy keeps the enrollment" in told[QUIN]
    assert "runs in no sequence" in told[RAJ]


@pytest.mark.rule("R50")
def test_a_dry_run_changes_nothing(house: House) -> None:
    sandbox = team(house)
    before = sandbox.dump()
    report = run(house, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", (f"unenroll 1 contact from '{OUTBOUND}'",)) == (report.status, report.plan)


def test_a_second_time_nobody_is_left_to_unenroll(house: House) -> None:
    team(house)
    run(house)
    assert (0, 3) == tuple(run(house).counts[name] for name in ("unenrolled", "unchanged"))


def test_only_one_sequence_can_be_meant(house: House) -> None:
    team(house)
    run(house, f"email,disposition\n{PIA},wrong person\n{QUIN},wrong person\n", sequence=NURTURE)
    assert {PIA} == now_running(house)


def test_a_disposition_without_policy_refuses_the_whole_and_stands_beside_the_input(
    house: House, tmp_path: Path
) -> None:
    sandbox = team(house)
    before = sandbox.dump()
    path = tmp_path / "calls.csv"
    path.write_text(f"email,disposition\n{PIA},Not interested\n{QUIN},Left a voicemail\n{RAJ},??\n")
    words = (
        r"calls\.csv row 3, column disposition: the policy has no 'Left a voicemail' \(2 rows have such\).*voicemail"
    )
    with pytest.raises(InvalidInput, match=words):
        run(house, "", outcomes=None, outcomes_csv=str(path))
    assert before == sandbox.dump()
    beside = pd.read_csv(tmp_path / "calls.rejects.csv")
    assert [(3, QUIN), (4, RAJ)] == list(beside[["row", "email"]].itertuples(index=False, name=None))


def test_rows_that_name_nobody_are_rejected_and_the_rest_is_done(house: House) -> None:
    team(house)
    rows = f"email,disposition\n{PIA},Not interested\n{PIA},wrong person\noops,Not interested\nno@x.test,Wrong person\n"
    report = run(house, rows)
    check_report(report)
    assert ("needs_attention", 1, 3) == (report.status, report.counts["unenrolled"], report.counts["rejected"])
    rejects = pd.read_csv(report.files["rejects"])
    assert ["duplicate_row", "invalid_email", "unknown_contact"] == rejects["reason"].tolist()


def test_the_rows_that_were_refused_stand_beside_the_input(house: House, tmp_path: Path) -> None:
    team(house)
    path = tmp_path / "calls.csv"
    path.write_text(f"email,disposition\n{PIA},Not interested\noops,Not interested\n")
    report = run(house, "", outcomes=None, outcomes_csv=str(path))
    beside = (tmp_path / "calls.rejects.csv").read_text()
    assert Path(report.files["rejects"]).read_text() == beside
    assert "3,oops,invalid_email" in beside


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"policy": {"Not interested": "opt_in"}}, r"policy\.Not interested: 'opt_in' is no action"),
        ({"policy": {}}, "policy: is empty"),
        ({"text": f"email,disposition\n{PIA},Not interested\n{PIA},Left voicemail\n"}, "rows 2, 3: pia@x.test has"),
        ({"text": f"email,outcome\n{PIA},Not interested\n"}, "has no column disposition"),
        ({"text": f"email,disposition,Email Opt Out\n{SUE},Not interested,FALSE\n"}, r"lift the opt-out .*row 2"),
        ({"outcomes_csv": "calls.csv"}, "outcomes_csv: give it, or `outcomes` pasted"),
        ({"sequence": "Outbund"}, "Did you mean 'Outbound'"),
    ],
)
def test_wrong_input_is_refused_and_changes_nothing(house: House, given: dict[str, Any], words: str) -> None:
    sandbox = team(house)
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=words):
        run(house, **given)
    assert before == sandbox.dump()
