"""A sandbox that the release before made goes on: its tables get what they lack when it is opened."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from models.changes import OutOfOffice
from models.records import Life
from platforms.sandbox.store import open_engine
from tests.conftest import Sandboxes
from tests.workspaces import NOW, PIA, QUIN, RAJ

# What that release made of three people: Pia runs, Quin is paused, Raj was let go.
BEFORE = Path(__file__).with_name("sandbox_of_the_release_before.sql").read_text("utf-8")


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The database, under the name by which `sandboxes()` opens it."""
    path = tmp_path / "sandbox.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(BEFORE)
    return path


def columns(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        sql = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        return set(database.execute(sql))


def test_it_goes_on_with_all_that_is_in_it(sandboxes: Sandboxes, earlier: Path) -> None:
    sandbox = sandboxes()
    found = sandbox.workspace_record()
    assert Life() == found.life
    assert [(PIA, "active", False), (QUIN, "queued", True), (RAJ, "canceled", False)] == [
        (one.person, one.state, one.paused) for one in found.enrollments
    ]
    sandbox.apply(OutOfOffice(person=PIA, until=NOW + timedelta(days=5)))
    sandbox.advance(NOW + timedelta(days=4))
    assert [(True, NOW + timedelta(days=5)), (True, None), (False, None)] == [
        (one.paused, one.paused_until) for one in sandbox.workspace_record().enrollments
    ]
    sandbox.advance(NOW + timedelta(days=6))
    assert [False, True, False] == [one.paused for one in sandbox.workspace_record().enrollments]


def test_its_tables_then_have_the_columns_of_one_made_anew(sandboxes: Sandboxes, earlier: Path, tmp_path: Path) -> None:
    before = columns(earlier)
    for _ in range(2):  # the second time there is nothing to do
        sandboxes()
    sandboxes(name="anew")
    assert before < columns(earlier)
    assert columns(tmp_path / "anew.db") == columns(earlier)


def test_a_column_that_has_to_have_a_value_gets_its_default(sandboxes: Sandboxes, earlier: Path) -> None:
    engine = create_engine(f"sqlite:///{earlier}")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE sequence DROP COLUMN deleted"))
    engine.dispose()
    open_engine(f"sqlite:///{earlier}").dispose()
    assert [False, False] == [one.deleted for one in sandboxes().workspace_record().sequences]
