"""A backup has journal and sandbox as they were at one instant, whatever is written meanwhile."""

import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from journal.backup import ABOUT, JOURNAL, SANDBOX, copies, pack

WRITER = """
import sqlite3, sys
journal, sandbox = (sqlite3.connect(path, timeout=60, isolation_level=None) for path in sys.argv[1:])
number = 0
print("writing", flush=True)
while True:
    number += 1
    journal.execute("INSERT INTO intended VALUES (?)", [number])
    sandbox.execute("INSERT INTO done VALUES (?)", [number])
    journal.execute("INSERT INTO known VALUES (?)", [number])
"""


def make(path: Path, *tables: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        for table in tables:
            database.execute(f"CREATE TABLE {table} (number INTEGER PRIMARY KEY)")
    return path


def numbers(path: Path, table: str) -> set[int]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        return {number for (number,) in database.execute(f"SELECT number FROM {table}")}


def test_what_is_done_was_written_down_before_and_what_is_known_is_done_while_a_run_writes(tmp_path: Path) -> None:
    journal, sandbox = make(tmp_path / "journal.db", "intended", "known"), make(tmp_path / "sandbox.db", "done")
    writer = subprocess.Popen([sys.executable, "-c", WRITER, journal, sandbox], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout
        assert "writing\n" == writer.stdout.readline()
        sizes = []
        for _ in range(25):
            with copies(journal, sandbox, tmp_path) as found:
                intended, known = (numbers(found[JOURNAL], table) for table in ("intended", "known"))
                done = numbers(found[SANDBOX], "done")
            assert known <= done <= intended
            assert len(intended) - len(known) <= 1
            sizes.append(len(done))
    finally:
        writer.kill()
        writer.communicate()
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1], "nothing was written meanwhile"


def test_what_is_in_the_log_beside_the_database_is_in_the_copy_which_is_whole_by_itself(tmp_path: Path) -> None:
    journal = make(tmp_path / "journal.db", "intended")
    with closing(sqlite3.connect(journal, isolation_level=None)) as kept_open:
        kept_open.execute("INSERT INTO intended VALUES (1)")
        assert (tmp_path / "journal.db-wal").stat().st_size
        with copies(journal, None, tmp_path) as found:
            assert {JOURNAL} == set(found)
            assert [found[JOURNAL]] == list(found[JOURNAL].parent.iterdir())
            assert {1} == numbers(found[JOURNAL], "intended")
            assert 0o600 == stat.S_IMODE(found[JOURNAL].stat().st_mode)
            folder = found[JOURNAL].parent
    assert not folder.exists()


def test_a_database_that_is_damaged_or_not_there_is_told(tmp_path: Path) -> None:
    damaged = tmp_path / "journal.db"
    damaged.write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError), copies(damaged, None, tmp_path):
        pass
    with pytest.raises(sqlite3.OperationalError), copies(tmp_path / "none.db", None, tmp_path):
        pass
    assert [damaged] == list(tmp_path.iterdir())


def test_a_pack_unpacks_with_the_rights_of_its_owner_only(tmp_path: Path) -> None:
    journal, packed = make(tmp_path / "journal.db", "intended"), io.BytesIO()
    pack({JOURNAL: journal}, {"release": "1"}, packed)
    with zipfile.ZipFile(packed) as found:
        assert found.testzip() is None
        assert [ABOUT, JOURNAL] == found.namelist()
        assert {0o600} == {entry.external_attr >> 16 for entry in found.infolist()}
        assert {"made_at", "release"} == set(json.loads(found.read(ABOUT)))
        assert journal.read_bytes() == found.read(JOURNAL)


def test_a_pack_goes_through_a_pipe(tmp_path: Path) -> None:
    journal = make(tmp_path / "journal.db", "intended")
    out, into = os.pipe()
    with os.fdopen(into, "wb") as file:
        os.set_blocking(into, True)
        pack({JOURNAL: journal}, {}, file)
    with os.fdopen(out, "rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as found:
        assert journal.read_bytes() == found.read(JOURNAL)
