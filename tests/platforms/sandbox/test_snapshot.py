"""Who only reads keeps nobody waiting, and sees the workspace as it was when that began."""

from models.changes import OptOut
from tests.conftest import Sandboxes
from tests.workspaces import PIA, person, workspace

OPTED_OUT = "SELECT email_opt_out FROM person WHERE email = :email"


def test_a_workspace_may_change_while_a_snapshot_of_it_is_read(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=(person(PIA),)))
    with sandbox.snapshot() as work:
        sandbox.apply(OptOut(person=PIA))
        assert not work.value(OPTED_OUT, email=PIA)
    with sandbox.snapshot() as work:
        assert work.value(OPTED_OUT, email=PIA)
