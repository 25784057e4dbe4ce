"""Answers to deployed runs and sweeps after lost ones, with a real server, worker and command line."""

import io
import json
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from cli.main import main
from journal import loans, operations, questions
from journal.outcomes import Outcomes
from models.changes import ChangeMailboxOwner, OptOut
from tests.end_to_end.conftest import Site
from tests.flows.test_exclusion_rerun import excluded_team
from tests.processes import wait_until
from tests.workspaces import ANAS_MAILBOX, BO, PIA, PLAY, QUIN, RAJ, running, workspace

# Ten minutes of the sandbox in a second of ours: whoever is to be met while it waits is told to wait for long.
CLOCK = "x600"
LONG = {"reenrollment_wait_min": 800, "reenrollment_wait_max": 900}  # minutes: a minute and a half of ours
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
RERUN: dict[str, Any] = {"exclusion": "Customers", "play": PLAY, "hold_until": "enrolled", "dry_run": False}


def handoff(site: Site, *words: str, code: int = 0) -> Any:
    """A command of the shell, in this process, in the site's home and on its server; gives its JSON document."""
    api_url, printed = site.server.api_url, io.StringIO()
    with pytest.MonkeyPatch.context() as patch, temporary_settings({PREFECT_API_URL: api_url}):
        patch.setenv("PREFECT_API_URL", api_url)
        patch.setattr(sys, "argv", ["handoff", *words, "--json"])
        with redirect_stdout(printed), pytest.raises(SystemExit) as left:
            main()
    assert code == (left.value.code or 0)
    return json.loads(printed.getvalue() or "null")


def asked(site: Site, run: UUID, times: int) -> str:
    """What a run asks when it is suspended for the so-many-th time, as its form shows it."""
    said = site.form(run)
    assert questions.open_question(site.journal, site.operation_of(run).id) is not None, f"asked {times} times"
    return said


def test_an_answer_is_given_from_the_shell_and_asked_for_again_until_it_holds(site: Site) -> None:
    site.start_worker()
    site.sandbox.load(excluded_team())
    before = site.sandbox.state()["exclusions"]
    handoff(site, "run", "exclusion-rerun", "--detach", "--set", "exclusion=Custmers", "--set", f"play={PLAY}", code=2)
    began = handoff(
        site,
        "run",
        "exclusion-rerun",
        "--detach",
        "--live",
        "--set",
        "exclusion=Customers",
        "--set",
        f"play={PLAY}",
        "--set",
        "hold_until=enrolled",
        "--set",
        "exclusion_wait_min=800",
        "--set",
        "exclusion_wait_max=900",
    )
    run, operation = UUID(began["flow_run_id"]), began["operation_id"]
    assert "3 contacts" in asked(site, run, 1)
    [seen] = handoff(site, "status")["operations"]
    assert ("waiting", True) == (seen["status"], seen["waits_for"].startswith("an answer: Workspace sandbox"))

    handoff(site, "answer", operation, "--set", "decision=some", "--set", "approved=pya@x.test")
    wait_until(
        lambda: "could not be taken" in asked(site, run, 2), 60, "a misspelt address is asked about again", pause=1
    )

    site.sandbox.apply(OptOut(person=RAJ))
    handoff(site, "answer", operation, "--set", "approve=all")
    wait_until(lambda: "2 contacts" in asked(site, run, 3), 60, "a plan that changed is asked about again", pause=1)
    assert before == site.sandbox.state()["exclusions"]

    handoff(site, "answer", operation, "--set", "approve=all", "--set", "approved_by=Olga Ops")
    site.wait_for(run, "AwaitingPropagation")
    assert 2 == len(loans.open_loans(site.journal))
    assert "cancelled" == handoff(site, "cancel", operation)["status"]
    assert "Cancelled" == site.ended(run)
    assert before == site.sandbox.state()["exclusions"]
    assert [] == loans.open_loans(site.journal)

    story = handoff(site, "show", operation)["events"]
    assert ("shell", "exclusion-rerun") == (story[0]["after"]["from"], story[0]["after"]["deployment"])
    assert "@" in story[0]["who"]
    assert ["refused", "answered", "answered"] == [event["state"] for event in story if event["what"] == "asked"]
    [approved] = [event for event in story if event["what"] == "approved"]
    assert "Olga Ops" == approved["who"]
    assert "2 contacts" in approved["after"]["shown"]["question"]


