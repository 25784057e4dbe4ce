"""The migrations make the tables that the models describe, and can be taken back."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlmodel import select

from journal import operations
from journal.database import HEAD, MIGRATIONS, Journal, _engine
from journal.outcomes import Outcomes
from models.names import Names
from models.tables.journal import JOURNAL_TABLES
from models.tables.owners import OwnerSnapshotRow, SnapshotEnrollmentRow
from tests.journal.journals import ON_BOTH, operation

NAMES = {table.name for table in JOURNAL_TABLES}


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def ours(obj: object, name: str | None, kind: str, *_: Any) -> bool:
    return kind != "table" or name in NAMES


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    assert [HEAD] == ScriptDirectory.from_config(config()).get_heads()


@ON_BOTH
def test_a_migrated_database_is_what_the_models_describe(journal: Journal) -> None:
    with journal.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert [] == compare_metadata(context, JOURNAL_TABLES[0].metadata)
        assert set(inspect(connection).get_table_names()) >= NAMES


@ON_BOTH
def test_both_partial_indices_are_there(journal: Journal) -> None:
    found = inspect(journal.engine)
    assert "one_live_operation" in {index["name"] for index in found.get_indexes("operation")}
    assert "one_open_loan" in {index["name"] for index in found.get_indexes("loan")}


@ON_BOTH
def test_the_migrations_can_be_taken_back_and_made_again(journal: Journal) -> None:
    with journal.engine.begin() as connection:
        command.downgrade(config(connection), "base")
    assert {"alembic_version"} == set(inspect(journal.engine).get_table_names())
    with journal.engine.begin() as connection:
        command.upgrade(config(connection), "head")
    assert set(inspect(journal.engine).get_table_names()) >= NAMES


@ON_BOTH
def test_opening_a_journal_a_second_time_finds_it_as_it_is(journal: Journal) -> None:
    _engine.cache_clear()
    again = Journal(journal.url)
    with again.engine.connect() as connection:
        assert HEAD == MigrationContext.configure(connection).get_current_revision()
    again.engine.dispose()


@ON_BOTH
def test_what_a_night_of_the_release_before_recorded_is_still_there(journal: Journal) -> None:
    with journal.engine.begin() as connection:
        command.downgrade(config(connection), "0004")
        look = "INSERT INTO owner_snapshot (id, workspace, mailbox, running, taken_at) VALUES "
        connection.execute(text(look + "(1, 'sandbox', 'ana@send.acme.test', 1, '2026-11-01 03:00:00')"))
        who = "INSERT INTO snapshot_enrollment (id, snapshot_id, email, sequence) VALUES "
        connection.execute(text(who + "(1, 1, 'pia@x.test', 'Outbound')"))
    _engine.cache_clear()  # opened again, by this release
    again = Journal(journal.url)
    with again.session() as session:
        [seen] = session.exec(select(OwnerSnapshotRow)).all()
        [ran] = session.exec(select(SnapshotEnrollmentRow)).all()
    assert (True, False) == (seen.complete, seen.gone)
    assert (seen.id, "pia@x.test") == (ran.snapshot_id, ran.email)
    again.engine.dispose()


@ON_BOTH
def test_reasons_that_a_release_before_had_joined_are_lists(journal: Journal) -> None:
    joined = {
        "": [],
        "recently_enrolled": ["recently_enrolled"],
        "opted_out;excluded:Customers;excluded:Rivals;no_step_left": [
            "opted_out",
            "excluded:Customers",
            "excluded:Rivals",
            "no_step_left",
        ],
        "excluded:Customers; EU;recently_enrolled": ["excluded:Customers; EU", "recently_enrolled"],
        "the platform said; much": ["the platform said; much"],
    }
    operations.begin(journal, operation("first"))
    with journal.engine.begin() as connection:
        command.downgrade(config(connection), "0007")
        connection.execute(
            text(
                "INSERT INTO outcome (operation_id, email, item, forecast, forecast_reasons, reasons, detail, unknown)"
                " VALUES ('first', :email, '', 'blocked', :reasons, :reasons, '', '')"
            ),
            [{"email": f"p{at}@x.test", "reasons": reasons} for at, reasons in enumerate(joined)],
        )
    _engine.cache_clear()  # opened again, by this release
    again = Journal(journal.url)
    found = Outcomes(again, "first").everything()
    for column in ("forecast_reasons", "reasons"):
        assert [Names(*reasons) for reasons in joined.values()] == found[column].tolist()
    with again.engine.begin() as connection:
        command.downgrade(config(connection), "0007")
        taken_back = connection.execute(text("SELECT reasons FROM outcome ORDER BY id")).scalars().all()
    assert list(joined) == taken_back
    again.engine.dispose()


@ON_BOTH
def test_an_operation_that_a_release_before_ended_has_no_real_end(journal: Journal) -> None:
    operations.begin(journal, operation("first"))
    with journal.engine.begin() as connection:
        command.downgrade(config(connection), "0008")
        connection.execute(text("UPDATE operation SET status = 'completed', ended_at = started_at"))
    _engine.cache_clear()  # opened again, by this release
    again = Journal(journal.url)
    found = operations.get(again, "first")
    assert found is not None
    assert (found.started_at, None) == (found.ended_at, found.recorded_end_at)
    again.engine.dispose()
