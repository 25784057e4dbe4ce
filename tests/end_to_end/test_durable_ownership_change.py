"""The deployment, run by real processes that are killed: the run ends well, and no step is done twice."""

import subprocess
import sys
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from journal import loans
from journal.changes import changes_of
from journal.outcomes import Outcomes
from models.changes import ChangeMailboxOwner
from models.records import Enrollment
from tests.end_to_end.conftest import ROOT, Site
from tests.processes import wait_until
from tests.workspaces import ANAS_MAILBOX, BO, PLAY, running, workspace

PEOPLE = [f"p{number}@x.test" for number in range(40)]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def busy_workspace() -> list[Enrollment]:
    return [
        running(email, steps_done=number % 3, play=PLAY if number < 30 else None) for number, email in enumerate(PEOPLE)
    ]


def prepare(site: Site, *, deployed: bool = False) -> None:
    """A busy mailbox that changes its owner, after a dry run that takes a snapshot; `deployed`: as a deployment."""
    site.sandbox.load(workspace(people=PEOPLE, enrollments=busy_workspace()))
    if deployed:
        assert "Planned" == site.ended(site.run(mailbox=ANAS_MAILBOX))
    else:
        site.take_record(ANAS_MAILBOX)
    site.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))


def assert_ended_well(site: Site, run: UUID) -> None:
    """Everybody is back once, every step was made once, every setting is as it was."""
    journal, operation = site.journal, site.operation_of(run)
    assert {"enrolled": len(PEOPLE)} == Outcomes(journal, operation.id).counts("outcome")
    assert {"returned"} == {loan.state for loan in loans.of_operation(journal, operation.id)}
    assert {"applied"} == {change.state for change in changes_of(journal, operation.id)}
    document = site.sandbox.dump()
    begun = Counter(entry["person"] for entry in document["enrollments"])
    assert dict.fromkeys(PEOPLE, 2) == begun  # the one that was cancelled, and one more
    assert 1 == sum("handoff" in audience["name"] for audience in document["audiences"])
    assert [1] == [len(play["runs"]) for play in document["plays"] if "handoff" in play["name"]]
    [ruleset] = site.sandbox.state()["rulesets"]
    assert (False, 75) == (ruleset["allow_same_sequence_reenrollment"], ruleset["block_reenrollment"]["value"])


@pytest.mark.own_server
@pytest.mark.rule("R42")
def test_a_run_goes_on_after_its_worker_was_killed_while_it_waited(site: Site) -> None:
    first = site.start_worker()
    prepare(site, deployed=True)
    run = site.server.run_deployment_cli(
        "ownership-change/ownership-change", {"mailbox": ANAS_MAILBOX, "dry_run": False}
    )
    waiting = site.wait_for(run, "AwaitingPropagation", "Failed", "Crashed")
    assert "AwaitingPropagation" == waiting.name
    assert "re-enrollment settings" in (waiting.message or "")
    wait_until(lambda: not first.flow_run_processes(), 20, "a wait must hold no process")
    assert 2 == len(loans.open_loans(site.journal))
    first.kill()
    site.server.restart()
    site.start_worker()
    assert "Completed" == site.ended(run)
    assert_ended_well(site, run)


def test_the_retry_button_on_a_failed_run_repeats_no_write(site: Site) -> None:
    """During the wait the acting admin loses the role, so that the run fails; given it back, the run is retried."""
    site.start_worker()
    prepare(site)
    run = site.run(mailbox=ANAS_MAILBOX, dry_run=False)
    site.wait_for(run, "AwaitingPropagation")
    set_roles(site, "rep")
    assert "Failed" == site.ended(run)
    assert 2 == len(loans.open_loans(site.journal))  # nobody was allowed to give them back
    set_roles(site, "admin")
    site.api.schedule(run, "AwaitingRetry", force=False)
    assert "Completed" == site.ended(run)
    assert_ended_well(site, run)


def set_roles(site: Site, role: str) -> None:
    engine = create_engine(f"sqlite:///{site.home / 'sandbox.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE user_account SET role = :role WHERE name = 'Ana'"), {"role": role})
    engine.dispose()


def test_an_operation_that_was_cancelled_where_no_server_is_known_enrolls_nobody_when_its_run_wakes(site: Site) -> None:
    site.start_worker()
    prepare(site)
    before = site.sandbox.state()["rulesets"]
    run = site.run(mailbox=ANAS_MAILBOX, dry_run=False)
    site.wait_for(run, "AwaitingPropagation")
    cancel = [sys.executable, "-c", "from cli.main import main; main()", "cancel", site.operation_of(run).id]
    alone = {name: value for name, value in site.server.env.items() if name != "PREFECT_API_URL"}
    assert 0 == subprocess.run(cancel, env=alone | site.env, cwd=ROOT, check=False).returncode
    assert "Failed" == site.ended(run)
    assert "cancelled" == site.operation_of(run).status
    assert before == site.sandbox.state()["rulesets"]
    begun = Counter(entry["person"] for entry in site.sandbox.dump()["enrollments"])
    assert dict.fromkeys(PEOPLE, 1) == begun
