"""`handoff doctor`: what it prints, how it ends, and that it changes nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.settings import Settings
from platforms.opening import wire_to
from tests.architecture.source_files import ROOT
from tests.cli.conftest import Handoff
from tests.platforms.in_process import KEY, emulator
from tests.platforms.serving import served

GROUPS = ["machine", "home", "prefect", "workspace"]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server and no key but a test's own."""
    for name in ("PREFECT_API_URL", "UNIFY_API_KEY", "UNIFY_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".db-shm"}


def test_a_home_in_order_ends_with_0_and_is_told_in_groups(loaded: Handoff) -> None:
    said = loaded("doctor", "--json")
    assert (0, "sandbox", False) == (said.code, said.document["workspace"], said.document["would_stop"]), said.out
    found = said.document["findings"]
    assert GROUPS == list(dict.fromkeys(one["check"].partition(".")[0] for one in found))
    assert {"check", "state", "message", "remedy"} == set(found[0])
    shown = loaded("doctor")
    for words in ("This machine", "This home", "Prefect\n", "The workspace sandbox", "Nothing here would stop a run."):
        assert words in shown.out


def test_a_look_makes_no_home_and_ends_with_1_where_there_is_no_sandbox(handoff: Handoff, home: Path) -> None:
    said = handoff("doctor")
    assert (1, False) == (said.code, home.exists())
    assert "STOP" in said.out
    assert "→ Run `handoff sandbox reset`" in said.out


def test_a_look_changes_nothing_in_the_home(loaded: Handoff, home: Path) -> None:
    assert 0 == loaded("status").code
    before = contents(home)
    loaded("doctor")
    assert before == contents(home)


def test_a_workspace_whose_key_is_kept_by_prefect_needs_a_server(handoff: Handoff, home: Path) -> None:
    said = handoff("doctor", "--workspace", "emea", "--json")
    [key] = [one for one in said.document["findings"] if one["check"] == "workspace.key"]
    assert (1, "trouble", "Start `handoff up`") == (said.code, key["state"], key["remedy"])
    assert not home.exists()


@pytest.mark.slow
def test_a_workspace_that_no_server_keeps_a_key_of_is_wrong_input(
    handoff: Handoff, home: Path, prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    said = handoff("doctor", "--workspace", "nobodys", "--json")
    assert (2, "workspace", False) == (said.code, said.document["error"]["field"], home.exists())
    assert "there is no workspace 'nobodys'" in said.err


def test_a_setting_that_cannot_be_is_wrong_input(handoff: Handoff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_TIMEZONE", "Mars/Olympus")
    assert (2, "HANDOFF_TIMEZONE") == ((said := handoff("doctor", "--json")).code, said.document["error"]["field"])


@pytest.fixture
def unify(loaded: Handoff, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handoff]:
    """The workspace `unify` is the emulator over the small team's sandbox."""
    from platforms.opening import open_sandbox

    sandbox = open_sandbox(Settings())
    with served(emulator(sandbox)) as address:
        monkeypatch.setenv("UNIFY_BASE_URL", address)
        monkeypatch.setenv("UNIFY_API_KEY", KEY.get_secret_value())
        yield loaded
        wire_to.cache_clear()
    sandbox.close()


def workspace_of(document: Any) -> dict[str, str]:
    return {one["check"].partition(".")[2]: one["state"] for one in document["findings"] if "workspace" in one["check"]}


def test_a_workspace_behind_the_api_is_looked_at_and_its_key_is_in_no_word(unify: Handoff) -> None:
    said = unify("doctor", "--workspace", "unify", "--json")
    assert 0 == said.code, said.out
    found = workspace_of(said.document)
    assert ("ok", "ok", "ok") == (found["key"], found["use"], found["enrollments"])
    assert KEY.get_secret_value() not in said.out + said.err


def test_what_a_command_asked_is_counted_once_it_has_ended(unify: Handoff, home: Path) -> None:
    words = ["explain", "pia@x.test", "--sequence", "Outbound", "--workspace", "unify"]
    program = f"import sys; sys.argv[1:] = {words!r}; from cli.main import main; main()"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, cwd=ROOT)
    [line] = (home / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    made = json.loads(line)
    said = unify("doctor", "--workspace", "unify", "--json").document["findings"][-1]["message"]
    assert f"this home made {made['requests']} requests and {made['query_jobs']} query job" in said
    assert made["requests"] > 0


def test_a_wrong_key_ends_with_1_and_says_what_to_do(unify: Handoff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIFY_API_KEY", "wrong")
    said = unify("doctor", "--workspace", "unify", "--json")
    assert (1, {"key": "trouble", "use": "ok"}) == (said.code, workspace_of(said.document))
    assert "UNIFY_API_KEY" in json.dumps(said.document)


def test_a_key_that_is_not_set_ends_with_1(loaded: Handoff) -> None:
    said = loaded("doctor", "--workspace", "unify")
    assert (1, True) == (said.code, "the workspace 'unify' has no key here" in said.out)


def test_a_server_that_is_named_and_does_not_answer_would_stop_a_run(
    loaded: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    said = loaded("doctor")
    assert (1, True) == (said.code, "no Prefect server answers at http://127.0.0.1:1/api" in said.out)
    assert "unset PREFECT_API_URL" in said.out


def test_a_backup_is_noted_in_the_home(loaded: Handoff, home: Path, tmp_path: Path) -> None:
    assert 0 == loaded("status").code
    assert "no backup of the journal was made here" in loaded("doctor").out
    assert 0 == loaded("backup", str(tmp_path / "kept.zip")).code
    assert f"({tmp_path / 'kept.zip'})" in loaded("doctor").out
