"""Stories are added to a file: each event once, nothing that stands there is changed, whatever breaks off."""

import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import loans, operations, story_file
from journal.database import Journal, _engine
from journal.exporting import Added, export
from journal.outcomes import Outcomes
from models.errors import InvalidInput
from models.names import Names
from tests.examples import often
from tests.journal.journals import ON_BOTH
from tests.journal.stories import AT_ONCE, BLOCK, WEEKS, after, begun, change, end, everything, with_contacts

NAMES = ("a", "b", "c", "d")


def added_to(journal: Journal, path: Path) -> tuple[int, int]:
    """How many operations and events an export added to a file."""
    found = export(journal, "--export", path)
    return found.operations, found.events


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def kinds(path: Path) -> list[tuple[str, int, str]]:
    return [(line["operation_id"], line["seq"], line["what"]) for line in lines_of(path)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "operations.jsonl"


@ON_BOTH
def test_every_event_of_every_operation_that_ended_is_a_line(journal: Journal, path: Path) -> None:
    everything(journal, "first")
    begun(journal, "second")
    assert Added(str(path), 1, 15, False) == export(journal, "--export", path)
    found = lines_of(path)
    assert list(range(1, 16)) == [line["seq"] for line in found]
    assert {("first", "sandbox", "ownership-change")} == {
        (line["operation_id"], line["workspace"], line["procedure"]) for line in found
    }
    assert 2 == sum(line["what"] == "contact" for line in found)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


@ON_BOTH
def test_what_is_in_it_is_not_written_again(journal: Journal, path: Path) -> None:
    everything(journal, "first")
    begun(journal, "second")
    added_to(journal, path)
    before = path.read_bytes()
    assert (0, 0) == added_to(journal, path)
    end(journal, "second")
    assert (1, 3) == added_to(journal, path)
    assert path.read_bytes().startswith(before)
    assert [("second", 1, "begun"), ("second", 2, "planned"), ("second", 3, "ended")] == kinds(path)[15:]


def test_what_came_after_an_end_is_added_and_counted_on(journal: Journal, path: Path) -> None:
    begun(journal)
    lent = loans.take(journal, "first", "sandbox", BLOCK, WEEKS, AT_ONCE, after(2), after(99))
    end(journal, status="failed")
    added_to(journal, path)
    loans.release(journal, lent.id or 0, "first", after(90))  # a sweep finds it
    loans.close(journal, lent.id or 0, lambda loan: "returned", after(91))
    assert (1, 2) == added_to(journal, path)
    assert [("first", 5, "let_go"), ("first", 6, "given_back")] == kinds(path)[4:]
    assert (0, 0) == added_to(journal, path)


def test_of_an_operation_that_went_on_what_is_new_is_added(journal: Journal, path: Path) -> None:
    begun(journal)
    with_contacts(journal)
    change(journal, "first", "pia", at=3, made=4)
    row = end(journal, status="failed")
    added_to(journal, path)
    before = len(lines_of(path))
    operations.begin_again(journal, row)
    assert (0, 0) == added_to(journal, path)  # it has not ended
    change(journal, "first", "quin", at=70, made=71)
    Outcomes(journal, "first").record_rest("failed", Names(), "")
    end(journal, at=80)
    assert 1 == added_to(journal, path)[0]
    new = lines_of(path)[before:]
    assert ["enroll", "read_back", "contact", "contact", "ended"] == [line["what"] for line in new]
    assert ("completed", 2) == (new[-1]["state"], new[-1]["after"]["attempt"])
    assert (0, 0) == added_to(journal, path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of operations with all sorts of stories, none of which has ended."""
    file = tmp_path_factory.mktemp("prepared") / "journal.db"
    journal = Journal(f"sqlite:///{file}")
    for number, name in enumerate(NAMES):
        everything(journal, name)
        operations.update(journal, name, status="running", ended_at=None)
        for at in range(number):
            change(journal, name, f"more {at}", at=50, made=50)
    journal.engine.dispose()
    _engine.cache_clear()
    return file


@pytest.fixture
def copies(prepared: Path, tmp_path: Path) -> Iterator[Iterator[tuple[Journal, Path]]]:
    """Each time another copy of that journal, and a folder beside it."""

    def made() -> Iterator[tuple[Journal, Path]]:
        for number in count():
            folder = tmp_path / str(number)
            folder.mkdir()
            shutil.copyfile(prepared, folder / "journal.db")
            journal = Journal(f"sqlite:///{folder / 'journal.db'}")
            yield journal, folder
            journal.engine.dispose()
            _engine.cache_clear()

    made_here = made()
    yield made_here
    made_here.close()


@often(15, thorough=200)
@given(order=st.permutations(NAMES), exported=st.lists(st.booleans(), min_size=4, max_size=4))
def test_however_often_it_is_made_meanwhile_the_file_is_that_of_one_export_at_the_end(
    copies: Iterator[tuple[Journal, Path]], order: list[str], exported: list[bool]
) -> None:
    journal, folder = next(copies)
    for name, is_exported in zip(order, exported, strict=True):
        end(journal, name)
        if is_exported:
            export(journal, "--export", folder / "bit by bit")
    export(journal, "--export", folder / "bit by bit")
    export(journal, "--export", folder / "at once")
    assert (folder / "at once").read_bytes() == (folder / "bit by bit").read_bytes()
    assert order == list(dict.fromkeys(line["operation_id"] for line in lines_of(folder / "at once")))


@often(40, thorough=400)
@given(data=st.data())
def test_a_file_that_was_cut_short_anywhere_is_gone_on_with(
    copies: Iterator[tuple[Journal, Path]], data: st.DataObject
) -> None:
    journal, folder = next(copies)
    for name in NAMES[:2]:
        end(journal, name, at=40.5)  # a loan goes back afterwards
    file = folder / "it"
    export(journal, "--export", file)
    whole = file.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    file.write_bytes(whole[:cut])
    added = export(journal, "--export", file)
    assert whole == file.read_bytes()
    assert added.mended == (whole[:cut] != b"" and not whole[:cut].endswith(b"\n"))


@pytest.mark.parametrize(
    "content",
    [
        b"email,outcome\npia@x.test,enrolled\n",
        b'{"operation_id": "first", "seq": 1, "at": null, "what": "begun", "who": null}\n{"name": "else"}\n',
        b"\n",
        b"a note without an end of line",
        b"SQLite format 3\0 and so on",
    ],
)
def test_a_file_of_something_else_is_refused_and_left_as_it_is(journal: Journal, path: Path, content: bytes) -> None:
    everything(journal)
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        export(journal, "--export", path)
    assert ("--export", content) == (refused.value.field, path.read_bytes())


def test_a_folder_a_missing_folder_and_a_device_are_refused(journal: Journal, tmp_path: Path) -> None:
    everything(journal)
    for path in (tmp_path, tmp_path / "none/it.jsonl", Path(os.devnull)):
        with pytest.raises(InvalidInput, match="--export"):
            export(journal, "--export", path)
    assert not (tmp_path / "none").exists()


def test_one_that_another_export_adds_to_is_refused(journal: Journal, path: Path) -> None:
    everything(journal)
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(InvalidInput, match="another process adds to"):
            export(journal, "--export", path)
    assert 15 == added_to(journal, path)[1]


def test_where_the_disk_is_full_nothing_of_it_stays(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(journal)
    added_to(journal, path)
    before = path.read_bytes()
    everything(journal, "second")
    monkeypatch.setattr(story_file, "WRITTEN_AT_ONCE", 100)
    write, written = os.write, count()

    def full(number: int, data: bytes) -> int:
        if next(written) == 3:
            raise OSError(28, "No space left on device")
        return write(number, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InvalidInput, match="No space left on device"):
        export(journal, "--export", path)
    assert before == path.read_bytes()
    monkeypatch.undo()
    assert (1, 15) == added_to(journal, path)


def test_names_of_any_characters_stay_in_their_line(journal: Journal, path: Path) -> None:
    begun(journal, "first", subject='a "name"\nof \x1b two', parameters={"what": 'x", "what": "ended"', "é": "\u2028"})
    end(journal)
    added_to(journal, path)
    assert ["begun", "planned", "ended"] == [line["what"] for line in lines_of(path)]
    assert (0, 0) == added_to(journal, path)