def test_a_question_that_nobody_answers_in_its_time_is_ended_by_the_next_sweep(site: Site) -> None:
    site.env["HANDOFF_APPROVAL_HOURS"] = "0.001"
    site.start_worker()
    site.sandbox.load(excluded_team())
    before = site.sandbox.state()["exclusions"]
    run = site.run("exclusion-rerun", **RERUN)
    site.form(run)
    wait_until(lambda: bool(questions.overdue(site.journal, datetime.now(UTC))), 30, "its time is over")
    swept = handoff(site, "restore")
    assert [("exclusion-rerun", "expire")] == [(one["procedure"], one["care"]) for one in swept["runs"]]
    operation = site.operation_of(run)
    assert ("cancelled", {"blocked": 3}) == (operation.status, Outcomes(site.journal, operation.id).counts("outcome"))
    assert site.server.state(run).final
    assert before == site.sandbox.state()["exclusions"]
    assert [] == handoff(site, "restore")["runs"]


def changing_owner(site: Site, **times: int) -> UUID:
    """A run that waits for the settings that it borrowed."""
    site.sandbox.load(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)]))
    site.take_record(ANAS_MAILBOX)
    site.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    run = site.run(mailbox=ANAS_MAILBOX, dry_run=False, **times)
    site.wait_for(run, "AwaitingPropagation", "Failed")
    assert 2 == len(loans.open_loans(site.journal))
    return run


def test_a_run_that_was_cancelled_in_prefect_while_it_waited_gives_back_with_the_next_sweep(site: Site) -> None:
    site.start_worker()
    run = changing_owner(site, **LONG)
    state = {"type": "CANCELLING", "name": "Cancelling"}
    httpx.post(f"{site.server.api_url}/flow_runs/{run}/set_state", json={"state": state}, timeout=30).raise_for_status()
    assert ["cancel"] == [one["care"] for one in handoff(site, "restore")["runs"]]
    assert [] == loans.open_loans(site.journal)
    assert "cancelled" == site.operation_of(run).status


def test_killed_with_its_worker_the_setting_is_back_after_its_deadline_and_the_run_goes_on(site: Site) -> None:
    worker = site.start_worker()
    run = changing_owner(site)
    before = [(loan.setting, loan.was) for loan in loans.open_loans(site.journal)]
    site.wait_for(run, "Running", "Completed")
    worker.kill()
    assert "Running" == site.server.state(run).name, "nobody reports it, and no hook is called"

    past = datetime.now(UTC) - timedelta(seconds=1)
    operation = operations.update(site.journal, site.operation_of(run).id, alive_until=past)
    swept = handoff(site, "restore")
    assert [(operation.id, "wake")] == [(one["operation_id"], one["care"]) for one in swept["runs"]], site.api.history(
        run
    )
    assert ["open", "open"] == [one["state"] for one in swept["loans"]], "it has time until its deadline"

    with site.journal.session() as session:
        for loan in loans.open_loans(site.journal):
            loan.deadline = site.sandbox.now() - timedelta(minutes=1)
            session.add(loan)
    swept = handoff(site, "restore")
    assert ["returned", "returned"] == [one["state"] for one in swept["loans"]]
    assert before == [(loan.setting, loan.was) for loan in loans.of_operation(site.journal, operation.id)]

    site.start_worker()
    assert "Completed" == site.ended(run)
    ended = site.operation_of(run)
    assert (2, {"enrolled": 2}) == (ended.attempt, Outcomes(site.journal, ended.id).counts("outcome"))
    assert {"returned"} == {loan.state for loan in loans.of_operation(site.journal, ended.id)}
