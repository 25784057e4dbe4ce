"""A home for each test of a flow."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.house import House


@pytest.fixture
def house(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name in ("HANDOFF_DATABASE_URL", "HANDOFF_SANDBOX_URL", "HANDOFF_USER", "HANDOFF_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANDOFF_SANDBOX_CLOCK", "simulated")
    monkeypatch.chdir(tmp_path)
    from tasks import approving
    from tasks.operation import _opened

    monkeypatch.setattr(approving, "AT_ONCE", float("inf"))  # nobody here thinks, however busy the machine is
    yield House(tmp_path / "home")
    _opened.cache_clear()
