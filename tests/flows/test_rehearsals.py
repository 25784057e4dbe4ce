"""A procedure is rehearsed on the twin of a live workspace, and then run there: both are told side by side."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from journal import facts, operations
from models.changes import ChangeMailboxOwner
from models.report import Report
from models.settings import Settings
from platforms.sandbox.sandbox import Sandbox
from reports.terminal import print_report
from tests.conftest import Sandboxes
from tests.flows.house import House, check_report
from tests.journal.journals import operation
from tests.platforms.in_process import KEY, emulator
from tests.platforms.serving import served
from tests.tasks.twins import opened, pulled
from tests.workspaces import ANAS_MAILBOX, BO, NOW, PIA, QUIN, RAJ, person, ruleset, running, workspace

Command = Callable[..., int]


@pytest.fixture
def live(house: House, sandboxes: Sandboxes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A workspace behind the emulator, from whose mailbox three people fell out; one of them opted out."""
    sandbox = sandboxes(
        workspace(
            people=[PIA, QUIN, person(RAJ, opted_out=True)],
            rulesets=[ruleset(days=0, allow_same=True)],
            enrollments=[running(PIA), running(QUIN, steps_done=2), running(RAJ)],
        ),
        name="live",
    )
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    with served(emulator(sandbox)) as address:
        monkeypatch.setenv("UNIFY_BASE_URL", address)
        monkeypatch.setenv("UNIFY_API_KEY", KEY.get_secret_value())
        yield sandbox


@pytest.fixture
def handoff(house: House, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line in this process; gives the exit code."""
    from cli.main import main

    def call(*words: str) -> int:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["handoff", *words])
        with pytest.raises(SystemExit) as left:
            main()
        return int(left.value.code or 0)

    return call


def last(capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


RUN = ("run", "ownership-change", "--set", f"mailbox={ANAS_MAILBOX}", "--workspace", "unify", "--json")


def test_a_rehearsal_works_on_a_copy_of_the_twin_and_is_told_beside_the_live_run(
    live: Sandbox, handoff: Command, capfd: pytest.CaptureFixture[str]
) -> None:
    twin = Settings().twin_file("unify")
    pulled(live, twin)
    before = opened(twin).workspace_record()

    assert 0 == handoff(*RUN, "--on-twin")
    rehearsed = last(capfd)
    check_report(Report.model_validate(rehearsed))
    assert ("twin of unify", "live", "completed") == tuple(rehearsed[key] for key in ("workspace", "mode", "status"))
    assert {"enrolled": 2, "blocked": 1} == {key: rehearsed["counts"][key] for key in ("enrolled", "blocked")}
    assert "rehearsal" not in rehearsed
    assert before == opened(twin).workspace_record()
    assert live.state()["counts"]["enrollments"]["active"] == 0

    assert 0 == handoff(*RUN, "--live", "--yes")
    told = last(capfd)
    expected = {"blocked": {"rehearsed": 1, "outcome": 1}, "enrolled": {"rehearsed": 2, "outcome": 2}}
    assert (expected, [], rehearsed["operation_id"]) == tuple(
        told["rehearsal"][key] for key in ("counts", "contacts", "operation_id")
    )
    assert (
        told["rehearsal"] == json.loads(Path(told["files"]["report"]).with_name("report.json").read_text())["rehearsal"]
    )
    assert "Everybody as rehearsed." in terminal(told)
    assert 0 == handoff("history")
    shown = " ".join(capfd.readouterr().out.split())
    assert shown.index("live on unify") < shown.index("live on twin of unify")


def terminal(told: dict[str, Any]) -> str:
    out = io.StringIO()
    print_report(Report.model_validate(told), Console(file=out, width=100, color_system=None, highlight=False))
    return out.getvalue()


def test_without_a_twin_or_beside_what_does_not_go_with_it_nothing_is_rehearsed(
    live: Sandbox, handoff: Command, capfd: pytest.CaptureFixture[str]
) -> None:
    assert 2 == handoff(*RUN, "--on-twin")
    assert "there is no twin of 'unify'. `handoff twin pull --workspace unify` makes one" in capfd.readouterr().err
    assert 2 == handoff(*RUN, "--on-twin", "--live")
    assert "a rehearsal changes nothing in unify" in capfd.readouterr().err
    assert 2 == handoff("run", "ownership-change", "--set", f"mailbox={ANAS_MAILBOX}", "--on-twin")
    assert "'sandbox' is no live workspace" in capfd.readouterr().err


def test_a_rehearsal_behaves_as_the_workspace_was_seen_to(live: Sandbox, handoff: Command, house: House) -> None:
    pulled(live, Settings().twin_file("unify"))
    row = operations.begin(house.journal, operation(procedure="calibrate", workspace="unify", ended_at=NOW))
    facts.note(house.journal, "unify", row.id, "C18", "keeps", "", NOW)
    facts.note(house.journal, "unify", row.id, "R42", "40", "", NOW)
    assert 0 == handoff(*RUN, "--on-twin")
    assert "keeps" == opened(Settings().rehearsal_file("unify")).workspace_record().behaviour.C18
    assert "removes" == opened(Settings().twin_file("unify")).workspace_record().behaviour.C18
