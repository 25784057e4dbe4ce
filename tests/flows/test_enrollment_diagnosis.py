"""`enrollment-diagnosis`: every contact with every reason, and the fix that frees the most for the least."""

from typing import Any

import pandas as pd
import pytest

from models.errors import InvalidInput
from models.report import Report
from models.rules.in_force import lifting_in_words
from models.setting_keys import SettingKey
from models.workspace import Workspace
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    EVERYBODY,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    ended,
    excluding,
    person,
    ruleset,
    running,
    workspace,
)

GLOBAL = "exclusion:Customers:exclude_from_sequences"
SAME, BLOCK = (f"ruleset:Default:{field}" for field in ("allow_same_sequence_reenrollment", "block_reenrollment"))


def run(house: House, **parameters: Any) -> Report:
    return house.carry_out("enrollment-diagnosis", **{"dry_run": True, **parameters})


def team() -> Workspace:
    """Pia is excluded, Quin was here and opted out, Raj runs elsewhere, Sue may be enrolled."""
    return workspace(
        people=[PIA, person(QUIN, opted_out=True), RAJ, SUE],
        exclusions=(excluding(PIA),),
        enrollments=[ended(QUIN, days=10), running(RAJ, sequence=NURTURE)],
        rulesets=(ruleset(),),
    )


@pytest.mark.rule("R25", "R28", "R29", "R30", "R57", "R58", "R59", "R60")
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_audience_is_told_with_every_reason_and_nothing_changes(house: House, dry_run: bool) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    report = run(house, audience=EVERYBODY, sequence=OUTBOUND, dry_run=dry_run)
    check_report(report)
    assert before == sandbox.dump()
    assert ("planned" if dry_run else "completed") == report.status
    told = outcomes(report)
    assert ["blocked", "blocked", "blocked", "unchanged"] == told["outcome"].tolist()
    assert "excluded:Customers" == told.at[PIA, "reasons"]
    assert "opted_out;already_sequenced;recently_enrolled" == told.at[QUIN, "reasons"]
    assert f"set {lifting_in_words(SettingKey.parse(GLOBAL))}" == told.at[PIA, "detail"]
    assert "nothing lifts it" in told.at[QUIN, "detail"]
    assert "may be enrolled" == told.at[SUE, "detail"]
    assert "1 of 4 contacts may be enrolled" == report.found
    assert (
        "matches the exclusion 'Customers' (excluded:Customers): 1 contact, 1 of them with no other reason"
        in report.plan
    )


def test_contacts_csv_has_a_row_a_contact_with_fix_and_lapse(house: House) -> None:
    house.load(workspace(people=[PIA, SUE], enrollments=[ended(PIA, days=10)]))
    report = run(house, contacts=f"{PIA}, {SUE}, oops", sequence=OUTBOUND)
    table = pd.read_csv(report.files["contacts"], keep_default_na=False).set_index("email")
    assert f"{SAME};{BLOCK}" == table.at[PIA, "smallest_fix"]
    assert ["False", "True"] == table["eligible"].astype(str).tolist()
    assert 1 == report.counts["rejected"]


def test_the_fix_that_frees_the_most_for_the_least_comes_first(house: House) -> None:
    people = [f"p{at}@x.test" for at in range(6)]
    house.load(
        workspace(
            people=people,
            exclusions=(excluding(*people[:4]),),
            enrollments=[ended(email, days=5) for email in people[4:]],
            rulesets=(ruleset(allow_same=True),),
        )
    )
    report = run(house, audience=EVERYBODY, sequence=OUTBOUND)
    fixes = [line for line in report.plan if ": this frees " in line]
    assert [
        f"set {lifting_in_words(SettingKey.parse(GLOBAL))}: this frees 4 of these, lets in 0 others",
        f"set {lifting_in_words(SettingKey.parse(BLOCK))}: this frees 2 of these, lets in 0 others",
    ] == fixes


def test_a_play_is_asked_about_with_its_audience(house: House) -> None:
    house.load(team())
    report = run(house, play=PLAY)
    assert (3, 1) == (report.counts["blocked"], report.counts["unchanged"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "sequence: is not given"),
        ({"sequence": "Outbund", "audience": EVERYBODY}, "Did you mean 'Outbound'"),
        ({"sequence": OUTBOUND}, "contacts: nobody is named"),
        ({"sequence": OUTBOUND, "audience": "Everbody"}, "Did you mean 'Everybody'"),
        ({"sequence": OUTBOUND, "audience": EVERYBODY, "contacts": PIA}, "audience: contacts are given as well"),
        ({"play": "Plya"}, "Did you mean 'Play'"),
        ({"play": PLAY, "sequence": NURTURE}, "sequence: 'Play' enrolls into 'Outbound'"),
    ],
)
def test_wrong_input_is_refused_with_the_field(house: House, given: dict[str, Any], words: str) -> None:
    house.load(team())
    with pytest.raises(InvalidInput, match=words):
        run(house, **given)
