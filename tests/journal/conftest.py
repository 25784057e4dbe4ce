"""A journal for each test, on SQLite; and a PostgreSQL for those that ask for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journal.database import Journal, _engine


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield made
    made.engine.dispose()
    _engine.cache_clear()
