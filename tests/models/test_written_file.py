"""Files are written whole or not at all, wherever they are and whatever is there."""

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import InvalidInput
from models.privacy import owner_only
from models.written_file import appended, named_file, named_private_file, our_file, write_text
from tests.full_disk import ROOM, full_disk

FROM = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from models.written_file import appended, our_file
path, how = Path(sys.argv[1]), sys.argv[2]
try:
    if how == "append":
        appended(b"x" * 200_000, path)
    else:
        with our_file(path) as file:
            file.write("x" * 200_000)
except OSError as error:
    print(error.errno)
"""


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write_named(path: Path, text: str = "new\n") -> None:
    with named_file("--csv-out", path) as file:
        file.write(text)


@pytest.fixture
def umask() -> Iterator[int]:
    """The user's umask in these tests: others may read, the group may write too."""
    before = os.umask(0o002)
    yield 0o002
    os.umask(before)


@pytest.mark.parametrize("how", ["replace", "append"])
def test_a_disk_that_is_full_leaves_what_was_there(tmp_path: Path, how: str) -> None:
    with full_disk(tmp_path / "disk") as disk:
        path = write_text("old\n", disk.folder / "out.csv")
        said = disk.run(sys.executable, "-c", WRITER, path, how, env={"PYTHONPATH": str(FROM)})
        assert int(said.stdout) in (errno.ENOSPC, errno.EFBIG), said.stderr
        assert "old\n" == path.read_text()
        assert [path] == list(disk.folder.iterdir())
    assert ROOM < 200_000


def test_whoever_reads_meanwhile_has_the_file_before(tmp_path: Path) -> None:
    path = write_text("old\n", tmp_path / "out.csv")
    with our_file(path) as file:
        file.write("new\n")
        file.flush()
        assert "old\n" == path.read_text()
    assert "new\n" == path.read_text()


def test_what_breaks_off_leaves_the_file_before_and_nothing_else(tmp_path: Path) -> None:
    path = write_text("old\n", tmp_path / "out.csv")
    with pytest.raises(ZeroDivisionError), our_file(path) as file:
        file.write(str(1 / 0))
    assert [path] == list(tmp_path.iterdir())
    assert "old\n" == path.read_text()


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link, chain = tmp_path / "far" / "out.csv", tmp_path / "link.csv", tmp_path / "chain.csv"
    link.symlink_to("far/out.csv")  # which is not there yet
    chain.symlink_to(link)
    for path, text in ((link, "one\n"), (chain, "two\n")):
        write_named(path, text)
        assert text == target.read_text()
        assert link.is_symlink()
        assert chain.is_symlink()
    assert [target] == list((tmp_path / "far").iterdir())


def test_a_link_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(InvalidInput, match=r"--csv-out: .*a cannot be written .Too many levels of symbolic links"):
        write_named(tmp_path / "a")


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_named(pipe, "through\n")
    reader.join(10)
    assert ["through\n"] == read
    assert pipe.is_fifo()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a device")
def test_a_device_is_written_to_and_stays_a_device(tmp_path: Path) -> None:
    null, full = tmp_path / "null", tmp_path / "full"
    os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.mknod(full, stat.S_IFCHR | 0o666, os.makedev(1, 7))
    write_named(null)
    with pytest.raises(InvalidInput, match=r"full cannot be written .No space left on device"):
        write_named(full)
    assert null.is_char_device()
    assert full.is_char_device()


def test_what_is_open_already_is_written_to(tmp_path: Path) -> None:
    command = (
        "from pathlib import Path; from models.written_file import named_file\n"
        "with named_file('FILE', Path('/dev/stdout')) as file: file.write('out\\n')"
    )
    with (tmp_path / "redirected").open("w") as out:
        subprocess.run([sys.executable, "-c", command], stdout=out, cwd=FROM, check=True)
    piped = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, cwd=FROM, check=True)
    assert "out\n" == (tmp_path / "redirected").read_text() == piped.stdout
    assert [tmp_path / "redirected"] == list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_made_for_ours_and_refused_where_a_user_named_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"there is no folder .*none. Make it, or name another place"):
        write_named(tmp_path / "none" / "out.csv")
    assert [] == list(tmp_path.iterdir())
    write_text("ours\n", tmp_path / "one" / "two" / "out.csv")
    assert {0o700} == {mode_of(tmp_path / "one"), mode_of(tmp_path / "one" / "two")}


def test_a_folder_is_refused_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=f"--csv-out: {tmp_path} is a folder. Name a file in it"):
        write_named(tmp_path)


def test_a_place_that_cannot_be_is_refused_with_its_reason(tmp_path: Path) -> None:
    file = write_text("", tmp_path / "file")
    for path, why in ((file / "out.csv", "Not a directory"), (tmp_path / ("x" * 300), "File name too long")):
        with pytest.raises(InvalidInput, match=f"cannot be written .{why}.. Choose another place"):
            write_named(path)


def test_a_name_as_long_as_the_disk_takes_is_taken(tmp_path: Path) -> None:
    write_named(tmp_path / ("x" * 255))
    assert ["x" * 255] == [path.name for path in tmp_path.iterdir()]


def test_only_the_owner_reads_ours_also_where_the_one_before_was_open(tmp_path: Path, umask: int) -> None:
    path = write_text("a\n", tmp_path / "ours")
    assert 0o600 == mode_of(path)
    path.chmod(0o644)
    write_text("b\n", path)
    assert 0o600 == mode_of(path)


def test_a_file_that_a_user_named_has_the_mode_of_the_users_umask_or_keeps_its_own(tmp_path: Path, umask: int) -> None:
    plain, within = tmp_path / "plain", tmp_path / "within"
    write_named(plain)
    with owner_only():
        write_named(within)
    assert [0o664, 0o664] == [mode_of(plain), mode_of(within)]
    plain.chmod(0o640)
    with owner_only():
        write_named(plain)
    assert 0o640 == mode_of(plain)


def test_a_private_file_is_the_owners_only_whatever_was_there(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "backup"
    write_named(path)
    with named_private_file("FILE", path) as file:
        file.write(b"new")
        assert {0o600} == {mode_of(found) for found in tmp_path.glob(".handoff-*")}
    assert (0o600, b"new") == (mode_of(path), path.read_bytes())


def test_what_is_added_comes_after_what_is_there(tmp_path: Path) -> None:
    path = write_text("one\n", tmp_path / "out")
    appended(b"two\n", path)
    assert "one\ntwo\n" == path.read_text()
