"""`watch.json`: replaced in one piece, and never in anybody's way."""

from datetime import UTC, datetime
from pathlib import Path

from models.watch_file import Deployed, Trouble, Watch, note, watch_in

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DEPLOYED = Deployed(workspace="sandbox", sweep="*/5 * * * *", night=None, timezone="UTC", since=NOW)


def test_a_home_without_the_file_or_with_a_damaged_one_says_nothing(tmp_path: Path) -> None:
    assert Watch() == watch_in(tmp_path)
    (tmp_path / "watch.json").write_text("{")
    assert Watch() == watch_in(tmp_path)


def test_what_is_noted_replaces_what_was_there_and_leaves_the_rest(tmp_path: Path) -> None:
    home = tmp_path / "home"
    note(home, deployed=DEPLOYED)
    trouble = Trouble(what="worker", message="none", since=NOW)
    written = note(home, seen_at=NOW, troubles=(trouble,), next={"restore-settings": NOW})
    assert written == watch_in(home)
    assert (DEPLOYED, NOW, (trouble,)) == (written.deployed, written.seen_at, written.troubles)
    assert ["watch.json"] == [file.name for file in home.iterdir()]
