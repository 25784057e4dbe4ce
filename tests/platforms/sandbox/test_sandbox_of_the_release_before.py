"""A sandbox that the release before made goes on: its tables get what they lack when it is opened."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from models.changes import Enroll, OutOfOffice
from models.records import Life
from platforms.sandbox.behaviour.record_writes import add_record
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.store import open_engine
from tests.conftest import Sandboxes
from tests.workspaces import ANAS_MAILBOX, OUTBOUND

# What that release left: six people fell out of a sequence. One of them was paused when they did.
BEFORE = (Path(__file__).parents[2] / "homes" / "0004" / "sandbox.sql").read_text("utf-8")
PAUSED = "INSERT INTO enrollment_pause VALUES (1, TRUE, 1793437300);"
FELL_OUT, NEW = [f"p{number}@x.test" for number in range(6)], "new@x.test"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The database, under the name by which `sandboxes()` opens it."""
    path = tmp_path / "sandbox.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(BEFORE + PAUSED)
    return path


def columns(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        sql = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        return set(database.execute(sql))


def test_it_goes_on_with_all_that_is_in_it(sandboxes: Sandboxes, earlier: Path) -> None:
    sandbox = sandboxes()
    found = sandbox.workspace_record()
    assert Life() == found.life
    assert [(who, "canceled", who == FELL_OUT[0], None) for who in FELL_OUT] == [
        (one.person, one.state, one.paused, one.paused_until) for one in found.enrollments
    ]
    back = sandbox.now() + timedelta(days=5)
    with sandbox.work() as work:
        add_record(work, "person", {"email": NEW})
    sandbox.apply(Enroll(person=NEW, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    sandbox.apply(OutOfOffice(person=NEW, until=back))
    assert (True, back) == pause_of_new(sandbox)
    sandbox.advance(back)
    assert (False, None) == pause_of_new(sandbox)


def pause_of_new(sandbox: Sandbox) -> tuple[bool, datetime | None]:
    [one] = [one for one in sandbox.workspace_record().enrollments if one.person == NEW]
    return one.paused, one.paused_until


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
    assert {False} == {one.deleted for one in sandboxes().workspace_record().sequences}
