"""`exclusion-rerun` over several days, run by real processes of which one after the other is killed."""

import os
import signal
import sqlite3
import time
from collections import Counter
from uuid import UUID

import pytest

from journal import loans
from journal.changes import changes_of
from journal.outcomes import Outcomes
from models.records import Company, Sequence, SequenceStep
from models.workspace import Workspace
from tests.end_to_end.conftest import Site
from tests.processes import Worker, wait_until
from tests.workspaces import OUTBOUND, PLAY, excluding, person, play, ruleset, workspace

# An hour of the sandbox in a second of ours: three days leave a minute for a server and two workers to die in.
CLOCK = "x3600"
BIG = "bigcorp.test"
PEOPLE = [f"p{number:02}@x.test" for number in range(30)]
APPROVED = PEOPLE[:20]
EVERY_DAY = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")  # a weekend would be a minute more
pytestmark = [pytest.mark.slow, pytest.mark.timeout(550)]


def excluded_team() -> Workspace:
    """Thirty people of a customer, whom an exclusion keeps out of a sequence that takes three days."""
    return workspace(
        people=[person(email, company_domain=BIG) for email in PEOPLE],
        companies=[Company(domain=BIG, status="customer")],
        exclusions=[excluding(company_domain=(BIG,))],
        rulesets=[ruleset(exclusions={"Customers": True})],
        plays=[play(published=False)],
        sequences=[Sequence(name=OUTBOUND, steps=(SequenceStep(), SequenceStep(wait_days=3)), send_days=EVERY_DAY)],
    )


def kill_while_it_enrolls(site: Site, worker: Worker) -> None:
    """SIGKILL the run's process as soon as the journal says that the play is to be run."""
    with sqlite3.connect(f"file:{site.home / 'journal.db'}?mode=ro", uri=True) as journal:
        until(journal, "SELECT 1 FROM wait WHERE ended = 'done'")
        until(journal, "SELECT 1 FROM change WHERE key LIKE 'run_play:%'")
        for process in worker.flow_run_processes():  # Prefect watches over the run's own by another one
            os.kill(process, signal.SIGKILL)


def until(journal: sqlite3.Connection, query: str) -> None:
    """Ask a thousand times in a second: what is to be interrupted takes some hundredths of one."""
    deadline = time.monotonic() + 120
    while not journal.execute(query).fetchone():
        assert time.monotonic() < deadline, f"still nothing: {query}"
        time.sleep(0.001)


def sweep(site: Site, run: UUID) -> None:
    """What happens every few minutes, once the worker has noticed that the run's process is gone."""
    site.wait_for(run, "Crashed")

    def swept() -> bool:
        assert "Completed" == site.ended(site.run("restore-settings", dry_run=False))
        return site.operation_of(run).woken == 1

    wait_until(swept, 120, "a run that crashed is started again")


def settings(site: Site) -> tuple[bool, bool]:
    """The exclusion's global toggle, and the ruleset's."""
    state = site.sandbox.state()
    [exclusion], [ruleset_now] = state["exclusions"], state["rulesets"]
    return exclusion["exclude_from_sequences"], ruleset_now["exclusions"]["Customers"]


@pytest.mark.own_server
@pytest.mark.rule("R35", "R36", "R37", "R38", "R39")
def test_days_in_which_everything_is_killed_once_end_as_if_nothing_had_been(site: Site) -> None:
    first = site.start_worker()
    site.sandbox.load(excluded_team())
    run = site.run("exclusion-rerun", exclusion="Customers", play=PLAY, dry_run=False)
    site.form(run)
    assert (True, True) == settings(site)

    first.kill()
    second = site.start_worker()
    answer = {"decision": "some", "approved": "\n".join(APPROVED), "approved_by": "Olga Ops"}
    site.api.answer_form(run, answer)
    kill_while_it_enrolls(site, second)
    sweep(site, run)

    holding = site.wait_for(run, "AwaitingPropagation", "Failed", "Crashed")
    assert "everybody to finish the sequence" in (holding.message or "")
    wait_until(lambda: not second.flow_run_processes(), 20, "a wait must hold no process")
    assert (False, False) == settings(site)
    second.kill()
    site.server.restart()
    site.start_worker()
    assert "Completed" == site.ended(run, timeout=300)
    assert_as_if_nothing_had_been(site, run)


def assert_as_if_nothing_had_been(site: Site, run: UUID) -> None:
    """Whoever was approved went through once, nobody else was enrolled, and every setting is as it was."""
    operation = site.operation_of(run)
    enrollments = site.sandbox.workspace_record().enrollments
    assert dict.fromkeys(APPROVED, 1) == Counter(one.person for one in enrollments)
    assert {("finished", "completed")} == {(one.state, one.end_reason) for one in enrollments}
    assert {"enrolled": len(APPROVED), "blocked": len(PEOPLE) - len(APPROVED)} == Outcomes(
        site.journal, operation.id
    ).counts("outcome")
    assert (True, True) == settings(site)
    assert {"returned"} == {loan.state for loan in loans.of_operation(site.journal, operation.id)}
    assert {"applied"} == {change.state for change in changes_of(site.journal, operation.id)}
    assert [1] == [len(copy["runs"]) for copy in site.sandbox.dump()["plays"] if "handoff" in copy["name"]]
