"""Our own count of requests, a line a process."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import requests_made
from models.requests_made import NAME, Made, made_in_a_day, note_made

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def made(hours: float, requests: int, query_jobs: int = 1, workspace: str = "unify") -> Made:
    return Made(at=NOW - timedelta(hours=hours), workspace=workspace, requests=requests, query_jobs=query_jobs)


def test_the_last_day_of_a_workspace_is_summed(tmp_path: Path) -> None:
    for one in (made(25, 1_000), made(23, 10, 2), made(1, 5), made(1, 700, workspace="emea")):
        note_made(tmp_path, one)
    found = made_in_a_day(tmp_path, "unify", NOW)
    assert (15, 3) == (found.requests, found.query_jobs)
    assert 0o600 == (tmp_path / NAME).stat().st_mode & 0o777


def test_a_line_that_was_cut_is_passed_over(tmp_path: Path) -> None:
    note_made(tmp_path, made(1, 5))
    with (tmp_path / NAME).open("a") as file:
        file.write('{"at": "2026-')
    assert 5 == made_in_a_day(tmp_path, "unify", NOW).requests


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    note_made(tmp_path / "home", made(1, 5))
    assert not (tmp_path / "home").exists()
    assert 0 == made_in_a_day(tmp_path / "home", "unify", NOW).requests


def test_old_lines_are_left_out_where_the_file_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests_made, "MOST", 100)
    for one in (made(30, 1), made(28, 2), made(0, 3)):
        note_made(tmp_path, one)
    assert 1 == len((tmp_path / NAME).read_text().splitlines())
