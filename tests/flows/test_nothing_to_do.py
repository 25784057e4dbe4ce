"""Every procedure where there is nothing for it to do: it says so, and leaves everything as it was."""

from typing import Any

import pytest

from models.records import Audience, Company
from tests.flows.house import House, check_report
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    EVERYBODY,
    NURTURE,
    OUTBOUND,
    PLAY,
    excluding,
    workspace,
)

NOBODY = "Nobody"
PARAMETERS: dict[str, dict[str, Any]] = {
    "ownership-change": {"mailbox": ANAS_MAILBOX},
    "exclusion-rerun": {"exclusion": "Customers", "play": PLAY, "approve": "all"},
    "queued-backlog": {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]},
    "task-reassignment": {"from_user": ANA, "to_user": BO},
    "sequence-move": {"from_sequence": OUTBOUND, "to_sequence": NURTURE},
    "version-upgrade": {"sequence": OUTBOUND},
    "enrollment-diagnosis": {"sequence": OUTBOUND, "audience": NOBODY},
    "task-assignment-audit": {},
    "handover-plan": {"mailbox": ANAS_MAILBOX, "new_owner": BO},
    "nightly-remediation": {},
    "restore-settings": {},
}


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "live"])
@pytest.mark.parametrize("procedure", PARAMETERS)
def test_where_there_is_nothing_to_do_nothing_is_done(house: House, procedure: str, dry_run: bool) -> None:
    everybody, nobody = (Audience(name=name) for name in (EVERYBODY, NOBODY))
    sandbox = house.load(
        workspace(audiences=(everybody, nobody), companies=(Company(domain="x.test"),), exclusions=(excluding(),))
    )
    parameters = dict(PARAMETERS[procedure])
    if procedure == "version-upgrade":
        parameters["steps_file"] = str(house.home.parent / "steps.yaml")
        (house.home.parent / "steps.yaml").write_text("- {}\n- {wait_days: 2}\n")
    before = sandbox.dump()
    report = house.carry_out(procedure, dry_run=dry_run, **parameters)
    if "outcomes" in report.files:
        check_report(report)
    assert ("planned" if dry_run else "completed", 0) == (report.status, report.counts["considered"])
    assert () == (*report.loans, *report.differences)
    if procedure != "version-upgrade" or dry_run:  # it gives the sequence its new steps, whoever runs
        assert before == sandbox.dump()
