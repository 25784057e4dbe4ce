"""One Prefect server for all tests of flows, and a home for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.house import House


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[str]:
    """A Prefect server with a database of its own; gives its address."""
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120), temporary_settings({PREFECT_LOGGING_LEVEL: "CRITICAL"}):
        yield str(PREFECT_API_URL.value())


@pytest.fixture
def house(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name in ("HANDOFF_DATABASE_URL", "HANDOFF_SANDBOX_URL", "HANDOFF_USER", "HANDOFF_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANDOFF_SANDBOX_CLOCK", "simulated")
    monkeypatch.chdir(tmp_path)
    from tasks.operation import _opened

    yield House(tmp_path / "home")
    _opened.cache_clear()
