"""`handoff run` from a shell, in processes of its own, with a Prefect server of its own or another; the exit codes."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.flows.processes import handoff as handoff_in

pytestmark = pytest.mark.slow
MAILBOX = "mailbox=ana@send.acme.test"
OWN_SERVER = "import sys; from cli.main import main; main()"
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(home: Path, prefect_server: str) -> Shell:
    """`shell("run", …)`: a command in a process of its own, in this folder, on the server that runs."""

    def call(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return handoff_in(home, prefect_server, *words, folder=Path.cwd(), **env)

    return call


def on_its_own(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command where no server runs: it starts one of its own."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-c", OWN_SERVER, *words],
        capture_output=True,
        text=True,
        check=False,
        env=alone | {"COLUMNS": "200", "NO_COLOR": "1"} | env,
        stdin=subprocess.DEVNULL,
    )


def document(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


@pytest.mark.rule("R1", "R9", "R17", "R25", "R40")
def test_plan_live_run_and_second_run_tell_the_same_story(loaded, shell) -> None:
    loaded("sandbox", "do", "change_mailbox_owner", MAILBOX, "owner=bo@acme.test")
    before = loaded("sandbox", "state", "--json").document
    plan = shell("run", "ownership-change", "--set", MAILBOX, "--json")
    assert (0, "planned") == (plan.returncode, document(plan)["status"]), plan.stderr
    assert before == loaded("sandbox", "state", "--json").document
    live = shell("run", "ownership-change", "--set", MAILBOX, "--live", "--yes", "--json")
    report = document(live)
    assert (0, "completed") == (live.returncode, report["status"]), live.stderr
    counts = {"enrolled": 2, "blocked": 0, "rejected": 0, "manual": 0, "failed": 0, "unchanged": 0}
    assert {"considered": 2} | counts == document(plan)["counts"] == report["counts"]
    assert ["returned", "returned"] == [loan["state"] for loan in report["loans"]]
    assert [] == report["differences"]
    with Path(report["files"]["outcomes"]).open() as file:
        assert ["email", "outcome", "reasons", "sequence", "mailbox", "step", "detail"] == next(csv.reader(file))
    after = loaded("sandbox", "state", "--json").document
    assert [before[part] for part in ("rulesets", "exclusions")] == [after[part] for part in ("rulesets", "exclusions")]
    again = document(shell("run", "ownership-change", "--set", MAILBOX, "--live", "--yes", "--json"))
    assert (0, 2, "completed") == (again["counts"]["enrolled"], again["counts"]["unchanged"], again["status"])
    shown = loaded("show", report["operation_id"], "--json").document
    events = [event["what"] for event in shown.pop("events")]
    assert report == shown
    assert ("begun", "ended") == (events[0], events[-1])
    assert 3 == len(loaded("history", "--json").document)


def test_without_a_terminal_and_without_yes_nothing_is_changed(loaded, shell) -> None:
    loaded("sandbox", "do", "change_mailbox_owner", MAILBOX, "owner=bo@acme.test")
    before = loaded("sandbox", "state", "--json").document
    done = shell("run", "ownership-change", "--set", MAILBOX, "--live", "--json")
    assert (1, "cancelled") == (done.returncode, document(done)["status"])
    assert {"not_approved": 2} == document(done)["reasons"]
    assert before == loaded("sandbox", "state", "--json").document


BAD = (
    (["run", "ownership-chang"], "ownership-change"),
    (["run", "ownership-change"], "mailbox"),
    (["run", "ownership-change", "--set", "mailbox=ann@send.acme.test"], "ana@send.acme.test"),
    (["run", "ownership-change", "--set", "mailbox"], "key=value"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "mailbx=x"], "mailbox"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "sequence=Outbond"], "Outbound"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "contacts_csv=none.csv"], "none.csv"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "waiting_days=soon"], "waiting_days"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "waiting_days=-1"], "waiting_days"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "restart=perhaps"], "restart"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "via=pigeon"], "via"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "changed_at=lately"], "changed_at"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "changed_at=2030-01-01T00:00:00Z"], "changed_at"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "reenrollment_wait_max=5"], "reenrollment_wait_max"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "send_from=x@y.test"], "send_from"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "dry_run=false"], "--live"),
    (["run", "ownership-change", "--set", MAILBOX, "--workspace", "emea"], "emea"),
    (["run", "ownership-change", "--params", "none.json"], "none.json"),
    (["run", "ownership-change", "--params", "list.json"], "list.json"),
    (["run", "ownership-change", "--set", MAILBOX, "--set", "contacts_csv=empty.csv"], "empty.csv"),
)


def test_every_bad_input_is_named_ends_with_2_and_changes_nothing(loaded, shell, prefect_server, monkeypatch) -> None:
    Path("list.json").write_text("[1]")
    Path("empty.csv").write_text("Email\n")
    before = loaded("sandbox", "state", "--json").document
    first, named = BAD[0]  # a process of its own for each would load Handoff as often, and say the same
    done = shell(*first, "--live", "--yes")
    assert (2, "", True) == (done.returncode, done.stdout, named in done.stderr), done.stderr
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    said = [(named, loaded(*words, "--live", "--yes")) for words, named in BAD]
    assert [] == [(named, done) for named, done in said if (done.code, done.out) != (2, "")]
    assert [] == [(named, done.err) for named, done in said if named not in done.err]
    assert before == loaded("sandbox", "state", "--json").document
    assert [] == loaded("history", "--json").document


@pytest.mark.rule("R47")
def test_a_rep_is_told_to_ask_an_admin_and_nothing_is_borrowed(loaded, shell) -> None:
    loaded("sandbox", "do", "change_mailbox_owner", MAILBOX, "owner=bo@acme.test")
    before = loaded("sandbox", "state", "--json").document
    done = shell("run", "ownership-change", "--set", MAILBOX, "--live", "--yes", "--json", HANDOFF_USER="bo@acme.test")
    assert (2, True) == (done.returncode, "needs_admin" in done.stderr), done.stderr
    assert "needs_admin" in document(done)["error"]["message"]
    assert before == loaded("sandbox", "state", "--json").document
    assert [] == loaded("status", "--json").document["loans"]


def test_before_there_is_a_sandbox_the_first_command_of_all_says_how_to_make_one(tmp_path: Path) -> None:
    done = on_its_own("run", "ownership-change", "--set", MAILBOX, HANDOFF_HOME=str(tmp_path / "not" / "there" / "yet"))
    assert (2, "") == (done.returncode, done.stdout)
    assert "sandbox reset" in done.stderr
