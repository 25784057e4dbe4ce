"""What a copy remembers of where it comes from: how far each of its parts is, and which id became which row.

Kept in tables of their own beside the workspace's, which stay as the sandbox has them. A copy is a file of SQLite.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from platforms.sandbox.store import Work, from_json

TABLES = """
    CREATE TABLE IF NOT EXISTS copy_of (
        workspace TEXT NOT NULL, finished_at INTEGER, whole INTEGER NOT NULL, settings TEXT NOT NULL DEFAULT '[]');
    CREATE TABLE IF NOT EXISTS copy_part (
        object TEXT PRIMARY KEY, complete_up_to INTEGER, reached INTEGER, done INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS copy_key (
        object TEXT NOT NULL, id TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (object, id)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS copy_enrollment (
        id INTEGER PRIMARY KEY, ended_as TEXT NOT NULL, excluded INTEGER NOT NULL DEFAULT 0, lowest INTEGER,
        begun INTEGER NOT NULL DEFAULT 0)"""
NAMES = ("copy_of", "copy_part", "copy_key", "copy_enrollment")


Keys = dict[str | None, int]
"""Rows by the ids of what they were copied from. None is nobody's id: `get` gives None for it."""


@dataclass(frozen=True)
class Part:
    """One object's part of a copy. `complete_up_to` is the instant of the other platform up to which all changes are
    here; `reached` is the `updated_at` up to which a part that was cut short has come, where it came in that order."""

    complete_up_to: int | None
    reached: int | None
    done: bool


@dataclass(frozen=True)
class Origin:
    """Whose copy it is, whether it is complete since when (None: it was cut short), and which of its settings were
    added from a file."""

    workspace: str
    finished_at: int | None
    whole: bool
    settings: tuple[str, ...]


def make_tables(work: Work) -> None:
    """The tables, where they are missing."""
    for statement in TABLES.split(";"):
        work.connection.exec_driver_sql(statement)


def forget(work: Work) -> None:
    """Begin with nothing remembered."""
    for name in NAMES:
        work.run(f"DELETE FROM {name}")


def origin(work: Work) -> Origin | None:
    """Whose copy it is; None where nobody has begun one."""
    row = work.one("SELECT workspace, finished_at, whole, settings FROM copy_of")
    if row is None:
        return None
    settings = tuple(from_json(row["settings"]))
    return Origin(row["workspace"], row["finished_at"], bool(row["whole"]), settings)


def part(work: Work, name: str) -> Part:
    """How far an object's part is."""
    row = work.one("SELECT complete_up_to, reached, done FROM copy_part WHERE object = :name", name=name)
    return Part(row["complete_up_to"], row["reached"], bool(row["done"])) if row else Part(None, None, False)


def reach(work: Work, name: str, reached: int) -> None:
    """Everything of the object that was updated before that instant is here."""
    work.run(
        "INSERT INTO copy_part (object, reached) VALUES (:name, :at) ON CONFLICT (object) DO UPDATE SET reached = :at",
        name=name,
        at=reached,
    )


def complete(work: Work, name: str, up_to: int) -> None:
    """The object's part is done: it was asked for at that instant."""
    work.run(
        "INSERT INTO copy_part (object, complete_up_to, done) VALUES (:name, :at, 1)"
        " ON CONFLICT (object) DO UPDATE SET complete_up_to = :at, reached = NULL, done = 1",
        name=name,
        at=up_to,
    )


def keys(work: Work, name: str, ids: Iterable[str | None]) -> Keys:
    """The rows that these ids became; what is not here is left out, so that `get` gives None for it and for None."""
    found = work.rows(
        "SELECT id, key FROM copy_key WHERE object = :name AND id IN (SELECT value FROM json_each(:ids))",
        name=name,
        ids=as_json({one for one in ids if one is not None}),
    )
    return {row["id"]: row["key"] for row in found}


def note_keys(work: Work, name: str, found: dict[str, int]) -> None:
    """Remember which rows these ids became."""
    if found:
        work.connection.exec_driver_sql(
            "INSERT OR REPLACE INTO copy_key (object, id, key) VALUES (?, ?, ?)",
            [(name, one, key) for one, key in found.items()],
        )


def as_json(values: Iterable[Any]) -> str:
    """Values for `json_each`, which takes any number of them."""
    return json.dumps(list(values))
