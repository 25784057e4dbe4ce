"""Every shell block of README.md, docs/ and docs/procedures/ runs as it stands, or says why it does not.

The blocks of a page run in order, in one home. README.md and the page to start with make a workspace themselves; the
others find the team of README.md after its change of owner. README.md is run by bash as a newcomer would; elsewhere
`handoff` is called in this process, since each one of its own loads Prefect for seconds.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import main
from tests.architecture.source_files import ROOT
from tests.docs.shell_blocks import PAGES, RUN, ShellBlock, blocks_of, commands_in

README, START = PAGES[0], next(page for page in PAGES if page.name == "getting-started.md")
BLOCKS = [block for page in PAGES for block in blocks_of(page)]
RUNNING = [page for page in PAGES if any(block.runs for block in blocks_of(page))]
IN_BASH = [README, ROOT / "docs" / "backups.md"]  # the latter moves databases away that this process would keep open
IN_THIS_PROCESS = [page for page in RUNNING if page not in IN_BASH]
OWN_WORKSPACE = (README, START)
TEAM = """
handoff sandbox reset --contacts 5000 --seed 7
handoff sandbox do change_mailbox_owner mailbox=debra@send.acme.test owner=charles@acme.test
"""


def page_name(page: Path) -> str:
    return page.stem


def environment(home: Path) -> dict[str, str]:
    """That of a newcomer: nothing of Handoff or Prefect is set but the home, and `handoff` is on the path."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "PREFECT_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{outside['PATH']}"
    return outside | {"HANDOFF_HOME": str(home), "PATH": path, "COLUMNS": "100"}


def run_in_bash(text: str, folder: Path, env: dict[str, str]) -> str:
    """What the commands print. The first that fails ends them, and the test."""
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", text],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with that team after its change of owner."""
    folder = tmp_path_factory.mktemp("team")
    run_in_bash(TEAM, folder, environment(folder / ".handoff"))
    return folder / ".handoff"


def test_each_block_is_run_or_says_why_not() -> None:
    assert len(BLOCKS) > 25
    silent = [f"{block.page.name}: {block.text}" for block in BLOCKS if not block.runs and not block.why_not]
    assert [] == silent, f"put {RUN} or <!-- not run: why --> on the line before the block"


def test_each_procedure_has_a_block_that_runs() -> None:
    procedures = [page for page in PAGES if page.parent.name == "procedures"]
    assert len(procedures) == 15
    shown = {page.stem: [block.text for block in blocks_of(page) if block.runs] for page in procedures}
    for elsewhere in (
        "undo",  # it takes the id of a live run, which no page can know: tests/flows/test_undo.py
        "calibrate",  # it takes a person who was never in a sequence: tests/flows/test_calibrate.py
    ):
        shown.pop(elsewhere)
    assert [] == [name for name, texts in shown.items() if not any(f"handoff run {name}" in text for text in texts)]


def test_a_block_without_a_comment_is_noticed() -> None:
    assert (False, None) == (ShellBlock(README, "", "").runs, ShellBlock(README, "", "").why_not)
    assert ShellBlock(README, "", "<!-- not run: needs a key -->").why_not == "needs a key"
    assert ["handoff run x   --y 1", "ls"] == commands_in("# why\nhandoff run x \\\n --y 1\n\nls\n")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", IN_BASH, ids=page_name)
def test_the_blocks_of_a_page_run_in_bash(page: Path, team: Path, tmp_path: Path, prefect_server: str) -> None:
    """In a folder of its own. A server runs already, as `handoff up` would keep one."""
    home = tmp_path / ".handoff"
    if page not in OWN_WORKSPACE:
        shutil.copytree(team, home)
    env = environment(home) | {"PREFECT_API_URL": prefect_server, "PREFECT_HOME": str(tmp_path / "prefect")}
    printed = "".join(run_in_bash(block.text, tmp_path, env) for block in blocks_of(page) if block.runs)
    if page == README:
        assert "unenrolled: 500" in printed
        assert "495 of 500 contacts are back" in printed


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", IN_THIS_PROCESS, ids=page_name)
def test_the_blocks_of_a_page_run(
    page: Path,
    team: Path,
    tmp_path: Path,
    prefect_server: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if page not in OWN_WORKSPACE:
        shutil.copytree(team, tmp_path / ".handoff")
    monkeypatch.chdir(tmp_path)
    printed = {}
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / ".handoff"))
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    for block in blocks_of(page):
        for command in commands_in(block.text) if block.runs else ():
            words = shlex.split(command, comments=True)
            if words[0] != "handoff":
                run_in_bash(command, tmp_path, environment(tmp_path / ".handoff") | {"PREFECT_API_URL": prefect_server})
                continue
            monkeypatch.setattr(sys, "argv", words)
            with pytest.raises(SystemExit) as left:
                main()
            said = capfd.readouterr()
            assert 0 == (left.value.code or 0), f"{command}\n{said.err}"
            printed[command] = said.out
    if page == START:
        see_that_the_tour_says_what_its_page_says(printed, tmp_path)


def see_that_the_tour_says_what_its_page_says(printed: dict[str, str], folder: Path) -> None:
    assert len(printed) >= 14
    [change] = [text for line, text in printed.items() if "change_mailbox_owner" in line]
    assert "unenrolled: 500" in change
    [plan] = [json.loads(text) for line, text in printed.items() if line.endswith("--json")]
    assert ("planned", 500) == (plan["status"], plan["counts"]["considered"])
    assert plan["counts"]["considered"] == sum(plan["counts"].values()) - plan["counts"]["considered"]
    assert (folder / "why.csv").exists()
