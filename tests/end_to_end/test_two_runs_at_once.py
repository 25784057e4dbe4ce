"""Two runs that want the same at the same time: one mailbox is one run's, one exclusion is lent to both."""

import subprocess
import sys
from collections import Counter
from uuid import UUID

import pytest

from journal import loans
from models.changes import ChangeMailboxOwner
from models.records import Audience, Sequence, SequenceStep
from models.tables.journal import LoanHolderRow
from models.workspace import Workspace
from tests.end_to_end.conftest import ROOT, Site
from tests.workspaces import (
    ANAS_MAILBOX,
    BO,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    excluding,
    play,
    ruleset,
    running,
    workspace,
)

CLOCK = "x3600"
GLOBAL, LOCAL = "exclusion:Customers:exclude_from_sequences", "ruleset:Default:exclusion:Customers"
LONG_WAIT = {"reenrollment_wait_min": 24 * 60, "reenrollment_wait_max": 48 * 60}  # 24 s of ours to look at it in
WHOM = {OUTBOUND: (PIA, QUIN), NURTURE: (RAJ, SUE)}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_of_two_runs_on_one_mailbox_the_second_is_refused_and_names_the_first(site: Site) -> None:
    site.start_worker()
    whom = [PIA, QUIN]
    site.sandbox.load(workspace(people=whom, enrollments=[running(one, play=PLAY, steps_done=2) for one in whom]))
    site.wait_for(site.run(mailbox=ANAS_MAILBOX), "Planned", "Failed", "Crashed")
    site.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))

    runs = [site.run(mailbox=ANAS_MAILBOX, dry_run=False, **LONG_WAIT) for _ in range(2)]
    states = {run: site.wait_for(run, "AwaitingPropagation", "Failed", "Crashed") for run in runs}
    [first] = [run for run, state in states.items() if state.name == "AwaitingPropagation"]
    [second] = [run for run, state in states.items() if state.name == "Failed"]
    operation = site.operation_of(first)
    assert f"operation {operation.id}" in (states[second].message or "")
    assert f"operation {operation.id}" in refused_by_the_shell(site)
    assert "AwaitingPropagation" == site.server.state(first).name
    assert 2 == len(loans.open_loans(site.journal))  # those that were refused gave nothing back
    assert "Completed" == site.ended(first)
    assert dict.fromkeys(whom, 2) == Counter(entry["person"] for entry in site.sandbox.dump()["enrollments"])


def refused_by_the_shell(site: Site) -> str:
    """What `handoff run` says on its standard error."""
    words = ["run", "ownership-change", "--set", f"mailbox={ANAS_MAILBOX}", "--live", "--yes"]
    command = [sys.executable, "-c", "from cli.main import main; main()", *words]
    env = site.server.env | site.env | {"COLUMNS": "300"}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert 2 == done.returncode, done.stderr
    return done.stderr


def two_plays() -> Workspace:
    """Four people whom one exclusion keeps out, two for each of two sequences, the second a day longer."""
    steps = {OUTBOUND: (SequenceStep(),), NURTURE: (SequenceStep(), SequenceStep(wait_days=1))}
    return workspace(
        people=[PIA, QUIN, RAJ, SUE], exclusions=[excluding(PIA, QUIN, RAJ, SUE)],
        rulesets=[ruleset(exclusions={"Customers": True})],
        sequences=[Sequence(name=name, steps=own) for name, own in steps.items()],
        audiences=[Audience(name=f"for {name}", people=people) for name, people in WHOM.items()],
        plays=[play(name, sequence=name, audience=f"for {name}", published=False) for name in WHOM],
    )  # fmt: skip


@pytest.mark.rule("R35", "R36", "R38")
def test_an_exclusion_that_two_runs_need_goes_back_once_after_both(site: Site) -> None:
    site.start_worker()
    site.sandbox.load(two_plays())
    short, long = (
        site.run("exclusion-rerun", exclusion="Customers", play=name, approve="all", dry_run=False)
        for name in (OUTBOUND, NURTURE)
    )
    assert "Completed" == site.ended(short)
    assert [GLOBAL, LOCAL] == sorted(loan.setting for loan in loans.open_loans(site.journal))
    assert (False, False) == toggles(site)
    assert [1, 1] == [len(left) for left in still_held(site, long)]

    assert "Completed" == site.ended(long)
    assert (True, True) == toggles(site)
    mine, others = (loans.of_operation(site.journal, site.operation_of(run).id) for run in (short, long))
    assert [loan.id for loan in mine] == [loan.id for loan in others]
    assert [(GLOBAL, "returned", True), (LOCAL, "returned", True)] == [
        (loan.setting, loan.state, loan.was) for loan in mine
    ]
    ends = {
        (one.person, one.sequence, one.state, one.end_reason) for one in site.sandbox.workspace_record().enrollments
    }
    assert ends == {(person, name, "finished", "completed") for name, pair in WHOM.items() for person in pair}


def still_held(site: Site, run: UUID) -> list[list[LoanHolderRow]]:
    """The holders of each loan that is out: this run's operation only."""
    held = [loans.holders(site.journal, loan.id or 0) for loan in loans.open_loans(site.journal)]
    assert {site.operation_of(run).id} == {holder.operation_id for holders in held for holder in holders}
    return held


def toggles(site: Site) -> tuple[bool, bool]:
    """The exclusion's global toggle, and the ruleset's."""
    state = site.sandbox.state()
    return state["exclusions"][0]["exclude_from_sequences"], state["rulesets"][0]["exclusions"]["Customers"]
