"""Two runs that need one exclusion off at the same time: it is lent to both, and the later one gives it back."""

from uuid import UUID

import pytest

from journal import loans
from models.records import Audience, Sequence, SequenceStep
from models.tables.journal import LoanHolderRow
from models.workspace import Workspace
from tests.end_to_end.conftest import Site
from tests.workspaces import (
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    SUE,
    excluding,
    play,
    ruleset,
    workspace,
)

CLOCK = "x3600"
GLOBAL, LOCAL = "exclusion:Customers:exclude_from_sequences", "ruleset:Default:exclusion:Customers"
WHOM = {OUTBOUND: (PIA, QUIN), NURTURE: (RAJ, SUE)}
EVERY_DAY = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")  # a weekend would be a minute more
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def two_plays() -> Workspace:
    """Four people whom one exclusion keeps out, two for each of two sequences, the second two days longer."""
    steps = {OUTBOUND: (SequenceStep(),), NURTURE: (SequenceStep(), SequenceStep(wait_days=2))}
    return workspace(
        people=[PIA, QUIN, RAJ, SUE],
        exclusions=[excluding(PIA, QUIN, RAJ, SUE)],
        rulesets=[ruleset(exclusions={"Customers": True})],
        sequences=[Sequence(name=name, steps=own, send_days=EVERY_DAY) for name, own in steps.items()],
        audiences=[Audience(name=f"for {name}", people=people) for name, people in WHOM.items()],
        plays=[play(name, sequence=name, audience=f"for {name}", published=False) for name in WHOM],
    )


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
