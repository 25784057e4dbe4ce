"""`handoff twin pull`, as a process: one document on standard output, and the exit codes of docs/interface.md."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Handoff
from tests.conftest import Sandboxes
from tests.platforms.in_process import KEY, emulator
from tests.platforms.serving import served
from tests.tasks.twins import opened
from tests.workspaces import PIA, QUIN, running, workspace


def test_a_twin_is_pulled_into_the_home_and_its_price_is_told(home: Path, sandboxes: Sandboxes) -> None:
    live = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)]), name="live")
    with served(emulator(live)) as address:
        keys = {"UNIFY_BASE_URL": address, "UNIFY_API_KEY": KEY.get_secret_value()}
        done = subprocess.run(
            [sys.executable, "-c", "from cli.main import main; main()", "twin", "pull", "--workspace=unify", "--json"],
            env=os.environ | keys | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (0, "") == (done.returncode, done.stderr)
    told = json.loads(done.stdout)
    assert ("unify", str(home / "twin-unify.db"), 6) == tuple(told[key] for key in ("workspace", "file", "query_jobs"))
    assert {"people": 2, "enrollments": 2, "sequences": 2}.items() <= told["counts"].items()
    assert "exclusions" in told["missing"]
    assert KEY.get_secret_value() not in done.stdout
    assert [PIA, QUIN] == sorted(next(iter(opened(home / "twin-unify.db").running(10)))["email"])


def test_no_live_workspace_and_no_key_are_refused(handoff: Handoff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNIFY_API_KEY", raising=False)
    told = handoff("twin", "pull")
    assert (2, True) == (told.code, "'sandbox' is no live workspace" in told.err)
    told = handoff("twin", "pull", "--workspace", "unify")
    assert (3, True) == (told.code, "UNIFY_API_KEY" in told.err)


@pytest.mark.parametrize("kind", ["a database of others", "no database", "a folder"])
def test_a_file_of_something_else_is_refused_and_stays_as_it_was(
    home: Path, sandboxes: Sandboxes, handoff: Handoff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    file = tmp_path / "crm.db"
    if kind == "a folder":
        file.mkdir()
    elif kind == "no database":
        file.write_bytes(b"name,phone\n" * 100)
    else:
        with closing(sqlite3.connect(file)) as theirs:
            theirs.executescript("CREATE TABLE person (id, name); INSERT INTO person VALUES (1, 'Pia')")
    before = file.read_bytes() if file.is_file() else None
    with served(emulator(sandboxes(workspace(people=[PIA]), name="live"))) as address:
        monkeypatch.setenv("UNIFY_BASE_URL", address)
        monkeypatch.setenv("UNIFY_API_KEY", KEY.get_secret_value())
        told = handoff("twin", "pull", "--workspace", "unify", "--into", str(file))
    assert (2, True) == (told.code, f"--into: {file} is" in told.err), told.err
    assert before == (file.read_bytes() if file.is_file() else None)
