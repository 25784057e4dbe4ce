"""Ctrl-C at a terminal, which reaches every process of the command: what was borrowed goes back, and is said."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Handoff
from tests.processes import LoggedProcess

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MAILBOX = "mailbox=ana@send.acme.test"


def wait_for(words: str, log: Path, process: LoggedProcess, seconds: float = 120) -> str:
    end = time.monotonic() + seconds
    while words not in (said := log.read_text()):
        assert process.running and time.monotonic() < end, said
        time.sleep(0.2)
    return said


def test_pressed_while_it_waits_everything_is_given_back_and_how_to_go_on_is_told(
    loaded: Handoff, tmp_path: Path
) -> None:
    loaded("sandbox", "do", "change_mailbox_owner", MAILBOX, "owner=bo@acme.test")
    before = loaded("sandbox", "state", "--json").document["rulesets"]
    log = tmp_path / "run.log"
    run = LoggedProcess(
        [
            sys.executable,
            "-c",
            "from cli.main import main; main()",
            "run",
            "ownership-change",
            "--set",
            MAILBOX,
            "--live",
            "--yes",
        ],
        Path.cwd(),
        os.environ | {"HANDOFF_SANDBOX_CLOCK": "x60", "COLUMNS": "200"},
        log,
    )
    try:
        wait_for("waiting for", log, run)
        assert before != loaded("sandbox", "state", "--json").document["rulesets"]
        os.killpg(run.pid, signal.SIGINT)
        said = wait_for("go on with `handoff resume", log, run, 60)
    finally:
        run.kill()
    assert "interrupted; nothing is on loan" in said
    assert "ConnectError" not in said
    assert before == loaded("sandbox", "state", "--json").document["rulesets"]
