"""What is no regular file, is too large or is broken is refused at once, with where and what would help."""

import os
import socket
from pathlib import Path

import pytest

from inputs.contacts_csv import parse_contacts, read_contacts
from models.errors import InvalidInput

SCREEN = 80 * 24


def refused(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_contacts(path)
    assert len(str(caught.value)) < SCREEN
    return str(caught.value)


@pytest.mark.timeout(20)
def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is a pipe. Write what comes through it into a file" in refused(tmp_path / "pipe.csv")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused_at_once(device: str) -> None:
    assert "is a device" in refused(Path(device))


def test_a_socket_and_a_link_to_a_directory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's address has a hundred characters at most
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.csv")
        assert "is a socket" in refused(tmp_path / "socket.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path, target_is_directory=True)
    assert "is a directory. Give the CSV file inside it" in refused(tmp_path / "link.csv")


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 300 + ".csv"])
def test_a_path_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in refused(tmp_path / name)


def test_a_file_over_the_limit_is_refused_with_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.csv"
    path.write_text("email\n" + "a@x.test\n" * 200_000)
    monkeypatch.setenv("HANDOFF_MAX_CSV_MB", "1")
    assert "is 2 MB large, more than the 1 MB that are read. Split it" in refused(path)
    monkeypatch.setenv("HANDOFF_MAX_CSV_MB", "2")
    assert 1 == len(read_contacts(path).contacts)


def test_one_broken_byte_is_told_with_its_line_and_what_stands_before_it(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes("name,email\nZoë,a@x.test\nMüller,b@x.test\nJosé".encode() + b"\xff,c@x.test\n")
    assert "line 4 has the byte 0xff after 'José'. Correct that place" in refused(path)


def test_a_cell_over_the_limit_is_told_with_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inputs.csv_layout.LARGEST_CELL", 1000)
    path = tmp_path / "cell.csv"
    path.write_text("email,note\n" + "a@x.test,\n" * 300 + f'b@x.test,"{"x" * 2000}"\n')
    assert "characters in row 302 (line 302). Close a quote that is left open there" in refused(path)


@pytest.mark.parametrize(
    "text",
    [
        ",".join(f"p{n}@x.test" for n in range(5000)) + "\n",
        ",".join(f"column {n}" for n in range(5000)) + "\n1\n",
        ",".join(["Email"] * 5000) + "\n" + ",".join(["a@x.test"] * 5000),
        "x" * 100_000 + "\n",
    ],
)
def test_a_message_is_never_longer_than_a_screen(tmp_path: Path, text: str) -> None:
    (tmp_path / "wide.csv").write_text(text)
    refused(tmp_path / "wide.csv")
    try:
        parse_contacts(text)
    except InvalidInput as error:
        assert len(str(error)) < SCREEN
