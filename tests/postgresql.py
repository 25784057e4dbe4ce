"""Databases of their own for tests, on the PostgreSQL that they share (the fixture `postgresql`)."""

from sqlalchemy import create_engine, text


def new_database(server: str, name: str) -> str:
    """The address of an empty database, in the place of one that had this name; both as people write them."""
    admin = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")
