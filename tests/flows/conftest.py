"""A home for each test of a flow."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from journal.database import Journal
from tests.flows.house import House


@pytest.fixture
def task_runs(prefect_server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server hears nothing of task runs, which takes a fourth of the time of a flow, but where a test is about
    them (marker `task_runs`)."""
    if request.node.get_closest_marker("task_runs") is None:
        monkeypatch.setattr("prefect.events.utilities.should_emit_events", lambda: False)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with all of its tables and nothing in them: to copy it is faster than to make it."""
    file = tmp_path_factory.mktemp("journal") / "journal.db"
    Journal(f"sqlite:///{file}").engine.dispose()
    return file


@pytest.fixture
def house(task_runs: None, migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name in ("HANDOFF_DATABASE_URL", "HANDOFF_SANDBOX_URL", "HANDOFF_USER", "HANDOFF_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANDOFF_SANDBOX_CLOCK", "simulated")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    shutil.copyfile(migrated, tmp_path / "home/journal.db")
    from tasks import approving
    from tasks.operation import _opened

    monkeypatch.setattr(approving, "AT_ONCE", float("inf"))  # nobody here thinks, however busy the machine is
    yield House(tmp_path / "home")
    _opened.cache_clear()
