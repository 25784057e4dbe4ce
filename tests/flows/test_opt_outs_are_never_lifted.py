"""No file that a procedure takes can lift an opt-out."""

from typing import Any

import pytest

from models.errors import InvalidInput
from tests.flows.house import House
from tests.workspaces import ANAS_MAILBOX, NURTURE, OUTBOUND, PIA, SUE, excluding, person, running, workspace

LIFTING = f"Email,Email opt out\n{PIA},false\n{SUE},no\n"
TAKES_CONTACTS: list[tuple[str, dict[str, Any]]] = [
    ("ownership-change", {"mailbox": ANAS_MAILBOX, "contacts": LIFTING}),
    ("exclusion-rerun", {"exclusion": "Customers", "sequence": OUTBOUND, "contacts": LIFTING}),
    (
        "exclusion-rerun",
        {"exclusion": "Customers", "play": "Play", "approve": f"email,decision,do_not_email\n{SUE},yes,false\n"},
    ),
    ("sequence-move", {"from_sequence": OUTBOUND, "to_sequence": NURTURE, "contacts": LIFTING}),
    ("enrollment-diagnosis", {"sequence": OUTBOUND, "contacts": LIFTING}),
    ("call-outcomes", {"policy": {"No": "unenroll"}, "outcomes": f"email,disposition,unsubscribed\n{SUE},no,0\n"}),
]


@pytest.mark.rule("R29")
@pytest.mark.parametrize(("procedure", "parameters"), TAKES_CONTACTS)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_file_that_says_no_of_somebody_who_opted_out_is_refused(
    house: House, procedure: str, parameters: dict[str, Any], dry_run: bool
) -> None:
    people = [PIA, person(SUE, opted_out=True)]
    sandbox = house.load(workspace(people=people, exclusions=(excluding(PIA),), enrollments=[running(PIA)]))
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=r"asks to lift the opt-out of 1 contact: row \d \(sue@x\.test\)"):
        house.carry_out(procedure, dry_run=dry_run, **parameters)
    assert before == sandbox.dump()


@pytest.mark.rule("R29")
def test_a_file_that_says_what_the_workspace_says_is_taken(house: House) -> None:
    house.load(workspace(people=[PIA, person(SUE, opted_out=True)], enrollments=[running(PIA)]))
    rows = f"Email,Email opt out\n{PIA},false\n{SUE},true\n"
    report = house.carry_out("sequence-move", from_sequence=OUTBOUND, to_sequence=NURTURE, contacts=rows, dry_run=True)
    assert ("planned", 1) == (report.status, report.reasons["opted_out"])
