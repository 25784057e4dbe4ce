"""Runs that workers carry, seen from the shell: what is refused before anything is begun."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journal import operations, questions
from journal.database import Journal
from models.tables.journal import OperationRow
from tests.cli.conftest import Handoff
from tests.workspaces import NOW

CHANGE = ("run", "ownership-change", "--set", "mailbox=ana@send.acme.test", "--live", "--yes")


@pytest.fixture
def nobody_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


@pytest.mark.usefixtures("nobody_serves")
def test_without_a_server_nothing_can_be_handed_over(loaded: Handoff) -> None:
    said = loaded(*CHANGE, "--detach")
    assert 3 == said.code
    assert "handoff up" in said.err
    assert [] == loaded("history", "--json").document


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((), "for up to 90 minutes"),
        (("--set", "reenrollment_wait_min=0", "--set", "reenrollment_wait_max=61"), "for up to 61 minutes"),
    ],
)
def test_on_a_real_clock_a_wait_of_more_than_an_hour_asks_to_be_handed_over(
    loaded: Handoff, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], told: str
) -> None:
    monkeypatch.setenv("HANDOFF_SANDBOX_CLOCK", "real")
    said = loaded(*CHANGE, *more)
    assert 2 == said.code
    assert f"--detach: this run waits {told}" in said.err
    assert [] == loaded("status", "--json").document["operations"]


def asking(home: Path) -> str:
    """An operation of a worker that asks something."""
    journal = Journal(f"sqlite:///{home / 'journal.db'}")
    operations.begin(
        journal,
        OperationRow(
            id="20261102-090000-abcd",
            procedure="ownership-change",
            workspace="sandbox",
            subject="a mailbox",
            mode="live",
            status="waiting",
            folder=str(home / "operations" / "it"),
            parameters={},
            next=[],
            started_at=NOW,
            recorded_at=NOW,
            deployed=True,
            flow_run_id="6e5b0b8e-8f6f-4c53-9a0b-2a1b3c4d5e6f",
            alive_until=datetime.now(UTC) - timedelta(minutes=1),
        ),
    )
    return "20261102-090000-abcd"


def test_who_is_asked_nothing_cannot_answer(loaded: Handoff, home: Path) -> None:
    said = loaded("answer", asking(home), "--set", "go_on=true")
    assert 2 == said.code
    assert "asks nothing" in said.err


def test_what_was_answered_is_not_asked_again_while_its_run_is_not_taken_up(loaded: Handoff, home: Path) -> None:
    it, now = asking(home), datetime.now(UTC)
    journal = Journal(f"sqlite:///{home / 'journal.db'}")
    questions.ask(journal, it, "go on", "key", "enroll 2 contacts?", now, now + timedelta(days=7))
    questions.note_given(journal, it, "Olga")
    [seen] = loaded("status", "--json").document["operations"]
    assert "a worker to take up the answer: enroll 2 contacts?" == seen["waits_for"]
    assert f"handoff answer {it}" not in loaded("status").out
    said = loaded("answer", it, "--set", "go_on=true")
    assert (2, True) == (said.code, "was answered already" in said.err), said.err


def test_an_answer_is_checked_before_it_is_sent(loaded: Handoff, home: Path) -> None:
    it, now = asking(home), datetime.now(UTC)
    journal = Journal(f"sqlite:///{home / 'journal.db'}")
    questions.ask(journal, it, "go on", "key", "Workspace sandbox: enroll 2 contacts?", now, now + timedelta(days=7))
    assert f"handoff answer {it}" in loaded("status").out
    [seen] = loaded("status", "--json").document["operations"]
    assert "an answer: Workspace sandbox: enroll 2 contacts?" == seen["waits_for"]
    for words, told in (
        (["go_one=true"], "Did you mean 'go_on'?"),
        (["go_on=perhaps"], "--set go_on"),
        (["go_on=true", "approved_by="], "--set approved_by"),
    ):
        said = loaded("answer", it, *(word for pair in words for word in ("--set", pair)))
        assert 2 == said.code
        assert told in said.err
    said = loaded("answer", it)
    assert "nobody can be asked here" in said.err


def test_a_run_that_gives_no_signs_of_life_says_since_when(loaded: Handoff, home: Path) -> None:
    it = asking(home)
    [seen] = loaded("status", "--json").document["operations"]
    assert (it, True) == (seen["operation_id"], seen["silent_since"] is not None)
    assert "silent since" in loaded("status").out.replace("\n", " ")
