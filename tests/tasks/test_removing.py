"""A sweep removes once a day what was kept longer than HANDOFF_KEEP_DAYS."""

from pathlib import Path

import pytest

from journal import sweeps
from journal.database import Journal
from models.names import NONE
from models.settings import Settings
from tasks.restore_settings.removing import remove_what_was_kept_long_enough
from tests.journal.test_retention import NOW, ended, left, look
from tests.workspaces import ANA, PIA


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    made = Journal(Settings().journal_url)
    look(made, 1, ANA)
    return made


def files_of(name: str) -> Path:
    """The folder of an operation, with a file in it."""
    folder = Settings().operations_folder / name
    folder.mkdir(parents=True)
    (folder / "outcomes.csv").write_text(PIA)
    return folder


def test_contacts_and_files_go_when_they_were_kept_long_enough(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(journal, "old", (PIA, "enrolled", NONE))
    ended(journal, "new", (PIA, "enrolled", NONE), days=20)
    old, new = files_of("old"), files_of("new")
    assert 0 == remove_what_was_kept_long_enough("sandbox")
    monkeypatch.setenv("HANDOFF_KEEP_DAYS", "30")
    assert 1 == remove_what_was_kept_long_enough("sandbox")
    assert (False, True) == (old.exists(), new.exists())
    assert ([], [PIA]) == (left(journal, "old"), left(journal, "new"))


def test_it_is_looked_for_once_a_day(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_KEEP_DAYS", "30")
    assert 0 == remove_what_was_kept_long_enough("sandbox")
    ended(journal, "old")
    assert 0 == remove_what_was_kept_long_enough("sandbox")
    sweeps.removed(journal, "sandbox", NOW - sweeps.EACH_DAY)
    assert 1 == remove_what_was_kept_long_enough("sandbox")


def test_a_folder_elsewhere_stays(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_KEEP_DAYS", "30")
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir()
    ended(journal, "old", folder=str(elsewhere))
    assert (1, True) == (remove_what_was_kept_long_enough("sandbox"), elsewhere.is_dir())


@pytest.mark.parametrize(("given", "kept"), [("", None), ("never", None), ("90", 90)])
def test_unless_days_are_set_all_is_kept(given: str, kept: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_KEEP_DAYS", given)
    assert kept == Settings().keep_days
