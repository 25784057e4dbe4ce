"""No secret, no address of a package index and no path of one machine in any file that is kept.

The needles are put together here, so that this file does not hold them itself.
"""

import subprocess
from pathlib import Path

import pytest

from tests.architecture.source_files import ROOT

NEEDLES = [
    "index-" + "url",
    "find-" + "links",
    "trusted-" + "host",
    "/ro" + "ot/",
    "/wo" + "rk/",
    "/tmp/" + "bash",
    "PRIVATE " + "KEY-----",
]
LEFT_OUT = {".git", ".venv", ".handoff", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"}


def kept_files() -> list[Path]:
    """What git keeps or would keep; without git, everything but environments and caches."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        paths = (path for path in ROOT.rglob("*") if not LEFT_OUT & set(path.relative_to(ROOT).parts))
    else:
        paths = (ROOT / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("needle", NEEDLES, ids=lambda needle: needle.strip("/-").lower().replace(" ", "-"))
def test_no_kept_file_holds(needle: str) -> None:
    found = [path for path in kept_files() if needle.encode() in path.read_bytes()]
    assert [] == [path.relative_to(ROOT).as_posix() for path in found]


def test_the_example_of_settings_holds_no_value_of_a_key() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [] == [line for line in lines if "_KEY=" in line and not line.endswith("_KEY=")]
