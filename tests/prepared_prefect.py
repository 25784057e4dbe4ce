"""What is made ready once for all tests: a Prefect home, since to migrate a new database takes a server a third of its
start, and a short list of certificates, since each client of Prefect's reads all of them, also to ask over plain HTTP.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

import certifi

CACHE = Path(__file__).parents[1] / ".pytest_cache"
DATABASE = "prefect.db"


def copy_into(home: Path, start_and_stop: Callable[[Path], None]) -> None:
    """Give a Prefect home that has no database yet a copy of the prepared one.

    `start_and_stop` starts a server in a home and stops it: the prepared one is made so, once for a version of Prefect.
    """
    if (home / DATABASE).exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    for file in _prepared(start_and_stop).iterdir():
        shutil.copyfile(file, home / file.name)


def short_list_of_certificates() -> str:
    """A file with the first of the authorities that Prefect's clients trust: enough where all servers are at home."""
    file = CACHE / "one-authority.pem"
    with _alone("certificates"):
        if not file.exists():
            end = "-----END CERTIFICATE-----\n"
            made = file.with_suffix(".new")
            made.write_text(Path(certifi.where()).read_text(encoding="utf-8").partition(end)[0] + end)
            made.rename(file)
    return str(file)


def _prepared(start_and_stop: Callable[[Path], None]) -> Path:
    folder = CACHE / f"prefect-{version('prefect')}"
    with _alone("prefect"):
        if not folder.exists():
            made = Path(tempfile.mkdtemp(dir=CACHE))
            start_and_stop(made / "home")
            with closing(sqlite3.connect(made / "home" / DATABASE)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (made / "kept").mkdir()
            for name in (DATABASE, "memo_store.toml"):  # the second: which blocks are registered already
                if (made / "home" / name).exists():
                    shutil.copyfile(made / "home" / name, made / "kept" / name)
            (made / "kept").rename(folder)
            shutil.rmtree(made)
    return folder


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """Several processes run tests at once: one of them prepares, the others wait for it. The server that makes the
    prepared home needs the certificates meanwhile, so each thing has a lock of its own."""
    CACHE.mkdir(exist_ok=True)
    lock = os.open(CACHE / f"{what}.lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
