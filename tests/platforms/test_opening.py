"""Which workspace a name means, and what is said where it means none."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from models.errors import InvalidInput, KeyRefused
from models.settings import Settings, UnifySettings
from platforms.opening import Access, open_platform, wire_to
from platforms.unify.http_wire import HttpWire

KEY = "key-that-nobody-may-see"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of this machine is read."""
    monkeypatch.chdir(tmp_path)
    for name in ("UNIFY_API_KEY", "UNIFY_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_unify_is_the_workspace_of_the_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIFY_API_KEY", KEY)
    assert "unify" == open_platform("unify").workspace
    assert "https://api.unifygtm.com" == UnifySettings().base_url


def test_the_key_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"UNIFY_API_KEY={KEY}\nUNIFY_BASE_URL=\n")
    assert "unify" == open_platform("unify").workspace
    assert SecretStr(KEY) == UnifySettings().api_key


@pytest.mark.parametrize("key", [None, ""])
def test_a_missing_key_is_told_with_what_to_do(key: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if key is not None:
        monkeypatch.setenv("UNIFY_API_KEY", key)
    with pytest.raises(KeyRefused, match=r"UNIFY_API_KEY: the workspace 'unify' has no key here. Set it") as raised:
        open_platform("unify")
    assert 3 == raised.value.exit_code


@pytest.mark.parametrize("key", ["  ", "key\nwith: a header", "schlüssel"])
def test_what_can_be_no_key_is_refused_before_anything_is_sent(key: str) -> None:
    with pytest.raises(KeyRefused, match="no API key, or it is none"):
        HttpWire("https://unify.test", SecretStr(key))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://api.unifygtm.com", "in the clear"),
        ("ftp://x.test", "is no address"),
        ("unify", "is no address"),
        ("", "is no address"),
        ("https://pia:secret@x.test", "is no address"),
        ("https://x.test:port", "is no address"),
        ("https://x.test?key=1", "is no address"),
    ],
)
def test_an_address_that_a_key_must_not_go_to_is_refused(url: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=f"UNIFY_BASE_URL, or the base URL of the block: .*{problem}") as raised:
        HttpWire(url, SecretStr(KEY))
    assert "secret" not in str(raised.value)


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match=r"there is no workspace 'unfy'\. There are: sandbox, unify"):
        open_platform("unfy")


def test_a_name_that_the_environment_does_not_know_is_looked_up_where_keys_are_kept() -> None:
    kept = {"emea": Access("https://emea.unify.test", SecretStr(KEY))}
    assert "emea" == open_platform("emea", kept=kept.__getitem__).workspace


def test_whoever_opens_a_workspace_counts_within_the_same_limits() -> None:
    first = wire_to(Access("https://a.unify.test", SecretStr(KEY)))
    assert first is wire_to(Access("https://a.unify.test", SecretStr(KEY)))
    assert first is not wire_to(Access("https://a.unify.test", SecretStr("another")))


def test_neither_access_nor_wire_show_the_key() -> None:
    access = Access("https://a.unify.test", SecretStr(KEY))
    assert KEY not in f"{access!r} {wire_to(access)!r} {wire_to(access)} {vars(wire_to(access))}"


def test_a_workspace_of_the_environment_is_opened_without_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIFY_API_KEY", KEY)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    code = "import sys; from cli.workspaces import open_workspace as o; o('unify'); print('prefect' in sys.modules)"
    assert "False\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("key", ["kéy", "   ", "a\tb"])
def test_the_emulator_takes_no_key_that_no_client_could_send(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_SANDBOX_API_KEY", key)
    with pytest.raises(InvalidInput, match="HANDOFF_SANDBOX_API_KEY: no client could send this key") as raised:
        Settings()
    assert "kéy" not in str(raised.value)
