"""A look at the sandbox."""

from platforms.sandbox.examining import SandboxExamining
from tests.conftest import Sandboxes
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, PIA, running, workspace


def test_a_sandbox_in_order_is_told_of_and_sleeps_on(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[running(PIA)]), clock="x600")
    found = {one.check: one for one in SandboxExamining(sandbox).findings()}
    assert {"ok"} == {one.state for one in found.values()}
    assert f"{ANA} acts, with the role admin" == found["workspace.rights"].message
    assert "2 sequences, 1 enrollment runs" == found["workspace.enrollments"].message
    whose = f"2 mailboxes: {ANAS_MAILBOX} ({ANA}), {BOS_MAILBOX} ({BO})"
    assert whose == found["workspace.mailboxes"].message
    with sandbox.glance() as work:
        assert "simulated" == work.value("SELECT clock FROM workspace")  # nobody has set it going


def test_a_rep_who_acts_is_told_that_settings_are_an_admins(sandboxes: Sandboxes) -> None:
    sandboxes(workspace())
    [found] = [one for one in SandboxExamining(sandboxes(user=BO)).findings() if one.check == "workspace.rights"]
    assert ("note", True) == (found.state, f"{BO} acts, with the role rep" in found.message)


def test_a_user_whom_nobody_knows_is_trouble(sandboxes: Sandboxes) -> None:
    sandboxes(workspace())
    found = list(SandboxExamining(sandboxes(user="nobody@acme.test")).findings())
    assert [("trouble", True)] == [(one.state, one.message.startswith("HANDOFF_USER: ")) for one in found]


def test_an_empty_sandbox_is_trouble(sandboxes: Sandboxes) -> None:
    [found] = SandboxExamining(sandboxes()).findings()
    assert ("trouble", "the sandbox is empty") == (found.state, found.message)
