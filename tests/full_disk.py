"""A disk that is really full: a small file system of its own where we may mount one, else a limit on files' sizes."""

import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOM = 64 * 1024  # bytes
TIMEOUT = 120  # seconds


@dataclass(frozen=True)
class FullDisk:
    """A folder on a disk with little room; `begin` is what a child process does first, to meet its end."""

    folder: Path
    begin: Callable[[], None] | None

    def run(self, *command: str | Path, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a command that meets this disk."""
        return subprocess.run(
            command,
            env=env,
            cwd=self.folder,
            preexec_fn=self.begin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )


@contextmanager
def full_disk(folder: Path) -> Iterator[FullDisk]:
    """Make `folder` such a disk."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        yield FullDisk(folder, _limit)
        return
    try:
        yield FullDisk(folder, None)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _limit() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write beyond it is refused, and does not kill
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
