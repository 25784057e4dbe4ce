"""Commands that write a file where the user says: on a full disk, into no folder, through a link, to a device."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Handoff
from tests.conftest import Sandboxes
from tests.full_disk import full_disk
from tests.platforms.in_process import KEY, emulator
from tests.platforms.serving import served
from tests.workspaces import running, workspace

HANDOFF = Path(sys.executable).with_name("handoff")
WRITERS = {
    "dump": ("sandbox", "dump", "FILE"),
    "csv-out": ("explain", "--csv", "WHO", "--sequence", "Website visitors", "--csv-out", "FILE"),
}


@pytest.fixture
def team(handoff: Handoff, tmp_path: Path) -> Handoff:
    """The command line with a made-up team, and a file of many addresses to ask about."""
    who = (f"somebody-{number}@elsewhere.test\n" for number in range(1500))
    (tmp_path / "who.csv").write_text("email\n" + "".join(who))
    assert 0 == handoff("sandbox", "reset", "--contacts", "300", "--seed", "7").code
    return handoff


@pytest.fixture(params=WRITERS)
def command(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, ...]:
    """A command that writes to FILE."""
    return tuple(str(tmp_path / "who.csv") if word == "WHO" else word for word in WRITERS[request.param])


def to(command: tuple[str, ...], path: Path) -> list[str]:
    return [str(path) if word == "FILE" else word for word in command]


def test_a_full_disk_is_refused_and_leaves_the_file_before(
    team: Handoff, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with full_disk(tmp_path / "disk") as disk:
        file = disk.folder / "out"
        file.write_text("precious\n")
        said = disk.run(HANDOFF, *to(command, file), env=dict(os.environ))
        assert (2, "precious\n") == (said.returncode, file.read_text()), said.stderr
        assert f"{file} cannot be written (" in said.stderr
        assert [file] == list(disk.folder.iterdir())


def test_a_folder_that_is_not_there_is_not_made(team: Handoff, tmp_path: Path, command: tuple[str, ...]) -> None:
    said = team(*to(command, tmp_path / "none" / "out"))
    assert (2, True) == (said.code, f"there is no folder {tmp_path / 'none'}" in said.err), said.err
    assert not (tmp_path / "none").exists()


def test_a_folder_is_no_file(team: Handoff, tmp_path: Path, command: tuple[str, ...]) -> None:
    said = team(*to(command, tmp_path))
    assert (2, True) == (said.code, f"{tmp_path} is a folder. Name a file in it" in said.err), said.err


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a device")
def test_a_device_stays_a_device(team: Handoff, tmp_path: Path, command: tuple[str, ...]) -> None:
    null = tmp_path / "null"
    os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    assert 0 == team(*to(command, null)).code
    assert null.is_char_device()


def test_a_link_is_followed(team: Handoff, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "link").symlink_to("file")
    assert 0 == team(*to(command, tmp_path / "link")).code
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").stat().st_size > 1000


def test_a_file_elsewhere_has_the_mode_of_the_users_umask(
    team: Handoff, tmp_path: Path, command: tuple[str, ...]
) -> None:
    before = os.umask(0o027)
    try:
        assert 0 == team(*to(command, tmp_path / "out")).code
    finally:
        os.umask(before)
    assert 0o640 == stat.S_IMODE((tmp_path / "out").stat().st_mode)


@pytest.fixture
def unify(sandboxes: Sandboxes, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A live workspace to pull a twin of."""
    people = [f"p{number}@x.test" for number in range(200)]
    live = sandboxes(workspace(people=people, enrollments=[running(person) for person in people]), name="live")
    with served(emulator(live)) as address:
        monkeypatch.setenv("UNIFY_BASE_URL", address)
        monkeypatch.setenv("UNIFY_API_KEY", KEY.get_secret_value())
        yield


@pytest.mark.usefixtures("unify")
def test_a_twin_is_pulled_into_a_file_in_a_folder_that_is_there(handoff: Handoff, tmp_path: Path) -> None:
    pull = ("twin", "pull", "--workspace", "unify", "--into")
    for path, why in (
        (tmp_path / "none" / "t.db", "there is no folder"),
        (tmp_path, "is no file"),
        (Path(os.devnull), "is no file"),
    ):
        said = handoff(*pull, str(path))
        assert (2, True) == (said.code, f"--into: {path}" in said.err and why in said.err), said.err
    assert not (tmp_path / "none").exists()
    assert Path(os.devnull).is_char_device()


@pytest.mark.usefixtures("unify")
def test_a_twin_that_finds_the_disk_full_is_refused_and_no_secret_is_told(home: Path, tmp_path: Path) -> None:
    with full_disk(tmp_path / "disk") as disk:
        file = disk.folder / "t.db"
        said = disk.run(HANDOFF, "twin", "pull", "--workspace", "unify", "--into", file, env=dict(os.environ))
        assert (2, True) == (said.returncode, f"--into: {file} cannot be written (" in said.stderr), said.stderr
        assert KEY.get_secret_value() not in said.stderr
