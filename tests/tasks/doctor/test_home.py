"""This home: what is wrong with it is told, and nothing of it is changed."""

import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journal import operations, sweeps
from journal.database import Journal
from models.finding import Finding
from models.last_backup import note_backup
from models.settings import Settings
from models.tables.journal import OperationRow
from models.watch_file import Deployed, note
from tasks.doctor.home import folder, home, room

NOW = datetime.now(UTC).replace(microsecond=0)
EVERY_FIVE = Deployed(
    workspace="sandbox", sweep="*/5 * * * *", night=None, timezone="UTC", since=NOW - timedelta(days=3)
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "SANDBOX_URL"):
        monkeypatch.delenv(f"HANDOFF_{name}", raising=False)
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    return Settings().only_looking()


@pytest.fixture
def journal(settings: Settings) -> Journal:
    return Journal(settings.journal_url)


def seen(settings: Settings) -> dict[str, tuple[str, str]]:
    return {one.check: (one.state, one.message) for one in home(settings, NOW)}


def only(found: Iterator[Finding]) -> tuple[str, str]:
    first = next(found)
    return first.state, first.message


def test_a_home_that_is_not_there_yet_is_not_made(settings: Settings) -> None:
    found = seen(settings)
    assert {"note"} == {state for state, _ in found.values()}
    assert "there is no journal yet" in found["home.journal"][1]
    assert not settings.home_folder.exists()


def test_a_file_in_the_way_of_a_home_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state, message = only(folder(tmp_path / "file" / "home"))
    assert ("trouble", True) == (state, "is no folder" in message)


def test_a_home_that_cannot_be_written_is_trouble(tmp_path: Path) -> None:
    where = tmp_path / "home"
    where.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(where)], capture_output=True, check=False
    )
    if mounted.returncode:  # not as root: then rights are enough
        where.chmod(0o500)
    try:
        state, message = only(folder(where))
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", str(where)], check=True)
    assert ("trouble", True) == (state, f"{where} cannot be written (" in message)


def test_a_home_that_others_may_enter_is_told_and_stays_so(settings: Settings, journal: Journal) -> None:
    settings.home_folder.chmod(0o755)
    assert "others may enter it (drwxr-xr-x)" in " ".join(one.message for one in home(settings, NOW))
    assert 0o755 == settings.home_folder.stat().st_mode & 0o777


@pytest.mark.parametrize(("free", "states"), [(10_000_000, ["trouble"]), (500_000_000, ["note"]), (2_000_000_000, [])])
def test_a_disk_that_is_almost_full_is_told(free: int, states: list[str]) -> None:
    assert states == [one.state for one in room(free)]


def test_a_journal_of_this_release_is_fine_and_nothing_beside_it_is_made(settings: Settings, journal: Journal) -> None:
    journal.engine.dispose()
    state, message = seen(settings)["home.journal"]
    assert ("ok", True) == (state, "0 settings on loan" in message)


@pytest.mark.parametrize(
    ("version", "state", "words"),
    [("0001", "note", "of an older release"), ("9999", "trouble", "made by a newer release")],
)
def test_a_journal_of_another_release_is_told_and_stays_so(
    settings: Settings, journal: Journal, version: str, state: str, words: str
) -> None:
    journal.engine.dispose()
    file = settings.home_folder / "journal.db"
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
    database.close()
    names = sorted(path.name for path in settings.home_folder.iterdir())
    before = file.read_bytes()
    found = seen(settings)["home.journal"]
    assert (state, True) == (found[0], words in found[1])
    assert (before, names) == (file.read_bytes(), sorted(path.name for path in settings.home_folder.iterdir()))


def test_what_is_no_journal_is_trouble(settings: Settings) -> None:
    file = settings.make_home() / "journal.db"
    file.write_text("no database at all\n" * 100)
    assert "trouble" == seen(settings)["home.journal"][0]
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE song (title)")
    database.close()
    assert ("trouble", f"{file} holds something else than a journal") == seen(settings)["home.journal"]


def test_a_late_sweep_is_trouble_and_a_timely_one_is_not(settings: Settings, journal: Journal) -> None:
    note(settings.home_folder, deployed=EVERY_FIVE)
    sweeps.ended(journal, "sandbox", NOW - timedelta(hours=2))
    assert "trouble" == seen(settings)["home.sweep"][0]
    sweeps.ended(journal, "sandbox", NOW - timedelta(minutes=2))
    assert "ok" == seen(settings)["home.sweep"][0]
    note(settings.home_folder, deployed=None)
    assert "note" == seen(settings)["home.sweep"][0]


def test_a_backup_is_asked_for_until_one_is_made_and_again_after_a_week(settings: Settings, journal: Journal) -> None:
    assert "no backup" in seen(settings)["home.backup"][1]
    note_backup(settings.home_folder, NOW - timedelta(days=8), Path("old.zip"))
    assert ("note", True) == (seen(settings)["home.backup"][0], "old.zip" in seen(settings)["home.backup"][1])
    note_backup(settings.home_folder, NOW - timedelta(hours=1), Path("new.zip"))
    assert "ok" == seen(settings)["home.backup"][0]


def test_folders_that_the_journal_does_not_know_are_counted(settings: Settings, journal: Journal) -> None:
    known, unknown = "20261102-094500-0cd8", "20261102-094600-11ff"
    operations.begin(
        journal,
        OperationRow(
            id=known,
            procedure="ownership-change",
            workspace="sandbox",
            subject="x",
            mode="live",
            next=[],
            folder="",
            started_at=NOW,
            recorded_at=NOW,
        ),
    )
    for one in (known, unknown):
        (settings.operations_folder / one).mkdir(parents=True)
    assert ("note", True) == (
        seen(settings)["home.operations"][0],
        "1 operation" in seen(settings)["home.operations"][1],
    )
