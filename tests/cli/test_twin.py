"""`handoff twin pull`, as a process: one document on standard output, and the exit codes of interface.md."""

import json
import os
import subprocess
import sys
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
            env=os.environ | keys | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
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
