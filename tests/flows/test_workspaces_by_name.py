"""Workspaces of Unify by name, and where their keys are seen: nowhere."""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from models.errors import HandoffError, InvalidInput, KeyRefused
from models.settings import Settings
from platforms.opening import Access
from tests.flows.house import House
from tests.platforms.unify.small_server import Says, SmallServer
from tests.processes import PrefectServer
from tests.workspaces import OUTBOUND, PIA

KEY = "key-that-nobody-may-see"


@pytest.fixture
def server() -> Iterator[SmallServer]:
    """A platform that takes no key."""
    server = SmallServer()
    server.answering = lambda seen: Says(401, {"status": "unauthorized", "message": "unknown key"})
    yield server
    server.close()


@pytest.fixture
def emea(house: House, server: SmallServer) -> str:
    """The name of a workspace that a block keeps."""
    from tasks.workspaces import UnifyWorkspace

    UnifyWorkspace(base_url=server.url, api_key=SecretStr(KEY)).save("emea", overwrite=True)
    return "emea"


def test_the_key_of_a_workspace_may_be_a_block(emea: str, server: SmallServer) -> None:
    from tasks.workspaces import kept_by_prefect, open_workspace

    assert Access(server.url, SecretStr(KEY)) == kept_by_prefect(emea)
    assert emea == open_workspace(emea, Settings()).workspace


@pytest.mark.usefixtures("emea")
def test_an_unknown_name_is_told_those_of_the_environment_and_of_the_blocks() -> None:
    from tasks.workspaces import open_workspace

    with pytest.raises(
        InvalidInput, match=r"no workspace 'apac'\. There are: sandbox, unify, emea\. Add one as a Pref"
    ):
        open_workspace("apac", Settings())


@pytest.mark.parametrize("name", ["unify", "sandbox"])
def test_a_block_with_the_name_of_a_workspace_of_the_environment_is_refused_and_not_passed_over(
    house: House, server: SmallServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import workspaces

    workspaces.UnifyWorkspace(base_url=server.url, api_key=SecretStr(KEY)).save(name, overwrite=True)
    monkeypatch.setattr(workspaces, "is_deployed", lambda: True)
    with pytest.raises(InvalidInput, match=f"the block '{name}' has the name of a workspace of the environment"):
        workspaces.open_workspace(name, Settings())
    workspaces.UnifyWorkspace.delete(name)
    workspaces._is_kept_too.cache_clear()
    with pytest.raises(KeyRefused, match="A Prefect block needs another name than 'unify'"):
        workspaces.open_workspace("unify", Settings())


def test_where_nobody_registered_the_type_there_are_no_blocks(house: House, prefect_server: str) -> None:
    from tasks.workspaces import UnifyWorkspace, kept_by_prefect

    UnifyWorkspace.register_type_and_schema()
    kind = httpx.get(f"{prefect_server}/block_types/slug/unify-workspace").raise_for_status().json()
    httpx.delete(f"{prefect_server}/block_types/{kind['id']}").raise_for_status()
    with pytest.raises(InvalidInput, match=r"There are: sandbox, unify\. Add one as a Prefect block"):
        kept_by_prefect("emea")


def test_the_type_of_block_is_there_to_be_filled_in(house: House, prefect_server: str) -> None:
    from cli.keeping.settled import registered

    registered.cache_clear()
    registered()
    shown = httpx.get(f"{prefect_server}/block_types/slug/unify-workspace").raise_for_status().json()
    assert ("Unify Workspace", True) == (shown["name"], "name on every form" in shown["description"])


def written_below(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


@pytest.mark.parametrize("procedure", ["enroll-contacts", "enrollment-diagnosis"])
def test_a_key_that_is_not_taken_ends_a_run_and_is_seen_nowhere(
    procedure: str,
    emea: str,
    house: House,
    server: SmallServer,
    shared_server: PrefectServer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH

    caplog.set_level(logging.DEBUG)
    whom = {"emails": [PIA]} if procedure == "enroll-contacts" else {"contacts": PIA}
    with pytest.raises(HandoffError) as raised:
        house.carry_out(procedure, workspace=emea, sequence=OUTBOUND, dry_run=True, **whom)
    assert isinstance(raised.value, KeyRefused), raised.value
    assert "the API key is not taken (401): unknown key. Check UNIFY_API_KEY or the Prefect block" in str(raised.value)
    assert {KEY} == {seen.headers["x-api-key"] for seen in server.seen}

    runs = httpx.post(f"{shared_server.api_url}/flow_runs/filter", json={}).raise_for_status()
    logs = httpx.post(f"{shared_server.api_url}/logs/filter", json={}).raise_for_status()
    said = capfd.readouterr()
    assert KEY not in "\n".join([runs.text, logs.text, caplog.text, said.out, said.err, repr(raised.value)])
    written = b"\n".join(
        [*written_below(house.home), *written_below(PREFECT_LOCAL_STORAGE_PATH.value()), database(shared_server)]
    )
    assert b"unify-workspace" in written  # the server's database is among it, where blocks are encrypted
    assert KEY.encode() not in written


def database(server: PrefectServer) -> bytes:
    """The content of a server's database, what is not yet moved into it included."""
    return b"".join(path.read_bytes() for path in server.home.glob("prefect.db*"))


@pytest.mark.parametrize("words", [["explain", PIA, "--sequence", OUTBOUND]])
def test_in_the_shell_a_wrong_key_is_one_line_and_exit_3(
    words: list[str],
    house: House,
    server: SmallServer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from cli.main import main

    monkeypatch.setenv("UNIFY_API_KEY", KEY)
    monkeypatch.setenv("UNIFY_BASE_URL", server.url)
    monkeypatch.setattr(sys, "argv", ["handoff", *words, "--workspace", "unify", "--json"])
    with pytest.raises(SystemExit) as left:
        main()
    said = capfd.readouterr()
    assert (3, 3) == (left.value.code, json.loads(said.out)["error"]["exit_code"])
    assert [True] == [line.startswith("handoff: ") and "not taken (401)" in line for line in said.err.splitlines()]
    assert KEY not in json.dumps([said.out, said.err])
