"""Who keeps a home, told by a lock and not by a number that another process may have by now."""

from pathlib import Path

import pytest

from models.errors import InvalidInput
from models.settings import Settings
from models.up_file import Up, UpFile, up_in

UP = Up(
    pid=4711,
    clock="x120",
    api_url="http://127.0.0.1:1/api",
    ui_url="http://127.0.0.1:1",
    reports_url="http://127.0.0.1:2",
    processes={"server": 1},
)


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HANDOFF_SANDBOX_CLOCK", "HANDOFF_REPORTS_URL", "HANDOFF_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_runs_in_a_home_without_the_file(tmp_path: Path) -> None:
    assert up_in(tmp_path) is None
    assert up_in(tmp_path / "none") is None


def test_the_file_tells_what_runs_until_it_is_removed(tmp_path: Path) -> None:
    file = UpFile(tmp_path)
    file.write(UP.model_copy(update={"ui_url": "http://a-much-longer-name.test:1"}))
    file.write(UP)
    assert up_in(tmp_path) == UP
    file.remove()
    assert up_in(tmp_path) is None
    assert [] == list(tmp_path.iterdir())


def test_a_second_one_is_refused_and_told_which_runs(tmp_path: Path) -> None:
    first = UpFile(tmp_path)
    first.write(UP)
    with pytest.raises(InvalidInput, match=r"HANDOFF_HOME.*process 4711, http://127.0.0.1:1"):
        UpFile(tmp_path)
    first.remove()
    UpFile(tmp_path).remove()


def test_a_file_that_nobody_holds_is_stale_but_tells_what_was_left_running(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text(UP.model_dump_json())
    assert up_in(tmp_path) is None
    assert "simulated" == Settings(home=tmp_path).sandbox_clock
    file = UpFile(tmp_path)
    assert file.left_behind == UP
    file.remove()


def test_a_file_that_is_damaged_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text("{")
    file = UpFile(tmp_path)
    assert (None, None) == (file.left_behind, up_in(tmp_path))
    file.remove()


def test_a_shell_in_that_home_has_its_clock_and_its_reports_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = UpFile(tmp_path)
    file.write(UP)
    settings = Settings(home=tmp_path)
    assert ("x120", "http://127.0.0.1:2") == (settings.sandbox_clock, settings.reports_url)
    assert "simulated" == Settings(home=tmp_path / "another").sandbox_clock
    monkeypatch.setenv("HANDOFF_SANDBOX_CLOCK", "simulated")
    monkeypatch.setenv("HANDOFF_REPORTS_URL", "")
    settings = Settings(home=tmp_path)
    assert ("simulated", None) == (settings.sandbox_clock, settings.reports_url)
    file.remove()
