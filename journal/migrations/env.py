"""Alembic's entry: migrations run on the connection that the journal gives."""

from alembic import context

from models.tables.journal import JOURNAL_TABLES

connection = context.config.attributes["connection"]
metadata = JOURNAL_TABLES[0].metadata
names = {table.name for table in JOURNAL_TABLES}


def _ours(obj: object, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or name in names


context.configure(connection=connection, target_metadata=metadata, include_object=_ours, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
