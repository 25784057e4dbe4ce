"""`requests.jsonl` in the home: how many requests and query jobs each process made of a workspace over its API.

A line a process, written at its end: one that was killed is not counted. Lines of the last day are kept.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from models.privacy import FILE
from models.written_file import write_text

NAME = "requests.jsonl"
A_DAY = timedelta(days=1)
MOST = 500_000  # bytes; some 4,000 lines


class Made(BaseModel):
    """What one process asked until it ended."""

    at: AwareDatetime
    workspace: str
    requests: int
    query_jobs: int


def note_made(home: Path, made: Made) -> None:
    """Add a line; nothing where there is no home, or it takes no more."""
    with suppress(OSError):
        path = home / NAME
        if path.exists() and path.stat().st_size > MOST:
            kept = (one for one in _read(path) if one.at > made.at - A_DAY)
            write_text("".join(f"{one.model_dump_json()}\n" for one in kept), path)
        if home.is_dir():
            number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE)
            try:
                os.write(number, f"{made.model_dump_json()}\n".encode())
            finally:
                os.close(number)


def made_in_a_day(home: Path, workspace: str, now: datetime) -> Made:
    """The sums of the last day."""
    found = [one for one in _read(home / NAME) if one.workspace == workspace and now - A_DAY < one.at <= now]
    requests, query_jobs = sum(one.requests for one in found), sum(one.query_jobs for one in found)
    return Made(at=now, workspace=workspace, requests=requests, query_jobs=query_jobs)


def _read(path: Path) -> Iterator[Made]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValidationError):  # one that was cut
            yield Made.model_validate_json(line)
