"""Settings, files and databases that cannot be: each is named with its remedy, ends with 2, and nothing is changed."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from journal.database import _engine

DATABASE, SANDBOX = "HANDOFF_DATABASE_URL", "HANDOFF_SANDBOX_URL"
LOOKS = {SANDBOX: ("sandbox", "state")}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HANDOFF_HOME", ""),
        ("HANDOFF_HOME", "/proc/nowhere"),
        ("HANDOFF_HOME", "~nobody-of-this-name/home"),
        ("HANDOFF_HOME", "x" * 300),
        ("HANDOFF_HOME", "\udcff"),
        ("HANDOFF_TIMEZONE", "Mars/Olympus"),
        ("HANDOFF_TIMEZONE", "../etc/passwd"),
        ("HANDOFF_APPROVAL_HOURS", "soon"),
        ("HANDOFF_APPROVAL_HOURS", "nan"),
        *[
            (variable, value)
            for variable in (DATABASE, SANDBOX)
            for value in (
                "mysql://ana:hidden@db/x",
                "oracle://ana:hidden@db/x",
                "sqlite+aiosqlite:///hidden.db",
                "hidden",
                "postgresql://db:hidden/x",
                "postgresql+nodriver://hidden@db/x",
            )
        ],
    ],
)
def test_a_setting_that_cannot_be_is_named_and_no_secret_is_told(
    handoff: Any, home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    said = handoff(*LOOKS.get(name, ("status",)))
    assert (2, "") == (said.code, said.out), said.err
    assert name in said.err.partition(". ")[0]
    assert "hidden" not in said.err
    assert not home.exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("HANDOFF_USER=Jürgen\n".encode("latin-1"), ".env: is no text in UTF-8"),
        ("HANDOFF_USER=ana\n".encode("utf-16"), ".env: is no text in UTF-8"),
        ("HANDOFF_USER=ana\n".encode("utf-16-le"), ".env: is no text in UTF-8"),
        (bytes(range(256)), ".env: is no text in UTF-8"),
        (b"# hours\nHANDOFF_APPROVAL_HOURS=never\n", "HANDOFF_APPROVAL_HOURS (in .env): "),
        (b'A=1\nHANDOFF_HOME="/srv/handoff\n', ".env, line 2: is no NAME=value"),
        (b"HANDOFF_TIMEZONE=Mars\n", "HANDOFF_TIMEZONE: 'Mars' is no time zone"),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_is_named(handoff: Any, content: bytes, named: str) -> None:
    Path(".env").write_bytes(content)
    said = handoff("status", "--json")
    assert (2, 2, True) == (said.code, said.document["error"]["exit_code"], named in said.err), said.err


def test_a_mark_at_the_beginning_of_the_file_is_no_part_of_the_first_name(
    handoff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HANDOFF_HOME")
    Path(".env").write_text("HANDOFF_HOME=elsewhere\n", encoding="utf-8-sig")
    assert str(Path("elsewhere").absolute()) == handoff("status", "--json").document["home"]


@pytest.mark.parametrize("name", ["what?x=1", "100%", "50%25 #1", "a&b=c;d", "with space"])
def test_a_home_of_any_name_holds_journal_and_sandbox(
    handoff: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / name))
    before = set(tmp_path.iterdir())
    assert 0 == handoff("sandbox", "reset", "--contacts", "20").code
    assert 0 == handoff("status").code
    assert {"journal.db", "sandbox.db"} <= {file.name for file in (tmp_path / name).iterdir()}
    assert {tmp_path / name} == set(tmp_path.iterdir()) - before


@pytest.mark.parametrize("variable", [DATABASE, SANDBOX])
def test_the_file_of_something_else_is_refused_and_left_as_it_was(
    handoff: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("songs.db", "prefect.db"):
        with sqlite3.connect(tmp_path / name) as file:
            file.execute("CREATE TABLE song (title)")
            if name == "prefect.db":
                file.execute("CREATE TABLE alembic_version (version_num)")
                file.execute("INSERT INTO alembic_version VALUES ('b4e1a2f0')")
        file.close()
    (tmp_path / "text.db").write_text("no database at all\n" * 100, encoding="utf-8")
    for name in ("songs.db", "prefect.db", "text.db"):
        before = (tmp_path / name).read_bytes()
        monkeypatch.setenv(variable, f"sqlite:///{tmp_path / name}")
        said = handoff(*LOOKS.get(variable, ("status",)))
        assert (2, True, True) == (said.code, variable in said.err, name in said.err), said.err
        if name != "prefect.db":
            assert before == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("words", [("status",), ("history",), ("restore",), ("show", "an-operation")])
def test_a_journal_of_a_newer_version_is_left_alone(loaded: Any, home: Path, words: tuple[str, ...]) -> None:
    assert 0 == loaded("status").code
    with sqlite3.connect(home / "journal.db") as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.close()
    _engine.cache_clear()  # as a command that comes later
    said = loaded(*words)
    assert 2 == said.code, said.err
    for word in (str(home / "journal.db"), "newer version of Handoff (9999", "Install that version"):
        assert word in said.err


def test_what_nobody_foresaw_is_told_without_the_name_of_a_class(handoff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.looking.open_journal", lambda: {}["spam"])
    said = handoff("status")
    assert (1, "") == (said.code, said.out)
    assert "HANDOFF_TRACEBACK=1" in said.err
    assert "KeyError" not in said.err
    monkeypatch.setenv("HANDOFF_TRACEBACK", "1")
    assert "KeyError" in handoff("status").err
