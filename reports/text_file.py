"""Writing a text file whole or not at all."""

import os
import secrets
from pathlib import Path


def write_text(text: str, path: Path) -> Path:
    """Write `text` as UTF-8 to `path` and answer it; folders on the way are made.

    Raises OSError where the disk refuses: what was at `path` is then untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
