"""Commands for people are such that a shell and Handoff read them as they were meant."""

import shlex

import pytest

from models.commands import handoff_run, sandbox_do


def test_a_list_is_a_repeated_key_and_what_is_none_is_left_out() -> None:
    told = handoff_run(
        "queued-backlog", "sandbox", sequence=None, from_mailbox="a@x.test", to_mailboxes=["b@x.test", "c"]
    )
    expected = "handoff run queued-backlog --set from_mailbox=a@x.test --set to_mailboxes=b@x.test --set to_mailboxes=c"
    assert f"{expected} --workspace sandbox" == told


def test_the_workspace_is_said_and_a_live_run_says_so_last() -> None:
    assert "handoff run ownership-change --workspace unify --live" == handoff_run(
        "ownership-change", "unify", live=True
    )


@pytest.mark.parametrize("name", ["Cold outbound", "it's", '"$(rm)" `x`', "a=b", "-x", "*", "ümlaut ☂", "a;b|c&d"])
def test_any_name_comes_out_of_the_shell_as_it_went_in(name: str) -> None:
    assert f"sequence={name}" in shlex.split(handoff_run("queued-backlog", name, sequence=name))
    assert f"mailbox={name}" in shlex.split(sandbox_do("change_mailbox_owner", mailbox=name, owner=name))
