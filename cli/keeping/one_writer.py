"""`prefect server start` on a SQLite that lets one write after the other, where it would refuse (decision 0022).

    python -m cli.keeping.one_writer prefect server start …

Most requests of Prefect's server read first and write later, in one transaction. SQLite lets none of them write that
read before somebody else wrote: it answers `database is locked` at once, whatever time-out is set, and Prefect 503 to
a form that was submitted. Here such a transaction waits for its turn to write before it reads (60 s at most, Prefect's
own time-out), as Prefect itself has it do in some places. On PostgreSQL nothing differs.
"""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import set_database_config
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction


class OneWriter(AioSqliteConfiguration):
    """Every transaction that may write begins with BEGIN IMMEDIATE."""

    @asynccontextmanager
    async def begin_transaction(
        self, session: AsyncSession, with_for_update: bool = False
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        async with super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction


def main() -> None:
    url = PREFECT_API_DATABASE_CONNECTION_URL.value()
    if url.startswith("sqlite"):
        set_database_config(OneWriter(connection_url=url))
    from prefect.cli import app

    sys.argv[:2] = ["prefect"]  # what is left are the words of Prefect's own command
    app()


if __name__ == "__main__":
    main()
