"""A journal of its own for each test."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from journal import operations
from journal.database import Journal
from models.tables.journal import OperationRow

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(f"sqlite:///{tmp_path / 'journal.db'}")


def begun(journal: Journal, name: str, *, mode: str = "live", subject: str = "ana@send.acme.test") -> OperationRow:
    """An operation that was begun."""
    return operations.begin(journal, OperationRow(
        id=name, procedure="ownership-change", workspace="sandbox", subject=subject, mode=mode, parameters={}, next=[],
        folder=f"/nowhere/{name}", started_at=NOW, recorded_at=NOW,
    ))  # fmt: skip
