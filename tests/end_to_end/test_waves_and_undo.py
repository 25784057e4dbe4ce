"""A deployed run in waves: a form between two of them; and what it did is taken back by the deployment `undo`."""

import pytest

from journal.outcomes import Outcomes
from tests.end_to_end.conftest import Site
from tests.end_to_end.test_unify_by_forms import form
from tests.workspaces import ANAS_MAILBOX, OUTBOUND, PIA, QUIN, RAJ, workspace

CLOCK = "x1"  # no email leaves meanwhile
TEAM = [PIA, QUIN, RAJ]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_the_next_wave_begins_by_a_form_and_an_undo_takes_everybody_out(site: Site) -> None:
    site.start_worker()
    site.sandbox.load(workspace(people=TEAM))
    enrolling = {"emails": TEAM, "sequence": OUTBOUND, "mailboxes": [ANAS_MAILBOX], "waves": "1,rest"}
    run = site.run("enroll-contacts", **enrolling, dry_run=False)
    assert "What came of wave 1" in form(site, run, "begin wave 2 of 2, 2 contacts?")
    assert [PIA] == site.sandbox.places(TEAM, OUTBOUND)["email"].tolist()
    site.api.answer_form(run, {"go_on": True, "approved_by": "Olga Ops"})
    assert "Completed" == site.ended(run)
    assert 3 == len(site.sandbox.places(TEAM, OUTBOUND))

    undo = site.run("undo", undone=site.operation_of(run).id, dry_run=False)
    assert "Completed" == site.ended(undo)
    assert {"unenrolled": 3} == Outcomes(site.journal, site.operation_of(undo).id).counts("outcome")
    assert site.sandbox.places(TEAM, OUTBOUND).empty
