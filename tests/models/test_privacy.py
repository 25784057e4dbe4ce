"""What is in a home is its owner's own."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from journal.database import Journal
from models.privacy import close_home, owner_only
from models.settings import Settings
from platforms.sandbox.sandbox import Sandbox

OPEN = (
    "journal.db",
    "journal.db-wal",
    "journal.db-shm",
    "sandbox.db",
    "twin-unify.db",
    "rehearsal-unify.db",
    "watch.json",
    "up.json",
    "logs/server.log",
    "operations/20261102-094500-0cd8/outcomes.csv",
    "prefect/prefect.db",
    "prefect/storage/deep/result",
    "demo/run-1/journal.db",
)


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What somebody else could read or enter, from the folder itself on."""
    found = [folder, *folder.rglob("*")]
    return sorted(str(path.relative_to(folder)) for path in found if path.lstat().st_mode & 0o077)


def open_home(folder: Path) -> Path:
    """A home as an earlier release made it under an open umask."""
    for name in OPEN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_a_home_that_was_open_is_closed_when_it_is_next_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = open_home(tmp_path / "home")
    assert len(open_to_others(home)) > len(OPEN)
    monkeypatch.setenv("HANDOFF_HOME", str(home))
    assert home == Settings().home_folder
    assert [] == open_to_others(home)
    assert 0o600 == stat.S_IMODE((home / "journal.db").stat().st_mode)


def test_what_is_not_ours_in_the_folder_of_a_home_stays_as_it_is(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home")
    (home / "website" / "pages").mkdir(parents=True)
    (home / "website" / "index.html").touch()
    close_home(home)
    assert [".", "website", "website/index.html", "website/pages"] == open_to_others(home)


def test_links_out_of_a_home_are_not_followed_but_for_its_own_folders(tmp_path: Path) -> None:
    home, disk, outside = open_home(tmp_path / "home"), tmp_path / "disk", tmp_path / "outside"
    (home / "operations").rename(disk)
    (home / "operations").symlink_to(disk)
    outside.touch()
    (home / "logs" / "link").symlink_to(outside)
    close_home(home)
    assert 0o666 == stat.S_IMODE(outside.stat().st_mode)
    assert [] == open_to_others(disk)


def test_there_need_be_no_home(tmp_path: Path) -> None:
    close_home(tmp_path / "none")
    assert [] == list(tmp_path.iterdir())


def test_databases_and_what_sqlite_keeps_beside_them_are_made_closed(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'home' / 'journal.db'}")
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'home' / 'sandbox.db'}")
    with journal.session() as session, sandbox.one_look():
        session.connection()
        there = {path.name for path in (tmp_path / "home").iterdir()}
        assert {"journal.db", "journal.db-wal", "journal.db-shm", "sandbox.db"} <= there
        assert [] == open_to_others(tmp_path / "home")
    sandbox.close()
    journal.engine.dispose()


def test_what_is_created_under_our_umask_is_the_owners_and_the_users_umask_comes_back(tmp_path: Path) -> None:
    with owner_only():
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "file").touch()
    assert [] == open_to_others(tmp_path / "folder")
    (tmp_path / "after").touch()
    assert 0o666 == stat.S_IMODE((tmp_path / "after").stat().st_mode)
