"""What `handoff up` gives its server, and what only its server gets."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from cli.keeping.commands import environment, server_environment
from models.errors import InvalidInput
from models.settings import Settings

URL = "PREFECT_SERVER_DATABASE_CONNECTION_URL"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without `.env`, with none of these in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in (URL, "HANDOFF_SERVER_DATABASE_URL", "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING"):
        monkeypatch.delenv(name, raising=False)


def settings(url: str | None = None) -> Settings:
    return Settings(home=Path("home"), server_database_url=SecretStr(url) if url is not None else None)


def given(settings: Settings) -> dict[str, str]:
    return environment(settings, "http://127.0.0.1:4200/api", "http://127.0.0.1:4201", "x600")


@pytest.mark.parametrize(
    ("written", "for_prefect"),
    [
        ("postgresql://olga:pass@db/prefect", "postgresql+asyncpg://olga:pass@db/prefect"),
        ("postgres://postgres:pass@db/prefect", "postgresql+asyncpg://postgres:pass@db/prefect"),
        ("postgresql+psycopg://olga@db:5433/prefect", "postgresql+asyncpg://olga@db:5433/prefect"),
        (
            "postgresql://postgres:p%40ss@/prefect?host=/run/pg",
            "postgresql+asyncpg://postgres:p%40ss@/prefect?host=%2Frun%2Fpg",
        ),
        ("postgresql://olga@db/prefect?sslmode=require", "postgresql+asyncpg://olga@db/prefect?ssl=require"),
    ],
)
def test_the_address_of_a_postgresql_is_taken_as_people_write_it(written: str, for_prefect: str) -> None:
    assert for_prefect == server_environment(settings(written), {})[URL]


@pytest.mark.parametrize(
    "written", ["sqlite:///hidden.db", "mysql://olga:hidden@db/prefect", "hidden", "postgresql://olga:hidden@db"]
)
def test_another_address_is_refused_and_not_told(written: str) -> None:
    with pytest.raises(
        InvalidInput, match="HANDOFF_SERVER_DATABASE_URL: is not the address of a PostgreSQL"
    ) as refused:
        server_environment(settings(written), {})
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("written", [None, ""])
def test_without_one_the_server_keeps_its_sqlite_in_the_home(written: str | None) -> None:
    assert URL not in server_environment(settings(written), {})


def test_the_database_is_given_to_nobody_but_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_SERVER_DATABASE_URL", "postgresql://olga:pass@db/prefect")
    env = given(Settings())
    assert [] == [name for name, value in env.items() if "olga:pass" in value]


def test_whoever_belongs_to_a_server_that_asks_who_is_there_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PREFECT_API_AUTH_STRING" not in given(settings())
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "olga:secret")
    assert "olga:secret" == given(settings())["PREFECT_API_AUTH_STRING"]


def test_so_they_can_where_it_stands_in_the_file_of_settings() -> None:
    Path(".env").write_text("PREFECT_SERVER_API_AUTH_STRING=olga:secret\n", encoding="utf-8")
    assert "olga:secret" == given(settings())["PREFECT_API_AUTH_STRING"]


def test_what_was_set_for_clients_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "bo:another")
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "olga:secret")
    assert "bo:another" == given(settings())["PREFECT_API_AUTH_STRING"]


@pytest.mark.parametrize("name", ["what?x=1", "50%25", "a#b"])
def test_in_a_home_of_any_name_the_server_keeps_its_sqlite_there(tmp_path: Path, name: str) -> None:
    address = server_environment(settings(), {"PREFECT_HOME": str(tmp_path / name)})[URL]
    assert str(tmp_path / name / "prefect.db") == make_url(address).database
